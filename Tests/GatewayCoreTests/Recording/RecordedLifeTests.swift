import AdapterKit
import Foundation
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

/// Whatever works for a license that a vendor's server granted works for one that a person recorded.
@Suite("The life of a recorded license")
struct RecordedLifeTests {
    private static let values = ["expires": "2026-12-10", "seats.users": "2", "modules": "ACD,RVT=2026-12-01"]

    @Test("It stands by its countdowns, and is marked as unverified wherever it shows")
    func unverified() async throws {
        try await RecordFixture.with { test, gateway async throws in
            #expect(try await gateway.standing("cad").level == .unlicensed)
            try await gateway.take("cad", Self.values)
            let standing = try await gateway.standing("cad")
            #expect(standing.level == .notice && standing.access == .full && standing.isUnverified)
            #expect(standing.messages.first?.contains("ends in 19 days") == true, "\(standing.messages)")
            let after = try #require(LocalDay("2026-12-11"))
            #expect(try await gateway.standing("cad", at: .day(after)).level == .stopped)
            let shown = try await gateway.perform(ShowInstallation(id: "cad"))
            #expect(shown.entitlement?.isUnverified == true)
            let explained = try await gateway.perform(Explain(installation: "cad"))
            #expect(explained.standing.isUnverified && explained.steps.contains { $0.contains("gatehouse record cad") })
            let timeline = try await gateway.perform(ShowTimeline(installation: "cad"))
            #expect(timeline.isUnverified && timeline.changes.contains { $0.level == .stopped })
            let renewals = try await gateway.perform(ListRenewals(days: 30)).renewals
            #expect(renewals.contains { $0.installation == "cad" } && renewals.allSatisfy(\.isUnverified))
            let events = try await gateway.perform(ShowHistory(installation: "cad")).events
            #expect(events.contains { $0.kind == .entitlement && $0.detail.contains("unverified") })
            #expect(events.contains { $0.detail.contains("expires=2026-12-10") })
        }
    }

    @Test("Its seats are claimed, by name where the profile says so, and its usage is counted")
    func seats() async throws {
        try await RecordFixture.with { _, gateway async throws in
            try await gateway.take("cad", Self.values)
            for user in ["ann", "bob"] {
                #expect(try await gateway.perform(ClaimSeat(installation: "cad", user: user)).granted)
            }
            #expect(try await !gateway.perform(ClaimSeat(installation: "cad", user: "cid")).granted)
            let usage = try await gateway.perform(ShowUsage(installation: "cad"))
            #expect(usage.isUnverified && usage.pools.first?.purchased == 2 && usage.pools.first?.inUse == 2)
            _ = try await gateway.perform(
                RecordUsage([UsageObservation(installation: "cad", pool: "users", inUse: 2, registered: 3)]))
            #expect(try await gateway.perform(ShowUsage(installation: "cad")).pools.first?.registered == 3)
        }
    }

    @Test("An order is applied by the record that shows it, and is told")
    func order() async throws {
        try await RecordFixture.with { test, gateway async throws in
            try await gateway.take("cad", Self.values)
            let order = try await gateway.perform(
                AddOrder(
                    installation: "cad", placed: .now, items: OrderedItems(expires: LocalDay("2027-12-10")),
                    reference: "PO-1"))
            test.time.pass(hours: 1)
            let other = try await gateway.take("cad", ["seats.users": "3"])
            #expect(other.orders.isEmpty, "it shows nothing of the order")
            test.time.pass(hours: 1)
            let renewed = try await gateway.take("cad", ["expires": "2027-12-10"])
            #expect(renewed.orders == [order.id] && renewed.message.contains("PO-1"), "\(renewed.message)")
            #expect(try await gateway.perform(ListOrders(installation: "cad")).first?.state == .applied)
            #expect(try await gateway.standing("cad").level == .licensed)
        }
    }

    @Test("The step that a refresh opened is done with it, and nobody is asked until the next refresh is due")
    func step() async throws {
        try await RecordFixture.with { test, gateway async throws in
            let asked = try await gateway.refresh("cad")
            #expect(asked.outcome == .waiting)
            #expect(try await gateway.perform(ListTodo()).filter { $0.installation == "cad" }.map(\.kind) == [.step])
            try await gateway.take("cad", ["expires": "2027-12-10"])
            #expect(try await gateway.perform(ListSteps(installation: "cad")).isEmpty)
            #expect(try await gateway.perform(ListTodo()).allSatisfy { $0.installation != "cad" })
            let operation = try #require(asked.operation)
            let ended = try await gateway.perform(ShowOperation(id: operation))
            #expect(ended.status == "done" && ended.message?.contains("recorded by") == true, "\(ended)")
            #expect(try await gateway.refresh("cad", .schedule).outcome == .notDue)
            test.time.pass(hours: 24 * 31)
            #expect(try await gateway.refresh("cad", .schedule).outcome == .waiting, "looked at again after 30 days")
            let error = await callError { _ = try await gateway.perform(CompleteStep(operation: operation, step: 1)) }
            #expect(error != nil, "a step that is done stays done")
        }
    }

    @Test("What was recorded outlives the process, and stands in the audit trail with who recorded it")
    func kept() async throws {
        try await RecordFixture.with { test, gateway async throws in
            try await gateway.take("cad", Self.values, note: "From the order")
            try await test.open { other in
                #expect(try await other.standing("cad").level == .notice)
                let trail = try await other.perform(ListAudit()).first { $0.act == RecordLicense.name }
                #expect(trail?.subject == "cad" && trail?.detail.contains("From the order") == true)
                #expect(trail?.actor == Caller.msp.id)
            }
        }
    }
}
