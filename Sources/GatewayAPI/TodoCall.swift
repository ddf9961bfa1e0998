public import AdapterKit

/// Lists everything that needs a person, soonest loss of access first.
public struct ListTodo: GatewayCall {
    /// What comes back.
    public typealias Answer = [TodoItem]
    /// The name in the audit trail and the API.
    public static let name = "todo"

    /// Only this customer's; nil for all.
    public var customer: String?
    /// Only what is of installations that this person sees to; nil for all.
    public var owner: String?

    /// The call.
    public init(customer: String? = nil, owner: String? = nil) {
        self.customer = customer
        self.owner = owner
    }
}

/// Something that needs a person.
public struct TodoItem: Codable, Hashable, Sendable {
    /// What kind of thing it is.
    public var kind: Kind
    /// The installation's ID.
    public var installation: String
    /// The installation's name; empty for none.
    public var installationName: String
    /// The customer's ID.
    public var customer: String
    /// The customer's name.
    public var customerName: String
    /// Who sees to the installation; nil where nobody is named.
    public var owner: String?
    /// What is to be done, in whole sentences.
    public var what: String
    /// The command that goes with it; nil where there is none.
    public var command: String?
    /// Since when it stands there; nil where it is known only until when.
    public var since: Instant?
    /// When full access ends if nothing is done; nil where that is not foreseen.
    public var fullUntil: Instant?

    /// An item.
    public init(
        kind: Kind, installation: String, installationName: String, customer: String, customerName: String,
        owner: String?, what: String, command: String?, since: Instant?, fullUntil: Instant?
    ) {
        self.kind = kind
        self.installation = installation
        self.installationName = installationName
        self.customer = customer
        self.customerName = customerName
        self.owner = owner
        self.what = what
        self.command = command
        self.since = since
        self.fullUntil = fullUntil
    }

    /// What kind of thing it is.
    public enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
        /// An operation waits for a step.
        case step
        /// An offline request is due.
        case request
        /// An offline request was made and not sent.
        case send
        /// An offline request was sent and not answered.
        case reply
        /// An order did not arrive in time.
        case order
        /// The vendor refuses the identity.
        case identity
        /// A license ends soon, or has ended and was not renewed.
        case renewal
        /// An upgrade of license keys could not be put right, or is being watched.
        case upgrade
        /// A review is due.
        case review
        /// A license that lives on tokens must be acquired again.
        case authorization
        /// A license that nothing but a person brings is not there yet.
        case license
    }
}
