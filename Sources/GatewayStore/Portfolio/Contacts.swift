public import AdapterKit
public import GatewayAPI
import GRDB

extension Store {
    /// Adds a contact.
    ///
    /// - Throws: ``StoreError`` `exists`, for the very same contact; `notFound`, for the customer.
    public func addContact(_ contact: ContactView, at now: Instant, audit: AuditEntry) async throws {
        try await commits.write { db in
            guard try db.row("SELECT 1 FROM customers WHERE id = ?1", [contact.customer]) != nil else {
                throw StoreError(.notFound, "There is no customer \"\(contact.customer)\".")
            }
            let values: [String] = [
                contact.customer, contact.role.rawValue, contact.name, contact.email, contact.phone,
            ]
            let same = try db.row(
                """
                SELECT id FROM contacts WHERE customer = ?1 AND role = ?2 AND name = ?3 AND email = ?4 AND phone = ?5
                """, StatementArguments(values))
            if let same {
                let id: String = same[0]
                throw StoreError(.exists, "\(contact.customer) has that contact already: \(id).")
            }
            try db.run(
                """
                INSERT INTO contacts (customer, role, name, email, phone, id, created_at)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                """, StatementArguments(values) + [contact.id, now.milliseconds])
            try db.append(audit)
        }
    }

    /// The contacts of the customers in scope: by customer, in the order of the roles, then as they were added.
    ///
    /// - Parameter customer: Only this one's; nil for all.
    public func contacts(in scope: Scope, of customer: String?) async throws -> [ContactView] {
        let contacts = try await pool.read { db in
            try db.rows(
                """
                SELECT id, customer, role, name, email, phone FROM contacts
                WHERE (?1 IS NULL OR customer = ?1) AND (?2 IS NULL OR customer = ?2) ORDER BY customer, id
                """, [scope.customer, customer]
            ).map(ContactView.init(row:))
        }
        let order = ContactRole.allCases.enumerated().reduce(into: [:]) { $0[$1.element] = $1.offset }
        return contacts.enumerated().sorted {
            let (first, second) = ($0.element, $1.element)
            return (first.customer, order[first.role] ?? 0, $0.offset)
                < (second.customer, order[second.role] ?? 0, $1.offset)
        }.map(\.element)
    }

    /// Removes a contact: nothing of the person is left in the store.
    ///
    /// - Parameter audit: Makes the record for the audit trail of the contact that goes.
    /// - Throws: ``StoreError`` `notFound`.
    public func removeContact(
        _ id: String, of customer: String, audit: @escaping @Sendable (ContactView) -> AuditEntry
    ) async throws -> ContactView {
        try await commits.write { db in
            guard
                let row = try db.row(
                    "SELECT id, customer, role, name, email, phone FROM contacts WHERE id = ?1 AND customer = ?2",
                    [id, customer])
            else {
                throw StoreError(
                    .notFound,
                    "\(customer) has no contact \"\(id)\". `gatehouse customers contacts list \(customer)` shows those "
                        + "there are.")
            }
            let contact = try ContactView(row: row)
            try db.run("DELETE FROM contacts WHERE id = ?1", [id])
            try db.append(audit(contact))
            return contact
        }
    }
}

extension ContactView {
    fileprivate init(row: Row) throws {
        let id: String = row[0]
        let role: String = row[2]
        guard let role = ContactRole(rawValue: role) else {
            throw StoreError(.corrupt, "The stored contact \(id) can't be read: its role is \(role).")
        }
        self.init(id: id, customer: row[1], role: role, name: row[3], email: row[4], phone: row[5])
    }
}
