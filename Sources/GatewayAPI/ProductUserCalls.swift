/// Counts the users of products whose names the store holds, by customer.
public struct CountProductUsers: GatewayCall {
    /// What comes back: how many, by the customer's ID. Who has none is left out.
    public typealias Answer = [String: Int]
    /// The name in the API.
    public static let name = "people.users"

    /// The call.
    public init() {}
}

/// Erases the name of a user of a customer's products. Sessions of theirs that are open end, and seats of named pools
/// are taken back.
public struct EraseProductUser: GatewayCall {
    /// What comes back.
    public typealias Answer = UserErasureReport
    /// The name in the audit trail and the API.
    public static let name = "people.eraseUser"

    /// The customer's ID.
    public var customer: String
    /// The user, exactly as the product names them.
    public var user: String

    /// The call.
    public init(customer: String, user: String) {
        self.customer = customer
        self.user = user
    }
}

/// What an erasure came to.
public struct UserErasureReport: Codable, Hashable, Sendable {
    /// The customer's ID.
    public var customer: String
    /// In how many installations the name was known.
    public var installations: Int
    /// Sessions that were open, and were ended.
    public var sessionsEnded: Int
    /// Seats of named pools that were taken back.
    public var seatsTakenBack: Int
    /// Whether the name is gone from the store's files too. Else another process reads an older state; what is left goes
    /// when the file is next written anew.
    public var isOffDisk: Bool
    /// Backups beside the store, which hold the name for as long as they are kept.
    public var backups: [String]

    /// A report.
    public init(
        customer: String, installations: Int, sessionsEnded: Int, seatsTakenBack: Int, isOffDisk: Bool,
        backups: [String]
    ) {
        self.customer = customer
        self.installations = installations
        self.sessionsEnded = sessionsEnded
        self.seatsTakenBack = seatsTakenBack
        self.isOffDisk = isOffDisk
        self.backups = backups
    }
}
