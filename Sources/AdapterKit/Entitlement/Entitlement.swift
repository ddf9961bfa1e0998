/// What a vendor grants an installation: facts only, no judgement.
///
/// What the facts mean on a given day is said by the profile's countdowns, in ``Standing``.
public struct Entitlement: Codable, Hashable, Sendable {
    /// The dates that countdowns run from, by the names that the adapter's descriptor declares
    /// (`expires`, `vendorExpired`, …). A date that the vendor does not give is absent.
    public var dates: [String: DateValue]
    /// The seats by pool, in the vendor's order.
    public var seats: [SeatPool]
    /// The modules in the vendor's order.
    public var modules: [Module]
    /// The product's edition, where it has any.
    public var edition: String?
    /// What the vendor's own record says of the license, where it says so.
    public var vendorStatus: VendorStatus?
    /// Further facts by the vendor's names, for people to read.
    public var details: [String: String]
    /// What the adapter found odd in the answer, in whole sentences.
    public var remarks: [String]
    /// Whether a person recorded these facts, and no vendor proved them.
    public var isUnverified: Bool

    /// An entitlement of the given facts.
    public init(
        dates: [String: DateValue] = [:], seats: [SeatPool] = [], modules: [Module] = [], edition: String? = nil,
        vendorStatus: VendorStatus? = nil, details: [String: String] = [:], remarks: [String] = [],
        isUnverified: Bool = false
    ) {
        self.dates = dates
        self.seats = seats
        self.modules = modules
        self.edition = edition
        self.vendorStatus = vendorStatus
        self.details = details
        self.remarks = remarks
        self.isUnverified = isUnverified
    }

    /// From JSON. Entitlements that were stored by earlier versions say nothing of ``isUnverified``: they are verified.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        dates = try container.decode([String: DateValue].self, forKey: .dates)
        seats = try container.decode([SeatPool].self, forKey: .seats)
        modules = try container.decode([Module].self, forKey: .modules)
        edition = try container.decodeIfPresent(String.self, forKey: .edition)
        vendorStatus = try container.decodeIfPresent(VendorStatus.self, forKey: .vendorStatus)
        details = try container.decode([String: String].self, forKey: .details)
        remarks = try container.decode([String].self, forKey: .remarks)
        isUnverified = try container.decodeIfPresent(Bool.self, forKey: .isUnverified) ?? false
    }

    /// So many seats of one kind.
    public struct SeatPool: Codable, Hashable, Sendable {
        /// The pool's name: `users`, `webUsers`, …
        public var name: String
        /// The seats granted, 0 or more.
        public var count: Int

        /// A pool of `count` seats.
        public init(name: String, count: Int) {
            self.name = name
            self.count = count
        }
    }

    /// A part of the product that is licensed by itself.
    public struct Module: Codable, Hashable, Sendable {
        /// The vendor's short code: `GL`.
        public var code: String
        /// The name that people know: `General Ledger`.
        public var name: String
        /// The last day or instant that it is covered; nil where it ends with the whole.
        public var expires: DateValue?

        /// A module.
        public init(code: String, name: String, expires: DateValue? = nil) {
            self.code = code
            self.name = name
            self.expires = expires
        }
    }

    /// What the vendor's own record says.
    public enum VendorStatus: String, Codable, Hashable, Sendable, CaseIterable {
        /// Paid for, as far as the vendor knows.
        case active
        /// Marked as expired at the vendor.
        case expired
    }
}

extension Entitlement {
    /// The names under which vendors give the last day of the whole.
    private static let ends = [DateName.expires.rawValue, "validTo", TokenDate.renewsOn.rawValue]

    /// The last day or instant that the whole is covered, by whichever of its names the vendor gives it; nil where it has
    /// no end.
    public var end: DateValue? { Self.ends.lazy.compactMap { dates[$0] }.first }
}
