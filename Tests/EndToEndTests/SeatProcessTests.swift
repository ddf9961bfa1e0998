import Foundation
import Testing

@Suite("Many processes at one pool of seats")
struct SeatProcessTests {
    private static let installation = "maple-sage300"
    private static let limit = 5

    /// Numbers that look random and are the same for the same seed: SplitMix64.
    private struct Seeded: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    /// What one caller knows after its processes.
    private struct Known: Sendable {
        /// Answered "granted", and not asked to be released since.
        var granted: Set<String> = []
        /// Whatever became of these, nobody was told.
        var unknown: Set<String> = []
        var kills = 0
        var refused = 0
    }

    @Test(
        "Claiming, renewing, releasing and killed at random moments: never more than the limit, nothing granted is lost"
    )
    func killed() async throws {
        try await Estate.with(isAlone: true) { estate in
            let book = Client.maple.book().replacing("users: 10", with: "users: \(Self.limit)")
            _ = try await estate.standIn(book)
            try await estate.add()
            try await estate.must("refresh", Self.installation)
            let store = StoreFile(estate)
            // Whatever a process believes, the database itself notes each moment at which there were too many.
            try store.run(
                """
                CREATE TABLE too_many (count INTEGER);
                CREATE TRIGGER watch AFTER INSERT ON sessions WHEN (SELECT COUNT(*) FROM sessions) > \(Self.limit)
                BEGIN INSERT INTO too_many SELECT COUNT(*) FROM sessions; END;
                """)
            let all = try await withThrowingTaskGroup(of: Known.self) { group in
                for worker in 1...12 { group.addTask { try await Self.work(worker, estate, store) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let granted = all.reduce(into: Set<String>()) { $0.formUnion($1.granted) }
            let unknown = all.reduce(into: Set<String>()) { $0.formUnion($1.unknown) }
            let open = Set(try store.run("SELECT id FROM sessions").compactMap(\.first))
            #expect(granted.isSubset(of: open), "granted, and not there: \(granted.subtracting(open))")
            #expect(open.isSubset(of: granted.union(unknown)))
            #expect(try store.number("SELECT COUNT(*) FROM too_many") == 0)
            #expect(all.reduce(0) { $0 + $1.kills } >= 10 && all.reduce(0) { $0 + $1.refused } >= 5, "\(all)")
            // The counters are what the sessions say, and the rest of the seats can still be had.
            let doctor = try await estate.run("doctor", "--json")
            let seats = try doctor.json["findings"]?.array?.filter { $0["check"] == "seats" }
            #expect(seats?.map { $0["state"] } == ["ok"], "\(doctor)")
            for number in open.count..<Self.limit {
                let claim = try await estate.run("seats", "claim", Self.installation, "--user", "last\(number)")
                #expect(claim.code == 0, "\(claim)")
            }
            #expect(try await estate.run("seats", "claim", Self.installation, "--user", "one-too-many").code == 4)
        }
    }

    private static func work(_ worker: Int, _ estate: Estate, _ store: StoreFile) async throws -> Known {
        var random = Seeded(state: UInt64(worker))
        var known = Known()
        // How long such a process lives here and now; the first one's is guessed.
        var life = Duration.milliseconds(20)
        for step in 1...7 {
            let own = known.granted.sorted().randomElement(using: &random)
            let act = Int.random(in: 1...10, using: &random)
            let session = act <= 6 ? "w\(worker)-\(step)" : own ?? "w\(worker)-\(step)"
            let arguments =
                if act <= 6 || own == nil {
                    ["claim", installation, "--user", "w\(worker)", "--session", session]
                } else {
                    [act <= 8 ? "renew" : "release", "--session", session]
                }
            let child = try estate.start(["seats"] + arguments)
            if Int.random(in: 1...3, using: &random) == 1 {
                // Somewhere in its life, if that is like the last one's.
                let moment = Int32.random(in: 0...max(1, Int32(life / .milliseconds(1))), using: &random)
                await onThread { _ = poll(nil, 0, moment) }
                child.signal(SIGKILL)
            }
            let finished = try await child.finished()
            let wasKilled = finished.code == 128 + SIGKILL
            if wasKilled { known.kills += 1 } else { life = finished.took }
            switch (arguments[0], finished.code) {
            case ("claim", 0):
                known.granted.insert(session)
                let count = try store.number("SELECT COUNT(*) FROM sessions WHERE id = '\(session)'")
                #expect(count == 1, "answered, and not there")
            case ("claim", 4): known.refused += 1
            case ("release", 0): known.granted.remove(session)
            case ("renew", 0): break
            case _ where wasKilled:
                if arguments[0] == "claim" { known.unknown.insert(session) }
                if arguments[0] == "release" {
                    known.granted.remove(session)
                    known.unknown.insert(session)
                }
            default: Issue.record("\(arguments): \(finished)")
            }
        }
        return known
    }
}
