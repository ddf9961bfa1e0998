import Foundation
import Glibc
import Testing

@Suite("A refresh, from the question to the file")
struct RefreshTests {
    @Test("The first refresh delivers the vendor's own signed document, and says what it grants")
    func first() async throws {
        try await Estate.with { estate in
            let standIn = try await estate.standIn(Client.maple.book(expires: "2031-01-31"))
            let file = try #require(try await estate.add().first)
            let refresh = try await estate.must("refresh", "maple-sage300")
            #expect(refresh.out.contains("updated") && refresh.out.contains("2031-01-31"))
            let delivered = try #require(FileOnDisk(file))
            #expect(standIn.hasSigned(delivered.bytes), "byte for byte, signature included")
            let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
            #expect(mode == 0o644, "the product can read it")
            let view = try await estate.json("installations", "show", "maple-sage300")
            #expect(view["files"]?.array?.first?["sha256"] == .string(Hex.sha256(delivered.bytes)))
            #expect(view["files"]?.array?.first?["path"] == .string(file))
            let entitlement = try #require(view["entitlement"])
            #expect(entitlement["dates"]?["expires"] == "2031-01-31")
            #expect(entitlement["edition"] == "Premium" && entitlement["vendorStatus"] == "active")
            #expect(
                entitlement["seats"]?.array
                    == [.object(["name": "users", "count": 10]), .object(["name": "webUsers", "count": 5])])
            #expect(entitlement["modules"]?.array?.first?["code"] == "GL")
            let text = try await estate.must("installations", "show", "maple-sage300").out
            for word in ["License Manager", "Client ID", "30017482", "webUsers", file] {
                #expect(text.contains(word), "\(word)")
            }
        }
    }

    @Test("Nothing new: the file is not touched, and the contact counts")
    func unchanged() async throws {
        try await Estate.with { estate in
            _ = try await estate.standIn(Client.maple.book())
            let file = try #require(try await estate.add().first)
            try await estate.must("refresh", "maple-sage300")
            let before = try #require(FileOnDisk(file))
            let contact = try await estate.standing()["lastContact"]?.string ?? ""
            let refresh = try await estate.must("refresh", "maple-sage300")
            #expect(refresh.out.contains("unchanged"))
            #expect(FileOnDisk(file) == before, "same inode, same mtime")
            #expect(try #require(try await estate.standing()["lastContact"]?.string) > contact)
            #expect(try await estate.must("refresh", "maple-sage300", "--quiet").out.isEmpty)
        }
    }

    @Test("A file that was tampered with is put back, and what stood there is kept")
    func tampered() async throws {
        try await Estate.with { estate in
            _ = try await estate.standIn(Client.maple.book())
            let file = try #require(try await estate.add().first)
            try await estate.must("refresh", "maple-sage300")
            let before = try #require(FileOnDisk(file))
            let forged = before.text.replacing("<users>10<", with: "<users>99<")
            #expect(forged != before.text)
            try Data(forged.utf8).write(to: URL(fileURLWithPath: file))
            let refresh = try await estate.must("refresh", "maple-sage300", "--json").json
            #expect(refresh["counts"] == .object(["restored": 1]))
            #expect(refresh["results"]?.array?.first?["message"]?.string?.contains(file) == true)
            #expect(FileOnDisk(file)?.bytes == before.bytes)
            let folder = URL(fileURLWithPath: file).deletingLastPathComponent().path
            #expect(FileOnDisk(folder + "/.gatehouse/entitlements.xml.previous")?.text == forged)
            try FileManager.default.removeItem(atPath: file)
            #expect(
                try await estate.must("refresh", "maple-sage300").out.contains("restored"), "removed is changed too")
            #expect(FileOnDisk(file)?.bytes == before.bytes)
            #expect(try await estate.json("audit", "verify")["problem"] == nil)
        }
    }

    @Test("A change replaces the file at once and keeps the previous one, with its permissions")
    func changed() async throws {
        try await Estate.with { estate in
            let standIn = try await estate.standIn(Client.maple.book(expires: "2031-01-31"))
            let file = try #require(try await estate.add().first)
            try await estate.must("refresh", "maple-sage300")
            chmod(file, 0o640)
            let first = try #require(FileOnDisk(file))
            try standIn.rewrite(Client.maple.book(expires: "2032-01-31"))
            #expect(try await estate.must("refresh", "maple-sage300").out.contains("2032-01-31"))
            let second = try #require(FileOnDisk(file))
            #expect(second.inode != first.inode)
            #expect(second.text.contains("2032-01-31") && standIn.hasSigned(second.bytes))
            #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o640)
            let house = URL(fileURLWithPath: file).deletingLastPathComponent().path + "/.gatehouse"
            #expect(FileOnDisk(house + "/entitlements.xml.previous")?.bytes == first.bytes)
            #expect(FileOnDisk.names(in: house) == ["entitlements.xml.previous"])
            let mode = try FileManager.default.attributesOfItem(atPath: house)[.posixPermissions] as? Int
            #expect(mode == 0o700)
        }
    }

    /// What is wrong with an installation's identity, and the field that the answer names.
    static let strangers: [(field: String, client: Client)] = {
        var id = Client.maple
        id.clientID = "30017483"
        var name = Client.maple
        name.clientName = "Maple & Ridge Foods ltd."
        var serial = Client.maple
        serial.serialNumber = "SCX26-0417-88214"
        return [("clientID", id), ("clientName", name), ("serialNumber", serial)]
    }()

    @Test("A part of the identity that does not match is named, and nothing is updated", arguments: strangers)
    func mismatch(field: String, stranger: Client) async throws {
        try await Estate.with { estate in
            _ = try await estate.standIn(Client.maple.book())
            let file = try #require(try await estate.add(stranger).first)
            let refresh = try await estate.run("refresh", "maple-sage300", "--json")
            #expect(refresh.code == 1)
            let result = try #require(try refresh.json["results"]?.array?.first)
            #expect(result["outcome"] == "rejected" && result["field"] == .string(field))
            #expect(result["message"]?.string?.contains("License Manager") == true)
            #expect(
                result["message"]?.string?.contains("SCX26-0417-88213") == false, "what the record holds is not told")
            #expect(FileOnDisk(file) == nil)
            let row = try await estate.standing()
            #expect(row["level"] == "unlicensed")
            #expect(row["lastContact"] == .null, "a rejection is no contact")
            let text = try await estate.run("refresh", "maple-sage300")
            #expect(text.err.contains("rejected"))
        }
    }

    @Test("A superseded serial number is told as such, with the current release's name")
    func superseded() async throws {
        try await Estate.with { estate in
            _ = try await estate.standIn(
                Client.maple.book("superseded: [{ serialNumber: SCX25-1, release: Sage 300 2025 }]"))
            var old = Client.maple
            old.serialNumber = "SCX25-1"
            try await estate.add(old)
            let refresh = try await estate.run("refresh", "maple-sage300", "--json")
            #expect(refresh.code == 1)
            let result = try #require(try refresh.json["results"]?.array?.first)
            #expect(result["outcome"] == "rejected" && result["field"] == "serialNumber")
            #expect(result["message"]?.string?.contains("superseded") == true)
            #expect(result["message"]?.string?.contains("Sage 300 2026") == true)
        }
    }

    @Test("A client that the vendor gives up on keeps what it holds")
    func rejectedLater() async throws {
        try await Estate.with { estate in
            let standIn = try await estate.standIn(Client.maple.book())
            let file = try #require(try await estate.add().first)
            try await estate.must("refresh", "maple-sage300")
            let before = try await estate.picture(of: "maple-sage300")
            let delivered = FileOnDisk(file)
            try standIn.rewrite(Client.cedar.book())
            #expect(try await estate.run("refresh", "maple-sage300").code == 1)
            #expect(try await estate.picture(of: "maple-sage300") == before)
            #expect(FileOnDisk(file) == delivered)
            let shown = try await estate.json("installations", "show", "maple-sage300")
            #expect(shown["lastFailure"]?.string?.contains("no record") == true)
        }
    }

    // MARK: Places that can't be written to

    /// Shared Data folders that no file can be put in, made in an estate, and what the refusal says.
    static let badPlaces: [(name: String, says: String)] = [
        ("missing", "is not there"), ("a file", "is not a folder"), ("a link", "symbolic link"),
        ("outside every root", "--delivery-root"), ("of the kernel's", "can't be"),
    ]

    @Test("A folder that can't be written to is told before the vendor is asked", arguments: badPlaces)
    func unwritable(name: String, says: String) async throws {
        try await Estate.with { estate in
            let vendor = try estate.vendor()
            let place: String
            switch name {
            case "missing": place = estate.sites + "/missing"
            case "a file": place = try estate.write("", to: "sites/file")
            case "a link":
                place = estate.sites + "/link"
                try FileManager.default.createSymbolicLink(atPath: place, withDestinationPath: estate.folder + "/home")
            case "outside every root": place = estate.folder + "/home"
            default:
                place = "/proc/sys/kernel"
                estate.set("GATEHOUSE_DELIVERY_ROOTS", "/proc/sys")
            }
            try await estate.add(shared: [place])
            let refresh = try await estate.run("refresh", "maple-sage300")
            #expect(refresh.code == 1)
            #expect(refresh.err.contains(place) && refresh.err.contains(says), "\(refresh)")
            #expect(vendor.questions.isEmpty)
            estate.set("GATEHOUSE_VENDOR_URL", try Vendor.deadURL())
            let dead = try await estate.run("refresh", "maple-sage300")
            #expect(dead.code == 1, "the folder's error, not the vendor's")
            #expect(dead.err.contains(says))
        }
    }

    @Test(
        "A name in the site can't lead out of a delivery root", arguments: ["/../outside", "/a/../../outside", "/./x"])
    func escaping(tail: String) async throws {
        try await Estate.with { estate in
            let vendor = try estate.vendor()
            try FileManager.default.createDirectory(
                atPath: estate.folder + "/outside", withIntermediateDirectories: true)
            try await estate.must("customers", "add", "maple", "--name", "M", "--time-zone", "UTC")
            let add = try await estate.run(Client.maple.installationArguments(shared: [estate.sites + tail]))
            let refresh = try await estate.run("refresh", "maple-sage300")
            #expect(add.code == 1 || refresh.code == 1)
            #expect(vendor.questions.isEmpty)
            #expect(FileOnDisk.names(in: estate.folder + "/outside").isEmpty)
        }
    }

    @Test("--delivery-root names roots, as the variable does, and the option goes first")
    func roots() async throws {
        try await Estate.with { estate in
            _ = try await estate.standIn(Client.maple.book())
            try await estate.add()
            estate.set("GATEHOUSE_DELIVERY_ROOTS", nil)
            let refused = try await estate.run("refresh", "maple-sage300")
            #expect(refused.code == 1)
            #expect(refused.err.contains("--delivery-root"))
            estate.set("GATEHOUSE_DELIVERY_ROOTS", "\(estate.folder)/home:\(estate.sites)")
            #expect(
                try await estate.run("refresh", "maple-sage300", "--delivery-root", estate.folder + "/home").code == 1)
            try await estate.must("refresh", "maple-sage300")
            estate.set("GATEHOUSE_DELIVERY_ROOTS", nil)
            try await estate.must(
                "refresh", "maple-sage300", "--delivery-root", estate.folder + "/home", "--delivery-root", estate.sites)
        }
    }

    // MARK: Files of others

    @Test("A file that Gatehouse did not write is not replaced unasked; adopted, its original is kept for good")
    func adoption() async throws {
        try await Estate.with { estate in
            let vendor = try estate.vendor()
            let file = try #require(try await estate.add().first)
            let house = URL(fileURLWithPath: file).deletingLastPathComponent().path + "/.gatehouse"
            let original = "<entitlement>made by hand</entitlement>\n"
            try Data(original.utf8).write(to: URL(fileURLWithPath: file))
            let before = FileOnDisk(file)
            vendor.answer { vendor.grant($0, Document()) }
            let refused = try await estate.run("refresh", "maple-sage300")
            #expect(refused.code == 1)
            #expect(refused.err.contains("--adopt") && refused.err.contains(file))
            #expect(FileOnDisk(file) == before)
            #expect(vendor.questions.isEmpty, "it is told before the vendor is asked")
            #expect(try await estate.standing()["level"] == "unlicensed")
            try await estate.must("refresh", "maple-sage300", "--adopt")
            #expect(FileOnDisk(file)?.text.contains("2031-01-31") == true)
            for (revision, day) in [("r2", "2032-01-31"), ("r3", "2033-01-31")] {
                vendor.answer { vendor.grant($0, Document(revision: revision, expires: day)) }
                try await estate.must("refresh", "maple-sage300")
                #expect(FileOnDisk(house + "/entitlements.xml.original")?.text == original)
            }
            #expect(FileOnDisk.names(in: house) == ["entitlements.xml.original", "entitlements.xml.previous"])
            let trail = try await estate.json("audit", "list").array ?? []
            #expect(trail.contains { $0["detail"]?.string?.contains("adopting") == true })
        }
    }

    // MARK: When it is due

    @Test("What was asked about just now is not due: not by a login, not by schedule")
    func notDue() async throws {
        try await Estate.with { estate in
            let vendor = try estate.vendor()
            vendor.answer { vendor.grant($0, Document()) }
            try await estate.add()
            try await estate.must("refresh", "maple-sage300", "--trigger", "login")
            #expect(vendor.questions.count == 1, "the first login asks")
            let login = try await estate.must("refresh", "maple-sage300", "--trigger", "login", "--json").json
            #expect(login["counts"] == .object(["notDue": 1]))
            let schedule = try await estate.must("refresh", "--due", "--json").json
            #expect(schedule["results"] == .array([]))
            #expect(try await estate.must("refresh", "--due").out.contains("Nothing to refresh."))
            #expect(vendor.questions.count == 1)
            vendor.answer { vendor.grant($0, Document(status: "unchanged")) }
            try await estate.must("refresh", "maple-sage300")
            #expect(vendor.questions.count == 2, "a person who asks is always answered")
        }
    }

    @Test(
        "It is due again after 14 days of the calendar: by the first login then, or by schedule",
        .enabled(if: Trap.compiler != nil, .init(rawValue: Trap.reason)), arguments: [true, false])
    func due(byLogin: Bool) async throws {
        try await Estate.with { estate in
            let trap = try await estate.trap()
            let vendor = try estate.vendor()
            vendor.answer { vendor.grant($0, Document()) }
            try await estate.add()
            try await estate.must("refresh", "--all")
            vendor.answer { vendor.grant($0, Document(status: "unchanged")) }
            let arguments = byLogin ? ["refresh", "maple-sage300", "--trigger", "login"] : ["refresh", "--due"]
            let day = 24 * 3600
            for (days, asked) in [(1, 1), (13, 1), (15, 2), (16, 2), (28, 2), (31, 3)] {
                try await estate.must(arguments, with: trap.variables(clock: days * day))
                #expect(vendor.questions.count == asked, "after \(days) days")
            }
        }
    }

    @Test("A dry run says who would be asked, and changes nothing")
    func dryRun() async throws {
        try await Estate.with { estate in
            let vendor = try estate.vendor()
            let file = try #require(try await estate.add().first)
            let before = try await estate.picture(of: "maple-sage300")
            let trail = try await estate.json("audit", "list")
            let dry = try await estate.must("refresh", "--all", "--dry-run")
            #expect(dry.out.contains("wouldAsk"))
            #expect(try await estate.must("refresh", "maple-sage300", "--dry-run").out.contains(vendor.url))
            #expect(vendor.questions.isEmpty)
            #expect(FileOnDisk(file) == nil)
            #expect(FileOnDisk.names(in: estate.sites + "/maple/SharedData").isEmpty)
            #expect(try await estate.picture(of: "maple-sage300") == before)
            #expect(try await estate.json("audit", "list") == trail)
            #expect(try await estate.json("operations", "list") == .array([]))
        }
    }

    // MARK: Many

    @Test("All of a customer, or all there are, are asked, one at a time or many at once", arguments: [1, 16])
    func many(concurrency: Int) async throws {
        try await Estate.with { estate in
            let vendor = try estate.vendor()
            vendor.answer { vendor.grant($0, Document()) }
            try await estate.add()
            try await estate.add(.cedar)
            for number in 1...6 {
                var branch = Client.maple
                branch.clientID = "4000\(number)"
                let arguments = branch.installationArguments(shared: [try estate.site("branch\(number)")])
                try await estate.must(arguments.map { $0 == "maple-sage300" ? "branch-\(number)" : $0 })
            }
            let some = try await estate.must(
                "refresh", "--customer", "maple", "--concurrency", "\(concurrency)", "--json"
            ).json
            #expect(some["counts"] == .object(["updated": 7]))
            #expect(FileOnDisk(estate.sites + "/cedar/SharedData/entitlements.xml") == nil)
            vendor.answer { question in
                vendor.grant(question, Document(status: question.heldRevision == nil ? "changed" : "unchanged"))
            }
            let all = try await estate.must("refresh", "--all", "--concurrency", "\(concurrency)")
            #expect(all.out.contains("1 updated") && all.out.contains("7 unchanged"))
            #expect(vendor.questions.count == 15)
            #expect(Set(vendor.questions.map(\.nonce)).count == 15, "no nonce is used twice")
        }
    }
}
