/// Shows the key file that secrets are sealed with, without the keys.
public struct ShowKeyFile: GatewayCall {
    /// What comes back.
    public typealias Answer = KeyFileView
    /// The name in the audit trail and the API.
    public static let name = "keyfile.show"

    /// The call.
    public init() {}
}

/// Makes a new key, seals everything that is sealed with it, and gives the old one up.
public struct RotateKeyFile: GatewayCall {
    /// What comes back.
    public typealias Answer = KeyRotation
    /// The name in the audit trail and the API.
    public static let name = "keyfile.rotate"

    /// Whether what no key opens any more is given up.
    public var lost: Bool

    /// The call.
    public init(lost: Bool = false) { self.lost = lost }
}

/// The key file and what is sealed.
public struct KeyFileView: Codable, Hashable, Sendable {
    /// The file.
    public var file: String
    /// Whether it is there.
    public var exists: Bool
    /// The keys' IDs; what is sealed now is sealed with the first.
    public var keys: [String]
    /// How many sealed values the store holds.
    public var sealed: Int
    /// How many of them no key in the file opens.
    public var unopened: Int

    /// A view.
    public init(file: String, exists: Bool, keys: [String], sealed: Int, unopened: Int) {
        self.file = file
        self.exists = exists
        self.keys = keys
        self.sealed = sealed
        self.unopened = unopened
    }
}

/// What a rotation of the key came to.
public struct KeyRotation: Codable, Hashable, Sendable {
    /// The file.
    public var file: String
    /// The new key's ID.
    public var key: String
    /// How many values were sealed anew.
    public var resealed: Int
    /// How many were given up, since no key opens them.
    public var givenUp: Int

    /// A rotation.
    public init(file: String, key: String, resealed: Int, givenUp: Int) {
        self.file = file
        self.key = key
        self.resealed = resealed
        self.givenUp = givenUp
    }
}
