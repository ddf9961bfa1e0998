public import AdapterKit
import GRDB
public import GatewayAPI

/// An installation whose profile knows offline activations, with its open request.
public struct OfflineRecord: Sendable {
    /// The installation's ID.
    public var installation: String
    /// Its name; empty for none.
    public var installationName: String
    /// The customer's ID.
    public var customer: String
    /// The customer's name.
    public var customerName: String
    /// The customer's IANA time zone.
    public var timeZone: String
    /// The profile's name.
    public var profile: String
    /// Who sees to it; nil where nobody is named.
    public var owner: String?
    /// When the vendor last gave an answer, either way; nil where it never did.
    public var lastContact: Instant?
    /// When an offline activation was imported, if that is how what is held came.
    public var activated: Instant?
    /// The open request's operation; nil where none is open.
    public var operation: String?
    /// When it was made.
    public var requested: Instant?
    /// When it was sent; nil where nobody said so.
    public var sent: Instant?
}

extension Store {
    /// The installations in scope of these profiles, those that are archived left out, by customer and ID.
    ///
    /// - Parameters:
    ///   - customer: Only this one's; nil for all.
    ///   - installation: Only this one; nil for all.
    public func offlineRows(
        of profiles: [String], in scope: Scope, customer: String? = nil, installation: String? = nil
    ) async throws -> [OfflineRecord] {
        try await pool.read { db in
            var records: [OfflineRecord] = []
            for profile in profiles {
                // The plus keeps SQLite with the index of profiles, which finds the fewest.
                records += try db.rows(
                    """
                    SELECT i.id, i.name, i.customer, c.name, c.time_zone, i.profile, i.owner, i.last_contact,
                    i.offline_activated, o.id, o.started_at, o.sent_at
                    FROM installations i JOIN customers c ON c.id = i.customer
                    LEFT JOIN operations o ON o.installation = i.id AND o.act = 'request' AND o.status = 'asking'
                    WHERE i.profile = ?1 AND i.archived_at IS NULL AND (?2 IS NULL OR +i.customer = ?2)
                    AND (?3 IS NULL OR +i.customer = ?3) AND (?4 IS NULL OR i.id = ?4)
                    """, [profile, scope.customer, customer, installation]
                ) { row in
                    OfflineRecord(
                        installation: row[0], installationName: row[1], customer: row[2], customerName: row[3],
                        timeZone: row[4], profile: row[5], owner: row[6], lastContact: row.instant(7),
                        activated: row.instant(8), operation: row[9], requested: row.instant(10), sent: row.instant(11))
                }
            }
            return records.sorted { ($0.customer, $0.installation) < ($1.customer, $1.installation) }
        }
    }
}
