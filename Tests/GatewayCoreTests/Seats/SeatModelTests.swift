import AdapterKit
import Foundation
import GRDB
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

@Suite("Seats, whatever happens to them")
struct SeatModelTests {
    private static let limits = ["users": 4, "named": 2, "GL": 2, "web": 3]

    @Test(
        "After any sequence of acts, with the clock set forward and back, everything is as a plain model says",
        arguments: [(1, false), (2, false), (3, false), (4, true), (5, true)])
    func sequence(_ seed: UInt64, records: Bool) async throws {
        let modules = SeatModel.moduleCodes.sorted().map { Entitlement.Module(code: $0, name: $0) }
        let license = try SeatEstate.license(Self.limits, modules: modules)
        try await SeatEstate.with(seats: SeatModel.profile(records: records), license) { estate, gateway async throws in
            var random = Seeded(seed)
            var model = SeatModel(records: records, limits: Self.limits)
            let first = estate.time.now
            var seen: Set<SeatModel.Result> = []
            for step in 1...400 {
                try passTime(&random, &model, first, estate)
                let now = estate.time.now
                let (what, expected, result) = try await act(&random, &model, gateway, at: now)
                #expect(result == expected, "step \(step) of seed \(seed): \(what)")
                seen.insert(expected)
                try compare(model, estate, "step \(step) of seed \(seed): \(what)")
                guard result == expected else { return }
            }
            let kinds: Set<SeatModel.Result> = [.granted(overLimit: false), .refused, .conflict, .done]
            #expect(seen.isSuperset(of: records ? kinds.union([.granted(overLimit: true)]) : kinds))
        }
    }

    /// Time passes, either way, and the license changes now and then.
    private func passTime(
        _ random: inout Seeded, _ model: inout SeatModel, _ first: Instant, _ estate: SeatEstate
    ) throws {
        let minutes =
            switch random.number(1...10) {
            case 1: random.number(-300...300)
            case 2: random.number(-5000...9000)
            default: random.number(0...15)
            }
        estate.time.set(max(first, estate.time.now.adding(minutes: minutes)))
        guard random.happens(5) else { return }
        let pool = try #require(Self.limits.keys.sorted().randomElement(using: &random))
        model.limits[pool] = random.number(0...5)
        let column = SeatColumn.write(
            model.limits.sorted { $0.key < $1.key }.map { Entitlement.SeatPool(name: $0.key, count: $0.value) })
        try estate.fixture.raw { db in
            try db.execute(sql: "UPDATE installations SET seats = ? WHERE id = 'n1'", arguments: [column])
        }
    }

    private func act(
        _ random: inout Seeded, _ model: inout SeatModel, _ gateway: Gateway, at now: Instant
    ) async throws -> (what: String, expected: SeatModel.Result, result: SeatModel.Result) {
        let user = "user\(random.number(1...5))"
        let open = model.sessions.keys.sorted()
        let session = random.happens(80) ? open.randomElement(using: &random) ?? "s1" : "s\(random.number(1...30))"
        switch random.number(1...20) {
        case 1...11:
            let pool = ["users", "users", "named", "named", "GL", "web", "none"].randomElement(using: &random) ?? ""
            let modules = ["GL", "AP", "XX"].filter { $0 != pool && random.happens($0 == "XX" ? 3 : 25) }
            let call = ClaimSeat(
                installation: "n1", user: user, pool: pool, modules: modules,
                session: random.happens(15) ? session : "s\(random.number(1...9999))",
                administrator: random.happens(25))
            let expected = model.claim(call, at: now)
            return ("\(call)", expected, try await Self.result { try await gateway.perform(call) })
        case 12...14:
            let expected = model.renew(session, at: now)
            return ("renew \(session)", expected, try await Self.result { try await gateway.renew(session) })
        case 15...17:
            let expected = model.release(session, at: now)
            return ("release \(session)", expected, try await gateway.release(session) ? .done : .refused)
        default:
            let undo = random.happens(60)
            let expected = undo ? model.takeBack(user, at: now) : model.assign(user, at: now)
            let error = await callError {
                _ = try await gateway.perform(
                    AssignSeat(installation: "n1", pool: "named", user: user, undo: undo))
            }
            return ("assign \(user) \(undo)", expected, error == nil ? .done : .conflict)
        }
    }

    private static func result(_ body: () async throws -> SeatAnswer) async throws -> SeatModel.Result {
        do {
            let answer = try await body()
            // Of what is open already, the limit does not matter any more.
            return answer.granted
                ? .granted(overLimit: answer.overLimit && answer.reason.contains("records it")) : .refused
        } catch let error as CallError where error.code == .conflict {
            return .conflict
        }
    }

    /// The store against the model, and its counters against its sessions.
    private func compare(_ model: SeatModel, _ estate: SeatEstate, _ what: String) throws {
        let stored = try estate.fixture.raw { db in
            try Row.fetchAll(db, sql: "SELECT id, until FROM sessions ORDER BY id").map {
                "\($0[0] as String) \($0[1] as Int64)"
            }
        }
        let expected = model.sessions.values.map { "\($0.id) \($0.until.milliseconds)" }.sorted()
        #expect(stored.sorted() == expected, "\(what)")
        #expect(try estate.seatDifferences() == [], "\(what)")
        let owners = try estate.fixture.raw { db in
            try String.fetchAll(db, sql: "SELECT user_name FROM seat_users WHERE assigned_at IS NOT NULL")
        }
        #expect(Set(owners) == model.owners, "\(what)")
    }
}
