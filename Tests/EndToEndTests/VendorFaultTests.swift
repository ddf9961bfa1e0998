import Foundation
import Testing

@Suite("A vendor that is out of order")
struct VendorFaultTests {
    /// A fault of the book, the exit code, the outcome, and what is said.
    static let faults: [(fault: String, code: Int32, outcome: String, says: String)] = [
        ("{ down: true }", 3, "unreachable", "127.0.0.1"), ("{ status: 500 }", 3, "unreachable", "500"),
        ("{ status: 503 }", 3, "unreachable", "503"), ("{ status: 429 }", 3, "unreachable", "429"),
        ("{ status: 404 }", 1, "failed", "404"), ("{ status: 302 }", 1, "failed", "302"),
        ("{ badSignature: true }", 1, "untrusted", "signature"), ("{ truncate: 200 }", 3, "unreachable", "127.0.0.1"),
        ("{ truncate: 0 }", 3, "unreachable", "127.0.0.1"),
    ]

    @Test("Each fault of the book is told as what it is, and takes nothing away", arguments: faults)
    func fault(fault: String, code: Int32, outcome: String, says: String) async throws {
        try await Estate.with { estate in
            let standIn = try await estate.standIn(Client.maple.book())
            let file = try #require(try await estate.add().first)
            try await estate.must("refresh", "maple-sage300")
            let before = try await estate.picture(of: "maple-sage300")
            let delivered = FileOnDisk(file)
            try standIn.rewrite(Client.maple.book(expires: "+400d", faults: fault))
            let refresh = try await estate.run("refresh", "maple-sage300", "--json")
            #expect(refresh.code == code)
            let result = try #require(try refresh.json["results"]?.array?.first)
            #expect(result["outcome"] == .string(outcome))
            #expect(result["message"]?.string?.contains(says) == true, "\(result)")
            #expect(FileOnDisk(file) == delivered)
            #expect(try await estate.picture(of: "maple-sage300") == before)
            #expect(try await estate.json("operations", "list", "--failed").array?.count == 1)
            try standIn.rewrite(Client.maple.book(expires: "+400d"))
            #expect(try await estate.must("refresh", "maple-sage300").out.contains("updated"), "it recovers by itself")
        }
    }

    @Test("A slow vendor is waited for")
    func slow() async throws {
        try await Estate.with { estate in
            _ = try await estate.standIn(Client.maple.book(faults: "{ latency: 1500 }"))
            try await estate.add()
            let refresh = try await estate.must("refresh", "maple-sage300")
            #expect(refresh.took >= .milliseconds(1500))
        }
    }

    @Test("A vendor that fails now and then is tried again")
    func retried() async throws {
        try await Estate.with { estate in
            let vendor = try estate.vendor()
            vendor.answer { question in
                question.number < 3 ? .init([], status: 503) : vendor.grant(question, Document())
            }
            try await estate.add()
            #expect(try await estate.must("refresh", "maple-sage300").out.contains("updated"))
            #expect(vendor.questions.count == 3)
            #expect(Set(vendor.questions.map(\.nonce)).count == 1, "it is one question")
            #expect(try await estate.json("operations", "list").array?.count == 1)
        }
    }

    @Test("A vendor that is down lowers nobody's access: exit code 3, and only the dates count")
    func outage() async throws {
        try await Estate.with { estate in
            _ = try await estate.standIn(Client.maple.book(expires: "2031-01-31"))
            try await estate.add()
            try await estate.must("refresh", "maple-sage300")
            let days = ["2030-06-01", "2031-01-31", "2031-02-01", "2031-03-17", "2031-03-18"]
            var before: [JSON?] = []
            for day in days { before.append(try await estate.standing("--at", day)["level"]) }
            #expect(before == ["licensed", "notice", "grace", "grace", "restricted"])
            estate.set("GATEHOUSE_VENDOR_URL", try Vendor.deadURL())
            let refresh = try await estate.run("refresh", "maple-sage300")
            #expect(refresh.code == 3)
            #expect(refresh.err.contains("unreachable") && refresh.err.contains("127.0.0.1"))
            var after: [JSON?] = []
            for day in days { after.append(try await estate.standing("--at", day)["level"]) }
            #expect(after == before)
        }
    }

