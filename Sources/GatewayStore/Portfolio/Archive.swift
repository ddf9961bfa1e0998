public import AdapterKit
import GRDB

extension Store {
    /// Archives an installation: it keeps its ID and its history, and is left out of everything else.
    ///
    /// - Parameter givesUp: The delivery of an ended process that is given up for this; nil where none is open.
    /// - Throws: ``StoreError`` `refused` where it is archived already; `changed` where an operation is open on it.
    public func archiveInstallation(
        _ id: String, at now: Instant, givesUp: OpenDelivery?, audit: AuditEntry
    ) async throws {
        try await commits.write { db in
            let (archived, _) = try db.archived(installation: id)
            if let archived { throw StoreError(.refused, "\(id) is archived already, since \(archived).") }
            try db.archive(id, at: now, givesUp: givesUp)
            try db.append(audit)
        }
    }

    /// Brings an installation back.
    ///
    /// - Throws: ``StoreError`` `refused` where it is not archived, or its customer is.
    public func restoreInstallation(_ id: String, audit: AuditEntry) async throws {
        try await commits.write { db in
            let (archived, customer) = try db.archived(installation: id)
            guard archived != nil else { throw StoreError(.refused, "\(id) is not archived.") }
            try db.requireActive(customer: customer)
            try db.run("UPDATE installations SET archived_at = NULL, edits = edits + 1 WHERE id = ?1", [id])
            try db.append(audit)
        }
    }

    /// Archives a customer with all installations.
    ///
    /// - Parameter givesUp: The deliveries of ended processes that are given up for this, by installation.
    /// - Throws: ``StoreError`` `refused` where they are archived already; `changed` where an operation is open.
    public func archiveCustomer(
        _ id: String, at now: Instant, givesUp: [String: OpenDelivery], audit: AuditEntry
    ) async throws {
        try await commits.write { db in
            if let archived = try db.archived(customer: id) {
                throw StoreError(.refused, "\(id) is archived already, since \(archived).")
            }
            // Those that come back with the customer are known by their time, so it must be nobody else's.
            let last: Int64? = try db.row(
                "SELECT MAX(archived_at) FROM installations WHERE customer = ?1 AND archived_at IS NOT NULL", [id])?[0]
            let at = max(now, Instant(milliseconds: (last ?? .min + 1) + 1))
            let installations = try db.rows(
                "SELECT id FROM installations WHERE customer = ?1 AND archived_at IS NULL ORDER BY id", [id])
            for row in installations {
                let installation: String = row[0]
                try db.archive(installation, at: at, givesUp: givesUp[installation])
            }
            try db.run("UPDATE customers SET archived_at = ?2 WHERE id = ?1", [id, at.milliseconds])
            try db.append(audit)
        }
    }

    /// Brings a customer back, with the installations that were archived with them.
    ///
    /// - Throws: ``StoreError`` `refused` where they are not archived.
    public func restoreCustomer(_ id: String, audit: AuditEntry) async throws {
        try await commits.write { db in
            guard let archived = try db.archived(customer: id) else {
                throw StoreError(.refused, "\(id) is not archived.")
            }
            try db.run(
                """
                UPDATE installations SET archived_at = NULL, edits = edits + 1 WHERE customer = ?1 AND archived_at = ?2
                """, [id, archived.milliseconds])
            try db.run("UPDATE customers SET archived_at = NULL WHERE id = ?1", [id])
            try db.append(audit)
        }
    }
}

extension Database {
    fileprivate func archived(installation id: String) throws -> (at: Instant?, customer: String) {
        guard let row = try row("SELECT archived_at, customer FROM installations WHERE id = ?1", [id]) else {
            throw StoreError(.notFound, "There is no installation \"\(id)\".")
        }
        return (row.instant(0), row[1])
    }

    fileprivate func archived(customer id: String) throws -> Instant? {
        guard let row = try row("SELECT archived_at FROM customers WHERE id = ?1", [id]) else {
            throw StoreError(.notFound, "There is no customer \"\(id)\".")
        }
        return row.instant(0)
    }

    fileprivate func archive(_ id: String, at now: Instant, givesUp: OpenDelivery?) throws {
        try requireFree(id, but: givesUp)
        if let givesUp {
            try giveUp(givesUp, at: now)
            // What the vendor granted last is not in place: should it come back, it is asked for again.
            try run("UPDATE installations SET revision = NULL WHERE id = ?1", [id])
        }
        try giveUpSteps(on: id, "The installation was archived: nobody needs to do this any more.", at: now)
        try run(
            "UPDATE installations SET archived_at = ?2, edits = edits + 1 WHERE id = ?1", [id, now.milliseconds])
    }
}
