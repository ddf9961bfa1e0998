/// How a product's seats are given out, as a profile says it.
public struct SeatRules: Hashable, Sendable {
    /// How long after its start, or its last renewal, a session ends by itself, in milliseconds.
    public var endsAfter: Int
    /// How long the first login of a refresh window waits for the refresh that it starts, in milliseconds.
    public var loginWait: Int
    /// What becomes of a claim where every seat is taken.
    public var overLimit: OverLimit
    /// What is special about pools, by the names that the entitlement gives them.
    public var pools: [String: Pool]
    /// How many may use a module at once, by its code, where the entitlement does not count them itself.
    public var modules: [String: Int]

    /// What holds where a profile says nothing: sessions of 12 hours, nobody over the limit.
    public static let standard = SeatRules(
        endsAfter: 12 * 3_600_000, loginWait: 5000, overLimit: .deny, pools: [:], modules: [:])

    /// What becomes of a claim where every seat is taken.
    public enum OverLimit: String, CaseIterable, Sendable {
        /// It is refused.
        case deny
        /// It is granted, and recorded as one too many.
        case record
    }

    /// A pool's rules.
    public struct Pool: Hashable, Sendable {
        /// Whether its seats belong to users by name, or to whoever is there.
        public var kind: Kind
        /// How many seats are kept for administrators.
        public var reserved: Int

        /// What holds where a profile says nothing.
        public static let standard = Pool(kind: .concurrent, reserved: 0)
    }

    /// To whom seats belong.
    public enum Kind: String, CaseIterable, Sendable {
        /// Who is there takes one, and gives it back as the session ends.
        case concurrent
        /// A seat is one user's, however many sessions they have, until an administrator takes it back.
        case named
    }

    /// Whether a text can name a pool of seats or a module.
    public static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 48...57, 65...90, 97...122, UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"): true
                default: false
                }
            }
    }

    /// The rules of a pool.
    public func pool(_ name: String) -> Pool { pools[name] ?? .standard }
}
