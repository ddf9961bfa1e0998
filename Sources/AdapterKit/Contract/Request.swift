/// A request to the vendor.
public struct Request: Codable, Hashable, Sendable {
    /// The method: `GET`, `POST`.
    public var method: String
    /// The path below the vendor's address, beginning with `/`, percent-encoded, with its query.
    public var path: String
    /// Where it goes instead, as an absolute URL: an endpoint that the vendor's own metadata names. Nil for below the
    /// vendor's address.
    public var endpoint: String?
    /// Further headers.
    public var headers: [String: String]
    /// The body's bytes; empty for none.
    @Base64 public var body: [UInt8]
    /// The body as a form (`application/x-www-form-urlencoded`), whose values may be secrets that the adapter never
    /// sees; nil for ``body``.
    public var form: [String: FormValue]?
    /// How the gateway shows who it is (RFC 6749, section 2.3.1); nil where it does not.
    public var client: ClientCredentials?
    /// The members of a JSON answer of status 200 that are secrets. The core seals and keeps each under its name, for this
    /// installation, before it goes on; the adapter sees only that it is there (``Response/withheld``).
    public var withholds: [String]
    /// How the answer must be trusted.
    public var trust: Trust
    /// Whether its body holds secrets: the journal keeps the request without it. Such a request is made once.
    public var isSecret: Bool
    /// Whether it is never repeated by itself: the intent is committed before it leaves, the raw answer is
    /// sealed and committed before the adapter sees it. Everything else is tried again by the core.
    public var once: Bool
    /// Whether the conversation goes on with ``Event/unanswered`` where no answer comes, instead of ending.
    public var mayGoUnanswered: Bool

    /// A request.
    public init(
        method: String, path: String, headers: [String: String] = [:], body: [UInt8] = [], trust: Trust,
        once: Bool = false, isSecret: Bool = false
    ) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
        self.trust = trust
        self.once = once
        self.isSecret = isSecret
        withholds = []
        mayGoUnanswered = false
    }

    /// A question to an endpoint.
    ///
    /// - Parameter endpoint: An absolute URL: https, or http on loopback.
    public init(get endpoint: String, trust: Trust = .plain) {
        self.init(method: "GET", path: "", headers: ["Accept": "application/json"], trust: trust)
        self.endpoint = endpoint
    }

    /// A form for an endpoint.
    ///
    /// - Parameter endpoint: An absolute URL: https, or http on loopback.
    public init(
        post form: [String: FormValue], to endpoint: String, client: ClientCredentials? = nil, withholds: [String] = [],
        once: Bool = false
    ) {
        self.init(method: "POST", path: "", headers: ["Accept": "application/json"], trust: .plain, once: once)
        self.endpoint = endpoint
        self.form = form
        self.client = client
        self.withholds = withholds
    }

    /// From the journal. Requests that were journaled by earlier versions say nothing of what is optional here.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        method = try container.decode(String.self, forKey: .method)
        path = try container.decode(String.self, forKey: .path)
        endpoint = try container.decodeIfPresent(String.self, forKey: .endpoint)
        headers = try container.decode([String: String].self, forKey: .headers)
        _body = try container.decode(Base64.self, forKey: .body)
        form = try container.decodeIfPresent([String: FormValue].self, forKey: .form)
        client = try container.decodeIfPresent(ClientCredentials.self, forKey: .client)
        withholds = try container.decodeIfPresent([String].self, forKey: .withholds) ?? []
        trust = try container.decode(Trust.self, forKey: .trust)
        once = try container.decode(Bool.self, forKey: .once)
        isSecret = try container.decodeIfPresent(Bool.self, forKey: .isSecret) ?? false
        mayGoUnanswered = try container.decodeIfPresent(Bool.self, forKey: .mayGoUnanswered) ?? false
    }

    /// How an answer must be trusted before the adapter sees it.
    public enum Trust: Codable, Hashable, Sendable {
        /// A ``SignedDocument`` for this purpose, over the request's nonce, by a key that the profile names.
        case signed(purpose: String)
        /// Not signed: TLS alone speaks for it.
        case plain
        /// The answer is a JSON Web Key Set (RFC 7517), and tokens that were withheld before are checked with it. What
        /// the good ones say stands in ``Response/claims``.
        case keySet(TokenCheck)
    }

    /// A value of a form.
    public enum FormValue: Codable, Hashable, Sendable {
        /// This text.
        case text(String)
        /// What was withheld under this name, for this installation.
        case withheld(String)
    }

    /// Who the gateway is to the vendor's authorization server.
    public struct ClientCredentials: Codable, Hashable, Sendable {
        /// The client's ID.
        public var id: String
        /// The profile's setting that holds its secret.
        public var secretSetting: String

        /// Credentials.
        public init(id: String, secretSetting: String) {
            self.id = id
            self.secretSetting = secretSetting
        }
    }

    /// Which tokens are checked with a key set, and how.
    public struct TokenCheck: Codable, Hashable, Sendable {
        /// What must have issued them: the `iss` claim, to the byte.
        public var issuer: String
        /// The tokens by the names that they were withheld under, each with whom it must be for (`aud`); an empty text
        /// for whomever. Those that are no JSON Web Tokens, or were not withheld, are left out of the claims.
        public var audiences: [String: String]

        /// A check.
        public init(issuer: String, audiences: [String: String]) {
            self.issuer = issuer
            self.audiences = audiences
        }
    }
}

/// A vendor's answer that passed the checks its request asked for.
public struct Response: Codable, Hashable, Sendable {
    /// The HTTP status, 200 to 499. The core turns the others into errors.
    public var status: Int
    /// The body: of a signed document the payload alone.
    @Base64 public var body: [UInt8]
    /// The whole document as the vendor signed it, for files that carry their own proof; the body's bytes
    /// where it was not signed.
    @Base64 public var document: [UInt8]
    /// The names of the secrets that were withheld from the body, as the request asked; sorted.
    public var withheld: [String]
    /// What the tokens say that were checked, each the JSON object of its claims, by the names that they were withheld
    /// under.
    public var claims: [String: Base64]

    /// A response.
    public init(
        status: Int, body: [UInt8], document: [UInt8]? = nil, withheld: [String] = [], claims: [String: [UInt8]] = [:]
    ) {
        self.status = status
        self.body = body
        self.document = document ?? body
        self.withheld = withheld
        self.claims = claims.mapValues { Base64(wrappedValue: $0) }
    }
}
