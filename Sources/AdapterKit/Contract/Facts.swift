/// What the core knows and an adapter may decide by.
public struct Facts: Codable, Hashable, Sendable {
    /// The operation's ID, a UUIDv7: the idempotency key of everything that is sent in it.
    public var operation: String
    /// The time now.
    public var now: Instant
    /// A fresh nonce of 128 random bits in lower-case hexadecimal. A signed answer is taken only if it is signed over the
    /// nonce of the request before it.
    public var nonce: String
    /// What the vendor knows the installation by, as the descriptor's identity fields declare.
    public var identity: [String: String]
    /// The profile's settings, as the descriptor's settings fields declare; of a secret one only that it is there
    /// (``RegistrationLine/mask``).
    public var settings: [String: String]
    /// The place in the product's own menus, for messages: `Help > Licenses > License Manager`.
    public var place: String
    /// The entitlement in force; nil where there is none.
    public var held: Held?
    /// The vendor's address, as the profile names it, without a slash at its end; empty where there is none.
    public var vendor: String
    /// The names of the secrets that are kept for the installation (``Request/withholds``); sorted.
    public var withheld: [String]

    /// Facts for a conversation.
    public init(
        operation: String, now: Instant, nonce: String, identity: [String: String], settings: [String: String] = [:],
        place: String = "", held: Held? = nil, vendor: String = "", withheld: [String] = []
    ) {
        self.vendor = vendor
        self.withheld = withheld
        self.operation = operation
        self.now = now
        self.nonce = nonce
        self.identity = identity
        self.settings = settings
        self.place = place
        self.held = held
    }

    /// The entitlement that is in force.
    public struct Held: Codable, Hashable, Sendable {
        /// The vendor's mark for what it granted, to ask for changes since.
        public var revision: String
        /// When the vendor issued it.
        public var issued: Instant
        /// Whether it came by an offline activation.
        public var isOffline: Bool
        /// The codes of the modules that it grants, for who must know whether a set of keys is complete.
        public var modules: [String]

        /// All of it, for an adapter of a license that lives on tokens, which need not tell everything each time.
        public var entitlement: Entitlement?

        /// What is held.
        public init(
            revision: String, issued: Instant, isOffline: Bool = false, modules: [String] = [],
            entitlement: Entitlement? = nil
        ) {
            self.entitlement = entitlement
            self.revision = revision
            self.issued = issued
            self.isOffline = isOffline
            self.modules = modules
        }

        /// From JSON. Facts that were written down by earlier versions say nothing of ``modules``.
        public init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            revision = try container.decode(String.self, forKey: .revision)
            issued = try container.decode(Instant.self, forKey: .issued)
            isOffline = try container.decode(Bool.self, forKey: .isOffline)
            modules = try container.decodeIfPresent([String].self, forKey: .modules) ?? []
            entitlement = try container.decodeIfPresent(Entitlement.self, forKey: .entitlement)
        }
    }
}
