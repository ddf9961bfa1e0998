public import AdapterKit

/// When a question is about.
public enum PointInTime: Codable, Hashable, Sendable {
    /// Now.
    case now
    /// That instant.
    case instant(Instant)
    /// The first instant of that day in each customer's own time zone.
    case day(LocalDay)
}

/// How installations stand, soonest loss of full access first.
public struct Status: GatewayCall {
    /// What comes back.
    public typealias Answer = StatusList
    /// The name in the audit trail and the API.
    public static let name = "status"

    /// Only this customer's; nil for all.
    public var customer: String?
    /// Only this installation, archived or not; nil for all that are not.
    public var installation: String?
    /// Only at these levels; empty for all.
    public var levels: [Level]
    /// When.
    public var at: PointInTime

    /// The call.
    public init(
        customer: String? = nil, installation: String? = nil, levels: [Level] = [], at: PointInTime = .now
    ) {
        self.customer = customer
        self.installation = installation
        self.levels = levels
        self.at = at
    }
}

/// How one installation stands.
public struct StatusRow: Codable, Hashable, Sendable {
    /// The customer's ID.
    public var customer: String
    /// The installation's ID.
    public var installation: String
    /// The product's name.
    public var product: String
    /// The profile's name.
    public var profile: String
    /// The protocol's name.
    public var protocolName: String
    /// The level.
    public var level: Level
    /// The word for it.
    public var label: String
    /// What the level allows.
    public var access: Access
    /// What the countdowns say, worst first.
    public var messages: [String]
    /// When any countdown next changes.
    public var until: Instant?
    /// When full access ends, or ended.
    public var fullUntil: Instant?
    /// When a refresh is due next.
    public var refreshDue: Instant?
    /// When the vendor last gave a verified answer.
    public var lastContact: Instant?
    /// The seats granted, by pool.
    public var seats: SeatCounts
    /// The customer's IANA time zone, in which its dates count.
    public var timeZone: String
    /// Whether a person recorded what is held, and no vendor proved it.
    public var isUnverified: Bool

    /// A row.
    public init(
        customer: String, installation: String, product: String, profile: String, protocolName: String, level: Level,
        label: String, access: Access, messages: [String], until: Instant?, fullUntil: Instant?, refreshDue: Instant?,
        lastContact: Instant?, seats: SeatCounts, timeZone: String, isUnverified: Bool = false
    ) {
        self.customer = customer
        self.installation = installation
        self.product = product
        self.profile = profile
        self.protocolName = protocolName
        self.level = level
        self.label = label
        self.access = access
        self.messages = messages
        self.until = until
        self.fullUntil = fullUntil
        self.refreshDue = refreshDue
        self.lastContact = lastContact
        self.seats = seats
        self.timeZone = timeZone
        self.isUnverified = isUnverified
    }

    private enum CodingKeys: String, CodingKey {
        case customer, installation, product, profile
        case protocolName = "protocol"
        case level, label, access, messages, until, fullUntil, refreshDue, lastContact, seats, timeZone
        case isUnverified = "unverified"
    }

    /// Writes every key, so that scripts find an absent time as `null`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(customer, forKey: .customer)
        try container.encode(installation, forKey: .installation)
        try container.encode(product, forKey: .product)
        try container.encode(profile, forKey: .profile)
        try container.encode(protocolName, forKey: .protocolName)
        try container.encode(level, forKey: .level)
        try container.encode(label, forKey: .label)
        try container.encode(access, forKey: .access)
        try container.encode(messages, forKey: .messages)
        try container.encode(until, forKey: .until)
        try container.encode(fullUntil, forKey: .fullUntil)
        try container.encode(refreshDue, forKey: .refreshDue)
        try container.encode(lastContact, forKey: .lastContact)
        try container.encode(seats, forKey: .seats)
        try container.encode(timeZone, forKey: .timeZone)
        try container.encode(isUnverified, forKey: .isUnverified)
    }
}

