/// What there is to know of an adapter without running it. Data, not behaviour.
public struct AdapterDescriptor: Codable, Hashable, Sendable {
    /// The protocol that it speaks, by the name that profiles select it with: `subscription`.
    public var protocolName: String
    /// What it is, in a few words: `Sage 300 subscription`.
    public var title: String
    /// The adapter's own version: `1.0`.
    public var version: String
    /// The version of this contract that it was written to; ``currentContract`` is what the core speaks.
    public var contract: Int
    /// Whether its vendor has a server that can be asked. Where it has none, a person is.
    public var hasServer: Bool
    /// What the vendor knows an installation by.
    public var identity: [Field]
    /// What a profile may set.
    public var settings: [Field]
    /// The keys that its vendor activates. One of the same name as a part of the identity is the new one of that.
    public var keys: [Field]
    /// The named places of a site that its deliveries need: `sharedData`.
    public var site: [Field]
    /// The files that it delivers, by the name a profile gives each a destination.
    public var deliveries: [Field]
    /// The dates that it reports, by name, each with what it means. Countdowns run from these.
    public var dates: [DateDescription]
    /// The purposes that it trusts signed documents for, for reference.
    public var purposes: [String]

    /// The version of the contract in this package.
    public static let currentContract = 1

    /// A descriptor.
    public init(
        protocolName: String, title: String, version: String, contract: Int = Self.currentContract,
        hasServer: Bool = true, identity: [Field], settings: [Field] = [], keys: [Field] = [], site: [Field] = [],
        deliveries: [Field] = [],
        dates: [DateDescription] = [], purposes: [String] = []
    ) {
        self.protocolName = protocolName
        self.title = title
        self.version = version
        self.contract = contract
        self.hasServer = hasServer
        self.identity = identity
        self.settings = settings
        self.keys = keys
        self.site = site
        self.deliveries = deliveries
        self.dates = dates
        self.purposes = purposes
    }

    /// A date that an adapter reports.
    public struct DateDescription: Codable, Hashable, Sendable {
        /// Its name in countdowns: `expires`.
        public var name: String
        /// Whether an entitlement that is held may lack it.
        public var optional: Bool
        /// What it means, in one sentence.
        public var help: String

        /// A date.
        public init(name: String, optional: Bool = false, help: String) {
            self.name = name
            self.optional = optional
            self.help = help
        }
    }
}

/// What an adapter can do: one for each protocol that refines ``Adapter``.
public enum Capability: String, CaseIterable, Codable, Sendable {
    /// Asks the vendor's server what the installation is entitled to.
    case onlineRefresh = "online-refresh"
    /// Makes a request file that is mailed to the vendor, and reads the file that comes back.
    case offlineActivation = "offline-activation"
    /// Has the vendor activate keys that people enter.
    case keyUpgrade = "key-upgrade"
    /// Acquires a license that lives on tokens, by a code that a person types at the vendor's authorization server.
    case deviceAuthorization = "device-authorization"
    /// Says whose a token is and whether a server is to take it.
    case tokenVerification = "token-verification"
    /// Takes what a person records of a license that has no server to ask.
    case recording
}

/// What a conversation is for.
public enum Act: String, CaseIterable, Codable, Sendable {
    /// Ask the vendor what the installation is entitled to now.
    case refresh
    /// Have the vendor asked by a file that a person mails.
    case request
    /// Have the vendor activate other keys, and bring them to every machine that needs them.
    case upgrade
    /// Have a license acquired by a code that a person types at the vendor's authorization server.
    case authorize
    /// Give the license back.
    case deauthorize
    /// Take what a person records.
    case record
    /// Ask the vendor what became of an act whose answer was lost, before anything is repeated.
    case inspect
}
