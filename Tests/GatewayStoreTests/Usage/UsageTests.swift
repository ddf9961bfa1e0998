import AdapterKit
import Foundation
import GRDB
import GatewayAPI
import GatewayStore
import Testing

@Suite("The use of seats, as it is kept")
struct UsageTests {
    private static let start = Instant(milliseconds: 1_795_341_600_000)

    private func observation(
        _ pool: String, at: Instant, _ inUse: Int, registered: Int? = nil
    ) -> NewObservation {
        NewObservation(
            installation: "n1", pool: pool, seen: SeatObservation(at: at, inUse: inUse, registered: registered))
    }

    private func claim(_ store: Store, _ session: String, at now: Instant, until: Instant) async throws {
        _ = try await store.claimSeat(
            SeatClaim(
                SessionRecord(id: session, installation: "n1", pool: "users", user: session, since: now, until: now),
                isNew: false), in: .portfolio
        ) { _, _ in (.grant(until: until, kind: [], assigns: false), ()) }
    }

    /// The hours that have a peak, since the beginning of 1970.
    private func hours(_ usage: [PoolUsageRecord], _ pool: String = "users") -> [Int64: Int] {
        var found: [Int64: Int] = [:]
        for day in usage.first(where: { $0.pool == pool })?.days ?? [] {
            for (hour, peak) in day.peaks.enumerated() where peak > 0 { found[day.day * 24 + Int64(hour)] = peak }
        }
        return found
    }

    @Test(
        "A year of an installation takes at most 300 kB: round the clock in two pools, and in office hours in eight",
        arguments: [
            (["users", "webUsers"], 0..<24, 1), (["a", "b", "c", "d", "module:e", "f", "g", "module:h"], 8..<18, 5),
        ])
    func size(pools: [String], hours: Range<Int>, users: Int) async throws {
        try await StoreFixture.withStore { fixture, store in
            try await store.addTwoCustomers()
            func bytes() throws -> Int {
                try fixture.raw { try $0.execute(sql: "VACUUM") }
                return try fixture.number("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
            }
            let before = try bytes()
            var generator = Seeded(7)
            for day in 0..<365 {
                var observations: [NewObservation] = []
                for pool in pools {
                    for hour in hours {
                        observations.append(
                            observation(
                                pool, at: Self.start.adding(hours: day * 24 + hour),
                                Int.random(in: 1...250, using: &generator)
                            ))
                    }
                }
                try await store.record(observations, replaces: false, audit: nil)
                for user in 0..<users * 10 {
                    let now = Self.start.adding(hours: day * 24)
                    try await claim(store, "user-number-\(user)@example.com", at: now, until: now.adding(hours: 8))
                }
            }
            let after = try bytes()
            #expect(after - before <= 300_000, "\(after - before) bytes")
            #expect(after - before > 10_000, "and something is kept")
        }
    }

    @Test("What is recorded twice counts once, the greatest number of an hour stays, and an hour can be corrected")
    func recording() async throws {
        try await StoreFixture.withStore { _, store in
            try await store.addTwoCustomers()
            let hour = Self.start.milliseconds / 3_600_000
            func peaks() async throws -> [Int64: Int] {
                hours(
                    try await store.usage(
                        of: "n1", in: .portfolio, from: hour / 24 - 1, at: Self.start.adding(hours: 48)))
            }
            try await store.record(
                [observation("users", at: Self.start, 7), observation("users", at: Self.start.adding(minutes: 20), 9)],
                replaces: false, audit: nil)
            try await store.record([observation("users", at: Self.start, 7)], replaces: false, audit: nil)
            try await store.record(
                [observation("users", at: Self.start.adding(hours: 1), 3)], replaces: false, audit: nil)
            #expect(try await peaks() == [hour: 9, hour + 1: 3])
            try await store.record([observation("users", at: Self.start, 2)], replaces: true, audit: nil)
            #expect(try await peaks() == [hour: 2, hour + 1: 3])
        }
    }

    @Test("What was seen last is what was seen at the latest time, and who says nothing of what is set up leaves it")
    func latest() async throws {
        try await StoreFixture.withStore { _, store in
            try await store.addTwoCustomers()
            for (minute, inUse, registered) in [(10, 5, 12), (30, 6, nil), (20, 9, 40)] as [(Int, Int, Int?)] {
                try await store.record(
                    [observation("users", at: Self.start.adding(minutes: minute), inUse, registered: registered)],
                    replaces: false, audit: nil)
            }
            let usage = try await store.usage(of: "n1", in: .portfolio, from: 0, at: Self.start.adding(hours: 1))
            let seen = usage.first?.observed
            #expect(seen?.at == Self.start.adding(minutes: 30) && seen?.inUse == 6 && seen?.registered == 12)
        }
    }

    @Test("A session that nobody writes about shows in every hour that it was open, before anything is written")
    func unwritten() async throws {
        try await StoreFixture.withStore { _, store in
            try await store.addTwoCustomers()
            let hour = Self.start.milliseconds / 3_600_000
            try await claim(store, "long", at: Self.start, until: Self.start.adding(hours: 30))
            try await claim(store, "short", at: Self.start.adding(minutes: 5), until: Self.start.adding(minutes: 65))
            let usage = try await store.usage(
                of: "n1", in: .portfolio, from: hour / 24 - 1, at: Self.start.adding(hours: 40))
            var expected = Dictionary(uniqueKeysWithValues: (0..<30).map { (hour + Int64($0), 1) })
            expected[hour] = 2
            expected[hour + 1] = 2
            #expect(hours(usage) == expected)
            #expect(usage.first { $0.pool == "users" }?.inUse == 0)
        }
    }

    @Test("Only the customer in scope is read")
    func scope() async throws {
        try await StoreFixture.withStore { _, store in
            try await store.addTwoCustomers()
            try await store.record([observation("users", at: Self.start, 7)], replaces: false, audit: nil)
            #expect(
                try await store.usage(of: "n1", in: .customer("south"), from: 0, at: Self.start).isEmpty)
            #expect(try await store.observations(in: .customer("south")).isEmpty)
            let days = try await store.readPeaks(in: .customer("south"), from: 0, through: 99_999) { cursor in
                try cursor.next() == nil
            }
            #expect(days)
        }
    }
}
