public import AdapterKit
import Foundation
import GRDB
public import GatewayAPI

/// An order as it is stored.
public struct OrderRecord: Hashable, Sendable {
    /// The ID, a UUIDv7.
    public var id: String
    /// The installation's ID.
    public var installation: String
    /// The customer's ID.
    public var customer: String
    /// When it was placed.
    public var placed: Instant
    /// What was ordered.
    public var items: OrderedItems
    /// The order's number; empty for none.
    public var reference: String
    /// Who recorded it, by ID.
    public var caller: String
    /// When a refresh showed it.
    public var applied: Instant?
    /// That refresh's operation.
    public var appliedBy: String?
    /// When it was withdrawn.
    public var withdrawn: Instant?

    /// A new order.
    public init(
        id: String, installation: String, customer: String, placed: Instant, items: OrderedItems, reference: String,
        caller: String
    ) {
        self.id = id
        self.installation = installation
        self.customer = customer
        self.placed = placed
        self.items = items
        self.reference = reference
        self.caller = caller
    }

    /// How it stands at an instant.
    public func state(at now: Instant) -> OrderState {
        if let withdrawn, withdrawn <= now { return .withdrawn }
        return OrderState(placed: placed, applied: applied, at: now)
    }
}

extension Store {
    /// Records an order. From then on a refresh is due at once, and hourly while the order may be on its way.
    ///
    /// - Parameter refreshes: Whether its profile has it refreshed by itself at all.
    /// - Throws: ``StoreError`` `refused` where the installation is archived.
    public func addOrder(
        _ order: OrderRecord, refreshes: Bool, at now: Instant, audit: AuditEntry
    ) async throws {
        try await commits.write { db in
            guard
                let row = try db.row(
                    "SELECT archived_at FROM installations WHERE id = ?1 AND customer = ?2",
                    [order.installation, order.customer])
            else { throw StoreError(.notFound, "There is no installation \"\(order.installation)\".") }
            if let archived = row.instant(0) {
                throw StoreError(
                    .refused,
                    "\(order.installation) is archived, since \(archived): "
                        + "`gatehouse installations archive \(order.installation) --undo` brings it back.")
            }
            try db.run(
                """
                INSERT INTO orders (id, installation, customer, placed_at, reference, expires, seats, modules,
                entitlement_from, caller) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, (
                    SELECT operation FROM entitlements WHERE installation = ?2 AND taken_at <= ?4
                    AND operation NOT IN (SELECT operation FROM upgrades WHERE installation = ?2
                        AND phase IN ('rollBack', 'rolledBack'))
                    ORDER BY taken_at DESC, operation DESC LIMIT 1), ?9)
                """,
                [
                    order.id, order.installation, order.customer, order.placed.milliseconds, order.reference,
                    order.items.expires?.description ?? "", SeatColumn.write(order.items.seats),
                    order.items.modules.joined(separator: ","), order.caller,
                ])
            try db.watchOrders(of: order.installation)
            if refreshes {
                try db.run(
                    """
                    UPDATE installations SET refresh_due = CASE WHEN held = 1 THEN ?2 END, next_try = NULL
                    WHERE id = ?1
                    """, [order.installation, now.milliseconds])
            }
            try db.append(audit)
        }
    }

    /// Orders in scope, newest first.
    ///
    /// - Parameters:
    ///   - customer: Only this one's; nil for all.
    ///   - installation: Only this one's; nil for all but those of archived installations.
    ///   - open: Only those that are still waited for.
    public func orders(
        in scope: Scope, customer: String? = nil, installation: String? = nil, open: Bool = false
    ) async throws -> [OrderRecord] {
        try await pool.read { db in
            try db.rows(
                Self.selectOrder + """
                     JOIN installations i ON i.id = o.installation
                    WHERE (?1 IS NULL OR o.customer = ?1) AND (?2 IS NULL OR o.customer = ?2)
                    AND (?3 IS NULL OR o.installation = ?3) AND (i.archived_at IS NULL OR ?3 IS NOT NULL)
                    \(open ? "AND o.applied_at IS NULL AND o.withdrawn_at IS NULL" : "")
                    ORDER BY o.placed_at DESC, o.id DESC
                    """, [scope.customer, customer, installation]
            ).map(OrderRecord.init(row:))
        }
    }

    /// One order in scope; nil where there is none.
    public func order(_ id: String, in scope: Scope) async throws -> OrderRecord? {
        try await pool.read { db in
            try db.row(Self.selectOrder + " WHERE o.id = ?1 AND (?2 IS NULL OR o.customer = ?2)", [id, scope.customer])
                .map(OrderRecord.init(row:))
        }
    }

