import AdapterKit
import GRDB
import GatewayAPI

extension Database {
    /// An installation in scope as a claim is decided by it; nil where there is none.
    func seatSituation(of installation: String, in scope: Scope) throws -> SeatSituation? {
        var rows = try RowSteps(
            self,
            SeatSQL.situation, [installation])
        guard try rows.next() else { return nil }
        let customer = rows.text(0)
        if let limited = scope.customer, limited != customer { return nil }
        var counters = PoolCounters.none
        if let nextEnd = rows.integer(14), let hour = rows.integer(15) {
            counters = try PoolCounters(nextEnd: nextEnd, hour: hour, column: rows.text(16))
        }
        return SeatSituation(
            status: StatusRecord(
                id: installation, customer: customer, profile: rows.text(1), held: rows.integer(2) == 1,
                dates: rows.text(3), seats: rows.text(4),
                vendorStatus: rows.optionalText(5).flatMap(Entitlement.VendorStatus.init), refreshDue: rows.instant(6),
                lastContact: rows.instant(7), orderUntil: rows.instant(8), offlineActivated: rows.instant(17)),
            customer: CustomerRecord(id: customer, name: rows.text(12), timeZone: rows.text(13), installations: 0),
            lastRefresh: rows.instant(9),
            nextTry: rows.instant(10), archived: rows.instant(11), closedFor: rows.optionalText(18),
            counters: counters)
    }

    /// A session by its ID; nil where there is none.
    func session(_ id: String) throws -> SessionRecord? {
        var rows = try RowSteps(self, SeatSQL.session, [id])
        return try rows.next() ? SessionRecord(rows) : nil
    }

    func insert(_ session: SessionRecord) throws {
        try run(
            SeatSQL.insert,
            [
                session.id, session.installation, session.pool, session.user, session.host,
                session.modules.joined(separator: ","), session.since.milliseconds, session.until.milliseconds,
                session.kind.rawValue,
            ])
    }

    /// Writes down how many seats are taken.
    func save(_ counters: PoolCounters, of installation: String) throws {
        let sql =
            counters.isStored
            ? SeatSQL.count
            : "INSERT INTO seat_counters (installation, next_end, hour, pools) VALUES (?1, ?2, ?3, ?4)"
        try run(sql, [installation, counters.nextEnd, counters.hour, counters.column])
    }

    // MARK: - Users

    /// Notes that a user was seen, to the hour, so that most claims write nothing.
    func see(_ session: SessionRecord, at now: Instant) throws {
        try run(
            SeatSQL.see, [session.installation, session.pool, session.user, now.startOfHour])
    }

    /// Counts a session of a named user.
    ///
    /// - Parameter assigns: Whether a seat becomes theirs.
    /// - Returns: How many seats it takes: none where the user has another session.
    func openNamed(_ session: SessionRecord, assigns: Bool, at now: Instant) throws -> Int {
        let sessions: Int? = try row(
            """
            INSERT INTO seat_users (installation, pool, user_name, first_seen, last_seen, assigned_at, sessions)
            VALUES (?1, ?2, ?3, ?4, ?4, ?5, 1)
            ON CONFLICT (installation, pool, user_name) DO UPDATE SET sessions = seat_users.sessions + 1,
            assigned_at = COALESCE(seat_users.assigned_at, excluded.assigned_at), \(SeatSQL.seenAgain)
            RETURNING sessions
            """,
            [
                session.installation, session.pool, session.user, now.startOfHour, assigns ? now.milliseconds : nil,
            ])?[0]
        return sessions == 1 ? 1 : 0
    }

    /// How many seats a session gives back as it ends.
    func close(_ session: SessionRecord) throws -> Int {
        guard session.kind.contains(.named) else { return 1 }
        let sessions: Int? = try row(
            """
            UPDATE seat_users SET sessions = CASE WHEN sessions > 0 THEN sessions - 1 ELSE 0 END
            WHERE installation = ?1 AND pool = ?2 AND user_name = ?3 RETURNING sessions
            """, [session.installation, session.pool, session.user])?[0]
        return sessions ?? 0 == 0 ? 1 : 0
    }
}

extension SessionRecord {
    static let select = """
        SELECT s.id, s.installation, s.pool, s.user_name, s.host, s.modules, s.since, s.until, s.kind FROM sessions s
        """

    init(_ rows: borrowing RowSteps) {
        self.init(
            id: rows.text(0), installation: rows.text(1), pool: rows.text(2), user: rows.text(3), host: rows.text(4),
            modules: Self.modules(rows.text(5)), since: rows.instant(6) ?? Instant(milliseconds: 0),
            until: rows.instant(7) ?? Instant(milliseconds: 0), kind: SessionKind(rawValue: Int(rows.integer(8) ?? 0)))
    }

    init(row: Row) {
        self.init(
            id: row[0], installation: row[1], pool: row[2], user: row[3], host: row[4], modules: Self.modules(row[5]),
            since: Instant(milliseconds: row[6]), until: Instant(milliseconds: row[7]),
            kind: SessionKind(rawValue: row[8]))
    }

    private static func modules(_ text: String) -> [String] {
        text.isEmpty ? [] : text.split(separator: ",").map(String.init)
    }
}

extension RowSteps {
    /// A column of milliseconds as an instant.
    func instant(_ column: Int32) -> Instant? { integer(column).map(Instant.init(milliseconds:)) }
}

extension Instant {
    static let millisecondsOfHour: Int64 = 3_600_000
    static let millisecondsOfDay: Int64 = 24 * millisecondsOfHour

    /// Whole hours since 1970, rounded down.
    var hours: Int64 {
        milliseconds >= 0
            ? milliseconds / Self.millisecondsOfHour
            : -((Self.millisecondsOfHour - 1 - milliseconds) / Self.millisecondsOfHour)
    }

    /// Whole days in UTC since 1970, rounded down.
    var days: Int64 { hours >= 0 ? hours / 24 : -((23 - hours) / 24) }

    /// The beginning of its hour in UTC, in milliseconds since 1970.
    var startOfHour: Int64 { hours * Self.millisecondsOfHour }
}
