import AdapterKit
import GRDB
public import GatewayAPI

extension Store {
    /// What was observed last of every pool in scope, by installation and pool.
    public func observations(in scope: Scope, customer: String? = nil) async throws -> [String: [String:
        SeatObservation]]
    {
        try await pool.read { db in
            var found: [String: [String: SeatObservation]] = [:]
            for row in try db.rows(
                """
                SELECT o.installation, o.pool, o.at, o.in_use, o.registered FROM seat_observations o
                JOIN installations i ON i.id = o.installation
                WHERE i.archived_at IS NULL AND (?1 IS NULL OR i.customer = ?1) AND (?2 IS NULL OR i.customer = ?2)
                """, [scope.customer, customer])
            {
                found[row[0], default: [:]][row[1]] = SeatObservation(
                    at: Instant(milliseconds: row[2]), inUse: row[3], registered: row[4])
            }
            return found
        }
    }

    /// The users in scope whose seats of named pools are theirs, by installation.
    public func seatOwners(in scope: Scope, customer: String? = nil) async throws -> [String: [SeatUserRecord]] {
        try await pool.read { db in
            var found: [String: [SeatUserRecord]] = [:]
            for row in try db.rows(
                """
                SELECT u.installation, u.pool, u.user_name, u.first_seen, u.last_seen, u.assigned_at
                FROM seat_users u JOIN installations i ON i.id = u.installation
                WHERE u.assigned_at IS NOT NULL AND i.archived_at IS NULL
                AND (?1 IS NULL OR i.customer = ?1) AND (?2 IS NULL OR i.customer = ?2)
                ORDER BY u.installation, u.pool, u.last_seen, u.user_name
                """, [scope.customer, customer])
            {
                found[row[0], default: []].append(
                    SeatUserRecord(
                        pool: row[1], user: row[2], firstSeen: Instant(milliseconds: row[3]),
                        lastSeen: Instant(milliseconds: row[4]), assigned: row.instant(5)))
            }
            return found
        }
    }
}
