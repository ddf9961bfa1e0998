import GatewayStore
import AdapterKit
import Foundation
import GatewayAPI
import Testing

@testable import GatewayCore

/// A row of a table of when a refresh asks the vendor.
struct WindowRow: CustomTestStringConvertible, Sendable {
    var id: String
    /// What happened before, by kind and time.
    var events: [(kind: String, at: String)]
    var at: String
    var trigger: Refresh.Trigger
    var asks: Bool
    var testDescription: String { id }

    init(
        _ id: String, _ events: [(String, String)], at: String, _ trigger: Refresh.Trigger = .login, asks: Bool
    ) {
        self.id = id
        self.events = events.map { (kind: $0.0, at: $0.1) }
        self.at = at
        self.trigger = trigger
        self.asks = asks
    }

    static let all = [
        WindowRow(
            "the window is not open", [("refresh", "2026-10-01T14:00:00Z")], at: "2026-10-15T13:59:59Z", asks: false),
        WindowRow(
            "first login of the window", [("refresh", "2026-10-01T14:00:00Z")], at: "2026-10-15T14:00:00Z", asks: true),
        WindowRow(
            "the schedule in the window", [("refresh", "2026-10-01T14:00:00Z")], at: "2026-10-15T14:00:00Z", .schedule,
            asks: true),
        WindowRow(
            "second login of the window: unchanged counts",
            [("refresh", "2026-10-01T14:00:00Z"), ("unchanged", "2026-10-15T14:00:00Z")], at: "2026-10-15T14:00:01Z",
            asks: false),
        WindowRow(
            "the next window after unchanged, by wall time over the end of summer time",
            [("refresh", "2026-10-01T14:00:00Z"), ("unchanged", "2026-10-20T14:00:00Z")], at: "2026-11-03T15:00:00Z",
            asks: true),
        WindowRow(
            "a failed try leaves it due, after the back-off",
            [("refresh", "2026-10-01T14:00:00Z"), ("failed", "2026-10-15T14:00:00Z")], at: "2026-10-15T16:00:00Z",
            asks: true),
        WindowRow(
            "a failed try is not tried again at once",
            [("refresh", "2026-10-01T14:00:00Z"), ("failed", "2026-10-15T14:00:00Z")], at: "2026-10-15T14:07:00Z",
            asks: false),
        WindowRow(
            "the window counts from the last success and not from the first",
            [("refresh", "2026-10-01T14:00:00Z"), ("refresh", "2026-10-20T14:00:00Z")], at: "2026-10-29T14:00:00Z",
            asks: false),
        WindowRow(
            "09:00 -05:00 plus 14 days is 09:00 -06:00", [("refresh", "2026-10-20T14:00:00Z")],
            at: "2026-11-03T15:00:00Z", asks: true),
        WindowRow(
            "a second before that", [("refresh", "2026-10-20T14:00:00Z")], at: "2026-11-03T14:59:59Z", asks: false),
        WindowRow(
            "asked for by a person: always", [("refresh", "2026-10-01T14:00:00Z")], at: "2026-10-02T00:00:00Z", .asked,
            asks: true),
        WindowRow(
            "asked for by a person: even after a failure",
            [("refresh", "2026-10-01T14:00:00Z"), ("failed", "2026-10-15T14:00:00Z")], at: "2026-10-15T14:00:01Z",
            .asked, asks: true),
        WindowRow("never refreshed: due at once", [], at: "2026-10-02T00:00:00Z", asks: true),
        WindowRow(
            "never refreshed and failed: not again at once", [("failed", "2026-10-02T00:00:00Z")],
            at: "2026-10-02T00:01:00Z", asks: false),
        WindowRow(
            "a clock set back before the last success: asked rather than not for years",
            [("refresh", "2036-10-01T14:00:00Z")], at: "2026-10-02T00:00:00Z", asks: true),
    ]
}

@Suite("When a refresh is due")
struct RefreshWindowTests {
    private let entry = SubscriptionFixture.Entry(id: "maple", expires: "2038-01-31", zone: "America/Chicago")

    @Test("The first login of a window asks the vendor, and no other", arguments: WindowRow.all)
    func window(_ row: WindowRow) async throws {
        try await SubscriptionFixture.with([entry], at: row.events.first?.at ?? row.at) { test in
            try await test.open { gateway in
                try await test.add(entry, to: gateway)
                for event in row.events {
                    try test.time.set(event.at)
                    if event.kind == "failed" {
                        try test.write([entry], faults: "status: 503")
                        #expect(try await gateway.refresh("maple").outcome == .unreachable)
                        try test.write([entry])
                    } else {
                        #expect([.updated, .unchanged].contains(try await gateway.refresh("maple").outcome))
                    }
                }
            }
            try test.time.set(row.at)
            try await test.open { gateway in
                let before = try await gateway.perform(ListOperations()).count
                let result = try await gateway.refresh("maple", row.trigger)
                let asked = try await gateway.perform(ListOperations()).count - before
                #expect(asked == (row.asks ? 1 : 0), "\(result)")
                #expect((result.outcome == .notDue) == !row.asks)
            }
        }
    }

