import AdapterKit
import GatewayAPI
import Testing

@testable import GatewayStore

@Suite("Seats and the time that passes")
struct SeatSettlingTests {
    private func withStore(_ body: (StoreFixture, Store) async throws -> Void) async throws {
        try await StoreFixture.withStore { fixture, store in
            try await store.addTwoCustomers()
            try await body(fixture, store)
            #expect(try fixture.seatDifferences() == [])
        }
    }

    @Test("A session ends by itself, at its time and not before, and the next who counts finds its seat free")
    func sweep() async throws {
        try await withStore { fixture, store in
            try await store.seat("ann", at: .hour(8), hours: 2, limit: 1, session: "a")
            let end = Instant.hour(10)
            #expect(try await store.seat("bob", at: end.adding(milliseconds: -1), limit: 1).reason == false)
            #expect(try await store.sessions(of: "n1", in: .portfolio, at: end).isEmpty)
            #expect(try await store.renewal("a", at: end) == false)
            let bob = try await store.seat("bob", at: end, limit: 1)
            #expect(bob.reason && bob.counters["users"].inUse == 1)
            #expect(try fixture.number("SELECT COUNT(*) FROM sessions") == 1)
        }
    }

    @Test("Whoever renews keeps the seat, and the others end around it")
    func renewing() async throws {
        try await withStore { fixture, store in
            for name in ["a", "b", "c"] { try await store.seat(name, at: .hour(8), hours: 2, session: name) }
            #expect(try await store.renewal("b", at: .hour(9), hours: 2))
            #expect(try await store.renewal("b", at: .hour(10, minutes: 30), hours: 2))
            let answer = try await store.renewSeat("b", in: .portfolio, at: .hour(10, minutes: 31)) { situation, _ in
                (.grant(until: .hour(13), kind: [], assigns: false), situation.counters["users"].inUse)
            }
            #expect(answer?.reason == 1, "a renewal is told what is taken, without what has ended")
            #expect(try fixture.number("SELECT COUNT(*) FROM sessions") == 1)
        }
    }

    @Test("A session of 30 hours that nobody renews counts in every hour that it was open, without any job")
    func gap() async throws {
        try await withStore { fixture, store in
            try await store.seat("ann", at: .hour(20, minutes: 15), hours: 30, modules: ["GL"])
            try await store.seat("bob", at: .hour(20, minutes: 20), hours: 1)
            // Open until two in the morning, the day after the next; then nothing, until somebody comes a week later.
            try await store.seat("cid", at: .hour(24 * 7))
            let night = Array(repeating: "1", count: 24).joined(separator: ",")
            #expect(
                try fixture.usage() == [
                    "module:GL 0 20:1,1,1,1", "module:GL 1 0:\(night)", "module:GL 2 0:1,1,1",
                    "users 0 20:2,2,1,1", "users 1 0:\(night)", "users 2 0:1,1,1",
                ])
        }
    }

    @Test("The peak of an hour is the most at once, what was taken as it began included")
    func peaks() async throws {
        try await withStore { fixture, store in
            for name in ["a", "b", "c"] { try await store.seat(name, at: .hour(8, minutes: 10), session: name) }
            for name in ["a", "b"] { try await store.release(name, at: .hour(8, minutes: 20)) }
            try await store.seat("d", at: .hour(9, minutes: 5))
            try await store.seat("e", at: .hour(9, minutes: 6), limit: 2)
            try await store.release("c", at: .hour(10, minutes: 1))
            try await store.seat("f", at: .hour(11))
            #expect(try fixture.usage() == ["users 0 8:3,2,2"])
            #expect(try fixture.usage("denials") == ["users 0 9:1"])
        }
    }

    @Test("A session that ends exactly as an hour begins is none of that hour's")
    func boundary() async throws {
        try await withStore { fixture, store in
            try await store.seat("bob", at: .hour(8), hours: 1)
            try await store.seat("cid", at: .hour(12), hours: 1)
            try await store.seat("dee", at: .hour(14), hours: 1)
            #expect(try fixture.usage() == ["users 0 8:1 12:1"])
        }
    }

    @Test("A clock that is set back loses nothing: of both countings of an hour the greater peak stays, denials add up")
    func setBack() async throws {
        try await withStore { fixture, store in
            for name in ["a", "b", "c"] { try await store.seat(name, at: .hour(10), session: name) }
            try await store.seat("d", at: .hour(10), limit: 3)
            for name in ["a", "b"] { try await store.release(name, at: .hour(10, minutes: 10)) }
            try await store.seat("e", at: .hour(11), session: "e")
            // An hour back: what is taken stays taken, and is not counted again from nothing.
            let back = try await store.seat("f", at: .hour(10, minutes: 5), limit: 2)
            #expect(back.reason == false && back.counters["users"].inUse == 2)
            try await store.seat("g", at: .hour(12))
            #expect(try fixture.usage() == ["users 0 10:3,2"])
            #expect(try fixture.usage("denials") == ["users 0 10:2"])
        }
    }

    @Test("A clock that goes years ahead and comes back ends sessions, and begins none that holds its seat for years")
    func years() async throws {
        try await withStore { fixture, store in
            try await store.seat("ann", at: .hour(8), session: "a")
            let ahead = Instant.hour(24 * 3650)
            let bob = try await store.seat("bob", at: ahead, limit: 1, session: "b")
            #expect(bob.reason, "by that clock Ann's has ended long ago")
            #expect(try await store.seat("cid", at: .hour(9), limit: 1).reason == false)
            #expect(try await store.sessions(of: "n1", in: .portfolio, at: .hour(9)).count == 1)
            let days = try await store.usage(of: "n1", in: .portfolio, from: 0, at: .hour(9)).flatMap(\.days)
            #expect(days.map(\.day) == [Instant.hour(0).days], "that day in years to come is none yet")
            #expect(try await store.seat("cid", at: .hour(9 + 24 * 32), limit: 1).reason, "a month, not ten years")
            // Forward once more: the hours between are gone through without end only as long as somebody is there.
            try await store.seat("dee", at: ahead)
            #expect(try await store.seat("eve", at: .hour(24 * 40)).counters["users"].inUse == 2)
            #expect(try fixture.usage().count < 50, "a row a day of the month, not of the years")
        }
    }

    @Test("A renewal by the clock that is right again ends a session when it should")
    func renewedAfterSettingBack() async throws {
        try await withStore { _, store in
            try await store.seat("ann", at: .hour(24 * 3650), session: "a")
            #expect(try await store.renewal("a", at: .hour(8), hours: 2))
            #expect(try await store.seat("bob", at: .hour(9), limit: 1).reason == false)
            #expect(try await store.seat("bob", at: .hour(10), limit: 1).reason)
        }
    }

    @Test("The time before which none ends is never later than the first that does, whichever way sessions go")
    func nextEnd() async throws {
        try await withStore { fixture, store in
            var random = Seeded(7)
            for step in 1...200 {
                let now = Instant.hour(random.number(0...40), minutes: step % 60)
                let session = "s\(random.number(1...8))"
                switch random.number(1...3) {
                case 1: try await store.seat(session, at: now, hours: random.number(1...50), session: session)
                case 2: _ = try await store.renewal(session, at: now, hours: random.number(1...50))
                default: try await store.release(session, at: now)
                }
                let first = try fixture.number("SELECT COALESCE(MIN(until), \(Int64.max)) FROM sessions")
                #expect(try fixture.counters().nextEnd <= first, "step \(step)")
            }
        }
    }
}
