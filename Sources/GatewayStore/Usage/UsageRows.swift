public import AdapterKit
import GRDB
public import GatewayAPI

/// What the store knows of the use of a pool, or of a module under ``PoolCounters/module(_:)``.
public struct PoolUsageRecord: Hashable, Sendable {
    /// The pool.
    public var pool: String
    /// By the hour, of the days that saw anything, in order of time.
    public var days: [UsageDay]
    /// Seats that are taken now, by sessions.
    public var inUse: Int
    /// Seats of a named pool that are somebody's.
    public var assigned: Int
    /// What was observed last elsewhere; nil where nothing was.
    public var observed: SeatObservation?

    /// A pool that nobody used.
    public init(unused pool: String) {
        self.init(pool: pool, days: [], inUse: 0, assigned: 0, observed: nil)
    }

    init(pool: String, days: [UsageDay], inUse: Int, assigned: Int, observed: SeatObservation?) {
        self.pool = pool
        self.days = days
        self.inUse = inUse
        self.assigned = assigned
        self.observed = observed
    }
}

/// A day of a pool, in UTC and by the hour.
public struct UsageDay: Hashable, Sendable {
    /// Days since 1970.
    public var day: Int64
    /// The most seats taken at once, for each of the 24 hours.
    public var peaks: [Int]
    /// Claims that were refused.
    public var denials: [Int]
    /// Seats granted over the limit.
    public var overLimit: [Int]
}

/// How many seats were seen in use, in the product's own console for instance.
public struct SeatObservation: Hashable, Sendable {
    /// When.
    public var at: Instant
    /// Seats in use.
    public var inUse: Int
    /// Seats that are set up in the product; nil where nobody said.
    public var registered: Int?

    /// An observation.
    public init(at: Instant, inUse: Int, registered: Int? = nil) {
        self.at = at
        self.inUse = inUse
        self.registered = registered
    }
}

extension Store {
    /// The seats that the license of an installation grants, by pool and in its order; none where nothing is held.
    public func seats(of installation: String, in scope: Scope) async throws -> [Entitlement.SeatPool] {
        try await pool.read { db in
            SeatColumn.read(
                try db.row(
                    "SELECT seats FROM installations WHERE id = ?1 AND held = 1 AND (?2 IS NULL OR customer = ?2)",
                    [installation, scope.customer])?[0] ?? "")
        }
    }

    /// The use of an installation's pools since a day, the present hour included, by pool. What a clock that was ahead
    /// wrote down for days to come is left out.
    ///
    /// - Parameter day: Days since 1970, in UTC.
    public func usage(
        of installation: String, in scope: Scope, from day: Int64, at now: Instant
    ) async throws -> [PoolUsageRecord] {
        try await pool.read { db in
            guard let situation = try db.seatSituation(of: installation, in: scope) else { return [] }
            var usage = UsageDraft()
            let rows = try db.rows(
                """
                SELECT pool, day, peaks, denials, over_limit FROM usage_days
                WHERE installation = ?1 AND day BETWEEN ?2 AND ?3
                """, [installation, day, now.days])
            for row in rows {
                usage.put(
                    UsageDraft.Hours(
                        peaks: HourlyColumn.read(row[2]), denials: HourlyColumn.read(row[3]),
                        over: HourlyColumn.read(row[4])), of: row[0], day: row[1])
            }
            // What the next write will find: hours that are over, and the present one.
            var counters = situation.counters
            if counters.isStored {
                let ended = try db.rows(
                    SessionRecord.select + " WHERE s.installation = ?1 AND s.until <= ?2",
                    [installation, now.milliseconds]
                ).map(SessionRecord.init(row:))
                var named: [String: Int] = [:]
                usage.merge(try counters.pass(to: now, ended: ended) { try db.wouldGiveBack($0, &named) })
                usage.merge(UsageDraft(counters))
            }
            var observed: [String: SeatObservation] = [:]
            for row in try db.rows(
                "SELECT pool, at, in_use, registered FROM seat_observations WHERE installation = ?1", [installation])
            {
                observed[row[0]] = SeatObservation(
                    at: Instant(milliseconds: row[1]), inUse: row[2], registered: row[3])
            }
            let days = Dictionary(grouping: usage.days.filter { $0.key.day >= day }, by: \.key.pool)
            let names = Set(counters.pools.map(\.name)).union(days.keys).union(observed.keys)
            return names.sorted().map { name in
                PoolUsageRecord(
                    pool: name,
                    days: (days[name] ?? []).map { key, hours in
                        UsageDay(day: key.day, peaks: hours.peaks, denials: hours.denials, overLimit: hours.over)
                    }.sorted { $0.day < $1.day },
                    inUse: counters[name].inUse, assigned: counters[name].assigned, observed: observed[name])
            }
        }
    }

