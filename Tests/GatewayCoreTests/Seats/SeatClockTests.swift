import AdapterKit
import Foundation
import GRDB
import GatewayAPI
import Testing

@testable import GatewayCore

@Suite("Many gateways at one pool of seats, each with a clock of its own")
struct SeatClockTests {
    private static let limit = 6

    @Test(
        "Never more seats than the limit, at no moment, with clocks that go forward and back by minutes or by years",
        arguments: [1, 2])
    func clocks(_ seed: UInt64) async throws {
        try await SeatEstate.with(seats: "{ endsAfter: 1h }", SeatEstate.license(["users": Self.limit])) {
            estate, gateway async throws in
            // Whatever a claim believes, the database itself notes each moment at which there were too many.
            try estate.fixture.raw { db in
                try db.execute(
                    sql: """
                        CREATE TABLE too_many (count INTEGER);
                        CREATE TRIGGER watch AFTER INSERT ON sessions
                        WHEN (SELECT COUNT(*) FROM sessions) > \(Self.limit)
                        BEGIN INSERT INTO too_many SELECT COUNT(*) FROM sessions; END;
                        """)
            }
            let first = estate.time.now
            let granted = Seen<String>()
            let refused = Seen<String>()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 1...8 {
                    group.addTask {
                        let time = TestTime(first)
                        var random = Seeded(seed * 100 + UInt64(worker))
                        try await estate.open(time) { gateway async throws in
                            var own: [String] = []
                            for step in 1...60 {
                                time.set(first.adding(minutes: random.happens(10) ? random.number(0...250_000) : step))
                                switch random.number(1...10) {
                                case 1...6:
                                    let answer = try await gateway.claim("w\(worker)", session: "w\(worker)-\(step)")
                                    #expect(answer.inUse <= Self.limit)
                                    if answer.granted { own.append("w\(worker)-\(step)") }
                                    (answer.granted ? granted : refused).add("w\(worker)-\(step)")
                                case 7...8:
                                    if let session = own.randomElement(using: &random) {
                                        _ = try await gateway.renew(session)
                                    }
                                default:
                                    if let session = own.popLast() { _ = try await gateway.release(session) }
                                }
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(granted.count > 20 && refused.count > 20, "\(granted.count) granted, \(refused.count) refused")
            #expect(try estate.fixture.raw { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM too_many") } == 0)
            #expect(try estate.seatDifferences() == [])
            // By a clock that is right again, all of them are free in the end, and no more than all.
            estate.time.set(first.adding(hours: 24 * 32))
            var free = 0
            while try await gateway.claim("last\(free)").granted { free += 1 }
            let left = try await gateway.perform(ListSessions(installation: "n1")).count { !$0.user.hasPrefix("last") }
            #expect(free + left == Self.limit)
        }
    }
}
