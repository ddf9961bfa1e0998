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

/// Shows what there is to know of an adapter: its reference documentation as data.
public struct ShowAdapter: GatewayCall {
    /// What comes back.
    public typealias Answer = AdapterReference
    /// The name in the audit trail and the API.
    public static let name = "adapters.show"

    /// The protocol that it speaks.
    public var protocolName: String

    /// The call.
    public init(protocolName: String) { self.protocolName = protocolName }

    private enum CodingKeys: String, CodingKey {
        case protocolName = "protocol"
    }
}

/// What there is to know of an adapter.
public struct AdapterReference: Codable, Hashable, Sendable {
    /// The protocol that it speaks.
    public var protocolName: String
    /// What it is.
    public var title: String
    /// Its version.
    public var version: String
    /// What it can do.
    public var capabilities: [Capability]
    /// What the vendor knows an installation by.
    public var identity: [Field]
    /// The named places of a site that its deliveries need.
    public var site: [Field]
    /// What a profile may set.
    public var settings: [Field]
    /// The keys that its vendor activates.
    public var keys: [Field]
    /// The files that it delivers.
    public var deliveries: [Field]
    /// The dates that it reports.
    public var dates: [AdapterDescriptor.DateDescription]

    /// What a descriptor and the adapter's capabilities say.
    public init(_ descriptor: AdapterDescriptor, capabilities: [Capability]) {
        protocolName = descriptor.protocolName
        title = descriptor.title
        version = descriptor.version
        self.capabilities = capabilities
        identity = descriptor.identity
        site = descriptor.site
        settings = descriptor.settings
        keys = descriptor.keys
        deliveries = descriptor.deliveries
        dates = descriptor.dates
    }

    private enum CodingKeys: String, CodingKey {
        case protocolName = "protocol"
        case title, version, capabilities, identity, site, settings, keys, deliveries, dates
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
    /// The profile that it extends; nil for none.
    public var extends: String?
    /// How many installations it governs.
    public var installations: Int

    /// A summary.
    public init(
        name: String, product: String, protocolName: String, file: String, extends: String?, installations: Int
    ) {
        self.name = name
        self.extends = extends
        self.product = product
        self.protocolName = protocolName
        self.file = file
        self.installations = installations
    }

    private enum CodingKeys: String, CodingKey {
        case name, product
        case protocolName = "protocol"
        case file, extends, installations
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

/// Shows a profile's values, each with the place it comes from.
public struct ResolveProfile: GatewayCall {
    /// What comes back.
    public typealias Answer = ResolvedProfile
    /// The name in the audit trail and the API.
    public static let name = "profiles.resolve"

    /// The profile's name.
    public var profile: String

    /// The call.
    public init(profile: String) { self.profile = profile }
}

/// A profile with all that it inherits and takes from the environment.
public struct ResolvedProfile: Codable, Hashable, Sendable {
    /// Its name.
    public var name: String
    /// The files that it comes from, its own first.
    public var files: [String]
    /// Its values, in the order of the profile.
    public var values: [Value]
    /// The same as a profile file, with a comment for each value.
    public var yaml: String

    /// A resolved profile.
    public init(name: String, files: [String], values: [Value], yaml: String) {
        self.name = name
        self.files = files
        self.values = values
        self.yaml = yaml
    }

    /// A value, and where it comes from.
    public struct Value: Codable, Hashable, Sendable {
        /// Its keys and positions: `countdowns.subscription.stages[0].at`.
        public var path: String
        /// The value; asterisks where it is secret.
        public var value: String
        /// Whether it is secret.
        public var secret: Bool
        /// The file it stands in; nil for what holds because nothing is said.
        public var file: String?
        /// The line it stands on, from 1.
        public var line: Int?
        /// The column at which it begins, from 1.
        public var column: Int?
        /// The variables of the environment that it holds.
        public var variables: [Variable]

        /// A value.
        public init(
            path: String, value: String, secret: Bool, file: String?, line: Int?, column: Int?, variables: [Variable]
        ) {
            self.path = path
            self.value = value
            self.secret = secret
            self.file = file
            self.line = line
            self.column = column
            self.variables = variables
        }
    }

    /// A variable of the environment.
    public struct Variable: Codable, Hashable, Sendable {
        /// Its name.
        public var name: String
        /// Whether its default was taken, as it is not set.
        public var isDefault: Bool

        /// A variable.
        public init(name: String, isDefault: Bool) {
            self.name = name
            self.isDefault = isDefault
        }
    }
}

/// A profile as it was understood.
public struct ProfileView: Codable, Hashable, Sendable {
    /// Its name.
    public var name: String
    /// The profile that it extends; nil for none.
    public var extends: String?
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
        name: String, extends: String?, product: String, protocolName: String, place: String, file: String,
        vendor: String?, keys: [String], refreshEvery: String?, deliveries: [String: String], countdowns: [Countdown]
    ) {
        self.name = name
        self.extends = extends
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
        case name, extends, product
        case protocolName = "protocol"
        case place = "where"
        case file, vendor, keys, refreshEvery, deliveries, countdowns
    }
}
