public import AdapterKit
import Foundation
import GRDB
public import GatewayAPI

/// A customer's columns, as texts.
public struct CustomerColumns: Hashable, Sendable {
    /// The ID.
    public var id: String
    /// The name that people know.
    public var name: String
    /// The IANA time zone.
    public var timeZone: String
    /// Notes; empty for none.
    public var notes: String
    /// Whether it is archived.
    public var isArchived: Bool

    /// Columns.
    public init(id: String, name: String, timeZone: String, notes: String, isArchived: Bool = false) {
        self.id = id
        self.name = name
        self.timeZone = timeZone
        self.notes = notes
        self.isArchived = isArchived
    }
}

/// An installation's columns that people write, as texts; empty for none.
public struct InstallationColumns: Hashable, Sendable {
    /// The ID.
    public var id: String
    /// The customer's ID.
    public var customer: String
    /// The profile's name.
    public var profile: String
    /// What the vendor knows it by.
    public var identity: [String: String]
    /// Its named places.
    public var site: [String: [String]]
    /// The name that people know it by.
    public var name: String
    /// For how long it is bought at a time.
    public var term: String
    /// What a term costs.
    public var price: String
    /// Who is responsible for it.
    public var owner: String
    /// What to do when it fails and nobody can be asked.
    public var emergencyPlan: String
    /// Anything else.
    public var notes: String
    /// Whether it is archived.
    public var isArchived: Bool

    /// Columns.
    public init(
        id: String, customer: String, profile: String, identity: [String: String] = [:],
        site: [String: [String]] = [:], name: String = "", term: String = "", price: String = "", owner: String = "",
        emergencyPlan: String = "", notes: String = "", isArchived: Bool = false
    ) {
        self.id = id
        self.customer = customer
        self.profile = profile
        self.identity = identity
        self.site = site
        self.name = name
        self.term = term
        self.price = price
        self.owner = owner
        self.emergencyPlan = emergencyPlan
        self.notes = notes
        self.isArchived = isArchived
    }
}

/// The whole portfolio within one transaction, for a spreadsheet of it.
///
/// What is read is as it stands in the transaction, so nobody else changes it between a check and the write that
/// rests upon it.
public struct PortfolioBatch: ~Copyable {
    private let database: Database
    private var writer: PortfolioWriter?

    init(_ database: Database) { self.database = database }

    /// A customer, archived or not; nil where there is none.
    public func customer(_ id: String) throws -> CustomerColumns? {
        var rows = try RowSteps(
            database, "SELECT name, time_zone, notes, archived_at FROM customers WHERE id = ?1", [id])
        guard try rows.next() else { return nil }
        return CustomerColumns(
            id: id, name: rows.text(0), timeZone: rows.text(1), notes: rows.text(2),
            isArchived: rows.integer(3) != nil)
    }

    /// An installation, archived or not; nil where there is none.
    public func installation(_ id: String) throws -> InstallationColumns? {
        var rows = try RowSteps(database, Self.select + " WHERE id = ?1", [id])
        return try rows.next() ? installation(rows) : nil
    }

    /// Hands over the installations in scope that are not archived, customer by customer.
    public func eachInstallation(
        in scope: Scope, customer: String?, _ body: (InstallationColumns) throws -> Void
    ) throws {
        let one = scope.customer ?? customer
        var rows = try RowSteps(
            database,
            one == nil
                ? Self.select + " WHERE archived_at IS NULL ORDER BY customer, id"
                : Self.select
                    + " WHERE customer = ?1 AND (?2 IS NULL OR customer = ?2) AND archived_at IS NULL ORDER BY id",
            one == nil ? [] : [one, customer])
        while try rows.next() { try body(installation(rows)) }
    }

    /// The customers in scope that are not archived, by ID.
    public func customers(in scope: Scope, customer: String?) throws -> [CustomerColumns] {
        var rows = try RowSteps(
            database,
            """
            SELECT id, name, time_zone, notes FROM customers
            WHERE (?1 IS NULL OR id = ?1) AND (?2 IS NULL OR id = ?2) AND archived_at IS NULL ORDER BY id
            """, [scope.customer, customer])
        var customers: [CustomerColumns] = []
        while try rows.next() {
            customers.append(
                CustomerColumns(id: rows.text(0), name: rows.text(1), timeZone: rows.text(2), notes: rows.text(3)))
        }
        return customers
    }

