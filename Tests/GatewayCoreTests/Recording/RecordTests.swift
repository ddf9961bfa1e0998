import AdapterKit
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

@Suite("Recording what is licensed")
struct RecordTests {
    @Test("Values go over what is held; none takes away what there is no more")
    func merges() async throws {
        try await RecordFixture.with { test, gateway async throws in
            let first = try await gateway.take(
                "cad",
                ["expires": "2027-03-31", "seats.users": "4", "modules": "ACD,RVT=2026-12-31", "edition": "Full"],
                note: " As the account shows it. ")
            #expect(first.outcome == .updated && first.message.contains("expires=2027-03-31"))
            test.time.pass(hours: 1)
            try await gateway.take("cad", ["lastCheck": "2026-11-22T09:00:00Z", "seats.viewers": "2"])
            var held = try #require(try await gateway.held("cad"))
            #expect(held.dates["expires"] == DateValue("2027-03-31"))
            #expect(held.dates["lastCheck"] == DateValue("2026-11-22T09:00:00Z"))
            #expect(held.seats.map(\.name) == ["users", "viewers"] && held.seats.map(\.count) == [4, 2])
            #expect(held.modules.map(\.code) == ["ACD", "RVT"] && held.edition == "Full" && held.isUnverified)
            #expect(held.modules.last?.expires == DateValue("2026-12-31"))
            test.time.pass(hours: 1)
            try await gateway.take(
                "cad", ["lastCheck": "none", "modules": "none", "edition": "none", "seats.users": "5"])
            held = try #require(try await gateway.held("cad"))
            #expect(held.dates.keys.sorted() == ["expires"] && held.modules.isEmpty && held.edition == nil)
            #expect(held.seats.map(\.count) == [5, 2])
        }
    }

    @Test("Everything that is wrong is told at once, by its name, and nothing is recorded")
    func problems() async throws {
        try await RecordFixture.with { _, gateway async throws in
            let error = await callError {
                try await gateway.take(
                    "cad",
                    [
                        "expires": "31.3.2027", "lastCheck": "yesterday", "seats.users": "many", "modules": "ACD,,RVT",
                        "expiry": "2027-03-31",
                    ])
            }
            #expect(error?.code == .invalid)
            for word in ["expires", "lastCheck", "users", "modules", "expiry"] {
                #expect(error?.message.contains(word) == true, "\(word): \(error as Any)")
            }
            #expect(try await gateway.held("cad") == nil)
            #expect(try await gateway.perform(ListOperations()).isEmpty)
        }
    }

    @Test(
        "What the profile can do nothing with is refused, with what it counts",
        arguments: [
            (
                "cad", ["expires": "2027-03-31", "lastRenewed": "2026-11-22"],
                "runs from lastRenewed: it counts expires, lastCheck"
            ),
            ("cad", ["lastCheck": "2030-01-01T00:00:00Z"], "lastCheck is still to come"),
            ("cad", ["lastCheck": "2026-11-24"], "lastCheck is still to come"),
            ("cad", ["expires": "2027-03-31", "seats.user": "4"], "did you mean \"users\"?"),
            ("crm", ["seats.users": "3"], "needs expires"),
            ("crm", ["expires": "none"], "expires"),
        ] as [(String, [String: String], String)])
    func unread(_ installation: String, _ values: [String: String], _ word: String) async throws {
        try await RecordFixture.with { _, gateway async throws in
            let error = await callError { try await gateway.take(installation, values) }
            #expect(error?.code == .invalid && error?.message.contains(word) == true, "\(error?.message ?? "taken")")
            #expect(try await gateway.held(installation) == nil)
        }
    }