    /// Takes an open order back.
    ///
    /// - Throws: ``StoreError`` `refused` where it is not open.
    public func withdrawOrder(_ id: String, at now: Instant, audit: AuditEntry) async throws {
        try await commits.write { db in
            guard let row = try db.row(Self.selectOrder + " WHERE o.id = ?1", [id]) else {
                throw StoreError(.notFound, "There is no order \"\(id)\".")
            }
            let order = try OrderRecord(row: row)
            if let applied = order.applied {
                throw StoreError(.refused, "The order \(id) can't be withdrawn: a refresh showed it \(applied).")
            }
            if let withdrawn = order.withdrawn {
                throw StoreError(.refused, "The order \(id) was withdrawn already, \(withdrawn).")
            }
            try db.run("UPDATE orders SET withdrawn_at = ?2 WHERE id = ?1", [id, now.milliseconds])
            try db.watchOrders(of: order.installation)
            try db.append(audit)
        }
    }

    static let selectOrder = """
        SELECT o.id, o.installation, o.customer, o.placed_at, o.expires, o.seats, o.modules, o.reference, o.caller,
        o.applied_at, o.applied_by, o.withdrawn_at, o.entitlement_from FROM orders o
        """
}

extension OrderRecord {
    fileprivate init(row: Row) throws {
        let expires: String = row[4]
        let modules: String = row[6]
        self.init(
            id: row[0], installation: row[1], customer: row[2], placed: Instant(milliseconds: row[3]),
            items: OrderedItems(
                expires: LocalDay(expires), seats: SeatColumn.read(row[5]),
                modules: modules.split(separator: ",").map(String.init)), reference: row[7], caller: row[8])
        applied = row.instant(9)
        appliedBy = row[10]
        withdrawn = row.instant(11)
    }
}

extension Database {
    /// Applies the open orders that an answer shows, in the transaction that takes it.
    ///
    /// - Returns: Those orders.
    func settleOrders(_ watch: OperationEnding.OrderWatch, of ending: OperationEnding) throws -> [OrderRecord] {
        guard ending.contact != nil else { return [] }
        let open = try rows(
            Store.selectOrder + """
                 WHERE o.installation = ?1 AND o.applied_at IS NULL AND o.withdrawn_at IS NULL
                AND o.placed_at <= ?2 ORDER BY o.placed_at, o.id
                """, [ending.installation, ending.at.milliseconds])
        guard !open.isEmpty,
            let from: String = try row(
                "SELECT entitlement_from FROM installations WHERE id = ?1 AND held = 1", [ending.installation])?[0],
            let held = try shown(from)
        else { return [] }
        var applied: [OrderRecord] = []
        for row in open {
            let order = try OrderRecord(row: row)
            let before: String? = row[12]
            guard order.items.isShown(by: held, after: try before.flatMap(shown), in: watch.zone) else { continue }
            try run(
                "UPDATE orders SET applied_at = ?2, applied_by = ?3 WHERE id = ?1",
                [order.id, ending.at.milliseconds, ending.operation])
            try note(
                ending.operation,
                [StepNote(at: ending.at, kind: "order", detail: "shows the order \(order.id), which is applied")])
            var audit = watch.audit
            audit.detail += order.id
            try append(audit)
            applied.append(order)
        }
        if !applied.isEmpty {
            try run(
                "UPDATE operations SET message = message || ?2 WHERE id = ?1",
                [ending.operation, " " + watch.told(applied)])
        }
        try watchOrders(of: ending.installation)
        // What is no longer waited for is no longer asked about hourly.
        try run(
            "UPDATE installations SET refresh_due = ?2 WHERE id = ?1 AND (order_until IS NULL OR order_until <= ?3)",
            [ending.installation, ending.contact?.refreshDue?.milliseconds, ending.at.milliseconds])
        return applied
    }

    /// What an operation put in force.
    private func shown(_ operation: String) throws -> OrderedItems.Shown? {
        guard let row = try row("SELECT revision, body FROM entitlements WHERE operation = ?1", [operation]) else {
            return nil
        }
        let body: String = row[1]
        guard let entitlement = try? JSONDecoder().decode(Entitlement.self, from: Data(body.utf8)) else {
            throw StoreError(.corrupt, "The stored entitlement of operation \(operation) can't be read.")
        }
        return OrderedItems.Shown(revision: row[0], entitlement: entitlement)
    }

    /// Notes with an installation until when the last of its open orders may be on its way, so that a refresh and a
    /// listing see it in the row that they read anyway.
    fileprivate func watchOrders(of installation: String) throws {
        let last: Int64? = try row(
            """
            SELECT MAX(placed_at) FROM orders
            WHERE installation = ?1 AND applied_at IS NULL AND withdrawn_at IS NULL
            """, [installation])?[0]
        let until = last.map { OrderState.until(placed: Instant(milliseconds: $0)) }
        try run("UPDATE installations SET order_until = ?2 WHERE id = ?1", [installation, until?.milliseconds])
    }
}
