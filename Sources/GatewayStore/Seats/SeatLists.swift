public import AdapterKit
import GRDB
public import GatewayAPI

/// Which open sessions of an installation a read is about.
public struct SessionFilter: Hashable, Sendable {
    /// Only this user's; nil for all.
    public var user: String?
    /// Only of this pool; nil for all.
    public var pool: String?
    /// Only at this host; nil for all.
    public var host: String?
    /// Only with this module, or of the pool of its name; nil for all.
    public var module: String?
    /// How many at most.
    public var limit: Int

    /// A filter.
    public init(
        user: String? = nil, pool: String? = nil, host: String? = nil, module: String? = nil, limit: Int = .max
    ) {
        self.user = user
        self.pool = pool
        self.host = host
        self.module = module
        self.limit = limit
    }
}

/// Seats of a pool that are taken at an instant.
public struct SeatsTaken: Hashable, Sendable {
    /// Sessions that are open.
    public var sessions: Int
    /// Users who have any.
    public var users: Int
}

extension Store {
    /// The sessions that are open at an instant, the first to end first.
    public func sessions(
        of installation: String, in scope: Scope, at now: Instant, _ filter: SessionFilter = SessionFilter()
    ) async throws -> [SessionRecord] {
        try await reads.read { db in
            try db.rows(
                SessionRecord.select + """
                     JOIN installations i ON i.id = s.installation
                    WHERE s.installation = ?1 AND s.until > ?2 AND (?3 IS NULL OR i.customer = ?3)
                    AND (?4 IS NULL OR s.user_name = ?4) AND (?5 IS NULL OR s.pool = ?5)
                    AND (?6 IS NULL OR s.host = ?6)
                    AND (?7 IS NULL OR s.pool = ?7 OR REPLACE(',' || s.modules || ',', ',' || ?7 || ',', '') <> ',' || s.modules || ',')
                    ORDER BY s.until, s.id LIMIT ?8
                    """,
                [
                    installation, now.milliseconds, scope.customer, filter.user, filter.pool, filter.host,
                    filter.module, filter.limit,
                ]
            ).map(SessionRecord.init(row:))
        }
    }

    /// The seats taken at an instant by pool, and by module under ``PoolCounters/module(_:)``.
    public func seatsTaken(of installation: String, in scope: Scope, at now: Instant) async throws -> [String:
        SeatsTaken]
    {
        try await pool.read { db in
            var taken: [String: SeatsTaken] = [:]
            let rows = try db.rows(
                """
                SELECT s.pool, s.modules, COUNT(*), COUNT(DISTINCT s.user_name) FROM sessions s
                JOIN installations i ON i.id = s.installation
                WHERE s.installation = ?1 AND s.until > ?2 AND (?3 IS NULL OR i.customer = ?3)
                GROUP BY s.pool, s.modules
                """, [installation, now.milliseconds, scope.customer])
            for row in rows {
                let modules: String = row[1]
                let names = [row[0] as String] + modules.split(separator: ",").map { PoolCounters.module(String($0)) }
                for name in names {
                    taken[name, default: SeatsTaken(sessions: 0, users: 0)].sessions += row[2]
                    taken[name, default: SeatsTaken(sessions: 0, users: 0)].users += row[3]
                }
            }
            // Where a pool's sessions differ in their modules, its users are counted by themselves.
            let users = try db.rows(
                """
                SELECT s.pool, COUNT(DISTINCT s.user_name) FROM sessions s JOIN installations i ON i.id = s.installation
                WHERE s.installation = ?1 AND s.until > ?2 AND (?3 IS NULL OR i.customer = ?3) GROUP BY s.pool
                """, [installation, now.milliseconds, scope.customer])
            for row in users { taken[row[0] as String]?.users = row[1] }
            return taken
        }
    }