    @Test("Exit code 3 is for failures that are all a vendor's absence; with another among them it is 1")
    func exitCodes() async throws {
        try await Estate.with { estate in
            _ = try await estate.standIn(Client.cedar.book())
            let shipped = try String(contentsOfFile: Program.profiles + "/sage300-subscription.yaml", encoding: .utf8)
            try estate.write(shipped, to: "profiles/sage300-subscription.yaml")
            try estate.write(
                shipped.replacing("name: sage300-subscription", with: "name: dead")
                    .replacing("${GATEHOUSE_VENDOR_URL:-}", with: try Vendor.deadURL()), to: "profiles/dead.yaml")
            estate.set("GATEHOUSE_PROFILES", estate.folder + "/profiles")
            try await estate.add(.cedar)
            var absent = Client.maple
            absent.id = "absent"
            try await estate.add(absent, profile: "dead")
            #expect(try await estate.run("refresh", "absent-sage300").code == 3)
            #expect(try await estate.run("refresh", "--all").code == 3, "one is fine, one unreachable")
            try await estate.add()
            let both = try await estate.run("refresh", "--all", "--json")
            #expect(both.code == 1, "one of them is rejected")
            #expect(try both.json["counts"] == .object(["unchanged": 1, "unreachable": 1, "rejected": 1]))
        }
    }

    @Test("Without a vendor's address it says which variable to set")
    func noAddress() async throws {
        try await Estate.with { estate in
            try await estate.add()
            let refresh = try await estate.run("refresh", "maple-sage300")
            #expect(refresh.code != 0)
            #expect(refresh.err.contains("GATEHOUSE_VENDOR_URL"))
            let standIn = try await estate.standIn(Client.maple.book())
            estate.set("GATEHOUSE_VENDOR_KEY", nil)
            let untrusted = try await estate.run("refresh", "maple-sage300")
            #expect(untrusted.code == 1)
            #expect(untrusted.err.contains("untrusted"))
            estate.set("GATEHOUSE_VENDOR_KEY", standIn.publicKey)
            try await estate.must("refresh", "maple-sage300")
        }
    }

    @Test("A host that fails again and again is left alone for a while")
    func breaker() async throws {
        try await Estate.with { estate in
            let vendor = try estate.vendor()
            try await estate.add()
            #expect(try await estate.run("refresh", "maple-sage300").code == 3)
            #expect(vendor.questions.count == 3, "each refresh tries three times")
            #expect(try await estate.run("refresh", "maple-sage300").code == 3)
            #expect(vendor.questions.count == 5, "the fifth failure opens the breaker")
            let third = try await estate.run("refresh", "maple-sage300")
            #expect(third.code == 3)
            #expect(third.err.contains("left alone"))
            #expect(vendor.questions.count == 5, "an outage is cheap")
            let host = try await estate.json("adapters").array?.first?["hosts"]?.array?.first
            #expect(host?["breaker"] == "open" && host?["failures"] == 5)
            guard Trap.compiler != nil else { return }
            let trap = try await estate.trap()
            vendor.answer { vendor.grant($0, Document()) }
            try await estate.must(["refresh", "maple-sage300"], with: trap.variables(clock: 3600))
            #expect(vendor.questions.count == 6, "an hour later one request tries")
            let closed = try await estate.json("adapters").array?.first?["hosts"]?.array?.first
            #expect(closed?["breaker"] == "closed" && closed?["failures"] == 0)
        }
    }

    @Test(
        "What could not be asked is asked again by the schedule after a while, not at once",
        .enabled(if: Trap.compiler != nil, .init(rawValue: Trap.reason)))
    func laterAgain() async throws {
        try await Estate.with { estate in
            let trap = try await estate.trap()
            let vendor = try estate.vendor()
            try await estate.add()
            #expect(try await estate.run("refresh", "--due").code == 3)
            let asked = vendor.questions.count
            try await estate.must("refresh", "--due")
            #expect(vendor.questions.count == asked)
            vendor.answer { vendor.grant($0, Document()) }
            try await estate.must(["refresh", "--due"], with: trap.variables(clock: 3600))
            #expect(vendor.questions.count == asked + 1)
        }
    }

    // MARK: Our own clock

    @Test(
        "Where our clock went back, the vendor's answers are from the future: told, and nothing is taken",
        .enabled(if: Trap.compiler != nil, .init(rawValue: Trap.reason)))
    func clockBack() async throws {
        try await Estate.with { estate in
            let trap = try await estate.trap()
            let vendor = try estate.vendor()
            vendor.answer { vendor.grant($0, Document()) }
            let file = try #require(try await estate.add().first)
            try await estate.must("refresh", "maple-sage300")
            let before = try await estate.picture(of: "maple-sage300")
            let delivered = FileOnDisk(file)
            vendor.answer { vendor.grant($0, Document(revision: "r2", expires: "2039-12-31")) }
            let back = trap.variables(clock: -86_400)
            let refresh = try await estate.run(["refresh", "maple-sage300"], with: back)
            #expect(refresh.code == 1)
            #expect(refresh.err.contains("clock"))
            #expect(FileOnDisk(file) == delivered)
            let row = try #require(try await estate.must(["status", "--json"], with: back).json.array?.first)
            #expect(row["level"] == "licensed", "nobody loses access by it")
            #expect(
                row["messages"]?.lines.contains("clock") == true, "it is told (VECTORS H5): \(row["messages"] ?? .null)"
            )
            #expect(try await estate.picture(of: "maple-sage300") == before)
        }
    }
}
