import AdapterKit
import GRDB
public import GatewayAPI

/// How many seats are taken, as the sessions themselves and the users say it, and where what is counted differs.
public struct SeatRecount: Hashable, Sendable {
    /// The installation's ID.
    public var installation: String
    private var pools: [String: PoolCounters.Counts] = [:]
    /// Sessions of named users, by pool and user.
    private var users: [String: [String: Int]] = [:]
    private var nextEnd = Int64.max

    fileprivate init(_ installation: String) { self.installation = installation }

    fileprivate mutating func add(
        pool: String, user: String, modules: [String], until: Int64, kind: SessionKind
    ) {
        nextEnd = min(nextEnd, until)
        if kind.contains(.administrator) { pools[pool, default: .init()].administrators += 1 }
        var taken = 1
        if kind.contains(.named) {
            users[pool, default: [:]][user, default: 0] += 1
            taken = users[pool]?[user] == 1 ? 1 : 0
        }
        pools[pool, default: .init()].inUse += taken
        for module in modules { pools[PoolCounters.module(module), default: .init()].inUse += 1 }
    }

    fileprivate mutating func add(assigned: Int, of pool: String) {
        pools[pool, default: .init()].assigned += assigned
    }

    /// What is counted otherwise than it is, in sentences; empty where all is right.
    ///
    /// - Parameter named: Sessions of named users as they are counted, by pool and user.
    fileprivate func differences(from counters: PoolCounters, named: [String: [String: Int]]) -> [String] {
        var found: [String] = []
        for pool in Set(counters.pools.map(\.name)).union(pools.keys).sorted() {
            let (counted, actual) = (counters[pool], pools[pool] ?? .init())
            for (what, path) in Self.counts where counted[keyPath: path] != actual[keyPath: path] {
                found.append(
                    "\(pool): \(counted[keyPath: path]) counted as \(what), and it is \(actual[keyPath: path]).")
            }
        }
        if counters.isStored, counters.nextEnd > nextEnd {
            found.append("A session ends before the time at which the next was to be looked at.")
        }
        for pool in Set(named.keys).union(users.keys).sorted() where users[pool] ?? [:] != named[pool] ?? [:] {
            found.append("\(pool): the sessions of its named users are counted otherwise than they are.")
        }
        return found
    }

    private static var counts: [(String, KeyPath<PoolCounters.Counts, Int>)] {
        [("taken", \.inUse), ("administrators'", \.administrators), ("somebody's own", \.assigned)]
    }

    /// The counters with what is true; what the hour saw stays.
    fileprivate func corrected(_ counters: PoolCounters) -> PoolCounters {
        var counters = counters
        counters.nextEnd = nextEnd
        for pool in Set(counters.pools.map(\.name)).union(pools.keys).sorted() {
            let actual = pools[pool] ?? .init()
            counters.update(pool) { counts in
                (counts.inUse, counts.administrators) = (actual.inUse, actual.administrators)
                counts.assigned = actual.assigned
                counts.peak = max(counts.peak, counts.inUse)
            }
        }
        return counters
    }
}

extension Database {
    /// Counts anew, and tells what was counted otherwise.
    ///
    /// - Parameter installation: Only this one's; nil for all.
    /// - Returns: Those that differ, by installation.
    func seatDifferences(of installation: String?) throws -> [(recount: SeatRecount, found: [String])] {
        var counts: [String: SeatRecount] = [:]
        try countSessions(of: installation, into: &counts)
        let named = try countUsers(of: installation, into: &counts)
        let rows = try rows(
            "SELECT installation, next_end, hour, pools FROM seat_counters WHERE (?1 IS NULL OR installation = ?1)",
            [installation])
        var stored: [String: PoolCounters] = [:]
        var unreadable: Set<String> = []
        for row in rows {
            do throws(StoreError) {
                stored[row[0]] = try PoolCounters(nextEnd: row[1], hour: row[2], column: row[3])
            } catch {
                unreadable.insert(row[0])
            }
        }
        return Set(counts.keys).union(stored.keys).union(named.keys).union(unreadable).sorted().compactMap { id in
            let recount = counts[id] ?? SeatRecount(id)
            let found =
                unreadable.contains(id)
                ? ["The count can't be read."]
                : recount.differences(from: stored[id] ?? .none, named: named[id] ?? [:])
            return found.isEmpty ? nil : (recount, found)
        }
    }

