import AdapterKit
import GRDB
import GatewayAPI

/// Somebody whose name the store holds.
public struct PersonRecord: Hashable, Sendable {
    /// The ID that stays when the name is erased.
    public var id: String
    /// The name; nil once it was erased.
    public var name: String?
    /// The customer whose contact it is; nil for who acted upon the store.
    public var customer: String?
    /// The contact's role.
    public var role: String?
    /// How many records of the audit trail name the ID as who acted.
    public var records: Int
}

extension Store {
    /// Everybody who ever acted, then every contact of a customer's.
    public func people() async throws -> [PersonRecord] {
        try await pool.read { db in
            try db.rows(
                """
                SELECT p.id, p.name, NULL, NULL, (SELECT COUNT(*) FROM audit a WHERE a.actor = p.id)
                FROM people p ORDER BY p.id
                """
            ).map(PersonRecord.init(row:))
                + db.rows("SELECT id, name, customer, role, 0 FROM contacts ORDER BY customer, role, id")
                .map(PersonRecord.init(row:))
        }
    }

    /// Erases a name: of who acted it leaves the ID, a contact it removes.
    ///
    /// - Parameter audit: what goes into the trail, once it is known whose name it is.
    /// - Throws: ``StoreError`` `notFound` where nobody has that ID.
    public func erase(_ id: String, audit: @escaping @Sendable (PersonRecord) -> AuditEntry) async throws {
        try await commits.write { db in
            if let row = try db.row("SELECT id, name, NULL, NULL, 0 FROM people WHERE id = ?1", [id]) {
                try db.run("UPDATE people SET name = NULL WHERE id = ?1", [id])
                try db.append(audit(PersonRecord(row: row)))
            } else if let row = try db.row(
                "SELECT id, name, customer, role, 0 FROM contacts WHERE id = ?1", [id])
            {
                try db.run("DELETE FROM contacts WHERE id = ?1", [id])
                try db.append(audit(PersonRecord(row: row)))
            } else {
                throw StoreError(
                    .notFound, "There is nobody with the ID \"\(id)\". `gatehouse people list` shows those there are.")
            }
        }
    }

    /// Takes off the disk what was erased, changed or removed before: the file is written anew without what is free in
    /// it, and the log is emptied. Blocks its thread.
    ///
    /// - Returns: Whether all of it is gone. Else somebody reads an older state at this moment, and the log keeps it.
    public func scrub() throws -> Bool {
        do {
            return try commits.exclusively { db in
                try db.execute(sql: "VACUUM")
                // Readers are waited for, but not for as long as elsewhere: nobody can write meanwhile.
                try db.execute(sql: "PRAGMA busy_timeout = 2000")
                defer { try? db.execute(sql: "PRAGMA busy_timeout = 10000") }
                let row = try Row.fetchOne(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
                return row?[0] == 0
            }
        } catch let error as DatabaseError {
            guard error.resultCode != .SQLITE_BUSY else { return false }
            throw StoreError(.cannotWrite, error, store: path, "can't be written anew")
        }
    }
}

extension PersonRecord {
    fileprivate init(row: Row) {
        self.init(id: row[0], name: row[1], customer: row[2], role: row[3], records: row[4])
    }
}
