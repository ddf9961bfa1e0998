import AdapterKit

/// The statements of claims, renewals and releases. The bench runs the very same ones in a plain loop.
package enum SeatSQL {
    /// An installation as a claim is decided by it.
    package static let situation = """
        SELECT i.customer, i.profile, i.held, i.dates, i.seats, i.vendor_status, i.refresh_due, i.last_contact,
        i.order_until, i.last_refresh, i.next_try, i.archived_at, c.name, c.time_zone, k.next_end, k.hour, k.pools,
        i.offline_activated, i.closed_for
        FROM installations i JOIN customers c ON c.id = i.customer
        LEFT JOIN seat_counters k ON k.installation = i.id WHERE i.id = ?1
        """

    /// A session begins.
    package static let insert = """
        INSERT INTO sessions (id, installation, pool, user_name, host, modules, since, until, kind)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
        """

    /// A user was seen.
    package static let see = """
        INSERT INTO seat_users (installation, pool, user_name, first_seen, last_seen) VALUES (?1, ?2, ?3, ?4, ?4)
        ON CONFLICT (installation, pool, user_name) DO UPDATE SET \(seenAgain)
        WHERE seat_users.last_seen < excluded.last_seen
        OR seat_users.last_seen > excluded.last_seen + \(Instant.millisecondsOfDay)
        """

    /// How a user is seen who was known before. One for whom a seat was set aside is seen for the first time; what lies
    /// more than a day ahead was written by a clock that has been set back since.
    static let seenAgain = """
        first_seen = CASE WHEN seat_users.first_seen = 0 THEN excluded.first_seen ELSE seat_users.first_seen END,
        last_seen = CASE WHEN seat_users.last_seen BETWEEN excluded.last_seen
        AND excluded.last_seen + \(Instant.millisecondsOfDay) THEN seat_users.last_seen ELSE excluded.last_seen END
        """

    /// A session by its ID.
    package static let session = SessionRecord.select + " WHERE s.id = ?1"
    /// A session goes on.
    package static let renew = "UPDATE sessions SET until = ?2 WHERE id = ?1"
    /// A session ends.
    package static let end = "DELETE FROM sessions WHERE id = ?1"
    /// How many seats are taken.
    package static let count = "UPDATE seat_counters SET next_end = ?2, hour = ?3, pools = ?4 WHERE installation = ?1"
}