    /// Reads the peaks of all installations in scope since a day, for what looks at many: installation by installation,
    /// then pool by pool, then day by day. The present hour is not among them, and those that are archived are left out.
    ///
    /// - Parameters:
    ///   - installation: Only this one; nil for all.
    ///   - day: Days since 1970, in UTC.
    ///   - last: The last day, since a clock that was ahead may have left days that are still to come.
    ///   - body: Is handed a cursor that is good until it returns.
    public func readPeaks<Value: Sendable>(
        in scope: Scope, customer: String? = nil, installation: String? = nil, from day: Int64, through last: Int64,
        _ body: @escaping @Sendable (inout PeakCursor) throws -> Value
    ) async throws -> Value {
        try await pool.read { db in
            // With the index that it needs: a condition that may be left out would scan all of the usage.
            let one = installation == nil ? "" : "d.installation = ?5 AND"
            var arguments: StatementArguments = [day, scope.customer, customer, last]
            if let installation { arguments += [installation] }
            var cursor = PeakCursor(
                rows: try RowSteps(
                    db,
                    """
                    SELECT d.installation, d.pool, d.day, d.peaks, d.denials, d.over_limit FROM usage_days d
                    JOIN installations i ON i.id = d.installation
                    WHERE \(one) d.day BETWEEN ?1 AND ?4 AND (i.archived_at IS NULL OR \(installation == nil ? "0" : "1"))
                    AND (?2 IS NULL OR i.customer = ?2) AND (?3 IS NULL OR i.customer = ?3)
                    ORDER BY d.installation, d.pool, d.day
                    """, arguments))
            return try body(&cursor)
        }
    }
}

extension Store {
    /// The hour that is counted of every pool in scope, as the day that it is of: it becomes part of the usage with the
    /// next claim of a later hour, so whoever reads ``readPeaks(in:customer:installation:from:_:)`` adds it.
    public func hoursBeingCounted(
        in scope: Scope, customer: String? = nil, installation: String? = nil
    ) async throws -> [String: [String: PeakDay]] {
        try await pool.read { db in
            let which = installation == nil ? "i.archived_at IS NULL AND ?3 IS NULL" : "k.installation = ?3"
            var found: [String: [String: PeakDay]] = [:]
            for row in try db.rows(
                """
                SELECT k.installation, k.next_end, k.hour, k.pools FROM seat_counters k
                JOIN installations i ON i.id = k.installation
                WHERE \(which) AND (?1 IS NULL OR i.customer = ?1) AND (?2 IS NULL OR i.customer = ?2)
                """, [scope.customer, customer, installation])
            {
                let counters = try PoolCounters(nextEnd: row[1], hour: row[2], column: row[3])
                for (key, hours) in UsageDraft(counters).days {
                    found[row[0], default: [:]][key.pool] = PeakDay(
                        day: key.day, peaks: hours.peaks, denials: hours.denials.reduce(0, +),
                        overLimit: hours.over.reduce(0, +))
                }
            }
            return found
        }
    }
}

/// Days of peaks, one after the other.
public struct PeakCursor: ~Copyable {
    fileprivate var rows: RowSteps
    /// The installation of the day that came last.
    public private(set) var installation = ""
    /// Its pool.
    public private(set) var pool = ""

    fileprivate init(rows: consuming RowSteps) { self.rows = rows }

    /// The next day; nil after the last.
    public mutating func next() throws -> PeakDay? {
        guard try rows.next() else { return nil }
        if !rows.holds(installation, 0) { installation = rows.text(0) }
        if !rows.holds(pool, 1) { pool = rows.text(1) }
        return PeakDay(
            day: rows.integer(2) ?? 0, peaks: HourlyColumn.read(rows.text(3)), denials: sum(4), overLimit: sum(5))
    }

    private func sum(_ column: Int32) -> Int {
        rows.isEmpty(column) ? 0 : HourlyColumn.read(rows.text(column)).reduce(0, +)
    }
}

/// A day of a pool in UTC, as it is read for many.
public struct PeakDay: Hashable, Sendable {
    /// Days since 1970.
    public var day: Int64
    /// The most seats taken at once, for each of the 24 hours.
    public var peaks: [Int]
    /// Claims that were refused in it.
    public var denials: Int
    /// Seats granted over the limit in it.
    public var overLimit: Int
}

extension Database {
    /// How many seats a session will give back once it is closed, where several of one named user have ended.
    fileprivate func wouldGiveBack(_ session: SessionRecord, _ open: inout [String: Int]) throws -> Int {
        guard session.kind.contains(.named) else { return 1 }
        let key = session.pool + "\n" + session.user
        if open[key] == nil {
            open[key] =
                try row(
                    "SELECT sessions FROM seat_users WHERE installation = ?1 AND pool = ?2 AND user_name = ?3",
                    [session.installation, session.pool, session.user])?[0] ?? 0
        }
        let left = max(0, (open[key] ?? 0) - 1)
        open[key] = left
        return left == 0 ? 1 : 0
    }
}
