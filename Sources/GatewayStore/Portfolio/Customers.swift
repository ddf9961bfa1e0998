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
    /// How many installations there are; those that are archived are not counted.
    public var installations: Int
    /// Notes; empty for none.
    public var notes = ""
    /// When it was archived; nil where it was not.
    public var archived: Instant?
}

extension Store {
    /// Adds a customer.
    ///
    /// - Throws: ``StoreError`` `exists`.
    public func addCustomer(
        id: String, name: String, timeZone: String, at now: Instant, audit: AuditEntry
    ) async throws {
        try await commits.write { db in
            if let row = try db.row("SELECT archived_at IS NOT NULL FROM customers WHERE id = ?1", [id]) {
                let way = row[0] ? " It is archived: `gatehouse customers archive \(id) --undo` brings it back." : ""
                throw StoreError(.exists, "There is a customer \"\(id)\" already.\(way)")
            }
            try db.run(
                "INSERT INTO customers (id, name, time_zone, created_at) VALUES (?1, ?2, ?3, ?4)",
                [id, name, timeZone, now.milliseconds])
            try db.append(audit)
        }
    }

    /// The customers in scope, by ID.
    ///
    /// - Parameter archived: Whether those that are archived are among them; one that is asked for by ID always is.
    public func customers(
        in scope: Scope, id: String? = nil, archived: Bool = false
    ) async throws -> [CustomerRecord] {
        try await pool.read { db in
            try db.rows(
                """
                SELECT id, name, time_zone, (SELECT COUNT(*) FROM installations WHERE customer = customers.id)
                - (SELECT COUNT(*) FROM installations WHERE customer = customers.id AND archived_at IS NOT NULL),
                notes, archived_at
                FROM customers WHERE (?1 IS NULL OR id = ?1) AND (?2 IS NULL OR id = ?2)
                AND (archived_at IS NULL OR ?3 OR ?2 IS NOT NULL) ORDER BY id
                """, [scope.customer, id, archived]
            ).map(CustomerRecord.init(row:))
        }
    }

    /// Changes a customer: what was read, by what is wanted.
    ///
    /// - Parameter edit: Makes the customer as it is wanted of the customer as it is, with the record for the audit
    ///   trail; nil where nothing changes. It runs in the transaction.
    /// - Throws: ``StoreError`` `notFound`.
    public func editCustomer(
        _ id: String, in scope: Scope,
        _ edit: @escaping @Sendable (CustomerRecord) throws -> (CustomerRecord, AuditEntry)?
    ) async throws {
        try await commits.write { db in
            guard
                let row = try db.row(
                    """
                    SELECT id, name, time_zone, 0, notes, archived_at FROM customers
                    WHERE id = ?1 AND (?2 IS NULL OR id = ?2)
                    """, [id, scope.customer])
            else { throw StoreError(.notFound, "There is no customer \"\(id)\".") }
            guard let (wanted, audit) = try edit(CustomerRecord(row: row)) else { return }
            try db.run(
                "UPDATE customers SET name = ?2, time_zone = ?3, notes = ?4 WHERE id = ?1",
                [id, wanted.name, wanted.timeZone, wanted.notes])
            try db.append(audit)
        }
    }
}

extension CustomerRecord {
    fileprivate init(row: Row) {
        self.init(
            id: row[0], name: row[1], timeZone: row[2], installations: row[3], notes: row[4], archived: row.instant(5))
    }
}
