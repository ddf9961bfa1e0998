import AdapterKit
import GRDB
import GatewayAPI
import Testing

@testable import GatewayCore

@Suite("Everything that happened to an installation")
struct HistoryTests {
    private static let entry = SubscriptionFixture.Entry(
        id: "maple", expires: "2027-01-31",
        lines: ["modules:", "  - { code: GL, name: General Ledger }", "  - { code: AP, name: A, expires: 2026-12-31 }"])
    private static let renewed = SubscriptionFixture.Entry(
        id: "maple", expires: "2028-01-31",
        lines: [
            "modules:", "  - { code: PJC, name: Jobs }", "  - { code: AP, name: A, expires: 2027-12-31 }",
            "edition: Standard",
        ])

    private func withHistory(_ body: (SubscriptionFixture, Gateway) async throws -> Void) async throws {
        try await SubscriptionFixture.with([Self.entry]) { test in
            try await test.open { gateway in
                try await test.add(Self.entry, to: gateway)
                test.time.pass(minutes: 1)
                #expect(try await gateway.refresh("maple").outcome == .updated)
                test.time.pass(minutes: 1)
                #expect(try await gateway.refresh("maple").outcome == .unchanged)
                test.time.pass(minutes: 1)
                try test.write([Self.renewed])
                #expect(try await gateway.refresh("maple").outcome == .updated)
                try await body(test, gateway)
            }
        }
    }

    @Test("It tells, oldest first, who did what, and what an entitlement changed")
    func events() async throws {
        try await withHistory { test, gateway async throws in
            let history = try await gateway.perform(ShowHistory(installation: "maple"))
            #expect(history.timeZone == "America/Toronto" && !history.hasMore)
            #expect(
                history.events.map { "\($0.local.suffix(5)) \($0.kind.rawValue) \($0.what)" } == [
                    "00:00 audit installations.add",
                    "01:00 audit refresh", "01:00 entitlement granted", "01:00 delivery delivered",
                    "01:00 operation refresh",
                    "02:00 audit refresh", "02:00 operation refresh",
                    "03:00 audit refresh", "03:00 entitlement changed", "03:00 delivery delivered",
                    "03:00 operation refresh",
                ])
            #expect(history.events.allSatisfy { $0.who == "Pat" && $0.local.hasPrefix("2026-11-22 05:") })
            #expect(history.events.map(\.at) == history.events.map(\.at).sorted())
            let granted = history.events[2].detail
            #expect(granted.contains("expires 2027-01-31; 10 users; 5 webUsers"))
            #expect(granted.contains("modules GL, AP (until 2026-12-31)"))
            let changed = history.events[8].detail
            #expect(changed.contains("expires 2027-01-31 → 2028-01-31"))
            #expect(changed.contains("modules added: PJC") && changed.contains("modules gone: GL"))
            #expect(changed.contains("module AP ends 2026-12-31 → 2027-12-31"))
            #expect(changed.contains("edition Premium → Standard"))
            #expect(!changed.contains("users"), "what did not change is not told")
            #expect(history.events[3].detail.contains(test.file("maple")))
            #expect(history.events[6].detail.hasPrefix("unchanged: "))
            let operations = Set(history.events.compactMap(\.operation))
            #expect(operations.count == 3)
        }
    }

    @Test("A limit keeps the newest, and says that there are older ones")
    func limit() async throws {
        try await withHistory { _, gateway async throws in
            let all = try await gateway.perform(ShowHistory(installation: "maple")).events
            for limit in 1...all.count + 1 {
                let some = try await gateway.perform(ShowHistory(installation: "maple", limit: limit))
                #expect(some.events == Array(all.suffix(limit)), "\(limit)")
                #expect(some.hasMore == (limit < all.count), "\(limit)")
            }
            for limit in [0, -1, 10_001] {
                let error = await callError {
                    _ = try await gateway.perform(ShowHistory(installation: "maple", limit: limit))
                }
                #expect(error?.code == .invalid)
            }
        }
    }

    @Test("A file's delivery keeps its time when another takes its place, and an erased name becomes an ID")
    func kept() async throws {
        try await withHistory { test, gateway async throws in
            try test.fixture.raw { try $0.execute(sql: "UPDATE people SET name = NULL") }
            test.time.pass(hours: 1)
            let events = try await gateway.perform(ShowHistory(installation: "maple")).events
            #expect(events.filter { $0.kind == .delivery }.map { $0.local.suffix(5) } == ["01:00", "03:00"])
            #expect(events.allSatisfy { $0.who == "local:1000" })
        }
    }
}
