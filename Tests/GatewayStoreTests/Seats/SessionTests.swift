import AdapterKit
import GatewayAPI
import Testing

@testable import GatewayStore

@Suite("Sessions")
struct SessionTests {
    private func withStore(_ body: (StoreFixture, Store) async throws -> Void) async throws {
        try await StoreFixture.withStore { fixture, store in
            try await store.addTwoCustomers()
            try await store.addTestInstallations(["n2"], of: "north")
            try await body(fixture, store)
            #expect(try fixture.seatDifferences() == [])
        }
    }

    @Test("The same session claims again: it takes no second seat, and goes on for longer")
    func again() async throws {
        try await withStore { fixture, store in
            let first = try await store.seat("ann", at: .hour(8), limit: 1, session: "a", modules: ["GL", "AP"])
            let again = try await store.seat("ann", at: .hour(9), limit: 1, session: "a", modules: ["AP"])
            #expect(first.reason && again.reason && again.counters["users"].inUse == 1)
            #expect(again.session?.until == .hour(21) && again.session?.since == .hour(8))
            #expect(again.session?.modules == ["GL", "AP"])
            #expect(try fixture.number("SELECT COUNT(*) FROM sessions") == 1)
        }
    }

    @Test(
        "An ID that is open is nobody else's: another user, pool, installation or module is told, and changes nothing",
        arguments: [
            ("bob", "users", "n1", ["GL"]), ("ann", "web", "n1", ["GL"]), ("ann", "users", "n2", ["GL"]),
            ("ann", "users", "s1", ["GL"]), ("ann", "users", "n1", ["GL", "AP"]),
        ] as [(String, String, String, [String])])
    func taken(_ row: (user: String, pool: String, installation: String, modules: [String])) async throws {
        try await withStore { fixture, store in
            try await store.seat("ann", at: .hour(8), session: "a", modules: ["GL"])
            let error = await #expect(throws: StoreError.self) {
                try await store.seat(
                    row.user, at: .hour(9), pool: row.pool, session: "a", modules: row.modules, on: row.installation)
            }
            #expect(error?.code == .exists && error?.message.contains("\"a\"") == true)
            #expect(try await store.sessions(of: "n1", in: .portfolio, at: .hour(9)).map(\.until) == [.hour(20)])
            #expect(try fixture.number("SELECT COUNT(*) FROM seat_counters") == 1)
        }
    }

    @Test(
        "An ID is free again once its session has ended, by itself or not, wherever it was", arguments: [true, false])
    func reused(byItself: Bool) async throws {
        try await withStore { fixture, store in
            try await store.seat("ann", at: .hour(8), hours: 1, session: "a")
            if !byItself { try await store.release("a", at: .hour(8)) }
            let other = try await store.seat("bob", at: .hour(9), session: "a", on: "n2")
            #expect(other.reason && other.session?.user == "bob")
            #expect(try fixture.counters()["users"].inUse == 0)
            #expect(try fixture.counters(of: "n2")["users"].inUse == 1)
        }
    }

    @Test("Releasing twice, or what has ended by itself, is nothing")
    func released() async throws {
        try await withStore { fixture, store in
            try await store.seat("ann", at: .hour(8), session: "a")
            #expect(try await store.release("a", at: .hour(9))?.user == "ann")
            #expect(try await store.release("a", at: .hour(9)) == nil)
            #expect(try await store.release("never", at: .hour(9)) == nil)
            try await store.seat("bob", at: .hour(9), hours: 1, session: "b")
            #expect(try await store.release("b", at: .hour(10)) == nil)
            #expect(try fixture.counters()["users"].inUse == 0)
            #expect(try fixture.number("SELECT COUNT(*) FROM sessions") == 0)
        }
    }

    @Test("What is out of scope can't be claimed, renewed, released or read, and does not change")
    func scope() async throws {
        try await withStore { fixture, store in
            try await store.seat("sue", at: .hour(8), session: "s", on: "s1")
            let north = Scope.customer("north")
            let error = await #expect(throws: StoreError.self) {
                try await store.seat("ann", at: .hour(8), on: "s1", in: north)
            }
            #expect(error?.code == .notFound)
            let renewed = try await store.renewSeat("s", in: north, at: .hour(9)) { _, _ in
                (.grant(until: .hour(99), kind: [], assigns: false), true)
            }
            #expect(renewed == nil)
            #expect(try await store.releaseSeat("s", in: north, at: .hour(9)) { _, _ in nil } == nil)
            #expect(try await store.sessions(of: "s1", in: north, at: .hour(9)).isEmpty)
            #expect(try await store.seatUsers(of: "s1", in: north).isEmpty)
            #expect(try await store.seatsTaken(of: "s1", in: north, at: .hour(9)).isEmpty)
            #expect(try await store.sessions(of: "s1", in: .portfolio, at: .hour(9)).map(\.until) == [.hour(20)])
            #expect(try fixture.number("SELECT COUNT(*) FROM seat_counters") == 1)
        }
    }

    @Test("A claim that is refused ends the session that it named, and counts where it is told to")
    func refused() async throws {
        try await withStore { fixture, store in
            try await store.seat("ann", at: .hour(8), session: "a", modules: ["GL"])
            let wanted = SessionRecord(
                id: "a", installation: "n1", pool: "users", user: "ann", since: .hour(9), until: .hour(9))
            let result = try await store.claimSeat(SeatClaim(wanted, isNew: false), in: .portfolio) { _, _ in
                (.refuse(counted: true, of: PoolCounters.module("GL")), "no")
            }
            #expect(result.session == nil && result.counters["users"].inUse == 0)
            #expect(try fixture.counters()[PoolCounters.module("GL")].denials == 1)
            #expect(try fixture.counters()["users"].denials == 0)
        }
    }

    @Test("A decision that fails, or is put off, changes nothing", arguments: [true, false])
    func undecided(fails: Bool) async throws {
        try await withStore { fixture, store in
            try await store.seat("ann", at: .hour(8), session: "a")
            let before = try fixture.counters()
            let wanted = SessionRecord(
                id: "b", installation: "n1", pool: "users", user: "bob", since: .hour(8), until: .hour(8))
            let result = try? await store.claimSeat(SeatClaim(wanted, isNew: false), in: .portfolio) { _, _ in
                if fails { throw StoreError(.refused, "no") }
                return (.postpone, "later")
            }
            #expect(result?.reason == (fails ? nil : "later"))
            #expect(try fixture.counters() == before)
            #expect(try fixture.number("SELECT COUNT(*) FROM sessions") == 1)
        }
    }

    @Test("Sessions are found by user, pool, host and module; a module's pool counts as the module")
    func filters() async throws {
        try await withStore { _, store in
            try await store.seat("ann", at: .hour(8), hours: 3, session: "a", modules: ["GL", "AP"])
            try await store.seat("ann", at: .hour(8), hours: 2, pool: "web", session: "b")
            try await store.seat("bob", at: .hour(8), hours: 1, pool: "AP", session: "c", modules: ["G"])
            func found(_ filter: SessionFilter) async throws -> [String] {
                try await store.sessions(of: "n1", in: .portfolio, at: .hour(8), filter).map(\.id)
            }
            #expect(try await found(SessionFilter()) == ["c", "b", "a"], "the first to end is first")
            #expect(try await found(SessionFilter(user: "ann")) == ["b", "a"])
            #expect(try await found(SessionFilter(user: "ann", pool: "users")) == ["a"])
            #expect(try await found(SessionFilter(module: "GL")) == ["a"])
            #expect(try await found(SessionFilter(module: "AP")) == ["c", "a"])
            #expect(try await found(SessionFilter(module: "L")) == [])
            #expect(try await found(SessionFilter(limit: 1)) == ["c"])
            let taken = try await store.seatsTaken(of: "n1", in: .portfolio, at: .hour(8))
            #expect(taken["users"] == SeatsTaken(sessions: 1, users: 1) && taken["module:AP"]?.sessions == 1)
        }
    }
}
