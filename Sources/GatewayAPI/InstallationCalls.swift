public import AdapterKit

/// Adds an installation: one product at one customer, governed by one profile.
public struct AddInstallation: GatewayCall {
    /// What comes back.
    public typealias Answer = InstallationView
    /// The name in the audit trail and the API.
    public static let name = "installations.add"

    /// The ID: lower-case letters, digits, `.`, `_` and `-`, at most 64.
    public var id: String
    /// The customer's ID.
    public var customer: String
    /// The profile's name.
    public var profile: String
    /// What the vendor knows it by, by field name.
    public var identity: [String: String]
    /// Its named places; a name given several times is a list.
    public var site: [String: [String]]
    /// What people record of it.
    public var facts: FactChanges

    /// The call.
    public init(
        id: String, customer: String, profile: String, identity: [String: String], site: [String: [String]],
        facts: FactChanges = FactChanges()
    ) {
        self.id = id
        self.customer = customer
        self.profile = profile
        self.identity = identity
        self.site = site
        self.facts = facts
    }
}

/// Changes an installation: whatever is given, all of it or nothing.
///
/// A new identity or profile leaves the entitlement in force by its dates, and has the vendor asked for everything
/// anew; where the profile's protocol is another, what was held is no longer in force. A new site has the files
/// delivered there, and leaves alone what stands at the old one.
public struct SetInstallation: GatewayCall {
    /// What comes back.
    public typealias Answer = InstallationView
    /// The name in the audit trail and the API.
    public static let name = "installations.set"

    /// The installation's ID.
    public var id: String
    /// The profile's name; nil leaves it.
    public var profile: String?
    /// The values of the identity that change, by field name; an empty one is taken away. Where the profile's protocol
    /// is another, the whole identity.
    public var identity: [String: String]
    /// The named places that change, each with all its values; none, or one that is empty, takes a name away.
    public var site: [String: [String]]
    /// What people record of it.
    public var facts: FactChanges

    /// The call.
    public init(
        id: String, profile: String? = nil, identity: [String: String] = [:], site: [String: [String]] = [:],
        facts: FactChanges = FactChanges()
    ) {
        self.id = id
        self.profile = profile
        self.identity = identity
        self.site = site
        self.facts = facts
    }
}

/// Archives an installation, or brings it back. Nothing is deleted, and its ID stays taken.
public struct ArchiveInstallation: GatewayCall {
    /// What comes back.
    public typealias Answer = InstallationView
    /// The name in the audit trail and the API.
    public static let name = "installations.archive"

    /// The installation's ID.
    public var id: String
    /// Whether it is brought back.
    public var undo: Bool

    /// The call.
    public init(id: String, undo: Bool = false) {
        self.id = id
        self.undo = undo
    }
}

/// Lists the installations that the caller may see, by customer and ID.
public struct ListInstallations: GatewayCall {
    /// What comes back.
    public typealias Answer = [InstallationSummary]
    /// The name in the audit trail and the API.
    public static let name = "installations.list"

    /// Only this customer's; nil for all.
    public var customer: String?
    /// Whether those that are archived are listed too.
    public var archived: Bool

    /// The call.
    public init(customer: String? = nil, archived: Bool = false) {
        self.customer = customer
        self.archived = archived
    }
}

/// Shows one installation with everything that is known of it.
public struct ShowInstallation: GatewayCall {
    /// What comes back.
    public typealias Answer = InstallationView
    /// The name in the audit trail and the API.
    public static let name = "installations.show"

    /// The installation's ID.
    public var id: String

    /// The call.
    public init(id: String) { self.id = id }
}

/// An installation in a list.
public struct InstallationSummary: Codable, Hashable, Sendable {
    /// The ID.
    public var id: String
    /// The customer's ID.
    public var customer: String
    /// The profile's name.
    public var profile: String
    /// When a refresh is due next; nil where it never was refreshed, or never is.
    public var refreshDue: Instant?
    /// Whether it is refreshed at all: not where license keys alone bring what is granted.
    public var isRefreshed: Bool
    /// When the vendor last gave a verified answer.
    public var lastContact: Instant?
    /// What people record of it.
    public var facts: RecordedFacts
    /// When it was archived; nil where it was not.
    public var archived: Instant?

