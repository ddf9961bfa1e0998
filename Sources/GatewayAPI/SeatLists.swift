public import AdapterKit

/// Lists the sessions that are open on an installation, the first to end first.
public struct ListSessions: GatewayCall {
    /// What comes back.
    public typealias Answer = [SessionView]
    /// The name in the API.
    public static let name = "seats.list"

    /// The installation's ID.
    public var installation: String
    /// Only this user's; nil for all.
    public var user: String?
    /// Only of this pool; nil for all.
    public var pool: String?
    /// Only at this host; nil for all.
    public var host: String?

    /// The call.
    public init(installation: String, user: String? = nil, pool: String? = nil, host: String? = nil) {
        self.installation = installation
        self.user = user
        self.pool = pool
        self.host = host
    }
}

/// Lists the users of an installation's pools: when each was last seen, and whose seats of named pools are.
public struct ListSeatUsers: GatewayCall {
    /// What comes back.
    public typealias Answer = [SeatUserView]
    /// The name in the API.
    public static let name = "seats.users"

    /// The installation's ID.
    public var installation: String
    /// Only of this pool; nil for all.
    public var pool: String?

    /// The call.
    public init(installation: String, pool: String? = nil) {
        self.installation = installation
        self.pool = pool
    }
}

/// Makes a seat of a named pool a user's, or takes it back.
public struct AssignSeat: GatewayCall {
    /// What comes back.
    public typealias Answer = SeatUserView
    /// The name in the audit trail and the API.
    public static let name = "seats.assign"

    /// The installation's ID.
    public var installation: String
    /// The pool, which the profile says is of named users.
    public var pool: String
    /// The user.
    public var user: String
    /// Whether it is taken back.
    public var undo: Bool

    /// The call.
    public init(installation: String, pool: String, user: String, undo: Bool = false) {
        self.installation = installation
        self.pool = pool
        self.user = user
        self.undo = undo
    }
}

/// A user holding a seat, as people see it.
public struct SessionView: Codable, Hashable, Sendable {
    /// The session's ID.
    public var session: String
    /// The installation's ID.
    public var installation: String
    /// The user; empty for a caller who may not see names.
    public var user: String
    /// The pool.
    public var pool: String
    /// The host; empty where nobody said.
    public var host: String
    /// The modules that a seat is held of besides.
    public var modules: [String]
    /// Since when.
    public var since: Instant
    /// When it ends by itself unless it is renewed.
    public var until: Instant
    /// Whether it is an administrator's.
    public var administrator: Bool
    /// Whether it was granted over the limit.
    public var overLimit: Bool

    /// A view.
    public init(
        session: String, installation: String, user: String, pool: String, host: String, modules: [String],
        since: Instant, until: Instant, administrator: Bool, overLimit: Bool
    ) {
        self.session = session
        self.installation = installation
        self.user = user
        self.pool = pool
        self.host = host
        self.modules = modules
        self.since = since
        self.until = until
        self.administrator = administrator
        self.overLimit = overLimit
    }
}

/// A user of a pool.
public struct SeatUserView: Codable, Hashable, Sendable {
    /// The pool.
    public var pool: String
    /// The user; empty for a caller who may not see names.
    public var user: String
    /// When they were first seen, to the hour; nil for one who never was.
    public var firstSeen: Instant?
    /// When they were last seen, to the hour; nil for one who never was.
    public var lastSeen: Instant?
    /// When a seat of a named pool became theirs; nil where none is.
    public var assigned: Instant?

    /// A view.
    public init(pool: String, user: String, firstSeen: Instant?, lastSeen: Instant?, assigned: Instant?) {
        self.pool = pool
        self.user = user
        self.firstSeen = firstSeen
        self.lastSeen = lastSeen
        self.assigned = assigned
    }
}
