public import AdapterKit

/// Begins to acquire a license that lives on tokens: asks the vendor's authorization server for a code, which a person
/// types there. Where one is shown already it is shown again.
public struct BeginAuthorization: GatewayCall {
    /// What comes back.
    public typealias Answer = AuthorizationView
    /// The name in the audit trail and the API.
    public static let name = "authorization.begin"

    /// The installation's ID.
    public var installation: String
    /// Whether a code that is shown is given up for a new one.
    public var anew: Bool

    /// The call.
    public init(installation: String, anew: Bool = false) {
        self.installation = installation
        self.anew = anew
    }
}

/// Asks the authorization server whether the code was typed, if it is time to, and takes the license where it was.
public struct CompleteAuthorization: GatewayCall {
    /// What comes back.
    public typealias Answer = AuthorizationView
    /// The name in the audit trail and the API.
    public static let name = "authorization.complete"

    /// The installation's ID.
    public var installation: String

    /// The call.
    public init(installation: String) { self.installation = installation }
}

/// Where the authorization of an installation stands.
public struct AuthorizationView: Codable, Hashable, Sendable {
    /// The installation's ID.
    public var installation: String
    /// The operation's ID.
    public var operation: String
    /// What a person is shown to do; nil where it has ended.
    public var notice: Notice?
    /// Before when the server is not asked again; nil where it has ended.
    public var askAgain: Instant?
    /// What came of it; nil while the code waits to be typed.
    public var result: RefreshResult?

    /// Where it stands.
    public init(
        installation: String, operation: String, notice: Notice? = nil, askAgain: Instant? = nil,
        result: RefreshResult? = nil
    ) {
        self.installation = installation
        self.operation = operation
        self.notice = notice
        self.askAgain = askAgain
        self.result = result
    }
}

/// Gives a license back that lives on tokens, so that it can be acquired again: it is revoked at the vendor's server and
/// removed here.
public struct Deauthorize: GatewayCall {
    /// What comes back.
    public typealias Answer = RefreshResult
    /// The name in the audit trail and the API.
    public static let name = "authorization.remove"

    /// The installation's ID.
    public var installation: String
    /// Whether it is only removed here, and the vendor's server is not told.
    public var onlyHere: Bool

    /// The call.
    public init(installation: String, onlyHere: Bool = false) {
        self.installation = installation
        self.onlyHere = onlyHere
    }
}

/// The license of an installation that lives on tokens, as the product's license page shows it.
public struct ShowTokens: GatewayCall {
    /// What comes back.
    public typealias Answer = LicensePage
    /// The name in the audit trail and the API.
    public static let name = "tokens.show"

    /// The installation's ID.
    public var installation: String
    /// At which time.
    public var at: PointInTime

    /// The call.
    public init(installation: String, at: PointInTime = .now) {
        self.installation = installation
        self.at = at
    }
}

/// A product's license page.
public struct LicensePage: Codable, Hashable, Sendable {
    /// The installation's ID.
    public var installation: String
    /// The page's License Status: `Licensed`, `Requires Renewal`, `Expired Requires Renewal`, `Not licensed`. It tells of the
    /// renewal alone; whether the tokens are good is told by ``tokenExpires`` and ``standing``.
    public var status: String
    /// What is known of the license; nil where there is none.
    public var license: TokenReading?
    /// The day by which it must be renewed; nil where none is told.
    public var renewsOn: DateValue?
    /// When the tokens end.
    public var tokenExpires: DateValue?
    /// The label over all rules: `Token expired`.
    public var standing: String
    /// What a user may do.
    public var access: Access
    /// What there is to say, worst first.
    public var messages: [String]
    /// When the tokens are refreshed next.
    public var refreshDue: Instant?
    /// Why the license must be acquired again, and by which commands; nil where it need not be.
    public var authorizeAgain: String?
    /// Where the server's last answer was lost: by which command it is asked for again. Nil where none is missed.
    public var lostAnswer: String?
    /// Whether tokens can be checked without asking the server, and if not, why.
    public var verification: String

    /// A page.
    public init(
        installation: String, status: String, license: TokenReading?, renewsOn: DateValue?, tokenExpires: DateValue?,
        standing: String, access: Access, messages: [String], refreshDue: Instant?, authorizeAgain: String?,
        lostAnswer: String? = nil, verification: String
    ) {
        self.installation = installation
        self.status = status
        self.license = license
        self.renewsOn = renewsOn
        self.tokenExpires = tokenExpires
        self.standing = standing
        self.access = access
        self.messages = messages
        self.refreshDue = refreshDue
        self.authorizeAgain = authorizeAgain
        self.lostAnswer = lostAnswer
        self.verification = verification
    }
}

/// Says whether a server is to take a token that a register or another server presents, without asking anybody.
public struct VerifyToken: GatewayCall {
    /// What comes back.
    public typealias Answer = TokenVerdict
    /// The name in the audit trail and the API.
    public static let name = "tokens.verify"

    /// The ID of the installation whose server the token is presented to.
    public var installation: String
    /// The token. A secret: it stands in no answer.
    public var token: String

    /// The call.
    public init(installation: String, token: String) {
        self.installation = installation
        self.token = token
    }
}

/// What a check of a token came to.
public struct TokenVerdict: Codable, Hashable, Sendable {
    /// Whether it is taken.
    public var isTaken: Bool
    /// Why it is refused; nil where it is taken.
    public var refusal: TokenRefusal?
    /// What it says; nil where that is not proven.
    public var token: TokenReading?
    /// Until when it is good; nil where that is not proven.
    public var until: Instant?

    /// A token that is taken.
    public init(_ token: TokenReading, until: Instant) {
        isTaken = true
        self.token = token
        self.until = until
    }

    /// A token that is refused.
    public init(_ refusal: TokenRefusal) {
        isTaken = false
        self.refusal = refusal
    }
}

/// The tree that a customer's servers make by their hubs.
public struct ShowHubs: GatewayCall {
    /// What comes back.
    public typealias Answer = HubTree
    /// The name in the audit trail and the API.
    public static let name = "hubs.show"

    /// The customer's ID.
    public var customer: String

    /// The call.
    public init(customer: String) { self.customer = customer }
}

/// A customer's servers, each below its hub.
public struct HubTree: Codable, Hashable, Sendable {
    /// The customer's ID.
    public var customer: String
    /// Those that connect to none, or to one that is not there.
    public var roots: [Server]
    /// What is wrong with the tree, in whole sentences.
    public var problems: [String]

    /// A tree.
    public init(customer: String, roots: [Server], problems: [String]) {
        self.customer = customer
        self.roots = roots
        self.problems = problems
    }

    /// A server.
    public struct Server: Codable, Hashable, Sendable {
        /// The installation's ID.
        public var installation: String
        /// What is known of its license; nil where it has none.
        public var license: TokenReading?
        /// The label of its standing.
        public var standing: String
        /// What a user may do there.
        public var access: Access
        /// Those that connect to it.
        public var below: [Server]

        /// A server.
        public init(
            installation: String, license: TokenReading?, standing: String, access: Access, below: [Server] = []
        ) {
            self.installation = installation
            self.license = license
            self.standing = standing
            self.access = access
            self.below = below
        }
    }
}
