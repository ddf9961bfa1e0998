public import AdapterKit

/// Adds a customer.
public struct AddCustomer: GatewayCall {
    /// What comes back.
    public typealias Answer = CustomerView
    /// The name in the audit trail and the API.
    public static let name = "customers.add"

    /// The ID: lower-case letters, digits, `.`, `_` and `-`, at most 64.
    public var id: String
    /// The name that people know.
    public var displayName: String
    /// The IANA time zone, such as `America/Toronto`.
    public var timeZone: String

    /// The call.
    public init(id: String, displayName: String, timeZone: String) {
        self.id = id
        self.displayName = displayName
        self.timeZone = timeZone
    }
}

/// Changes a customer.
public struct SetCustomer: GatewayCall {
    /// What comes back.
    public typealias Answer = CustomerView
    /// The name in the audit trail and the API.
    public static let name = "customers.set"

    /// The customer's ID.
    public var id: String
    /// The name that people know; nil leaves it.
    public var displayName: String?
    /// The IANA time zone; nil leaves it.
    public var timeZone: String?
    /// Notes; nil leaves them, an empty text clears them.
    public var notes: String?

    /// The call.
    public init(id: String, displayName: String? = nil, timeZone: String? = nil, notes: String? = nil) {
        self.id = id
        self.displayName = displayName
        self.timeZone = timeZone
        self.notes = notes
    }
}

/// Archives a customer with all installations, or brings them back. Nothing is deleted, and the IDs stay taken.
public struct ArchiveCustomer: GatewayCall {
    /// What comes back.
    public typealias Answer = CustomerView
    /// The name in the audit trail and the API.
    public static let name = "customers.archive"

    /// The customer's ID.
    public var id: String
    /// Whether it is brought back, with the installations that were archived with it.
    public var undo: Bool

    /// The call.
    public init(id: String, undo: Bool = false) {
        self.id = id
        self.undo = undo
    }
}

/// Lists the customers that the caller may see, by ID.
public struct ListCustomers: GatewayCall {
    /// What comes back.
    public typealias Answer = [CustomerView]
    /// The name in the audit trail and the API.
    public static let name = "customers.list"

    /// Whether those that are archived are listed too.
    public var archived: Bool

    /// The call.
    public init(archived: Bool = false) { self.archived = archived }
}

/// Shows one customer.
public struct ShowCustomer: GatewayCall {
    /// What comes back.
    public typealias Answer = CustomerView
    /// The name in the audit trail and the API.
    public static let name = "customers.show"

    /// The customer's ID.
    public var id: String

    /// The call.
    public init(id: String) { self.id = id }
}

/// A customer, as people see it.
public struct CustomerView: Codable, Hashable, Sendable {
    /// The ID.
    public var id: String
    /// The name that people know.
    public var name: String
    /// The IANA time zone.
    public var timeZone: String
    /// How many installations there are; those that are archived are not counted.
    public var installations: Int
    /// Notes; empty for none.
    public var notes: String
    /// When it was archived; nil where it was not.
    public var archived: Instant?

    /// A view.
    public init(
        id: String, name: String, timeZone: String, installations: Int, notes: String = "", archived: Instant? = nil
    ) {
        self.id = id
        self.name = name
        self.timeZone = timeZone
        self.installations = installations
        self.notes = notes
        self.archived = archived
    }
}
