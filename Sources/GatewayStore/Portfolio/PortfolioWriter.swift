import AdapterKit
import Foundation
import GRDB
import GatewayAPI

/// The statements by which a spreadsheet is taken, each compiled once, and the end of the audit trail.
struct PortfolioWriter {
    private var tail: AuditTail
    private let insertCustomer: BulkStatement
    private let insertInstallation: BulkStatement
    private let encoder: JSONEncoder

    init(_ database: Database) throws {
        encoder = JSONEncoder.stored
        tail = try AuditTail(database)
        insertCustomer = try BulkStatement(
            database,
            "INSERT INTO customers (id, name, time_zone, notes, created_at) VALUES (?1, ?2, ?3, ?4, ?5)")
        insertInstallation = try BulkStatement(
            database,
            """
            INSERT INTO installations (id, customer, profile, identity, site, name, term, price, owner,
            emergency_plan, notes, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
            """)
    }

    mutating func add(
        _ customer: CustomerColumns, at now: Instant, _ audit: AuditEntry, in database: Database
    ) throws {
        try insertCustomer.bind(1, customer.id)
        try insertCustomer.bind(2, customer.name)
        try insertCustomer.bind(3, customer.timeZone)
        try insertCustomer.bind(4, customer.notes)
        try insertCustomer.bind(5, now.milliseconds)
        try insertCustomer.run()
        try tail.append(audit, in: database)
    }

    mutating func update(_ customer: CustomerColumns, _ audit: AuditEntry, in database: Database) throws {
        try database.run(
            "UPDATE customers SET name = ?2, time_zone = ?3, notes = ?4 WHERE id = ?1",
            [customer.id, customer.name, customer.timeZone, customer.notes])
        try tail.append(audit, in: database)
    }

    mutating func add(
        _ installation: InstallationColumns, at now: Instant, _ audit: AuditEntry, in database: Database
    ) throws {
        try insertInstallation.bind(1, installation.id)
        try insertInstallation.bind(2, installation.customer)
        try insertInstallation.bind(3, installation.profile)
        try insertInstallation.bind(4, CompactJSON.text(installation.identity))
        try insertInstallation.bind(5, CompactJSON.text(installation.site))
        try insertInstallation.bind(6, installation.name)
        try insertInstallation.bind(7, installation.term.nilIfEmpty)
        try insertInstallation.bind(8, installation.price.nilIfEmpty)
        try insertInstallation.bind(9, installation.owner.nilIfEmpty)
        try insertInstallation.bind(10, installation.emergencyPlan.nilIfEmpty)
        try insertInstallation.bind(11, installation.notes.nilIfEmpty)
        try insertInstallation.bind(12, now.milliseconds)
        try insertInstallation.run()
        try tail.append(audit, in: database)
    }

    mutating func apply(
        _ edit: InstallationEdit, at now: Instant, _ audit: AuditEntry, in database: Database
    ) throws {
        try database.apply(edit, encoder, at: now)
        try tail.append(audit, in: database)
    }

    mutating func append(_ audit: AuditEntry, in database: Database) throws {
        try tail.append(audit, in: database)
    }
}

extension String {
    fileprivate var nilIfEmpty: String? { isEmpty ? nil : self }
}
