import Foundation

/// What people record of an installation besides what the vendor says. Nothing is worked out from it.
public struct RecordedFacts: Codable, Hashable, Sendable {
    /// The name that people know it by; empty where the ID says enough.
    public var name: String
    /// For how long it is bought at a time.
    public var term: Term?
    /// What a term costs.
    public var price: Price?
    /// Who is responsible for it.
    public var owner: String?
    /// What to do when it fails and nobody can be asked.
    public var emergencyPlan: String?
    /// Anything else.
    public var notes: String?

    /// Facts.
    public init(
        name: String = "", term: Term? = nil, price: Price? = nil, owner: String? = nil, emergencyPlan: String? = nil,
        notes: String? = nil
    ) {
        self.name = name
        self.term = term
        self.price = price
        self.owner = owner
        self.emergencyPlan = emergencyPlan
        self.notes = notes
    }

    /// For how long something is bought at a time.
    public enum Term: String, Codable, Hashable, Sendable, CaseIterable {
        /// A month.
        case monthly
        /// A year.
        case annual
        /// Three years.
        case threeYears = "3-year"
    }
}

/// Changes to ``RecordedFacts`` as people write them: nil leaves a fact as it is, an empty text clears it.
public struct FactChanges: Codable, Hashable, Sendable {
    /// The name that people know it by.
    public var name: String?
    /// `monthly`, `annual` or `3-year`.
    public var term: String?
    /// An amount and a currency: `1200.00 EUR`.
    public var price: String?
    /// Who is responsible for it.
    public var owner: String?
    /// What to do when it fails and nobody can be asked.
    public var emergencyPlan: String?
    /// Anything else.
    public var notes: String?

    /// Changes.
    public init(
        name: String? = nil, term: String? = nil, price: String? = nil, owner: String? = nil,
        emergencyPlan: String? = nil, notes: String? = nil
    ) {
        self.name = name
        self.term = term
        self.price = price
        self.owner = owner
        self.emergencyPlan = emergencyPlan
        self.notes = notes
    }
}

/// An amount of money: `1200.00 EUR`.
public struct Price: Codable, Hashable, Sendable, LosslessStringConvertible {
    /// The amount in decimal digits, with a point before its decimals: `1200.00`. As it was written, since a binary
    /// number would make another of it.
    public let amount: String
    /// The currency, by its three letters of ISO 4217.
    public let currency: String

    /// The most digits before the point.
    private static let mostDigits = 12
    /// The most decimals that a currency has.
    private static let mostDecimals = 4
    /// The currencies that are in use, as this system knows them.
    private static let currencies = Set(Locale.commonISOCurrencyCodes)

    /// Reads `1200.00 EUR`; nil for anything else.
    public init?(_ description: String) {
        let words = description.split(separator: " ", omittingEmptySubsequences: true)
        guard words.count == 2 else { return nil }
        let parts = words[0].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let isNumber = parts.allSatisfy { part in
            !part.isEmpty && part.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        }
        let currency = words[1].uppercased()
        guard isNumber, let whole = parts.first, whole.utf8.count <= Self.mostDigits,
            parts.count == 1 || parts[1].utf8.count <= Self.mostDecimals, Self.currencies.contains(currency)
        else { return nil }
        amount = String(words[0])
        self.currency = currency
    }

    /// Whether its point may stand between thousands, as many countries write them: three digits follow it, and the
    /// currency has no thousandth part.
    public var isAmbiguous: Bool {
        let parts = amount.split(separator: ".")
        return parts.count == 2 && parts[1].utf8.count == 3 && !Self.inThousandths.contains(currency)
    }

    /// The currencies whose smallest part is a thousandth (ISO 4217).
    private static let inThousandths: Set<String> = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"]

    /// The amount and the currency.
    public var description: String { "\(amount) \(currency)" }

    /// Reads the text form.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let price = Self(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is not a price")
        }
        self = price
    }

    /// Writes the text form.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
