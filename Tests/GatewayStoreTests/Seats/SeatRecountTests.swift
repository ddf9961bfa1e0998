import AdapterKit
import GRDB
import GatewayAPI
import Testing

@testable import GatewayStore

@Suite("Counting seats anew")
struct SeatRecountTests {
    private static let damages = [
        "UPDATE seat_counters SET pools = 'users=9,0,0,9,0,0'", "UPDATE seat_counters SET pools = ''",
        "UPDATE seat_counters SET pools = 'nonsense'", "DELETE FROM seat_counters",
        "DELETE FROM sessions WHERE id = 'a'", "DELETE FROM sessions", "UPDATE seat_users SET sessions = 5",
        "UPDATE seat_users SET assigned_at = NULL", "UPDATE seat_counters SET next_end = \(Int64.max)",
        "UPDATE seat_counters SET pools = 'users=1,1,0,2,0,0;named=1,0,1,1,0,0'",
    ]

    @Test("Whatever is counted otherwise than it is, is found, told, and put right", arguments: damages)
    func mended(_ damage: String) async throws {
        try await StoreFixture.withStore { fixture, store in
            try await store.addTwoCustomers()
            try await store.seat("ann", at: .hour(8), session: "a", modules: ["GL"], kind: .administrator)
            try await store.seat("bob", at: .hour(8), session: "b")
            for name in ["c", "d"] {
                try await store.seat("cid", at: .hour(8), pool: "named", session: name, kind: .named)
            }
            try await store.seat("sue", at: .hour(8), on: "s1")
            #expect(try fixture.seatDifferences() == [])
            #expect(
                try await store.recountSeats(of: "n1", in: .portfolio, audit: .test("recounted")) == [],
                "where all is right nothing is told or written")
            try fixture.raw {
                try $0.execute(sql: damage + (damage.contains("WHERE") ? " AND" : " WHERE") + " installation = 'n1'")
            }
            let found = try fixture.seatDifferences()
            #expect(!found.isEmpty)
            #expect(try await store.recountSeats(of: "n1", in: .portfolio, audit: .test("recounted")) == found)
            #expect(try fixture.seatDifferences() == [])
            #expect(try fixture.number("SELECT COUNT(*) FROM audit WHERE detail = 'recounted'") == 1)
            let examination = try StoreExamination(fixture.path)
            defer { examination.close() }
            let told = try examination.seatDifferences()
            let sessions = try fixture.number("SELECT COUNT(*) FROM sessions")
            #expect(told.found.isEmpty && told.sessions == sessions)
            let free = try await store.seat("dee", at: .hour(9), limit: .max, session: "z")
            #expect(free.reason)
            #expect(try fixture.seatDifferences() == [])
        }
    }

    @Test("Counting anew is in scope alone")
    func scope() async throws {
        try await StoreFixture.withStore { _, store in
            try await store.addTwoCustomers()
            for (installation, scope) in [("s1", Scope.customer("north")), ("none", .portfolio)] {
                let error = await #expect(throws: StoreError.self) {
                    try await store.recountSeats(of: installation, in: scope, audit: .test("recounted"))
                }
                #expect(error?.code == .notFound)
            }
        }
    }
}
