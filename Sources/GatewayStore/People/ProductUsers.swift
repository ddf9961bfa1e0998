public import AdapterKit
import GRDB
public import GatewayAPI

/// What was erased of a product's user.
public struct UserErasure: Hashable, Sendable {
    /// In how many installations the name was known.
    public var installations: Int
    /// Sessions that were open, and were ended.
    public var sessions: Int
    /// Seats of named pools that were taken back.
    public var seats: Int
}

extension Store {
    /// How many users of products are known by name, by customer.
    public func userNames(in scope: Scope) async throws -> [String: Int] {
        try await pool.read { db in
            let rows = try db.rows(
                """
                SELECT i.customer, COUNT(DISTINCT u.user_name) FROM seat_users u
                JOIN installations i ON i.id = u.installation WHERE (?1 IS NULL OR i.customer = ?1) GROUP BY i.customer
                """, [scope.customer])
            return Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[1]) })
        }
    }

    /// Erases a user of a customer's products: sessions that are open end, seats of named pools are taken back, and the
    /// name goes.
    ///
    /// - Parameter audit: What goes into the trail.
    /// - Throws: ``StoreError`` `notFound` where nobody has that name there.
    public func eraseUser(
        _ user: String, of customer: String, at now: Instant, audit: @escaping @Sendable (UserErasure) -> AuditEntry
    ) async throws -> UserErasure {
        try await commits.write { db in
            let installations = try db.rows(
                """
                SELECT id FROM installations WHERE customer = ?1 AND (
                    id IN (SELECT installation FROM seat_users WHERE user_name = ?2)
                    OR id IN (SELECT installation FROM sessions WHERE user_name = ?2)
                    OR id IN (SELECT u.installation FROM upgrades u
                        JOIN upgrade_denials d ON d.operation = u.operation WHERE d.user_name = ?2)) ORDER BY id
                """, [customer, user]
            ).map { $0[0] as String }
            guard !installations.isEmpty else {
                throw StoreError(
                    .notFound,
                    "No installation of \(customer) knows a user of that name. `gatehouse seats users ID` shows whom one "
                        + "knows, exactly as they are written.")
            }
            var erasure = UserErasure(installations: installations.count, sessions: 0, seats: 0)
            for installation in installations {
                let (sessions, seats) = try db.erase(user: user, of: installation, at: now)
                erasure.sessions += sessions
                erasure.seats += seats
            }
            try db.append(audit(erasure))
            return erasure
        }
    }
}

extension Database {
    fileprivate func erase(user: String, of installation: String, at now: Instant) throws -> (Int, Int) {
        guard var counters = try seatSituation(of: installation, in: .portfolio)?.counters else { return (0, 0) }
        _ = try settleSeats(of: installation, &counters, at: now)
        let open = try rows(
            SessionRecord.select + " WHERE s.installation = ?1 AND s.user_name = ?2", [installation, user]
        ).map(SessionRecord.init(row:))
        for session in open { try end(session, &counters) }
        let rows = try rows(
            "DELETE FROM seat_users WHERE installation = ?1 AND user_name = ?2 RETURNING pool, assigned_at",
            [installation, user])
        let owned = rows.filter { $0.instant(1) != nil }
        for row in owned { counters.update(row[0]) { $0.assigned = max(0, $0.assigned - 1) } }
        try save(counters, of: installation)
        try eraseDenials(of: user, on: installation)
        return (open.count, owned.count)
    }
}
