public import AdapterKit
import Foundation
import GRDB
public import GatewayAPI

/// What a listing of standings needs of an installation: columns only, no stored JSON.
public struct StatusRecord: Sendable {
    /// The ID.
    public var id: String
    /// The customer's ID.
    public var customer: String
    /// The profile's name.
    public var profile: String
    /// Whether an entitlement is in force.
    public var held: Bool
    /// The dates in force, in the compact form of the countdown rules.
    public var dates: String
    /// The seats by pool, in the compact form of ``SeatColumn``.
    public var seats: String
    /// What the vendor's own record says.
    public var vendorStatus: Entitlement.VendorStatus?
    /// When a refresh is due next.
    public var refreshDue: Instant?
    /// When the vendor last gave a verified answer.
    public var lastContact: Instant?
    /// Until when the last of its open orders may be on its way; nil where none is open.
    public var orderUntil: Instant?
    /// When an offline activation was imported, if that is how what is held came.
    public var offlineActivated: Instant?
    /// Whether a person recorded what is held, and no vendor proved it.
    public var isUnverified = false
}

/// The installations of a listing, one after the other, customer by customer.
///
/// Columns are taken from SQLite one by one, and what neighbors share is made once: a portfolio has a hundred thousand
/// rows.
public struct StatusCursor: ~Copyable {
    private let database: Database
    private let part: StatusPart
    private var rows: RowSteps
    private var customers: RowSteps?
    private var profile = ""
    private var seats = SeatTexts()
    private var vendorStatus: Entitlement.VendorStatus?
    /// The customer of the installation that came last.
    public private(set) var customer = CustomerRecord(id: "", name: "", timeZone: "", installations: 0)

    fileprivate init(_ database: Database, _ rows: consuming RowSteps, _ part: StatusPart) {
        self.database = database
        self.rows = rows
        self.part = part
    }

    /// The next installation; nil after the last.
    public mutating func next() throws -> StatusRecord? {
        guard var record = try nextBare() else { return nil }
        record.dates = rows.text(4)
        record.seats = rows.text(5)
        return record
    }

    /// The same without its dates and seats, which are read where they stand.
    public mutating func nextBare() throws -> StatusRecord? {
        guard try rows.next() else { return nil }
        if !rows.holds(customer.id, 1) {
            let id = rows.text(1)
            if let end = part.end, id >= end { return nil }
            try enter(id)
        }
        if !rows.holds(profile, 2) { profile = rows.text(2) }
        if !rows.holds(vendorStatus?.rawValue ?? "", 6) {
            vendorStatus = rows.optionalText(6).flatMap(Entitlement.VendorStatus.init)
        }
        return StatusRecord(
            id: rows.text(0), customer: customer.id, profile: profile, held: rows.integer(3) == 1, dates: "",
            seats: "", vendorStatus: vendorStatus,
            refreshDue: rows.integer(7).map(Instant.init), lastContact: rows.integer(8).map(Instant.init),
            orderUntil: rows.integer(9).map(Instant.init), offlineActivated: rows.integer(10).map(Instant.init),
            isUnverified: rows.integer(11) == 1)
    }

    /// Hands over the dates of the installation that came last, as ``StatusRecord/dates`` has them, where SQLite holds
    /// them: good until `body` returns.
    public func withDates<Value, Failure: Error>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try body(rows.bytes(4))
    }

    /// The seats of the installation that came last.
    public mutating func seatCounts() -> SeatCounts { seats.counts(rows.bytes(5)) }

    /// Steps to a customer: they come in the same order as their installations do.
    private mutating func enter(_ id: String) throws {
        if customers == nil {
            customers = try RowSteps(
                database, "SELECT id, name, time_zone FROM customers WHERE id >= ?1 ORDER BY id", [id])
        }
        while try customers?.next() == true {
            guard let found = customers?.text(0), found == id else { continue }
            customer = CustomerRecord(
                id: id, name: customers?.text(1) ?? "", timeZone: customers?.text(2) ?? "", installations: 0)
            return
        }
        throw StoreError(.corrupt, "The customer \(id) is missing.")
    }
}

/// A part of a listing: the customers from one ID up to another. Parts are read side by side, each as it stands when it
/// is read.
public struct StatusPart: Hashable, Sendable {
    /// The first customer.
    public var start: String
    /// The first customer beyond; nil for none.
    public var end: String?

    /// All of a listing.
    public static let whole = StatusPart(start: "", end: nil)
}

extension Store {
    /// Parts of a listing of about the same size.
    ///
    /// - Parameter count: How many at most; a short listing is one.
    public func statusParts(in scope: Scope, customer: String?, count: Int) async throws -> [StatusPart] {
        guard scope.customer == nil, customer == nil, count > 1 else { return [.whole] }
        return try await pool.read { db in
            let some: Int =
                try db.row("SELECT COUNT(*) FROM (SELECT 1 FROM installations LIMIT ?1)", [Self.shortListing])?[0] ?? 0
            guard some == Self.shortListing else { return [.whole] }
            // Customers are divided, of whom there are fewer to count; on average they have as many installations.
            let customers: Int = try db.row("SELECT COUNT(*) FROM customers")?[0] ?? 0
            var parts = [StatusPart.whole]
            for number in 1..<count {
                guard
                    let middle: String = try db.row(
                        "SELECT id FROM customers ORDER BY id LIMIT 1 OFFSET ?1", [customers * number / count])?[0],
                    middle > parts[parts.count - 1].start
                else { continue }
                parts[parts.count - 1].end = middle
                parts.append(StatusPart(start: middle, end: nil))
            }
            return parts
        }
    }

