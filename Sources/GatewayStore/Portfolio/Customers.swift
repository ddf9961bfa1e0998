public import AdapterKit
public import GatewayAPI
import GRDB

/// A customer as it is stored.
public struct CustomerRecord: Hashable, Sendable {
    /// The ID.
    public var id: String
    /// The name that people know.
    public var name: String
    /// The IANA time zone.
    public var timeZone: String
    /// How many installations there are.
    public var installations: Int
}

extension Store {
    /// Adds a customer.
    ///
    /// - Throws: ``StoreError`` `exists`.
    public func addCustomer(
        id: String, name: String, timeZone: String, at now: Instant, audit: AuditEntry
    ) async throws {
        try await commits.write { db in
            guard try db.row("SELECT 1 FROM customers WHERE id = ?1", [id]) == nil else {
                throw StoreError(.exists, "There is a customer \"\(id)\" already.")
            }
            try db.run(
                "INSERT INTO customers (id, name, time_zone, created_at) VALUES (?1, ?2, ?3, ?4)",
                [id, name, timeZone, now.milliseconds])
            try db.append(audit)
        }
    }

    /// The customers in scope, by ID.
    public func customers(in scope: Scope, id: String? = nil) async throws -> [CustomerRecord] {
        try await pool.read { db in
            try db.rows(
                """
                SELECT id, name, time_zone, (SELECT COUNT(*) FROM installations WHERE customer = customers.id)
                FROM customers WHERE (?1 IS NULL OR id = ?1) AND (?2 IS NULL OR id = ?2) ORDER BY id
                """, [scope.customer, id]
            ).map { CustomerRecord(id: $0[0], name: $0[1], timeZone: $0[2], installations: $0[3]) }
        }
    }
}
