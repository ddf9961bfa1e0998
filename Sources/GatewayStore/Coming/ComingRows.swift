public import AdapterKit
import GRDB
public import GatewayAPI

/// What a list of what is coming needs of an installation: columns only, no stored JSON.
public struct ComingRecord: Sendable {
    /// What its standing is worked out from.
    public var status: StatusRecord
    /// The name that people know it by; empty for none.
    public var name: String
    /// How long it is bought for.
    public var term: String?
    /// What that costs.
    public var price: String?
    /// Who sees to it.
    public var owner: String?
    /// Until when an order that is open may be on its way.
    public var orderUntil: Instant?
}

/// The installations that hold something and are not archived, one after the other, customer by customer. What
/// neighbors share is made once: a portfolio has a hundred thousand of them.
public struct ComingCursor: ~Copyable {
    private var rows: RowSteps
    private var profile = ""
    /// The customer of the installation that came last.
    public private(set) var customer = CustomerRecord(id: "", name: "", timeZone: "", installations: 0)

    fileprivate init(_ rows: consuming RowSteps) { self.rows = rows }

    /// The next installation; nil after the last.
    public mutating func next() throws -> ComingRecord? {
        guard try rows.next() else { return nil }
        if !rows.holds(customer.id, 1) {
            customer = CustomerRecord(id: rows.text(1), name: rows.text(12), timeZone: rows.text(13), installations: 0)
        }
        if !rows.holds(profile, 2) { profile = rows.text(2) }
        let status = StatusRecord(
            id: rows.text(0), customer: customer.id, profile: profile, held: true, dates: rows.text(3), seats: "",
            vendorStatus: rows.optionalText(4).flatMap(Entitlement.VendorStatus.init),
            refreshDue: rows.integer(5).map(Instant.init), lastContact: rows.integer(6).map(Instant.init),
            offlineActivated: rows.integer(14).map(Instant.init), isUnverified: rows.integer(15) == 1)
        return ComingRecord(
            status: status, name: rows.text(7), term: rows.optionalText(8), price: rows.optionalText(9),
            owner: rows.optionalText(10), orderUntil: rows.integer(11).map(Instant.init))
    }
}

extension Store {
    /// Reads the installations in scope that hold something and are not archived.
    ///
    /// - Parameter body: Is handed a cursor that is good until it returns.
    public func readComing<Value: Sendable>(
        in scope: Scope, customer: String? = nil, _ body: @escaping @Sendable (inout ComingCursor) throws -> Value
    ) async throws -> Value {
        let columns = """
            SELECT i.id, i.customer, i.profile, i.dates, i.vendor_status, i.refresh_due, i.last_contact, i.name, i.term,
            i.price, i.owner, i.order_until, c.name, c.time_zone, i.offline_activated, i.unverified
            FROM installations i JOIN customers c ON c.id = i.customer
            WHERE i.held = 1 AND i.archived_at IS NULL AND c.archived_at IS NULL
            """
        return try await pool.read { db in
            // Each with the index that it needs: a condition that may be left out would scan the whole portfolio.
            let rows =
                if let customer = customer ?? scope.customer {
                    try RowSteps(
                        db, columns + " AND i.customer = ?1 AND (?2 IS NULL OR i.customer = ?2) ORDER BY i.id",
                        [customer, scope.customer])
                } else {
                    try RowSteps(db, columns + " ORDER BY i.customer, i.id", [])
                }
            var cursor = ComingCursor(rows)
            return try body(&cursor)
        }
    }
}
