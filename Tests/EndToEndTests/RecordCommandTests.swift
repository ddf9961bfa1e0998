import Foundation
import Testing

@Suite("Profiles, adapters, operations and the audit trail, as commands show them")
struct RecordCommandTests {
    // MARK: Profiles

    @Test("The shipped profiles are without a mistake, with and without a vendor's address")
    func lintShipped() async throws {
        try await Estate.with { estate in
            let bare = try await estate.run("profiles", "lint")
            #expect(bare.code == 0)
            #expect(bare.err.isEmpty)
            _ = try estate.vendor()
            #expect(try await estate.run("profiles", "lint", Program.profiles).code == 0)
        }
    }

    @Test("Every mistake of a profile is told with file, line and column, all at once")
    func lint() async throws {
        try await Estate.with { estate in
            let shipped = try String(contentsOfFile: Program.profiles + "/sage300-subscription.yaml", encoding: .utf8)
            var lines = shipped.components(separatedBy: "\n")
            let notice = try #require(lines.firstIndex { $0.contains("level: notice") })
            lines[notice] = lines[notice].replacing("level: notice", with: "level: notise")
            let column = try #require(lines[notice].range(of: "notise")).lowerBound
            let refresh = try #require(lines.firstIndex { $0.hasPrefix("refresh:") })
            lines[refresh] = "refersh:"
            let path = try estate.write(lines.joined(separator: "\n"), to: "profiles/sage300-subscription.yaml")
            let place =
                "\(path):\(notice + 1):\(lines[notice].distance(from: lines[notice].startIndex, to: column) + 1): error: "
            let wrong = try await estate.run("profiles", "lint", path)
            #expect(wrong.code == 1)
            #expect(wrong.err.contains(place), "\(wrong.err) has no \(place)")
            #expect(wrong.err.contains("\(path):\(refresh + 1):1: error: "))
            #expect(wrong.err.contains("refresh"), "the nearest known key")
            estate.set("GATEHOUSE_PROFILES", estate.folder + "/profiles")
            let list = try await estate.run("profiles", "list")
            #expect(list.code == 1)
            #expect(list.err.contains(place))
            try await estate.must("customers", "add", "maple", "--name", "M", "--time-zone", "UTC")
            let add = try await estate.run(Client.maple.installationArguments(shared: [estate.sites]))
            #expect(add.code == 1)
            #expect(add.err.contains(place))
        }
    }

    @Test("What is no profile is told as one, wherever it is")
    func lintOthers() async throws {
        try await Estate.with { estate in
            let nothing = try await estate.run("profiles", "lint", estate.folder + "/nothing.yaml")
            #expect(nothing.code == 1)
            #expect(nothing.err.contains(estate.folder + "/nothing.yaml:1:1: error: "))
            let tab = try estate.write("name: x\n\tproduct: y\n", to: "tab.yaml")
            #expect(try await estate.run("profiles", "lint", tab).err.contains("\(tab):2:"))
            let twice = try estate.write("name: x\nname: y\n", to: "twice.yaml")
            #expect(try await estate.run("profiles", "lint", twice).err.contains("\(twice):2:1: error: "))
        }
    }

    @Test("A broken profile takes no other away, and its installations are never green")
    func brokenProfile() async throws {
        try await Estate.with { estate in
            _ = try await estate.standIn("sage300:\n" + Client.maple.entry() + Client.cedar.entry())
            let shipped = try String(contentsOfFile: Program.profiles + "/sage300-subscription.yaml", encoding: .utf8)
            try estate.write(shipped, to: "profiles/sage300-subscription.yaml")
            let other = try estate.write(
                shipped.replacing("name: sage300-subscription", with: "name: other"), to: "profiles/other.yaml")
            estate.set("GATEHOUSE_PROFILES", estate.folder + "/profiles")
            try await estate.add()
            try await estate.add(.cedar, profile: "other")
            try await estate.must("refresh", "--all")
            try estate.write("name: other\n", to: "profiles/other.yaml")
            let rows = try await estate.json("status").array ?? []
            #expect(rows.map { $0["level"] } == ["unlicensed", "licensed"])
            #expect(rows.map { $0["access"] } == ["none", "full"])
            #expect(rows.first?["messages"]?.array?.first?.string?.contains(other) == true)
            let refresh = try await estate.run("refresh", "cedar-sage300")
            #expect(refresh.code == 1)
            #expect(refresh.err.contains(other))
        }
    }