    /// Below so many installations a listing is not worth dividing.
    private static let shortListing = 4000

    /// Reads the installations in scope for a listing. Those that are archived are left out, but for one that is asked
    /// for by ID.
    ///
    /// - Parameter body: Is handed a cursor that is good until it returns.
    public func readStatus<Value: Sendable>(
        in scope: Scope, customer: String? = nil, installation: String? = nil, part: StatusPart = .whole,
        _ body: @escaping @Sendable (inout StatusCursor) throws -> Value
    ) async throws -> Value {
        // Each with the index that it needs: a condition that may be left out would scan the whole portfolio.
        let columns = """
            SELECT i.id, i.customer, i.profile, i.held, i.dates, i.seats, i.vendor_status, i.refresh_due,
            i.last_contact, i.order_until, i.offline_activated, i.unverified FROM installations i
            """
        return try await pool.read { db in
            let rows =
                if let installation {
                    try RowSteps(
                        db,
                        columns
                            + " WHERE i.id = ?1 AND (?2 IS NULL OR i.customer = ?2) AND (?3 IS NULL OR i.customer = ?3)",
                        [installation, scope.customer, customer])
                } else if let customer = customer ?? scope.customer {
                    try RowSteps(
                        db,
                        columns + """
                             WHERE i.customer = ?1 AND (?2 IS NULL OR i.customer = ?2) AND i.archived_at IS NULL
                            ORDER BY i.id
                            """, [customer, scope.customer])
                } else {
                    try RowSteps(
                        db,
                        columns + " WHERE i.customer >= ?1 AND i.archived_at IS NULL ORDER BY i.customer, i.id",
                        [part.start])
                }
            var cursor = StatusCursor(db, rows, part)
            return try body(&cursor)
        }
    }

    /// How many installations each profile governs; those that are archived are not counted.
    public func installationsByProfile(in scope: Scope) async throws -> [String: Int] {
        try await pool.read { db in
            // All are counted in an index, and the few that are archived taken off: asked for those that are not, SQLite
            // would read every row.
            let all = "SELECT profile, COUNT(*) FROM installations WHERE ?1 IS NULL OR customer = ?1 GROUP BY profile"
            var counts: [String: Int] = [:]
            for row in try db.rows(all, [scope.customer]) { counts[row[0]] = row[1] }
            let archived = """
                SELECT profile FROM installations WHERE archived_at IS NOT NULL AND (?1 IS NULL OR customer = ?1)
                """
            for row in try db.rows(archived, [scope.customer]) { counts[row[0], default: 0] -= 1 }
            return counts.filter { $0.value > 0 }
        }
    }
}

/// The seats of an entitlement as they stand in a column: `users=25;webUsers=5`.
public enum SeatColumn {
    /// The text for a column.
    public static func write(_ seats: [Entitlement.SeatPool]) -> String {
        seats.map { "\($0.name)=\($0.count)" }.joined(separator: ";")
    }

    /// What a column says. A part that can't be read is passed over.
    public static func read(_ text: String) -> [Entitlement.SeatPool] {
        var seats: [Entitlement.SeatPool] = []
        let utf8 = text.utf8
        var start = utf8.startIndex
        var equals: String.Index?
        var count: Int?
        var index = start
        while true {
            let byte = index < utf8.endIndex ? utf8[index] : UInt8(ascii: ";")
            switch byte {
            case UInt8(ascii: "=") where equals == nil:
                equals = index
            case UInt8(ascii: ";"):
                if let equals, let count, count >= 0 {
                    seats.append(.init(name: String(text[start..<equals]), count: count))
                }
                guard index < utf8.endIndex else { return seats }
                start = utf8.index(after: index)
                (equals, count) = (nil, nil)
            case UInt8(ascii: "0")...UInt8(ascii: "9") where equals != nil:
                // No pool has a thousand million seats.
                if (count ?? 0) >= 0 { count = min((count ?? 0) * 10 + Int(byte - 48), 1_000_000_000) }
            default:
                // Behind the equals sign only digits make a number.
                if equals != nil { count = Self.notANumber }
            }
            index = utf8.index(after: index)
        }
    }

    private static let notANumber = -1
}

/// Seats as columns write them, each read once: most of a portfolio's are the same few.
private struct SeatTexts {
    private var known: [(text: [UInt8], counts: SeatCounts)]

    /// How many are kept at most: a power of two.
    private static let limit = 4096

    init() { known = Array(repeating: ([], SeatCounts([])), count: Self.limit) }

    mutating func counts(_ text: UnsafeBufferPointer<UInt8>) -> SeatCounts {
        // FNV-1a.
        var hash: UInt32 = 2_166_136_261
        for byte in text { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        let place = Int(hash ^ hash >> 16) & (Self.limit - 1)
        let isKnown = known[place].text.withUnsafeBufferPointer { kept in
            guard let first = kept.baseAddress, let other = text.baseAddress else { return text.isEmpty }
            return kept.count == text.count && memcmp(first, other, kept.count) == 0
        }
        if isKnown { return known[place].counts }
        let counts = SeatCounts(SeatColumn.read(String(decoding: text, as: UTF8.self)))
        known[place] = (Array(text), counts)
        return counts
    }
}
