import AdapterKit
import GatewayAPI
import Testing

@testable import GatewayStore

@Suite("Seats of named users")
struct NamedSeatTests {
    private func withStore(_ body: (StoreFixture, Store) async throws -> Void) async throws {
        try await StoreFixture.withStore { fixture, store in
            try await store.addTwoCustomers()
            try await body(fixture, store)
            #expect(try fixture.seatDifferences() == [])
        }
    }

    private func assign(_ user: String, _ store: Store, undo: Bool = false, limit: Int = 2) async throws {
        if undo {
            try await store.takeBackSeat(
                of: user, pool: "users", of: "n1", in: .portfolio, at: .hour(9), audit: .test("took back"))
        } else {
            try await store.assignSeat(
                user, pool: "users", of: "n1", in: .portfolio, at: .hour(7), audit: .test("assigned")
            ) { _ in limit }
        }
    }

    @Test("A user with several sessions has one seat, taken until the last of them ends")
    func several() async throws {
        try await withStore { fixture, store in
            for name in ["a", "b", "c"] {
                let result = try await store.seat("ann", at: .hour(8), limit: 1, session: name, kind: .named)
                #expect(result.reason && result.counters["users"].inUse == 1)
            }
            #expect(try await store.seat("bob", at: .hour(8), limit: 1, kind: .named).reason == false)
            for name in ["a", "b"] { try await store.release(name, at: .hour(9)) }
            #expect(try fixture.counters()["users"].inUse == 1)
            try await store.release("c", at: .hour(9))
            let counts = try fixture.counters()["users"]
            #expect(counts.inUse == 0 && counts.assigned == 1)
            #expect(try await store.seat("bob", at: .hour(9), limit: 1, kind: .named).reason == false)
            #expect(try await store.seat("ann", at: .hour(9), limit: 1, kind: .named).reason)
        }
    }

    @Test("Sessions that end by themselves give the seat up with the last of them, too")
    func ending() async throws {
        try await withStore { fixture, store in
            try await store.seat("ann", at: .hour(8), hours: 1, session: "a", kind: .named)
            try await store.seat("ann", at: .hour(8), hours: 3, session: "b", kind: .named)
            #expect(try await store.seat("bob", at: .hour(10), limit: 9, kind: .named).counters["users"].inUse == 2)
            #expect(try await store.seat("cid", at: .hour(11), limit: 9, kind: .named).counters["users"].inUse == 2)
        }
    }

    @Test("A seat is assigned and taken back, but not while its user is there, and no more than there are")
    func assigning() async throws {
        try await withStore { fixture, store in
            try await assign("ann", store)
            var error = await #expect(throws: StoreError.self) { try await assign("ann", store) }
            #expect(error?.code == .exists)
            try await assign("bob", store)
            error = await #expect(throws: StoreError.self) { try await assign("cid", store) }
            #expect(error?.code == .refused && error?.message.contains("2 seats") == true)
            error = await #expect(throws: StoreError.self) { try await assign("cid", store, limit: 0) }
            #expect(error?.code == .refused && error?.message.contains("has no seats") == true)
            try await store.seat("ann", at: .hour(8), limit: 2, session: "a", kind: .named)
            error = await #expect(throws: StoreError.self) { try await assign("ann", store, undo: true) }
            #expect(error?.code == .refused && error?.message.contains("session") == true)
            error = await #expect(throws: StoreError.self) { try await assign("dee", store, undo: true) }
            #expect(error?.code == .notFound)
            try await assign("bob", store, undo: true)
            #expect(try await store.seat("cid", at: .hour(9), limit: 2, kind: .named).reason)
            #expect(try fixture.counters()["users"].assigned == 2)
            #expect(try fixture.number("SELECT COUNT(*) FROM audit WHERE detail IN ('assigned', 'took back')") == 3)
        }
    }

    @Test("A user is first seen when they come, not when a seat is set aside for them")
    func firstSeen() async throws {
        try await withStore { _, store in
            try await assign("ann", store)
            try await store.seat("ann", at: .hour(8, minutes: 40), limit: 2, kind: .named)
            let user = try #require(try await store.seatUsers(of: "n1", in: .portfolio).first)
            #expect(user.firstSeen == .hour(8) && user.lastSeen == .hour(8) && user.assigned == .hour(7))
        }
    }

    @Test("A seat granted over the limit is recorded, and does not become the user's own")
    func overLimit() async throws {
        try await withStore { fixture, store in
            try await store.seat("ann", at: .hour(8), limit: 1, session: "a", kind: .named)
            let wanted = SessionRecord(
                id: "b", installation: "n1", pool: "users", user: "bob", since: .hour(8), until: .hour(8))
            _ = try await store.claimSeat(SeatClaim(wanted, isNew: true), in: .portfolio) { _, _ in
                (.grant(until: .hour(20), kind: [.named, .overLimit], assigns: false), true)
            }
            let counts = try fixture.counters()["users"]
            #expect(counts.inUse == 2 && counts.assigned == 1 && counts.over == 1)
            let users = try await store.seatUsers(of: "n1", in: .portfolio)
            #expect(users.map(\.user) == ["ann", "bob"] && users.map { $0.assigned != nil } == [true, false])
        }
    }

    @Test("When a user was last seen is known to the hour, and once a day of who never leaves")
    func lastSeen() async throws {
        try await withStore { _, store in
            func seen() async throws -> Instant? {
                try await store.seatUsers(of: "n1", in: .portfolio).first?.lastSeen
            }
            try await store.seat("ann", at: .hour(8, minutes: 50), session: "a")
            #expect(try await seen() == .hour(8))
            for hour in [18, 28, 38, 48] { #expect(try await store.renewal("a", at: .hour(hour))) }
            #expect(try await seen() == .hour(38), "12 hours from then lie on the third day")
            // A clock that was years ahead leaves nobody seen in years to come.
            try await store.seat("ann", at: .hour(24 * 3650))
            try await store.seat("ann", at: .hour(60))
            #expect(try await seen() == .hour(60))
            try await store.seat("ann", at: .hour(59))
            #expect(try await seen() == .hour(60), "an hour back is no news")
        }
    }
}
