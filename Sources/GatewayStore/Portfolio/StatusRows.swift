public import AdapterKit
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
}

/// The installations of a listing, one after the other, customer by customer.
public struct StatusCursor: ~Copyable {
    private let database: Database
    private let rows: RowCursor
    private var profile = ""
    /// The customer of the installation that came last.
    public private(set) var customer = CustomerRecord(id: "", name: "", timeZone: "", installations: 0)

    fileprivate init(_ database: Database, _ rows: RowCursor) {
        self.database = database
        self.rows = rows
    }

    /// The next installation; nil after the last.
    public mutating func next() throws -> StatusRecord? {
        guard let row = try rows.next() else { return nil }
        let id: String = row[1]
        if id != customer.id {
            guard let found = try database.row("SELECT id, name, time_zone FROM customers WHERE id = ?1", [id]) else {
                throw StoreError(.corrupt, "The customer \(id) is missing.")
            }
            customer = CustomerRecord(id: found[0], name: found[1], timeZone: found[2], installations: 0)
        }
        // Neighbors mostly share a profile: then they share its name, too.
        let hasSameProfile = try row.withUnsafeData(atIndex: 2) { name in
            name.map { profile.utf8.elementsEqual($0) } ?? false
        }
        if !hasSameProfile { profile = row[2] }
        let status: String? = row[6]
        return StatusRecord(
            id: row[0], customer: customer.id, profile: profile, held: row[3], dates: row[4], seats: row[5],
            vendorStatus: status.flatMap(Entitlement.VendorStatus.init), refreshDue: row.instant(7),
            lastContact: row.instant(8))
    }
}

extension Store {
    /// Reads the installations in scope for a listing.
    ///
    /// - Parameter body: Is handed a cursor that is good until it returns.
    public func readStatus<Value: Sendable>(
        in scope: Scope, customer: String? = nil, installation: String? = nil,
        _ body: @escaping @Sendable (inout StatusCursor) throws -> Value
    ) async throws -> Value {
        let arguments: StatementArguments = [scope.customer, customer, installation]
        return try await pool.read { db in
            let rows = try Row.fetchCursor(
                db.cachedStatement(
                    sql: """
                        SELECT i.id, i.customer, i.profile, i.held, i.dates, i.seats, i.vendor_status, i.refresh_due,
                        i.last_contact FROM installations i
                        WHERE (?1 IS NULL OR i.customer = ?1) AND (?2 IS NULL OR i.customer = ?2)
                        AND (?3 IS NULL OR i.id = ?3) ORDER BY i.customer, i.id
                        """), arguments: arguments)
            var cursor = StatusCursor(db, rows)
            return try body(&cursor)
        }
    }

    /// How many installations each profile governs.
    public func installationsByProfile(in scope: Scope) async throws -> [String: Int] {
        try await pool.read { db in
            let rows = try db.rows(
                "SELECT profile, COUNT(*) FROM installations WHERE ?1 IS NULL OR customer = ?1 GROUP BY profile",
                [scope.customer])
            return Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[1]) })
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
