/// Lists the people whose names the store holds.
public struct ListPeople: GatewayCall {
    /// What comes back.
    public typealias Answer = [PersonView]
    /// The name in the audit trail and the API.
    public static let name = "people.list"

    /// The call.
    public init() {}
}

/// Erases a person's name; the audit trail keeps the ID, and its chain stays whole.
public struct ErasePerson: GatewayCall {
    /// What comes back.
    public typealias Answer = ErasureReport
    /// The name in the audit trail and the API.
    public static let name = "people.erase"

    /// The ID: of who acted, or of a contact.
    public var id: String

    /// The call.
    public init(id: String) { self.id = id }
}

/// Somebody whose name the store holds, or held.
public struct PersonView: Codable, Hashable, Sendable {
    /// The ID, which is no name.
    public var id: String
    /// The name; nil once it was erased.
    public var name: String?
    /// The customer whose contact it is; nil for who acts upon the store.
    public var customer: String?
    /// The contact's role.
    public var role: String?
    /// How many records of the audit trail name the ID as who acted.
    public var records: Int

    /// A view.
    public init(id: String, name: String?, customer: String?, role: String?, records: Int) {
        self.id = id
        self.name = name
        self.customer = customer
        self.role = role
        self.records = records
    }
}

/// What an erasure came to.
public struct ErasureReport: Codable, Hashable, Sendable {
    /// The ID.
    public var id: String
    /// Whether the name is gone from the store's files too. Else another process reads an older state, and asking again
    /// later ends it.
    public var isOffDisk: Bool
    /// Backups beside the store, which hold the name for as long as they are kept.
    public var backups: [String]

    /// A report.
    public init(id: String, isOffDisk: Bool, backups: [String]) {
        self.id = id
        self.isOffDisk = isOffDisk
        self.backups = backups
    }
}
