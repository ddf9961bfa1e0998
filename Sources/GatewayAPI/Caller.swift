/// Who performs a call, and how much of the portfolio they may see.
public struct Caller: Codable, Hashable, Sendable {
    /// A stable ID that is no name: `local:1000`. Records keep this, so that the name can be erased.
    public var id: String
    /// The name that people know.
    public var name: String
    /// What they may see and act upon.
    public var scope: Scope
    /// Whether they may see the names of a product's users: who claims seats for a product need not.
    public var seesUsers: Bool

    /// A caller.
    public init(id: String, name: String, scope: Scope, seesUsers: Bool = true) {
        self.id = id
        self.name = name
        self.scope = scope
        self.seesUsers = seesUsers
    }
}

/// How much of the portfolio a caller may see and act upon. Every read of the store takes one.
public enum Scope: Codable, Hashable, Sendable {
    /// All customers.
    case portfolio
    /// One customer and what is theirs, by the customer's ID.
    case customer(String)

    /// The customer it is limited to; nil for the whole portfolio.
    public var customer: String? {
        switch self {
        case .portfolio: nil
        case .customer(let id): id
        }
    }
}
