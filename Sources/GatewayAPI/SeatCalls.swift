public import AdapterKit

/// Asks for a seat. The same session asks again without taking a second one.
public struct ClaimSeat: GatewayCall {
    /// What comes back.
    public typealias Answer = SeatAnswer
    /// The name in the API.
    public static let name = "seats.claim"

    /// The installation's ID.
    public var installation: String
    /// The user, by the name that the product knows: 1 to 128 characters.
    public var user: String
    /// The pool, by the name that the license gives it.
    public var pool: String
    /// The modules that a seat is taken of besides, by code.
    public var modules: [String]
    /// The host that the user works at; empty where nobody says.
    public var host: String
    /// The session's ID, where the product has one: 1 to 128 letters, digits and `._:@-`. Nil for a new one.
    public var session: String?
    /// Whether it is an administrator's, who may have one of the seats that are kept for them.
    public var administrator: Bool

    /// The call.
    public init(
        installation: String, user: String, pool: String = "users", modules: [String] = [], host: String = "",
        session: String? = nil, administrator: Bool = false
    ) {
        self.installation = installation
        self.user = user
        self.pool = pool
        self.modules = modules
        self.host = host
        self.session = session
        self.administrator = administrator
    }
}

/// Keeps a session open. How the installation stands is looked at anew: who may not come in any more is told.
public struct RenewSeat: GatewayCall {
    /// What comes back.
    public typealias Answer = SeatAnswer
    /// The name in the API.
    public static let name = "seats.renew"

    /// Which session.
    public var session: SessionSelection

    /// The call.
    public init(_ session: SessionSelection) { self.session = session }
}

/// Gives a seat back.
public struct ReleaseSeat: GatewayCall {
    /// What comes back.
    public typealias Answer = SeatRelease
    /// The name in the API.
    public static let name = "seats.release"

    /// Which session.
    public var session: SessionSelection

    /// The call.
    public init(_ session: SessionSelection) { self.session = session }
}

/// Ends somebody else's session, as an administrator: it is in the audit trail.
public struct EndSession: GatewayCall {
    /// What comes back.
    public typealias Answer = SeatRelease
    /// The name in the audit trail and the API.
    public static let name = "seats.end"

    /// The session's ID.
    public var session: String
    /// Why, for the audit trail; empty where nobody says.
    public var reason: String

    /// The call.
    public init(session: String, reason: String = "") {
        self.session = session
        self.reason = reason
    }
}

/// A session, by its ID, or by whose it is.
public struct SessionSelection: Codable, Hashable, Sendable {
    /// The session's ID; nil for the only one that the rest fits.
    public var id: String?
    /// The installation's ID; nil for any.
    public var installation: String?
    /// The user; nil for any.
    public var user: String?
    /// The pool; nil for any.
    public var pool: String?
    /// The host; nil for any.
    public var host: String?

    /// A selection. It needs an ID, or an installation and a user.
    public init(
        id: String? = nil, installation: String? = nil, user: String? = nil, pool: String? = nil, host: String? = nil
    ) {
        self.id = id
        self.installation = installation
        self.user = user
        self.pool = pool
        self.host = host
    }
}

/// What came of a claim or a renewal.
public struct SeatAnswer: Codable, Hashable, Sendable {
    /// Whether the user has a seat now.
    public var granted: Bool
    /// Why, or what holds: in whole sentences, as the product's countdowns say it.
    public var reason: String
    /// The session's ID; nil where none is open.
    public var session: String?
    /// The installation's ID.
    public var installation: String
    /// The pool.
    public var pool: String
    /// When the session ends by itself unless it is renewed; nil where none is open.
    public var until: Instant?
    /// What the seat allows: `full`, or `read-only` to view and report.
    public var access: Access
    /// The level of the installation's standing.
    public var level: Level
    /// Seats of the pool that are taken, this one included.
    public var inUse: Int
    /// Seats of the pool that the license grants.
    public var limit: Int
    /// Whether it was granted over the limit.
    public var overLimit: Bool
    /// Of a claim that was refused because seats or modules are full: who holds them, the first to end first, at most
    /// ten. Empty for a caller who may not see names.
    public var holders: [SeatHolder]
    /// When the next of those seats is free at the latest, unless it is renewed.
    public var nextFree: Instant?
    /// What became of the refresh that this login started; nil where none was due.
    public var refresh: LoginRefresh?

    /// An answer.
    public init(
        granted: Bool, reason: String, session: String?, installation: String, pool: String, until: Instant?,
        access: Access, level: Level, inUse: Int, limit: Int, overLimit: Bool
    ) {
        self.granted = granted
        self.reason = reason
        self.session = session
        self.installation = installation
        self.pool = pool
        self.until = until
        self.access = access
        self.level = level
        self.inUse = inUse
        self.limit = limit
        self.overLimit = overLimit
        holders = []
    }
}

/// Who holds a seat.
public struct SeatHolder: Codable, Hashable, Sendable {
    /// The user.
    public var user: String
    /// The host; empty where nobody said.
    public var host: String
    /// Since when.
    public var since: Instant
    /// When the session ends by itself unless it is renewed.
    public var until: Instant

    /// A holder.
    public init(user: String, host: String, since: Instant, until: Instant) {
        self.user = user
        self.host = host
        self.since = since
        self.until = until
    }
}

/// What became of a refresh that a login started.
public struct LoginRefresh: Codable, Hashable, Sendable {
    /// Whether it ended while the login waited. If not, it goes on.
    public var ended: Bool
    /// What it came to; nil while it goes on.
    public var outcome: RefreshResult.Outcome?
    /// What there is to say, for people.
    public var message: String

    /// A refresh.
    public init(ended: Bool, outcome: RefreshResult.Outcome?, message: String) {
        self.ended = ended
        self.outcome = outcome
        self.message = message
    }
}

/// What came of giving a seat back.
public struct SeatRelease: Codable, Hashable, Sendable {
    /// Whether a session was open. One that is released twice, or had ended by itself, was not.
    public var released: Bool
    /// The session; nil where none was open.
    public var session: SessionView?

    /// An answer.
    public init(released: Bool, session: SessionView?) {
        self.released = released
        self.session = session
    }
}