    private func countSessions(of installation: String?, into counts: inout [String: SeatRecount]) throws {
        var sessions = try RowSteps(
            self,
            """
            SELECT installation, pool, user_name, modules, until, kind FROM sessions
            WHERE (?1 IS NULL OR installation = ?1)
            """, [installation])
        while try sessions.next() {
            let id = sessions.text(0)
            counts[id, default: SeatRecount(id)].add(
                pool: sessions.text(1), user: sessions.text(2),
                modules: sessions.text(3).split(separator: ",").map(String.init), until: sessions.integer(4) ?? 0,
                kind: SessionKind(rawValue: Int(sessions.integer(5) ?? 0)))
        }
    }

    /// - Returns: The sessions of named users as they are counted, by installation, pool and user.
    private func countUsers(
        of installation: String?, into counts: inout [String: SeatRecount]
    ) throws -> [String: [String: [String: Int]]] {
        var named: [String: [String: [String: Int]]] = [:]
        var users = try RowSteps(
            self,
            """
            SELECT installation, pool, user_name, sessions, assigned_at IS NOT NULL FROM seat_users
            WHERE (?1 IS NULL OR installation = ?1) AND (assigned_at IS NOT NULL OR sessions <> 0)
            """, [installation])
        while try users.next() {
            let (id, pool) = (users.text(0), users.text(1))
            if users.integer(4) == 1 { counts[id, default: SeatRecount(id)].add(assigned: 1, of: pool) }
            let count = Int(users.integer(3) ?? 0)
            if count != 0 { named[id, default: [:]][pool, default: [:]][users.text(2)] = count }
        }
        return named
    }
}

extension Store {
    /// Counts the seats of an installation anew, and writes down what is true.
    ///
    /// - Parameter audit: What goes into the trail where anything was wrong.
    /// - Returns: What was counted otherwise, in sentences; empty where all was right.
    public func recountSeats(
        of installation: String, in scope: Scope, audit: AuditEntry
    ) async throws -> [String] {
        try await commits.write { db in
            let row = try db.row("SELECT customer FROM installations WHERE id = ?1", [installation])
            guard let row, scope.customer.map({ $0 == row[0] as String }) ?? true else {
                throw StoreError(.notFound, "There is no installation \"\(installation)\".")
            }
            guard let (recount, found) = try db.seatDifferences(of: installation).first else { return [] }
            let counters: PoolCounters? = try db.row(
                "SELECT next_end, hour, pools FROM seat_counters WHERE installation = ?1", [installation]
            ).map { row in
                let (hour, column) = (row[1] as Int64, row[2] as String)
                // What can't be read is begun anew.
                return (try? PoolCounters(nextEnd: row[0], hour: hour, column: column))
                    ?? PoolCounters(nextEnd: .max, hour: hour, pools: [], isStored: true)
            }
            try db.save(recount.corrected(counters ?? .none), of: installation)
            try db.run(
                """
                UPDATE seat_users SET sessions = (SELECT COUNT(*) FROM sessions s
                WHERE s.installation = seat_users.installation AND s.pool = seat_users.pool
                AND s.user_name = seat_users.user_name AND (s.kind / 4) % 2 = 1) WHERE installation = ?1
                """, [installation])
            try db.append(audit)
            return found
        }
    }
}

extension StoreExamination {
    /// Where the count of seats is not what the sessions say, in sentences by installation, and how many sessions there
    /// are in all.
    public func seatDifferences() throws -> (found: [(installation: String, what: [String])], sessions: Int) {
        try ask { db in
            // A store of before there were seats.
            guard try db.tableExists("sessions") else { return ([], 0) }
            let found = try db.seatDifferences(of: nil).map { ($0.recount.installation, $0.found) }
            return (found, try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM sessions") ?? 0)
        }
    }
}
