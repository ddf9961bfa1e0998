public import AdapterKit

/// A user holding a seat, as it is stored.
public struct SessionRecord: Hashable, Sendable {
    /// The ID: the product's own, or a UUIDv7.
    public var id: String
    /// The installation's ID.
    public var installation: String
    /// The pool that the seat is of.
    public var pool: String
    /// The user, by the name that the product knows.
    public var user: String
    /// The host that the user works at; empty where nobody said.
    public var host: String
    /// The modules that a seat is held of besides, by code.
    public var modules: [String]
    /// When it began.
    public var since: Instant
    /// When it ends by itself unless it is renewed.
    public var until: Instant
    /// What is special about it.
    public var kind: SessionKind

    /// The longest that a session goes on without renewal, in milliseconds: more than any profile may say. One that
    /// ends later was begun by a clock that has been set back since.
    public static let longest: Int64 = 31 * 86_400_000

    /// A session.
    public init(
        id: String, installation: String, pool: String, user: String, host: String = "", modules: [String] = [],
        since: Instant, until: Instant, kind: SessionKind = []
    ) {
        self.id = id
        self.installation = installation
        self.pool = pool
        self.user = user
        self.host = host
        self.modules = modules
        self.since = since
        self.until = until
        self.kind = kind
    }
}

/// What is special about a session.
public struct SessionKind: OptionSet, Hashable, Sendable {
    /// The sum that the store keeps.
    public let rawValue: Int

    /// A kind.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// An administrator's: it may be of the seats that are kept for them.
    public static let administrator = SessionKind(rawValue: 1)
    /// Granted over the limit, and recorded.
    public static let overLimit = SessionKind(rawValue: 2)
    /// In a pool of named users: the seat is the user's, however many sessions they have.
    public static let named = SessionKind(rawValue: 4)
}

/// What a claim, or a renewal, is decided by: one installation as it is inside the transaction.
public struct SeatSituation: Sendable {
    /// What the standing is worked out from.
    public var status: StatusRecord
    /// The customer: ID, name and time zone.
    public var customer: CustomerRecord
    /// When a refresh last succeeded.
    public var lastRefresh: Instant?
    /// Before when a failed refresh is not tried again by itself.
    public var nextTry: Instant?
    /// When the installation was archived; nil where it was not.
    public var archived: Instant?
    /// Why nobody new is let in for now; nil where they are.
    public var closedFor: String?
    /// The seats taken, after what has ended was taken off.
    public var counters: PoolCounters
    /// The session that is renewed, or claimed again by its own ID; nil for a new one.
    public var session: SessionRecord?
}

/// What becomes of a claim or a renewal.
public enum SeatDecision: Sendable {
    /// The seat is the user's until then, unless it is renewed.
    ///
    /// - Parameters:
    ///   - assigns: Whether a seat of a named pool becomes the user's with it.
    ///   - over: Of one over the limit, what was full, as it is counted; nil for the pool.
    case grant(until: Instant, kind: SessionKind, assigns: Bool, over: String? = nil)
    /// There is none. A session that was open ends. `counted` denials are part of the usage.
    ///
    /// - Parameters:
    ///   - of: What was full, as it is counted; nil for the pool.
    ///   - why: What is written down of it where an upgrade is being watched; nil for nothing.
    case refuse(counted: Bool, of: String? = nil, why: String? = nil)
    /// Nothing is decided yet, and nothing changes.
    case postpone
}

/// How a named user stands in a pool.
public struct SeatUserRecord: Hashable, Sendable {
    /// The pool.
    public var pool: String
    /// The user.
    public var user: String
    /// When they were first seen, to the hour.
    public var firstSeen: Instant
    /// When they were last seen, to the hour.
    public var lastSeen: Instant
    /// When a seat of a named pool became theirs; nil where none is.
    public var assigned: Instant?
}
