import AdapterKit
import Foundation
import GatewayAPI
import Testing

@testable import GatewayCore

@Suite("What happens when")
struct TimelineTests {
    private static let entry = SubscriptionFixture.Entry(
        id: "maple", expires: "2027-01-31",
        lines: ["modules:", "  - { code: AP, name: Accounts Payable, expires: 2026-12-31 }"])

    private func withRefreshed(_ body: (SubscriptionFixture, Gateway) async throws -> Void) async throws {
        try await SubscriptionFixture.with([Self.entry]) { test in
            try await test.open { gateway in
                try await test.add(Self.entry, to: gateway)
                #expect(try await gateway.refresh("maple").outcome == .updated)
                try await body(test, gateway)
            }
        }
    }

    @Test("Every change in order of time, in the customer's local time, the next refresh among them")
    func changes() async throws {
        try await withRefreshed { test, gateway in
            let view = try await gateway.perform(ShowTimeline(installation: "maple"))
            #expect(view.timeZone == "America/Toronto" && view.now == test.time.now)
            #expect(view.level == .licensed && view.initialLevel == .licensed)
            #expect(
                view.changes.map { "\($0.local) \($0.cause) \($0.level.rawValue)" } == [
                    "2026-12-02 00:00 modules AP notice", "2026-12-06 05:00 refresh due notice",
                    "2027-01-01 00:00 modules AP grace", "2027-01-02 00:00 subscription grace",
                    "2027-02-01 00:00 subscription grace", "2027-03-18 00:00 subscription restricted",
                ])
            #expect(view.changes.last?.at == Instant("2027-03-18T04:00:00Z"))
            #expect(view.changes.last?.label == "Read-only")
            #expect(view.changes.last?.message?.contains("expired 46 days ago") == true)
            #expect(view.changes.map(\.at) == view.changes.map(\.at).sorted())
        }
    }

    @Test("Asked about a day, it tells the standing on that day and the same changes")
    func anotherDay() async throws {
        try await withRefreshed { _, gateway in
            let now = try await gateway.perform(ShowTimeline(installation: "maple"))
            let then = try await gateway.perform(
                ShowTimeline(installation: "maple", at: .day(#require(LocalDay("2027-03-18")))))
            #expect(then.changes == now.changes && then.level == .restricted)
            #expect(then.now == Instant("2027-03-18T04:00:00Z"))
        }
    }

    @Test("Without an entitlement nothing happens by time alone")
    func nothing() async throws {
        try await SubscriptionFixture.with([Self.entry]) { test in
            try await test.open { gateway in
                try await test.add(Self.entry, to: gateway)
                let view = try await gateway.perform(ShowTimeline(installation: "maple"))
                #expect(view.changes.isEmpty && view.level == .unlicensed && view.initialLevel == .unlicensed)
                let error = await callError {
                    _ = try await gateway.perform(ShowTimeline(installation: "nobody"))
                }
                #expect(error?.code == .notFound)
            }
        }
    }
}
