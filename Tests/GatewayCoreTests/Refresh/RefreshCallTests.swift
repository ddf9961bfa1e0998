import VendorSandbox
import AdapterKit
import Foundation
import GatewayAPI
import Testing

@testable import GatewayCore

@Suite("The call to refresh")
struct RefreshCallTests {
    private static let entries = [
        SubscriptionFixture.Entry(id: "maple", expires: "2027-01-31"),
        SubscriptionFixture.Entry(id: "cedar", expires: "2027-01-31"),
        SubscriptionFixture.Entry(id: "old", expires: "2027-01-31"),
    ]

    /// Three customers; `old` has the serial number of the release before.
    private func withTest(_ body: (SubscriptionFixture, Gateway) async throws -> Void) async throws {
        try await SubscriptionFixture.with(Self.entries) { test in
            try await test.open { gateway in
                for entry in Self.entries {
                    _ = try await gateway.perform(
                        AddCustomer(id: entry.id, displayName: entry.clientName, timeZone: entry.zone))
                    try await test.addInstallation(
                        entry, to: gateway, serialNumber: entry.id == "old" ? "S-old-2025" : nil)
                }
                try await body(test, gateway)
            }
        }
    }

    @Test("Updated, unchanged, restored: what is asked for by ID is reported, with the file as it should be")
    func outcomes() async throws {
        try await withTest { test, gateway in
            let first = try await gateway.refresh("maple")
            #expect(first.outcome == .updated && first.message.contains("2027-01-31"))
            #expect(first.message.contains("10 users") && first.message.contains("5 webUsers"))
            let document = try #require(test.fixture.read(test.file("maple")))
            #expect(document.contains("signature v1"))
            let before = try FileManager.default.attributesOfItem(atPath: test.file("maple"))
            test.time.pass(hours: 1)
            #expect(try await gateway.refresh("maple").outcome == .unchanged)
            let after = try FileManager.default.attributesOfItem(atPath: test.file("maple"))
            #expect(before[.systemFileNumber] as? Int == after[.systemFileNumber] as? Int)
            #expect(before[.modificationDate] as? Date == after[.modificationDate] as? Date)
            try Data("tampered".utf8).write(to: URL(filePath: test.file("maple")))
            let restored = try await gateway.refresh("maple")
            #expect(restored.outcome == .restored && restored.message.contains(test.file("maple")))
            #expect(test.fixture.read(test.file("maple")) == document)
            try FileManager.default.removeItem(atPath: test.file("maple"))
            #expect(try await gateway.refresh("maple").outcome == .restored)
            #expect(test.fixture.read(test.file("maple")) == document)
        }
    }

    @Test("A refusal names the field and touches nothing; others are refreshed all the same")
    func rejected() async throws {
        try await withTest { test, gateway in
            let report = try await gateway.perform(Refresh(selection: .all))
            #expect(report.counts == [.updated: 2, .rejected: 1] && report.omitted == 0)
            let refused = try #require(report.results.first { $0.installation == "old" })
            #expect(refused.field == "serialNumber" && refused.message.contains("Sage 300 2026"))
            #expect(refused.message.contains("Help > Licenses > License Manager"))
            #expect(test.fixture.read(test.file("old")) == nil)
            #expect(try await gateway.standing("old").level == .unlicensed)
        }
    }

    @Test("A report of a whole portfolio lists what failed or changed, and counts the rest")
    func report() async throws {
        try await withTest { _, gateway in
            _ = try await gateway.perform(Refresh(selection: .installations(["maple", "cedar"])))
            let all = try await gateway.perform(Refresh(selection: .all))
            #expect(all.counts == [.unchanged: 2, .rejected: 1] && all.results.map(\.installation) == ["old"])
            let named = try await gateway.perform(
                Refresh(selection: .installations(["maple", "cedar", "maple"])))
            #expect(named.counts == [.unchanged: 2] && Set(named.results.map(\.installation)) == ["maple", "cedar"])
            let customer = try await gateway.perform(Refresh(selection: .customer("cedar")))
            #expect(customer.counts == [.unchanged: 1] && customer.results.isEmpty)
        }
    }