    /// A summary.
    public init(
        id: String, customer: String, profile: String, refreshDue: Instant?, lastContact: Instant?,
        isRefreshed: Bool = true, facts: RecordedFacts = RecordedFacts(), archived: Instant? = nil
    ) {
        self.id = id
        self.customer = customer
        self.profile = profile
        self.refreshDue = refreshDue
        self.isRefreshed = isRefreshed
        self.lastContact = lastContact
        self.facts = facts
        self.archived = archived
    }
}

/// An installation with everything that is known of it.
public struct InstallationView: Codable, Hashable, Sendable {
    /// The ID.
    public var id: String
    /// The customer's ID.
    public var customer: String
    /// The profile's name.
    public var profile: String
    /// The product's name, from the profile; nil where the profile is missing or broken.
    public var product: String?
    /// The protocol's name, from the profile.
    public var protocolName: String?
    /// The place in the product's own menus.
    public var place: String?
    /// What the vendor knows it by; secret values masked.
    public var identity: [IdentityValue]
    /// Its named places.
    public var site: [String: [String]]
    /// The entitlement in force.
    public var entitlement: Entitlement?
    /// When the vendor issued it.
    public var issued: Instant?
    /// When the vendor last gave a verified answer.
    public var lastContact: Instant?
    /// When a refresh last succeeded.
    public var lastRefresh: Instant?
    /// When a refresh is due next.
    public var refreshDue: Instant?
    /// Whether it is refreshed at all: not where license keys alone bring what is granted.
    public var isRefreshed: Bool
    /// What brings its entitlement: a command, and what to know of it where license keys are needed.
    public var next: String
    /// The files that were delivered, with where they lie.
    public var files: [DeliveredFileView]
    /// Why the last operation failed, where it did.
    public var lastFailure: String?
    /// What people record of it.
    public var facts: RecordedFacts
    /// When it was archived; nil where it was not.
    public var archived: Instant?
    /// What a refresh will stumble over: destinations outside the folders that are allowed here.
    public var warnings: [String]

    /// A view.
    public init(
        id: String, customer: String, profile: String, product: String?, protocolName: String?, place: String?,
        identity: [IdentityValue], site: [String: [String]], entitlement: Entitlement?, issued: Instant?,
        lastContact: Instant?, lastRefresh: Instant?, refreshDue: Instant?, files: [DeliveredFileView],
        lastFailure: String?, isRefreshed: Bool = true, next: String = "", facts: RecordedFacts = RecordedFacts(),
        archived: Instant? = nil, warnings: [String] = []
    ) {
        self.id = id
        self.customer = customer
        self.profile = profile
        self.product = product
        self.protocolName = protocolName
        self.place = place
        self.identity = identity
        self.site = site
        self.entitlement = entitlement
        self.issued = issued
        self.lastContact = lastContact
        self.lastRefresh = lastRefresh
        self.refreshDue = refreshDue
        self.isRefreshed = isRefreshed
        self.next = next
        self.files = files
        self.lastFailure = lastFailure
        self.facts = facts
        self.archived = archived
        self.warnings = warnings
    }

    private enum CodingKeys: String, CodingKey {
        case id, customer, profile, product
        case protocolName = "protocol"
        case place = "where"
        case identity, site, entitlement, issued, lastContact, lastRefresh, refreshDue, files, lastFailure, facts
        case archived, warnings, isRefreshed, next
    }

    /// One value of an identity.
    public struct IdentityValue: Codable, Hashable, Sendable {
        /// The field's name.
        public var name: String
        /// The words that the product uses for it.
        public var title: String
        /// The value; masked where the field is secret.
        public var value: String

        /// A value.
        public init(name: String, title: String, value: String) {
            self.name = name
            self.title = title
            self.value = value
        }
    }

    /// A file that was delivered.
    public struct DeliveredFileView: Codable, Hashable, Sendable {
        /// Which delivery of the adapter's it is.
        public var delivery: String
        /// Its absolute path.
        public var path: String
        /// The SHA-256 of what was delivered, in hexadecimal.
        public var sha256: String
        /// When it was delivered.
        public var delivered: Instant

        /// A file.
        public init(delivery: String, path: String, sha256: String, delivered: Instant) {
            self.delivery = delivery
            self.path = path
            self.sha256 = sha256
            self.delivered = delivered
        }
    }
}