    @Test("profiles list and show tell what a profile says")
    func profiles() async throws {
        try await Estate.with { estate in
            let list = try await estate.json("profiles", "list").array ?? []
            let row = try #require(list.first { $0["name"] == "sage300-subscription" })
            #expect(row["protocol"] == "subscription" && row["product"] == "Sage 300" && row["installations"] == 0)
            let view = try await estate.json("profiles", "show", "sage300-subscription")
            #expect(view["where"] == "Help > Licenses > License Manager")
            #expect(view["refreshEvery"] == "14d")
            #expect(view["deliveries"]?["entitlements"] == "{site.sharedData}/entitlements.xml")
            let text = try await estate.must("profiles", "show", "sage300-subscription").out
            for word in ["subscription", "License Manager", "45d", "restricted"] {
                #expect(text.contains(word), "\(word)")
            }
            #expect(try await estate.must("profiles", "list").out.contains("sage300-subscription"))
        }
    }

    // MARK: Adapters

    @Test("adapters tells of each adapter how it and its vendors' hosts fare")
    func adapters() async throws {
        try await Estate.with { estate in
            let vendor = try estate.vendor()
            vendor.answer { vendor.grant($0, Document()) }
            try await estate.add()
            try await estate.add(.cedar)
            try await estate.must("refresh", "maple-sage300")
            vendor.answer { _ in .init(Array("gone".utf8), status: 404) }
            #expect(try await estate.run("refresh", "cedar-sage300").code == 1)
            let adapters = try await estate.json("adapters").array ?? []
            let adapter = try #require(adapters.first { $0["protocol"] == "subscription" })
            #expect(adapter["version"]?.string?.isEmpty == false)
            #expect(adapter["capabilities"] == .array(["online-refresh"]))
            #expect(adapter["profiles"] == .array(["sage300-by-hand", "sage300-subscription"]))
            #expect(adapter["installations"] == .object(["licensed": 1, "unlicensed": 1]))
            #expect(adapter["failuresLastDay"] == 1)
            #expect(adapter["lastContact"]?.string?.hasSuffix("Z") == true)
            let host = try #require(adapter["hosts"]?.array?.first)
            #expect(host["host"] == .string("127.0.0.1:\(vendor.port)"))
            #expect(host["breaker"] == "closed")
            let table = try await estate.must("adapters").out
            #expect(table.contains("subscription") && table.contains("1 licensed") && table.contains("breaker closed"))
        }
    }

    // MARK: Operations

    @Test("Operations are listed and shown with their steps and how they ended")
    func operations() async throws {
        try await Estate.with { estate in
            let vendor = try estate.vendor()
            vendor.answer { vendor.grant($0, Document()) }
            try await estate.add()
            try await estate.must("refresh", "maple-sage300")
            vendor.answer { _ in .init(Array("no such thing".utf8), status: 404) }
            #expect(try await estate.run("refresh", "maple-sage300").code == 1)
            let list = try await estate.json("operations", "list").array ?? []
            #expect(list.map { $0["status"] } == ["failed", "done"], "the newest first")
            #expect(try await estate.json("operations", "list", "--failed").array?.count == 1)
            #expect(try await estate.json("operations", "list", "--limit", "1").array?.count == 1)
            let done = try #require(list.last?["id"]?.string)
            let view = try await estate.json("operations", "show", done)
            #expect(view["installation"] == "maple-sage300" && view["act"] == "refresh" && view["outcome"] == "updated")
            #expect(view["ended"]?.string?.hasSuffix("Z") == true)
            let kinds = view["steps"]?.array?.compactMap { $0["kind"]?.string } ?? []
            #expect(kinds == ["send", "answer", "deliver", "delivered"])
            let failed = try #require(list.first?["id"]?.string)
            let text = try await estate.must("operations", "show", failed).out
            #expect(text.contains("404") && text.contains("failed"))
        }
    }

