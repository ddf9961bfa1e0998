/// Adds a person who can be asked about a customer.
public struct AddContact: GatewayCall {
    /// What comes back.
    public typealias Answer = ContactView
    /// The name in the audit trail and the API.
    public static let name = "customers.contacts.add"

    /// The customer's ID.
    public var customer: String
    /// What the person is asked about.
    public var role: ContactRole
    /// The person's name.
    public var personName: String
    /// The mail address; empty for none.
    public var email: String
    /// The telephone number; empty for none.
    public var phone: String

    /// The call.
    public init(customer: String, role: ContactRole, personName: String, email: String = "", phone: String = "") {
        self.customer = customer
        self.role = role
        self.personName = personName
        self.email = email
        self.phone = phone
    }
}

/// Lists a customer's contacts, by role.
public struct ListContacts: GatewayCall {
    /// What comes back.
    public typealias Answer = [ContactView]
    /// The name in the audit trail and the API.
    public static let name = "customers.contacts.list"

    /// The customer's ID.
    public var customer: String

    /// The call.
    public init(customer: String) { self.customer = customer }
}

/// Removes a contact, for good: no record keeps the person's name.
public struct RemoveContact: GatewayCall {
    /// What comes back: who it was.
    public typealias Answer = ContactView
    /// The name in the audit trail and the API.
    public static let name = "customers.contacts.remove"

    /// The customer's ID.
    public var customer: String
    /// The contact's ID.
    public var contact: String

    /// The call.
    public init(customer: String, contact: String) {
        self.customer = customer
        self.contact = contact
    }
}

/// What a contact is asked about.
public enum ContactRole: String, Codable, Hashable, Sendable, CaseIterable {
    /// Who decides at the customer's, and pays.
    case owner
    /// Who looks after the machines at the customer's.
    case technical
    /// Who looks after the customer at the provider's.
    case provider
    /// Whom to ask at the vendor's or a reseller's.
    case support
}

/// A contact, as people see it.
public struct ContactView: Codable, Hashable, Sendable {
    /// The ID, a UUIDv7.
    public var id: String
    /// The customer's ID.
    public var customer: String
    /// What the person is asked about.
    public var role: ContactRole
    /// The person's name.
    public var name: String
    /// The mail address; empty for none.
    public var email: String
    /// The telephone number; empty for none.
    public var phone: String

    /// A contact.
    public init(id: String, customer: String, role: ContactRole, name: String, email: String, phone: String) {
        self.id = id
        self.customer = customer
        self.role = role
        self.name = name
        self.email = email
        self.phone = phone
    }
}