    @Test("A dry run says whom it would ask, and asks nobody, writes nothing, not even to the audit trail")
    func dryRun() async throws {
        try await withTest { test, gateway in
            let records = try await gateway.perform(ListAudit()).count
            let report = try await gateway.perform(Refresh(selection: .installations(["maple"]), dryRun: true))
            #expect(report.counts == [.wouldAsk: 1] && report.results.first?.message.contains(test.ready.url) == true)
            #expect(try await gateway.perform(ListOperations()).isEmpty)
            #expect(try await gateway.perform(ListAudit()).count == records)
            #expect(try FileManager.default.contentsOfDirectory(atPath: test.fixture.site("maple")).isEmpty)
        }
    }

    @Test("Progress counts to the end, whatever comes of each")
    func progress() async throws {
        try await withTest { _, gateway in
            let seen = Seen<GatewayAPI.Progress>()
            _ = try await gateway.perform(Refresh(selection: .all), by: .msp) { seen.add($0) }
            #expect(seen.all.map(\.done).sorted() == [1, 2, 3] && seen.all.allSatisfy { $0.total == 3 })
            #expect(seen.all.contains { $0.latest == "old: rejected" })
        }
    }

    @Test("Wrong values are told, and nothing is done", arguments: [0, -1, 257])
    func concurrency(_ concurrency: Int) async throws {
        try await withTest { _, gateway in
            let records = try await gateway.perform(ListAudit()).count
            let error = await callError {
                _ = try await gateway.perform(Refresh(selection: .all, concurrency: concurrency))
            }
            #expect(error?.code == .invalid && error?.message.contains("1 to 256") == true)
            let empty = await callError { _ = try await gateway.perform(Refresh(selection: .installations([]))) }
            #expect(empty?.code == .invalid)
            let missing = await callError {
                _ = try await gateway.perform(Refresh(selection: .installations(["maple", "nobody"])))
            }
            #expect(missing?.code == .notFound && missing?.message.contains("\"nobody\"") == true)
            let customer = await callError { _ = try await gateway.perform(Refresh(selection: .customer("nobody"))) }
            #expect(customer?.code == .notFound)
            #expect(try await gateway.perform(ListAudit()).count == records)
            #expect(try await gateway.perform(ListOperations()).isEmpty)
        }
    }

    @Test(
        "That the destination can be written is seen before the vendor is asked",
        arguments: ["no folder", "a stranger's file", "a folder in its place"])
    func destination(_ what: String) async throws {
        try await TestGateway.with(
            Self.delivering, deliver: #"deliver: { license: "{site.shared}/license.txt" }"#
        ) { _ in
            .reply(200, "r1")
        } _: { test in
            let site = try test.fixture.site("n1")
            switch what {
            case "no folder": try FileManager.default.removeItem(atPath: site)
            case "a stranger's file": try Data("theirs".utf8).write(to: URL(filePath: site + "/license.txt"))
            default:
                try FileManager.default.createDirectory(
                    atPath: site + "/license.txt", withIntermediateDirectories: true)
            }
            try await test.open(Self.delivering) { gateway in
                let result = try await gateway.refresh("n1")
                #expect(result.outcome == .failed && result.message.contains(site), "\(result)")
                #expect(test.vendor.requests.isEmpty)
                guard what == "a stranger's file" else { return }
                #expect(result.message.contains("--adopt"))
                #expect(try await gateway.refresh("n1", adopt: true).outcome == .updated)
                #expect(test.fixture.read(site + "/license.txt") == "r1")
                #expect(test.fixture.read(site + "/\(House.name)/license.txt.original") == "theirs")
            }
        }
    }

    private static let delivering = ScriptedAdapter.any(
        descriptor: ScriptedAdapter.descriptor(
            deliveries: [Field(name: "license", title: "License", help: "It is the license file.")])
    ) { facts in
        Transition(ScriptState(step: "asked"), .send(.test(facts)))
    } resume: { (state, event, facts) throws(AdapterError) in
        guard case .answer(let response) = event else { throw AdapterError(.malformed, "no answer") }
        let file = Grant.File(delivery: "license", contents: response.body)
        return Transition(state, .finish(.granted("r1", facts, files: [file])))
    }
}