    // MARK: The audit trail

    @Test("The audit trail holds every act that changes something, and is whole")
    func audit() async throws {
        try await Estate.with { estate in
            _ = try await estate.standIn(Client.maple.book())
            try await estate.add()
            try await estate.must("refresh", "maple-sage300")
            let acts = try await estate.json("audit", "list").array ?? []
            #expect(
                acts.map { $0["act"] } == ["entitlement.update", "refresh", "installations.add", "customers.add"])
            #expect(acts.map { $0["number"] } == [4, 3, 2, 1])
            #expect(acts.allSatisfy { $0["actor"]?.string?.hasPrefix("local:") == true })
            #expect(acts.first?["customer"] == "maple" && acts.first?["subject"] == "maple-sage300")
            let found = try await estate.json("audit", "verify")
            #expect(found["records"] == 4)
            #expect(found["head"] == acts.first?["hash"])
            #expect(try await estate.must("audit", "verify").out.contains("4 records"))
            #expect(try await estate.must("audit", "list", "--limit", "2").out.contains("refresh"))
        }
    }

    /// Ways to tamper with the trail, in SQL.
    static let tampering: [String: String] = [
        "a detail is changed": "UPDATE audit SET detail = detail || '!' WHERE number = 2",
        "an actor is changed": "UPDATE audit SET actor = 'local:4711' WHERE number = 1",
        "a customer is taken out": "UPDATE audit SET customer = NULL WHERE number = 2",
        "a record in the middle is removed": "DELETE FROM audit WHERE number = 2",
        "the first record is removed": "DELETE FROM audit WHERE number = 1",
        "a record is moved in time": "UPDATE audit SET at = at - 86400000 WHERE number = 3",
        "a hash is changed": "UPDATE audit SET hash = 'aa' WHERE number = 2",
    ]

    @Test(
        "audit verify finds the record that was changed, with exit code 4",
        .enabled(if: Program.found("sqlite3") != nil, "the sqlite3 command is not there, to change a record with"),
        arguments: tampering.keys.sorted())
    func tampered(way: String) async throws {
        let sql = try #require(Self.tampering[way])
        try await Estate.with { estate in
            for id in ["a", "b", "c"] {
                try await estate.must("customers", "add", id, "--name", id, "--time-zone", "UTC")
            }
            #expect(try await estate.run("audit", "verify").code == 0)
            let sqlite = try await Child(
                #require(Program.found("sqlite3")), [estate.store, sql], environment: [:], folder: estate.folder,
                limit: .seconds(30)
            ).finished()
            #expect(sqlite.code == 0, "\(sqlite)")
            let found = try await estate.run("audit", "verify")
            #expect(found.code == 4, "\(found)")
            #expect(found.err.contains("ecord"))
            let json = try await estate.run("audit", "verify", "--json")
            #expect(json.code == 4)
            #expect(try json.json["problem"]?.string?.isEmpty == false)
        }
    }

    @Test(
        "A store that a newer version wrote is refused, and left as it is",
        .enabled(if: Program.found("sqlite3") != nil, "the sqlite3 command is not there, to change the version with"))
    func newerStore() async throws {
        try await Estate.with { estate in
            try await estate.must("customers", "add", "a", "--name", "A", "--time-zone", "UTC")
            func version(_ sql: String) async throws -> String {
                let sqlite = try await Child(
                    #require(Program.found("sqlite3")), [estate.store, "PRAGMA user_version\(sql)"], environment: [:],
                    folder: estate.folder, limit: .seconds(30)
                ).finished()
                #expect(sqlite.code == 0, "\(sqlite)")
                return sqlite.out.trimmingCharacters(in: .whitespacesAndNewlines)
            }
            let own = try await version("")
            _ = try await version(" = 99")
            let refused = try await estate.run("customers", "add", "b", "--name", "B", "--time-zone", "UTC")
            #expect(refused.code == 1)
            #expect(refused.err.contains("99") && refused.err.contains("newer"))
            _ = try await version(" = \(own)")
            #expect(try await estate.json("customers", "list").array?.count == 1)
        }
    }
}