    private static let select = """
        SELECT id, customer, profile, identity, site, name, term, price, owner, emergency_plan, notes, archived_at
        FROM installations
        """

    private func installation(_ rows: borrowing RowSteps) throws -> InstallationColumns {
        let id = rows.text(0)
        guard let identity = NamedValues.strings(rows.text(3)), let site = NamedValues.lists(rows.text(4)) else {
            throw StoreError(.corrupt, "The stored identity or site of \(id) can't be read.")
        }
        return InstallationColumns(
            id: id, customer: rows.text(1), profile: rows.text(2), identity: identity, site: site, name: rows.text(5),
            term: rows.text(6), price: rows.text(7), owner: rows.text(8), emergencyPlan: rows.text(9),
            notes: rows.text(10), isArchived: rows.integer(11) != nil)
    }
}

extension PortfolioBatch {
    /// What a change of an installation is decided from.
    public struct Editable: Sendable {
        /// The installation.
        public var record: InstallationRecord
        /// What people record of it.
        public var facts: RecordedFacts
        /// The protocol that what is held was taken by; nil where nothing is held.
        public var heldProtocol: String?
        /// The operation that is open on it.
        public var open: OperationRecord?
    }

    /// An installation with what its change is decided from; nil where there is none.
    public func editable(_ id: String) throws -> Editable? {
        guard let row = try database.row(Store.selectInstallation + " WHERE i.id = ?1", [id]),
            let facts = try database.row(
                "SELECT name, term, price, owner, emergency_plan, notes FROM installations WHERE id = ?1", [id])
        else { return nil }
        let held = try database.row(
            """
            SELECT o.protocol FROM installations i JOIN operations o ON o.id = i.entitlement_from
            WHERE i.id = ?1 AND i.held = 1
            """, [id])
        let open = try database.openOperation(on: id)
        return Editable(
            record: try Store.installation(row), facts: RecordedFacts(row: facts, from: 0), heldProtocol: held?[0],
            open: open)
    }

    /// Adds a customer.
    public mutating func add(_ customer: CustomerColumns, at now: Instant, _ audit: AuditEntry) throws {
        try writing { try $0.add(customer, at: now, audit, in: $1) }
    }

    /// Changes a customer's name, time zone and notes.
    public mutating func update(_ customer: CustomerColumns, _ audit: AuditEntry) throws {
        try writing { try $0.update(customer, audit, in: $1) }
    }

    /// Adds an installation.
    public mutating func add(_ installation: InstallationColumns, at now: Instant, _ audit: AuditEntry) throws {
        try writing { try $0.add(installation, at: now, audit, in: $1) }
    }

    /// Changes an installation as it was decided from ``editable(_:)`` in this transaction.
    public mutating func apply(_ edit: InstallationEdit, at now: Instant, _ audit: AuditEntry) throws {
        try writing { try $0.apply(edit, at: now, audit, in: $1) }
    }

    /// Appends a record to the audit trail.
    public mutating func append(_ audit: AuditEntry) throws {
        try writing { try $0.append(audit, in: $1) }
    }

    private mutating func writing(_ body: (inout PortfolioWriter, Database) throws -> Void) throws {
        var open = try writer ?? PortfolioWriter(database)
        // What a transaction has appended in vain does not matter: where a write fails, all of it is undone.
        writer = nil
        try body(&open, database)
        writer = open
    }
}

extension Store {
    /// Reads the portfolio as it stands at a moment.
    public func readPortfolio<Value: Sendable>(
        _ body: @escaping @Sendable (inout PortfolioBatch) throws -> Value
    ) async throws -> Value {
        try await pool.read { db in
            var batch = PortfolioBatch(db)
            return try body(&batch)
        }
    }

    /// Changes the portfolio: all that `body` does, or nothing where it throws. Nobody else writes meanwhile.
    public func changePortfolio<Value: Sendable>(
        _ body: @escaping @Sendable (inout PortfolioBatch) throws -> Value
    ) async throws -> Value {
        try await commits.write { db in
            var batch = PortfolioBatch(db)
            return try body(&batch)
        }
    }
}
