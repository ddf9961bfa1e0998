import AdapterKit
import GRDB
import GatewayAPI
import Testing

@testable import GatewayCore

@Suite("What is coming, over many installations")
struct ComingTimelineTests {
    private static let entries = [
        SubscriptionFixture.Entry(id: "apia", expires: "2026-12-05", zone: "Pacific/Apia"),
        SubscriptionFixture.Entry(
            id: "maple", expires: "2027-01-31", lines: ["modules:", "  - { code: AP, name: A, expires: 2026-12-31 }"]),
        SubscriptionFixture.Entry(id: "pago", expires: "2026-12-05", zone: "Pacific/Pago_Pago"),
    ]

    private func withThree(_ body: (SubscriptionFixture, Gateway) async throws -> Void) async throws {
        try await SubscriptionFixture.with(Self.entries) { test in
            try await test.open { gateway in
                for entry in Self.entries { try await test.add(entry, to: gateway) }
                #expect(try await gateway.perform(Refresh(selection: .all)).counts == [.updated: 3])
                try await body(test, gateway)
            }
        }
    }

    private func coming(_ call: ListTimeline, _ gateway: Gateway) async throws -> [ComingChange] {
        let list = try await gateway.perform(call)
        #expect(!list.hasMore)
        return list.changes
    }

    private func shown(_ changes: [ComingChange]) -> [String] {
        changes.map { "\($0.local) \($0.installation) \($0.cause) \($0.level.rawValue)" }
    }

    @Test("Soonest first, each in its customer's own time, as far ahead as was asked")
    func order() async throws {
        try await withThree { _, gateway async throws in
            let changes = try await coming(ListTimeline(within: .days(40)), gateway)
            // One date, and a day between its ends in the two Samoas.
            #expect(
                shown(changes) == [
                    "2026-12-02 00:00 maple modules AP notice", "2026-12-06 00:00 apia subscription grace",
                    "2026-12-06 00:00 pago subscription grace", "2027-01-01 00:00 maple modules AP grace",
                ])
            #expect(changes.map(\.at) == changes.map(\.at).sorted() && changes[1].at < changes[2].at)
            #expect(changes.allSatisfy { $0.message?.isEmpty == false && $0.access == .full })
            let own = try await coming(ListTimeline(customer: "maple", within: .days(40)), gateway)
            #expect(own == changes.filter { $0.customer == "maple" })
        }
    }

    @Test("A day ahead is one of the customer's calendar, to the instant; hours are elapsed ones")
    func window() async throws {
        try await withThree { test, gateway async throws in
            func find(_ at: String, _ within: Countdown.Offset) async throws -> Int {
                try await coming(
                    ListTimeline(customer: "apia", within: within, at: .instant(#require(Instant(at)))), gateway
                ).count
            }
            // The grace begins at midnight in Apia, which is 11:00 of the day before in UTC.
            #expect(try await find("2026-12-04T11:00:00Z", .days(1)) == 1)
            #expect(try await find("2026-12-04T10:59:59Z", .days(1)) == 0)
            #expect(try await find("2026-12-04T11:00:00Z", .hours(24)) == 1)
            #expect(try await find("2026-12-05T11:00:00Z", .days(1)) == 0, "what holds already is not to come")
            #expect(try await find("2026-12-05T10:59:59Z", .hours(0)) == 0)
            for within in [Countdown.Offset.days(-1), .hours(-1)] {
                let error = await callError { _ = try await gateway.perform(ListTimeline(within: within)) }
                #expect(error?.code == .invalid)
            }
        }
    }

    @Test("A limit keeps the soonest, and says that there are later ones")
    func limit() async throws {
        try await withThree { _, gateway async throws in
            let all = try await coming(ListTimeline(within: .days(400)), gateway)
            for limit in 1...all.count {
                let some = try await gateway.perform(ListTimeline(within: .days(400), limit: limit))
                #expect(some.changes == Array(all.prefix(limit)) && some.hasMore == (limit < all.count), "\(limit)")
            }
            for limit in [0, 100_001] {
                let error = await callError {
                    _ = try await gateway.perform(ListTimeline(within: .days(1), limit: limit))
                }
                #expect(error?.code == .invalid)
            }
        }
    }

    @Test("An order that is waited for is told where it becomes overdue")
    func orders() async throws {
        try await withThree { test, gateway async throws in
            _ = try await gateway.perform(
                AddOrder(installation: "pago", placed: .instant(test.time.now.adding(hours: -40)), reference: "PO-1"))
            let changes = try await coming(ListTimeline(customer: "pago", within: .days(1)), gateway)
            #expect(shown(changes) == ["2026-11-22 07:00 pago order overdue notice"])
            #expect(try await coming(ListTimeline(customer: "pago", within: .hours(7)), gateway).isEmpty)
        }
    }

    @Test("What is archived, or holds nothing, has nothing before it")
    func leftOut() async throws {
        try await withThree { test, gateway async throws in
            try test.fixture.raw { db in
                try db.execute(sql: "UPDATE installations SET archived_at = 1 WHERE id = 'apia'")
                try db.execute(sql: "UPDATE installations SET held = 0 WHERE id = 'pago'")
            }
            let changes = try await coming(ListTimeline(within: .days(1000)), gateway)
            #expect(Set(changes.map(\.installation)) == ["maple"] && changes.count == 5)
            try test.fixture.raw { try $0.execute(sql: "UPDATE customers SET archived_at = 1 WHERE id = 'maple'") }
            #expect(try await coming(ListTimeline(within: .days(1000)), gateway).isEmpty)
        }
    }
}
