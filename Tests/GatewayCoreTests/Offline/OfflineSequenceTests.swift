import AdapterKit
import Foundation
import GatewayAPI
import Testing

@testable import GatewayCore

/// What happens to one installation of Sage 200 on premise, through the gateway's own calls; the rows are those of the
/// date vectors.
@Suite("Successes by either way reset the countdowns")
struct OfflineSequenceTests {
    /// Something that happens.
    enum Event: Sendable {
        case request, imported, refreshed, unchanged, failed, rejected
    }

    /// A sequence of events, and what must hold at a time after them.
    struct Row: Sendable, CustomTestStringConvertible {
        var id: String
        var events: [(Event, String)]
        var at: String
        var level: Level
        var why: String

        var testDescription: String { "\(id): \(why)" }
    }

    private static let online: [(Event, String)] = [
        (.imported, "2026-01-01T10:00:00Z"), (.refreshed, "2026-01-25T09:00:00Z"),
    ]
    private static func refreshed(_ event: Event, _ at: String) -> [(Event, String)] {
        [(.refreshed, "2026-01-01T10:00:00Z"), (event, at)]
    }

    static let rows = [
        Row(
            id: "C4.1", events: online, at: "2026-01-29T10:00:00Z", level: .licensed,
            why: "an online success resets both"),
        Row(
            id: "C4.2", events: online, at: "2026-02-22T08:59:59Z", level: .licensed,
            why: "the offline activation counts no more after it"),
        Row(
            id: "C4.3", events: online, at: "2026-02-22T09:00:00Z", level: .warning, why: "28 days after the refresh"),
        Row(
            id: "C5.1", events: refreshed(.imported, "2026-02-03T10:00:00Z"), at: "2026-02-05T10:00:00Z",
            level: .licensed, why: "an import resets the contact"),
        Row(
            id: "C5.2", events: refreshed(.imported, "2026-02-05T09:59:59Z"), at: "2026-02-05T10:00:00Z",
            level: .licensed, why: "so it does in the last second"),
        Row(
            id: "C5.3", events: refreshed(.imported, "2026-02-09T10:00:00Z"), at: "2026-02-09T10:00:00Z",
            level: .licensed, why: "and after the expiry, at once"),
        Row(
            id: "C6.1", events: refreshed(.failed, "2026-01-28T10:00:00Z"), at: "2026-01-29T10:00:00Z",
            level: .warning, why: "a failed try is no contact"),
        Row(
            id: "C6.2", events: refreshed(.unchanged, "2026-01-28T10:00:00Z"), at: "2026-01-29T10:00:00Z",
            level: .licensed, why: "an answer that nothing changed is"),
        Row(
            id: "C6.3", events: refreshed(.rejected, "2026-01-28T10:00:00Z"), at: "2026-01-29T10:00:00Z",
            level: .warning, why: "a rejection is none"),
        Row(
            id: "C7.1", events: [(.imported, "2026-01-01T10:00:00Z"), (.request, "2026-01-22T10:00:00Z")],
            at: "2026-01-29T10:00:00Z", level: .warning, why: "an open request resets nothing"),
    ]

    @Test("After these events the standing is this", arguments: rows)
    func sequence(_ row: Row) async throws {
        try await OfflineFixture.withGateway(at: "2025-12-31T10:00:00Z") { test, gateway in
            for (event, at) in row.events {
                try test.time.set(at)
                try await happen(event, test, gateway)
            }
            let ahead = try await gateway.standing("maple", at: .instant(#require(Instant(row.at))))
            try test.time.set(row.at)
            let now = try await gateway.standing("maple")
            for standing in [ahead, now] { #expect(standing.level == row.level && standing.access == .full) }
            if row.level == .warning {
                #expect(
                    now.messages.contains(
                        "The Sage Licence will expire in 7 days because the entitlement server has been unavailable "
                            + "for 28 days."), "\(now.messages)")
            }
        }
    }

    private func happen(_ event: Event, _ test: OfflineFixture, _ gateway: Gateway) async throws {
        switch event {
        case .request:
            _ = try await gateway.request()
        case .imported:
            let result = try await gateway.take(test.answer(await gateway.request()))
            #expect(result.outcome == .updated)
            #expect(try await gateway.standing("maple").level == .licensed)
        case .refreshed:
            #expect(try await gateway.refresh("maple").outcome == .updated)
        case .unchanged:
            #expect(try await gateway.refresh("maple").outcome == .unchanged)
        case .failed:
            try test.write([.maple], faults: "down: true")
            #expect(try await gateway.refresh("maple").outcome == .unreachable)
        case .rejected:
            try test.write([.cedar])
            #expect(try await gateway.refresh("maple").outcome == .rejected)
        }
    }

    @Test(
        "From day 21 of an offline activation the next is asked for, from day 30 both messages stand with full access")
    func window() async throws {
        try await OfflineFixture.withGateway(at: "2026-01-01T10:00:00Z") { test, gateway in
            _ = try await gateway.take(test.answer(await gateway.request()))
            let rows: [(String, Level, Access, [String])] = [
                ("2026-01-22T09:59:59Z", .licensed, .full, []),
                ("2026-01-22T10:00:00Z", .notice, .full, ["is 21 days old: send the next licence request"]),
                (
                    "2026-01-31T10:00:00Z", .warning, .full,
                    [
                        "in 5 days because", "for 30 days",
                        "is 30 days old: a new offline activation must be generated",
                    ]
                ),
                ("2026-02-05T10:00:00Z", .stopped, .none, ["for 35 days"]),
            ]
            for (at, level, access, words) in rows {
                try test.time.set(at)
                let standing = try await gateway.standing("maple")
                #expect(standing.level == level && standing.access == access, "\(at): \(standing.level)")
                for word in words {
                    #expect(standing.messages.joined().contains(word), "\(at): \(standing.messages)")
                }
            }
        }
    }
}