/// The seats granted, by pool; in JSON an object such as `{"users": 10, "webUsers": 5}`.
public struct SeatCounts: Codable, Hashable, Sendable {
    /// The pools in the vendor's order; once read from JSON, in the order of their names.
    public var pools: [Entitlement.SeatPool]

    /// Counts of these pools.
    public init(_ pools: [Entitlement.SeatPool]) { self.pools = pools }

    /// Reads an object.
    public init(from decoder: any Decoder) throws {
        let counts = try [String: Int](from: decoder)
        pools = counts.sorted { $0.key < $1.key }.map { Entitlement.SeatPool(name: $0.key, count: $0.value) }
    }

    /// Writes an object.
    public func encode(to encoder: any Encoder) throws {
        try Dictionary(pools.map { ($0.name, $0.count) }, uniquingKeysWith: { first, _ in first }).encode(to: encoder)
    }
}

/// Whether a user may do something in an installation's product.
public struct Allows: GatewayCall {
    /// What comes back.
    public typealias Answer = AllowsAnswer
    /// The name in the audit trail and the API.
    public static let name = "allows"

    /// The installation's ID.
    public var installation: String
    /// What the user wants to do.
    public var action: Action
    /// In which module, by code; nil for the product as a whole.
    public var module: String?
    /// When.
    public var at: PointInTime

    /// The call.
    public init(installation: String, action: Action, module: String? = nil, at: PointInTime = .now) {
        self.installation = installation
        self.action = action
        self.module = module
        self.at = at
    }
}

/// The answer to ``Allows``.
public struct AllowsAnswer: Codable, Hashable, Sendable {
    /// Whether they may.
    public var allowed: Bool
    /// The level that decided.
    public var level: Level
    /// What that level allows.
    public var access: Access
    /// Why, in one sentence.
    public var reason: String

    /// An answer.
    public init(allowed: Bool, level: Level, access: Access, reason: String) {
        self.allowed = allowed
        self.level = level
        self.access = access
        self.reason = reason
    }
}

/// What happens to an installation when.
public struct ShowTimeline: GatewayCall {
    /// What comes back.
    public typealias Answer = TimelineView
    /// The name in the audit trail and the API.
    public static let name = "timeline"

    /// The installation's ID.
    public var installation: String
    /// From when the standing now is told.
    public var at: PointInTime

    /// The call.
    public init(installation: String, at: PointInTime = .now) {
        self.installation = installation
        self.at = at
    }
}

/// What happens to an installation when.
public struct TimelineView: Codable, Hashable, Sendable {
    /// The installation's ID.
    public var installation: String
    /// The customer's time zone, in which the local times are.
    public var timeZone: String
    /// When "now" is.
    public var now: Instant
    /// When it was archived, since when it is not refreshed; nil where it was not.
    public var archived: Instant?
    /// The level now.
    public var level: Level
    /// Before the first change.
    public var initialLevel: Level
    /// Whether a person recorded the dates, and no vendor proved them.
    public var isUnverified: Bool
    /// The changes in order of time.
    public var changes: [Change]

    /// A timeline.
    public init(
        installation: String, timeZone: String, now: Instant, archived: Instant? = nil, level: Level,
        initialLevel: Level, isUnverified: Bool = false, changes: [Change]
    ) {
        self.installation = installation
        self.timeZone = timeZone
        self.now = now
        self.archived = archived
        self.level = level
        self.initialLevel = initialLevel
        self.isUnverified = isUnverified
        self.changes = changes
    }

    /// One change.
    public struct Change: Codable, Hashable, Sendable {
        /// When.
        public var at: Instant
        /// The same in the customer's time zone: `2027-03-18 00:00`.
        public var local: String
        /// What changes: a countdown's name, or `refresh due`.
        public var cause: String
        /// The installation's level from then on.
        public var level: Level
        /// The word for it.
        public var label: String
        /// What is said from then on.
        public var message: String?

        /// A change.
        public init(at: Instant, local: String, cause: String, level: Level, label: String, message: String?) {
            self.at = at
            self.local = local
            self.cause = cause
            self.level = level
            self.label = label
            self.message = message
        }
    }
}
