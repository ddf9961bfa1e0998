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

/// Lists the customers that the caller may see, by ID.
public struct ListCustomers: GatewayCall {
    /// What comes back.
    public typealias Answer = [CustomerView]
    /// The name in the audit trail and the API.
    public static let name = "customers.list"

    /// The call.
    public init() {}
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
    /// How many installations there are.
    public var installations: Int

    /// A view.
    public init(id: String, name: String, timeZone: String, installations: Int) {
        self.id = id
        self.name = name
        self.timeZone = timeZone
        self.installations = installations
    }
}
