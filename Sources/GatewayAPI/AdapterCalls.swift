public import AdapterKit

/// Lists the adapters and how they fare.
public struct ListAdapters: GatewayCall {
    /// What comes back.
    public typealias Answer = [AdapterView]
    /// The name in the audit trail and the API.
    public static let name = "adapters.list"

    /// The call.
    public init() {}
}

/// An adapter and how it fares.
public struct AdapterView: Codable, Hashable, Sendable {
    /// The protocol that it speaks.
    public var protocolName: String
    /// What it is.
    public var title: String
    /// Its version.
    public var version: String
    /// What it can do.
    public var capabilities: [Capability]
    /// The profiles that select it.
    public var profiles: [String]
    /// Its installations by level.
    public var installations: [Level: Int]
    /// The vendors' hosts that its profiles name.
    public var hosts: [HostView]
    /// When any of its installations last had a verified answer.
    public var lastContact: Instant?
    /// Operations that failed in the last 24 hours.
    public var failuresLastDay: Int

    /// A view.
    public init(
        protocolName: String, title: String, version: String, capabilities: [Capability], profiles: [String],
        installations: [Level: Int], hosts: [HostView], lastContact: Instant?, failuresLastDay: Int
    ) {
        self.protocolName = protocolName
        self.title = title
        self.version = version
        self.capabilities = capabilities
        self.profiles = profiles
        self.installations = installations
        self.hosts = hosts
        self.lastContact = lastContact
        self.failuresLastDay = failuresLastDay
    }

    private enum CodingKeys: String, CodingKey {
        case protocolName = "protocol"
        case title, version, capabilities, profiles, installations, hosts, lastContact, failuresLastDay
    }

    /// A vendor's host.
    public struct HostView: Codable, Hashable, Sendable {
        /// Host and port.
        public var host: String
        /// Whether it is asked: `closed` (it is), `open` (it is left alone), `half-open` (one tries).
        public var breaker: String
        /// Until when it is left alone.
        public var openUntil: Instant?
        /// Failures since it last answered.
        public var failures: Int
        /// When it last answered.
        public var lastContact: Instant?

        /// A host.
        public init(host: String, breaker: String, openUntil: Instant?, failures: Int, lastContact: Instant?) {
            self.host = host
            self.breaker = breaker
            self.openUntil = openUntil
            self.failures = failures
            self.lastContact = lastContact
        }
    }
}

/// Lists the profiles.
public struct ListProfiles: GatewayCall {
    /// What comes back.
    public typealias Answer = [ProfileSummary]
    /// The name in the audit trail and the API.
    public static let name = "profiles.list"

    /// The call.
    public init() {}
}

/// A profile in a list.
public struct ProfileSummary: Codable, Hashable, Sendable {
    /// Its name.
    public var name: String
    /// The product's name.
    public var product: String
    /// The protocol's name.
    public var protocolName: String
    /// The file it stands in.
    public var file: String
    /// How many installations it governs.
    public var installations: Int

    /// A summary.
    public init(name: String, product: String, protocolName: String, file: String, installations: Int) {
        self.name = name
        self.product = product
        self.protocolName = protocolName
        self.file = file
        self.installations = installations
    }

    private enum CodingKeys: String, CodingKey {
        case name, product
        case protocolName = "protocol"
        case file, installations
    }
}

/// Shows a profile as it was understood.
public struct ShowProfile: GatewayCall {
    /// What comes back.
    public typealias Answer = ProfileView
    /// The name in the audit trail and the API.
    public static let name = "profiles.show"

    /// The profile's name.
    public var profile: String

    /// The call.
    public init(profile: String) { self.profile = profile }
}

/// A profile as it was understood.
public struct ProfileView: Codable, Hashable, Sendable {
    /// Its name.
    public var name: String
    /// The product's name.
    public var product: String
    /// The protocol's name.
    public var protocolName: String
    /// The place in the product's own menus.
    public var place: String
    /// The file it stands in.
    public var file: String
    /// The vendor's address; nil where none is set.
    public var vendor: String?
    /// The IDs of the vendor's keys that are trusted.
    public var keys: [String]
    /// How often it is refreshed; nil for never.
    public var refreshEvery: String?
    /// Where each delivery goes, as templates.
    public var deliveries: [String: String]
    /// Its countdowns.
    public var countdowns: [Countdown]

    /// A view.
    public init(
        name: String, product: String, protocolName: String, place: String, file: String, vendor: String?,
        keys: [String], refreshEvery: String?, deliveries: [String: String], countdowns: [Countdown]
    ) {
        self.name = name
        self.product = product
        self.protocolName = protocolName
        self.place = place
        self.file = file
        self.vendor = vendor
        self.keys = keys
        self.refreshEvery = refreshEvery
        self.deliveries = deliveries
        self.countdowns = countdowns
    }

    private enum CodingKeys: String, CodingKey {
        case name, product
        case protocolName = "protocol"
        case place = "where"
        case file, vendor, keys, refreshEvery, deliveries, countdowns
    }
}