    @Test("The selection of what is due finds the same", arguments: WindowRow.all.filter { $0.trigger != .asked })
    func selection(_ row: WindowRow) async throws {
        try await SubscriptionFixture.with([entry], at: row.events.first?.at ?? row.at) { test in
            try await test.open { gateway in
                try await test.add(entry, to: gateway)
                for event in row.events {
                    try test.time.set(event.at)
                    if event.kind == "failed" { try test.write([entry], faults: "status: 503") }
                    _ = try await gateway.refresh("maple")
                    if event.kind == "failed" { try test.write([entry]) }
                }
                try test.time.set(row.at)
                let report = try await gateway.perform(Refresh(selection: .due, trigger: .schedule, dryRun: true))
                #expect(report.counts == (row.asks ? [.wouldAsk: 1] : [:]))
            }
        }
    }

    @Test(
        "The next refresh is due 14 calendar days later at the same time on the customer's wall",
        arguments: [
            ("America/Chicago", "2026-10-01T14:00:00Z", "2026-10-15T14:00:00Z"),
            ("America/Chicago", "2026-10-25T14:00:00Z", "2026-11-08T15:00:00Z"),
            ("America/Chicago", "2026-03-01T15:00:00Z", "2026-03-15T14:00:00Z"),
            ("America/New_York", "2028-02-15T14:00:00Z", "2028-02-29T14:00:00Z"),
            ("America/New_York", "2028-02-16T14:00:00Z", "2028-03-01T14:00:00Z"),
            ("America/New_York", "2026-12-20T14:00:00Z", "2027-01-03T14:00:00Z"),
            ("America/Chicago", "2026-02-22T08:30:00Z", "2026-03-08T08:30:00Z"),
            ("America/Chicago", "2026-10-18T06:30:00Z", "2026-11-01T06:30:00Z"),
        ])
    func due(_ row: (zone: String, refreshed: String, due: String)) async throws {
        let entry = SubscriptionFixture.Entry(id: "maple", expires: "2038-01-31", zone: row.zone)
        try await SubscriptionFixture.with([entry], at: row.refreshed) { test in
            try await test.open { gateway in
                try await test.add(entry, to: gateway)
                #expect(try await gateway.refresh("maple").outcome == .updated)
                let view = try await gateway.perform(ShowInstallation(id: "maple"))
                #expect(view.refreshDue == Instant(row.due) && view.lastRefresh == Instant(row.refreshed))
                #expect(try await gateway.standing("maple").refreshDue == Instant(row.due))
            }
        }
    }

    @Test("A profile that names no period is refreshed when somebody asks, and never by itself")
    func never() async throws {
        try await TestGateway.with(ScriptedAdapter.asking(), refresh: "") { _ in
            .reply(200, "r1")
        } _: { test in
            try await test.open(ScriptedAdapter.asking()) { gateway async throws in
                #expect(try await gateway.refresh("n1").outcome == .updated)
                test.time.pass(hours: 24 * 400)
                #expect(try await gateway.refresh("n1", .login).outcome == .notDue)
                #expect(
                    try await gateway.perform(Refresh(selection: .due, trigger: .schedule)).counts.isEmpty)
                #expect(try await gateway.refresh("n1").outcome == .unchanged)
                #expect(test.vendor.requests.count == 2)
            }
        }
    }

    @Test(
        "After a vendor that could not be reached it is tried again in a quarter of an hour, after a refusal in a day")
    func backOff() async throws {
        try await SubscriptionFixture.with([entry]) { test in
            try await test.open { gateway in
                try await test.add(entry, to: gateway)
                try test.write([entry], faults: "down: true")
                #expect(try await gateway.refresh("maple").outcome == .unreachable)
                var next = try #require(try await gateway.stored("maple").nextTry)
                let wait = next.milliseconds - test.time.now.milliseconds
                #expect((450_000...1_350_000).contains(wait))
                let notYet = try await gateway.refresh("maple", .login)
                #expect(notYet.outcome == .notDue && notYet.message.contains("\(next)"))
                test.time.set(next)
                #expect(try await gateway.refresh("maple", .login).outcome == .unreachable)

                try test.write([SubscriptionFixture.Entry(id: "other", expires: "2038-01-31")])
                test.time.pass(hours: 1)
                let refused = try await gateway.refresh("maple")
                #expect(refused.outcome == .rejected && refused.field == "clientID")
                next = try #require(try await gateway.stored("maple").nextTry)
                #expect(next == test.time.now.adding(hours: 24))
            }
        }
    }

    @Test(
        "A vendor that names a later time is not asked before it, and no later than in a day",
        arguments: [(3600, 60), (600_000, 1440)])
    func retryAfter(_ row: (seconds: Int, minutes: Int64)) async throws {
        try await TestGateway.with(ScriptedAdapter.asking()) { _ in
            .reply(503, "", headers: ["Retry-After": "\(row.seconds)"])
        } _: { test in
            try await test.open(ScriptedAdapter.asking()) { gateway in
                #expect(try await gateway.refresh("n1").outcome == .unreachable)
                let next = try #require(try await gateway.stored("n1").nextTry)
                #expect((next.milliseconds - test.time.now.milliseconds) / 60_000 == row.minutes)
            }
        }
    }
}
