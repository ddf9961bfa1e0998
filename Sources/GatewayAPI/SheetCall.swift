public import AdapterKit

/// Gathers what is known of a customer for a page on paper: for the day when the gateway can't be asked.
public struct ShowCustomerSheet: GatewayCall {
    /// What comes back.
    public typealias Answer = CustomerSheet
    /// The name in the audit trail and the API.
    public static let name = "customers.sheet"

    /// The customer's ID.
    public var customer: String
    /// When.
    public var at: PointInTime

    /// The call.
    public init(customer: String, at: PointInTime = .now) {
        self.customer = customer
        self.at = at
    }
}

/// What is known of a customer.
public struct CustomerSheet: Codable, Hashable, Sendable {
    /// The instant that it is of.
    public var at: Instant
    /// The customer.
    public var customer: CustomerView
    /// Whom to ask, in the order of the roles.
    public var contacts: [ContactView]
    /// The installations that are not archived, by ID.
    public var installations: [Installation]

    /// A sheet.
    public init(at: Instant, customer: CustomerView, contacts: [ContactView], installations: [Installation]) {
        self.at = at
        self.customer = customer
        self.contacts = contacts
        self.installations = installations
    }

    /// An installation: what is known of it, and how it stands and why.
    public struct Installation: Codable, Hashable, Sendable {
        /// What is known of it; secret values masked.
        public var view: InstallationView
        /// How it stands.
        public var explanation: Explanation

        /// An installation.
        public init(view: InstallationView, explanation: Explanation) {
            self.view = view
            self.explanation = explanation
        }
    }
}
