import GatewayStore
import AdapterKit
import Foundation
import GRDB
import GatewayAPI
import Testing

@testable import GatewayCore

@Suite("What the audit trail holds")
struct AuditCallTests {
    private static let entry = SubscriptionFixture.Entry(id: "north", expires: "2027-01-31")

    /// A restore replaces the trail itself: RestoreTests. What this product can't do is tested with one that can: seats of
    /// named users with SeatClaimTests, offline activations, steps, upgrades, tokens and recorded licenses in their own folders.
    private static let elsewhere: Set<String> = [
        "\(RestoreStore.self)", "\(AssignSeat.self)", "\(RequestOffline.self)", "\(ImportOffline.self)",
        "\(ShowAttachment.self)", "\(CompleteStep.self)", "\(UpgradeKeys.self)", "\(ShowUpgrade.self)",
        "\(ResumeUpgrade.self)", "\(RollBackUpgrade.self)", "\(ObserveUpgrade.self)", "\(RunDue.self)",
        "\(RecordLicense.self)", "\(ImportLicenses.self)", "\(BeginAuthorization.self)",
        "\(CompleteAuthorization.self)",
        "\(Deauthorize.self)", "\(ShowTokens.self)", "\(VerifyToken.self)",
    ]

    private func withOne(_ body: (SubscriptionFixture, Gateway) async throws -> Void) async throws {
        try await SubscriptionFixture.with([Self.entry]) { test in
            try await test.open { gateway in
                try await test.add(Self.entry, to: gateway)
                #expect(try await gateway.refresh("north").outcome == .updated)
                test.time.pass(hours: 1)
                try await body(test, gateway)
            }
        }
    }

    @Test(
        "A call that changes something is recorded with who, what and when; a question is not",
        arguments: CallRow.all.filter { !elsewhere.contains($0.type) })
    func calls(_ row: CallRow) async throws {
        try await withOne { test, gateway in
            try await CallRow.furnish("north", of: gateway)
            let before = try await gateway.perform(ListAudit())
            let caller = Caller(id: "local:42", name: "Robin", scope: .portfolio)
            _ = try await row.perform(gateway, caller, "north")
            // A first login may be answered before the refresh that it starts is recorded.
            await gateway.background.wait()
            let new = Array(try await gateway.perform(ListAudit()).dropLast(before.count))
            guard let act = row.audit else {
                #expect(new.isEmpty, "\(new)")
                return
            }
            let record = try #require(new.last)
            #expect(new.count == 1 && record.act == act && record.actor == "local:42" && record.name == "Robin")
            #expect(record.at == test.time.now && record.number == before.count + 1)
            #expect(!record.detail.isEmpty)
            guard !row.isAboutStore else {
                #expect(record.customer == nil)
                return
            }
            #expect(record.customer == (act == "customers.add" ? "north-2" : "north"))
            #expect(record.subject == (["customers.add", "installations.add"].contains(act) ? "north-2" : "north"))
        }
    }

    @Test("A call that is refused leaves no record, and a refresh that fails does")
    func refused() async throws {
        try await withOne { test, gateway in
            let before = try await gateway.perform(ListAudit()).count
            _ = await callError {
                _ = try await gateway.perform(AddCustomer(id: "north", displayName: "N", timeZone: "UTC"))
            }
            _ = await callError { _ = try await gateway.refresh("nobody") }
            #expect(try await gateway.perform(ListAudit()).count == before)
            try test.write([Self.entry], faults: "down: true")
            #expect(try await gateway.refresh("north").outcome == .unreachable)
            #expect(try await gateway.perform(ListAudit()).first?.act == "refresh")
        }
    }

    @Test("What comes into force is recorded by itself, with its revision")
    func entitlement() async throws {
        try await withOne { test, gateway in
            let acts = try await gateway.perform(ListAudit()).reversed().map(\.act)
            #expect(acts == ["customers.add", "installations.add", "refresh", "entitlement.update"])
            let record = try #require(try await gateway.perform(ListAudit(limit: 1)).first)
            let revision = try #require(try await gateway.stored("north").revision)
            #expect(record.customer == "north" && record.subject == "north" && record.detail.contains(revision))
            #expect(try await gateway.refresh("north").outcome == .unchanged)
            #expect(try await gateway.perform(ListAudit(limit: 1)).first?.act == "refresh")
        }
    }

    @Test("A whole chain is proven, and its head changes with every record")
    func verified() async throws {
        try await withOne { test, gateway in
            let first = try await gateway.perform(VerifyAudit())
            #expect(first.problem == nil && first.records == 4)
            #expect(first.head == (try await gateway.perform(ListAudit(limit: 1)).first?.hash))
            _ = try await gateway.refresh("north")
            let second = try await gateway.perform(VerifyAudit())
            #expect(second.problem == nil && second.records == 5 && second.head != first.head)
            try test.fixture.raw { try $0.execute(sql: "UPDATE people SET name = NULL") }
            #expect(try await gateway.perform(VerifyAudit()) == second)
            #expect(try await gateway.perform(ListAudit(limit: 1)).first?.name == nil)
        }
    }

    @Test("An empty trail is whole")
    func empty() async throws {
        try await GatewayFixture.with { fixture in
            try await fixture.withGateway([]) { gateway async throws in
                #expect(
                    try await gateway.perform(VerifyAudit()) == AuditVerification(records: 0, head: "", problem: nil))
            }
        }
    }

    @Test(
        "Whatever somebody does to the trail behind our back is found at its first record",
        arguments: [
            ("UPDATE audit SET detail = 'x' WHERE number = 2", "Record 2", 1),
            ("UPDATE audit SET at = at + 1 WHERE number = 4", "Record 4", 3),
            ("UPDATE audit SET customer = NULL WHERE number = 1", "Record 1", 0),
            ("DELETE FROM audit WHERE number = 2", "record 3", 1),
            ("DELETE FROM audit WHERE number = 1", "record 2", 0),
            (
                "DELETE FROM audit WHERE number = 2; UPDATE audit SET number = number - 1 WHERE number > 2", "Record 2",
                1
            ),
            ("UPDATE audit SET hash = 'x' WHERE number = 3", "Record 3", 2),
            ("UPDATE audit SET previous = 'x' WHERE number = 3", "Record 3", 2),
        ])
    func tampered(_ row: (sql: String, says: String, records: Int)) async throws {
        try await withOne { test, gateway in
            try test.fixture.raw { try $0.execute(sql: row.sql) }
            let found = try await gateway.perform(VerifyAudit())
            #expect(found.problem?.contains(row.says) == true, "\(found)")
            #expect(found.records == row.records)
        }
    }
}
