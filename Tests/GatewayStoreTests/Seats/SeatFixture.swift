import AdapterKit
import Foundation
import GRDB
import GatewayAPI

@testable import GatewayStore

/// Claims, renewals and releases as tests decide them: so many seats, sessions of so many hours.
extension Store {
    /// Claims a seat; refused where as many are taken as there are.
    ///
    /// - Returns: The session's ID where it was granted.
    @discardableResult
    func seat(
        _ user: String, at now: Instant, hours: Int = 12, limit: Int = .max, pool: String = "users",
        session: String? = nil, modules: [String] = [], kind: SessionKind = [], on installation: String = "n1",
        in scope: Scope = .portfolio
    ) async throws -> SeatResult<Bool> {
        let wanted = SessionRecord(
            id: session ?? UUID().uuidString, installation: installation, pool: pool, user: user, modules: modules,
            since: now, until: now)
        return try await claimSeat(SeatClaim(wanted, isNew: session == nil), in: scope) { situation, lookup in
            let isOpen = situation.session != nil
            let has = try lookup.has(user, pool: pool, of: installation)
            let counts = situation.counters[pool]
            let isFree = kind.contains(.named) ? has || counts.assigned < limit : counts.inUse < limit
            guard isOpen || isFree else { return (.refuse(counted: true), false) }
            return (
                .grant(
                    until: now.adding(hours: hours), kind: kind, assigns: kind.contains(.named) && !has), true
            )
        }
    }

    /// Renews a session for so many hours; false where none is open.
    func renewal(_ id: String, at now: Instant, hours: Int = 12) async throws -> Bool {
        try await renewSeat(id, in: .portfolio, at: now) { _, _ in
            (.grant(until: now.adding(hours: hours), kind: [], assigns: false), true)
        } != nil
    }

    /// Gives a seat back.
    @discardableResult
    func release(_ id: String, at now: Instant) async throws -> SessionRecord? {
        try await releaseSeat(id, in: .portfolio, at: now) { _, _ in nil }
    }
}

extension StoreFixture {
    /// What is counted of an installation.
    func counters(of installation: String = "n1") throws -> PoolCounters {
        try raw { db in
            let row = try Row.fetchOne(
                db, sql: "SELECT next_end, hour, pools FROM seat_counters WHERE installation = ?",
                arguments: [installation])
            return try row.map { try PoolCounters(nextEnd: $0[0], hour: $0[1], column: $0[2]) } ?? .none
        }
    }

    /// Where the count of seats is not what the sessions say.
    func seatDifferences() throws -> [String] {
        try raw { try $0.seatDifferences(of: nil).flatMap(\.found) }
    }

    /// The usage that is written down, as `pool day hour:peak…`.
    func usage(_ column: String = "peaks", of installation: String = "n1") throws -> [String] {
        try raw { db in
            try Row.fetchAll(
                db, sql: "SELECT pool, day, \(column) FROM usage_days WHERE installation = ? ORDER BY pool, day",
                arguments: [installation]
            ).map { "\($0[0] as String) \(($0[1] as Int64) - Instant.hour(0).days) \($0[2] as String)" }
        }
    }
}

extension Instant {
    /// A time so many hours after a midnight in UTC.
    static func hour(_ count: Int, minutes: Int = 0) -> Instant {
        Instant(milliseconds: 20_780 * 86_400_000).adding(hours: count, minutes: minutes)
    }
}

/// Numbers that look random and are the same for the same seed.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    /// True so many times of a hundred.
    mutating func happens(_ percent: Int) -> Bool { number(1...100) <= percent }
}