    /// The users of an installation's pools, by pool and name.
    public func seatUsers(
        of installation: String, in scope: Scope, pool name: String? = nil
    ) async throws -> [SeatUserRecord] {
        try await pool.read { db in
            try db.rows(
                """
                SELECT u.pool, u.user_name, u.first_seen, u.last_seen, u.assigned_at FROM seat_users u
                JOIN installations i ON i.id = u.installation
                WHERE u.installation = ?1 AND (?2 IS NULL OR i.customer = ?2) AND (?3 IS NULL OR u.pool = ?3)
                ORDER BY u.pool, u.user_name
                """, [installation, scope.customer, name]
            ).map { row in
                SeatUserRecord(
                    pool: row[0], user: row[1], firstSeen: Instant(milliseconds: row[2]),
                    lastSeen: Instant(milliseconds: row[3]), assigned: row.instant(4))
            }
        }
    }

    /// Makes a seat of a named pool a user's, if one is free.
    ///
    /// - Parameter limit: Says how many seats the pool has, inside the transaction.
    /// - Throws: ``StoreError`` `refused` where none is free; `exists` where it is theirs already.
    public func assignSeat(
        _ user: String, pool name: String, of installation: String, in scope: Scope, at now: Instant,
        audit: AuditEntry, limit: @escaping @Sendable (SeatSituation) throws -> Int
    ) async throws {
        try await commits.write { db in
            guard var situation = try db.seatSituation(of: installation, in: scope) else {
                throw StoreError(.notFound, "There is no installation \"\(installation)\".")
            }
            _ = try db.settleSeats(of: installation, &situation.counters, at: now)
            guard try !SeatLookup(db).has(user, pool: name, of: installation) else {
                throw StoreError(.exists, "A seat of \(name) is theirs already.")
            }
            let limit = try limit(situation)
            guard limit > 0 else {
                throw StoreError(.refused, "The license of \(installation) has no seats \"\(name)\".")
            }
            guard situation.counters[name].assigned < limit else {
                throw StoreError(
                    .refused,
                    "\(limit == 1 ? "The one seat of \(name) is" : "All \(limit) seats of \(name) are") somebody's: take one back first "
                        + "(`gatehouse seats users \(installation)` shows whose they are).")
            }
            // Not seen yet: a seat that was made theirs ahead.
            try db.run(
                """
                INSERT INTO seat_users (installation, pool, user_name, first_seen, last_seen, assigned_at)
                VALUES (?1, ?2, ?3, 0, 0, ?4) ON CONFLICT (installation, pool, user_name)
                DO UPDATE SET assigned_at = excluded.assigned_at
                """, [installation, name, user, now.milliseconds])
            situation.counters.update(name) { $0.assigned += 1 }
            try db.save(situation.counters, of: installation)
            try db.append(audit)
        }
    }

    /// Takes a seat of a named pool back.
    ///
    /// - Throws: ``StoreError`` `notFound` where none is theirs; `refused` while they have a session.
    public func takeBackSeat(
        of user: String, pool name: String, of installation: String, in scope: Scope, at now: Instant,
        audit: AuditEntry
    ) async throws {
        try await commits.write { db in
            guard var situation = try db.seatSituation(of: installation, in: scope),
                try SeatLookup(db).has(user, pool: name, of: installation)
            else {
                throw StoreError(.notFound, "No seat of \(name) is theirs at \(installation).")
            }
            _ = try db.settleSeats(of: installation, &situation.counters, at: now)
            let sessions: Int? = try db.row(
                "SELECT sessions FROM seat_users WHERE installation = ?1 AND pool = ?2 AND user_name = ?3",
                [installation, name, user])?[0]
            guard sessions ?? 0 == 0 else {
                throw StoreError(
                    .refused,
                    "They have a session open: end it first (`gatehouse seats list \(installation)`, "
                        + "`gatehouse seats end --session ID`).")
            }
            try db.run(
                "UPDATE seat_users SET assigned_at = NULL WHERE installation = ?1 AND pool = ?2 AND user_name = ?3",
                [installation, name, user])
            situation.counters.update(name) { $0.assigned = max(0, $0.assigned - 1) }
            try db.save(situation.counters, of: installation)
            try db.append(audit)
        }
    }
}