    @Test("What is licensed of a product that counts from another date is begun with that")
    func begins() async throws {
        try await RecordFixture.with { _, gateway async throws in
            _ = try await gateway.perform(
                AddInstallation(id: "kms", customer: "maple", profile: "microsoft-kms", identity: [:], site: [:]))
            let row = try #require(try await gateway.perform(Status(installation: "kms")).first)
            #expect(
                row.messages.first?.contains("`gatehouse record kms --date lastRenewed=TIME`") == true,
                "\(row.messages)")
            let todo = try await gateway.perform(ListTodo())
            #expect(
                Set(todo.map(\.installation)) == ["cad", "erp", "crm", "kms"] && todo.allSatisfy { $0.kind == .license }
            )
            #expect(todo.first { $0.installation == "kms" }?.command == "gatehouse record kms --date lastRenewed=TIME")
            try await gateway.take("kms", ["lastRenewed": "2026-11-22T09:00:00Z"])
            #expect(try await gateway.perform(Status(installation: "kms")).first?.level == .licensed)
            #expect(try await gateway.perform(ListTodo()).count == 3)
        }
    }

    @Test(
        "What can't be is refused in words",
        arguments: [
            (["expires": "2027-02-30"], "expires"), (["seats.users": "1000001"], "1000000"),
            (["seats.users": "-1"], "users"), (["seats.a b": "1"], "seats.a b"), (["modules": "ACD,ACD"], "twice"),
            (["modules": "ACD=2026-02-30"], "ACD"), ([:], "nothing to record"), (["validTo": "2027-01-01"], "validTo"),
        ] as [([String: String], String)])
    func refused(_ values: [String: String], _ word: String) async throws {
        try await RecordFixture.with { _, gateway async throws in
            let error = await callError { try await gateway.take("cad", values) }
            #expect(error?.code == .invalid && error?.message.contains(word) == true, "\(error as Any)")
            #expect(try await gateway.held("cad") == nil)
        }
    }

    @Test("A note has a line that a terminal can show")
    func note() async throws {
        try await RecordFixture.with { _, gateway async throws in
            for note in ["a\u{1B}[31mb", String(repeating: "n", count: 201)] {
                let error = await callError { try await gateway.take("cad", ["expires": "2027-03-31"], note: note) }
                #expect(error?.message.contains("A note") == true)
            }
            let sheet = try await gateway.take(
                sheet: "installation,expires,note\ncad,2027-03-31,\(String(repeating: "n", count: 201))\n")
            #expect(sheet.problems.map(\.column) == [16] && sheet.results.isEmpty)
        }
    }

    @Test("What is archived, asked by a server, or another customer's is not recorded")
    func others() async throws {
        try await RecordFixture.with { _, gateway async throws in
            _ = try await gateway.perform(
                AddInstallation(
                    id: "online", customer: "maple", profile: "sage200-online",
                    identity: ["accountNumber": "A1042207", "serialNumber": "2000-7F31-0042-K"], site: [:]))
            let values = ["expires": "2027-03-31"]
            var error = await callError { try await gateway.take("online", values) }
            #expect(error?.message.contains("gatehouse refresh online") == true, "\(error as Any)")
            _ = try await gateway.perform(ArchiveInstallation(id: "erp"))
            error = await callError { try await gateway.take("erp", values) }
            #expect(error?.message.contains("archived") == true)
            error = await callError { try await gateway.take("cat", values) }
            #expect(error?.message.contains("cad") == true, "the nearest is named: \(error as Any)")
            let kim = Caller.limited(to: "maple")
            error = await callError {
                _ = try await gateway.perform(RecordLicense(installation: "crm", values: values), by: kim)
            }
            #expect(error?.message.contains("no installation") == true, "\(error as Any)")
            let report = try await gateway.perform(
                ImportLicenses(
                    contents: Array("installation,expires\ncad,2027-03-31\ncrm,2027-03-31\n".utf8), file: "f"),
                by: kim)
            #expect(report.problems.map(\.line) == [3] && report.results.isEmpty)
            #expect(try await gateway.held("cad") == nil)
            #expect(try await gateway.held("crm") == nil)
            _ = try await gateway.perform(RecordLicense(installation: "cad", values: values), by: kim)
            #expect(try await gateway.held("cad") != nil)
        }
    }

    @Test("What came into force, was edited or began meanwhile is not written over")
    func concurrent() async throws {
        try await RecordFixture.with { test, gateway async throws in
            let desk = LicenseDesk(context: CallContext(gateway: gateway, caller: .msp, progress: { _ in }))
            func checked(_ id: String, _ day: String) async throws -> LicenseDesk.Checked {
                try await desk.check(id, ["expires": day], note: "").get()
            }
            let late = try await checked("cad", "2027-01-31")
            test.time.pass(seconds: 1)
            try await gateway.take("cad", ["expires": "2027-03-31"])
            let error = await callError {
                do { _ = try await desk.take([checked("erp", "2027-01-31"), late]) } catch let error as StoreError {
                    throw CallError(.conflict, error.message)
                }
            }
            #expect(error?.message.contains("cad was changed meanwhile") == true)
            #expect(try await gateway.held("cad")?.dates["expires"] == DateValue("2027-03-31"))
            #expect(try await gateway.held("erp") == nil, "all of it or nothing")
            let edited = try await checked("erp", "2027-01-31")
            _ = try await gateway.perform(SetInstallation(id: "erp", identity: ["licenseNumber": "L-2"]))
            await #expect(throws: StoreError.self) { try await desk.take([edited]) }
            #expect(try await gateway.held("erp") == nil)
        }
    }

    @Test("Of records at once, through two gateways, each counts on the one before or is refused")
    func race() async throws {
        try await RecordFixture.with { test, first async throws in
            try await test.open { second in
                try await withThrowingTaskGroup(of: Bool.self) { group in
                    for number in 1...20 {
                        let gateway = number.isMultiple(of: 2) ? first : second
                        group.addTask {
                            do {
                                try await gateway.take("cad", ["seats.p\(number)": "\(number)"])
                                return true
                            } catch let error as CallError {
                                #expect(error.code == .conflict, "\(error)")
                                return false
                            }
                        }
                    }
                    let taken = try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
                    #expect(taken > 0)
                    #expect(try await first.held("cad")?.seats.count == taken, "none is lost")
                }
            }
        }
    }
}
