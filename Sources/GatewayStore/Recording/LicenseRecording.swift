import AdapterKit
import Foundation
import GRDB

/// A license that a person recorded.
public struct RecordedLicense: Sendable {
    /// The operation's ID, a UUIDv7.
    public var operation: String
    /// The installation's ID.
    public var installation: String
    /// The customer's ID.
    public var customer: String
    /// The protocol's name.
    public var protocolName: String
    /// Who recorded it, by ID.
    public var caller: String
    /// How often the installation had been edited when it was checked.
    public var edits: Int
    /// What was in force then.
    public var basedOn: String?
    /// What comes into force, when, and what the audit trail gets.
    public var ending: OperationEnding

    /// A license.
    public init(
        operation: String, installation: String, customer: String, protocolName: String, caller: String, edits: Int,
        basedOn: String?, ending: OperationEnding
    ) {
        self.operation = operation
        self.installation = installation
        self.customer = customer
        self.protocolName = protocolName
        self.caller = caller
        self.edits = edits
        self.basedOn = basedOn
        self.ending = ending
    }
}

extension Store {
    /// Takes what people recorded, all of it or nothing. A step that waits for somebody to record the same is done with it.
    ///
    /// - Returns: The IDs of the orders that it applied, by installation.
    /// - Throws: ``StoreError`` `changed` where something else came into force or is under way meanwhile.
    public func record(_ licenses: [RecordedLicense]) async throws -> [String: [OrderRecord]] {
        try await commits.write { db in
            var orders: [String: [OrderRecord]] = [:]
            for license in licenses { orders[license.installation] = try db.record(license) }
            return orders
        }
    }
}

extension Database {
    fileprivate func record(_ license: RecordedLicense) throws -> [OrderRecord] {
        let id = license.installation
        guard let row = try row("SELECT revision, edits FROM installations WHERE id = ?1", [id]),
            row[0] == license.basedOn, row[1] == license.edits, try openOperation(on: id) == nil
        else {
            throw StoreError(.changed, "\(id) was changed meanwhile: try again. Nothing was recorded.")
        }
        let ending = license.ending
        if let asked = try askingOperation(on: id, act: .refresh) {
            let message = "It was recorded by \(license.caller)."
            try run(
                """
                UPDATE operations SET status = 'done', ended_at = ?2, outcome = 'updated', message = ?3, state = NULL,
                step = NULL, owner = '', waits_until = NULL, notes = notes || ?4 WHERE id = ?1
                """,
                [
                    asked.id, ending.at.milliseconds, message,
                    NotesColumn.write([StepNote(at: ending.at, kind: "finish", detail: message)]),
                ])
        }
        try run(
            """
            INSERT INTO operations (id, installation, customer, protocol, act, status, caller, owner, started_at,
            ended_at, outcome, message, notes) VALUES (?1, ?2, ?3, ?4, ?5, 'done', ?6, '', ?7, ?7, ?8, ?9, ?10)
            """,
            [
                license.operation, id, license.customer, license.protocolName, Act.record.rawValue, license.caller,
                ending.at.milliseconds, ending.outcome, ending.message, NotesColumn.write(ending.notes),
            ])
        if let contact = ending.contact {
            try run(
                """
                UPDATE installations SET last_contact = ?2, last_refresh = ?2, refresh_due = ?3, next_try = NULL,
                last_failure = NULL, last_failure_at = NULL WHERE id = ?1
                """, [id, contact.at.milliseconds, contact.refreshDue?.milliseconds])
        }
        if let grant = ending.grant {
            try put(grant, body: try JSONEncoder.stored.text(grant.entitlement), of: ending)
        }
        if let audit = ending.audit { try append(audit) }
        return try ending.orders.map { try settleOrders($0, of: ending) } ?? []
    }
}
