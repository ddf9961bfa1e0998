public import AdapterKit

/// What a vendor answers in one conversation, and what must come of it.
public struct VendorScenario: Sendable {
    /// What happens: `serial superseded`.
    public var name: String
    /// The act that it is of: `refresh`, `request` for an offline activation, or `upgrade` for one with keys.
    public var act: Act
    /// The facts, where they are not the suite's own.
    public var facts: Facts?
    /// The keys that are brought, by the names of the descriptor's keys; empty for other acts than `upgrade`.
    public var keys: [String: String] = [:]
    /// Whether the answer to the first request that is not repeated is lost, so that it is asked what became of it.
    public var losesAnswer = false
    /// What must come of it.
    public var expected: Expectation
    /// The vendor.
    let vendor: @Sendable (Request, Facts, Int) -> VendorReply
    /// The person.
    let person: @Sendable (PersonStep, Facts, Int) -> PersonReply

    /// A scenario.
    ///
    /// - Parameters:
    ///   - name: What happens.
    ///   - facts: The facts, where they are not the suite's own.
    ///   - expected: What must come of it.
    ///   - vendor: The vendor: given the request, the facts that it was made from (their nonce is the one to sign
    ///     over) and how many requests came before it, its reply. The same arguments must give the same reply.
    public init(
        _ name: String, facts: Facts? = nil, expected: Expectation,
        vendor: @escaping @Sendable (Request, Facts, Int) -> VendorReply
    ) {
        self.name = name
        act = .refresh
        self.facts = facts
        self.expected = expected
        self.vendor = vendor
        person = { _, _, _ in PersonReply() }
    }

    /// A scenario in which the vendor is asked to activate keys.
    ///
    /// - Parameters:
    ///   - name: What happens.
    ///   - keys: The keys, by the names of the descriptor's keys: a whole set in which the adapter finds no problem.
    ///   - facts: The facts, where they are not the suite's own.
    ///   - losesAnswer: Whether the answer to the keys is lost. The vendor's reply to them is then thrown away, and its next
    ///     one is to the question what became of them.
    ///   - expected: What must come of it.
    ///   - vendor: The vendor, as above.
    public init(
        _ name: String, keys: [String: String], facts: Facts? = nil, losesAnswer: Bool = false, expected: Expectation,
        vendor: @escaping @Sendable (Request, Facts, Int) -> VendorReply
    ) {
        self.init(name, facts: facts, expected: expected, vendor: vendor)
        act = .upgrade
        self.keys = keys
        self.losesAnswer = losesAnswer
    }

    /// A scenario in which a license that lives on tokens is acquired, refreshed or given back.
    ///
    /// - Parameters:
    ///   - name: What happens.
    ///   - act: `authorize`, `refresh` or `deauthorize`.
    ///   - facts: The facts, where they are not the suite's own: ``Facts/withheld`` says what is kept.
    ///   - losesAnswer: Whether the answer to the first request that is made once is lost.
    ///   - expected: What must come of it.
    ///   - vendor: The vendor, as above. Of its JSON the suite withholds what the request asks for.
    public init(
        _ name: String, act: Act, facts: Facts? = nil, losesAnswer: Bool = false, expected: Expectation,
        vendor: @escaping @Sendable (Request, Facts, Int) -> VendorReply
    ) {
        self.init(name, facts: facts, expected: expected, vendor: vendor)
        self.act = act
        self.losesAnswer = losesAnswer
    }

    /// A scenario of an act in which a person is asked and the vendor's server is not.
    ///
    /// - Parameters:
    ///   - name: What happens.
    ///   - act: The act.
    ///   - facts: The facts, where they are not the suite's own.
    ///   - expected: What must come of it.
    ///   - person: The person: given the step, the facts that it was made from and how many steps came before it, what
    ///     is brought. The same arguments must give the same.
    public init(
        _ name: String, act: Act, facts: Facts? = nil, expected: Expectation,
        person: @escaping @Sendable (PersonStep, Facts, Int) -> PersonReply
    ) {
        self.name = name
        self.act = act
        self.facts = facts
        self.expected = expected
        vendor = { _, _, _ in .status(400) }
        self.person = person
    }

    /// How a conversation must end.
    public enum Expectation: Hashable, Sendable, CustomStringConvertible {
        /// ``Outcome/unchanged(_:)``.
        case unchanged
        /// ``Outcome/updated(_:)``.
        case updated
        /// ``Outcome/removed(_:)``.
        case removed
        /// An ``AdapterError`` of this code, about this field.
        case error(AdapterError.Code, field: String? = nil)

        /// The end in a few words.
        public var description: String {
            switch self {
            case .unchanged: "unchanged"
            case .updated: "updated"
            case .removed: "removed"
            case .error(let code, let field): "error \(code.rawValue)" + (field.map { " about \($0)" } ?? "")
            }
        }
    }
}

/// A vendor's reply as it leaves the vendor.
public enum VendorReply: Hashable, Sendable {
    /// Status 200 with a payload that ends with a line feed. Where the request wants a signed answer, the suite puts
    /// the signature line under it (the adapter sees only what the core has verified, so no key is needed).
    case payload([UInt8])
    /// A key set, with what the tokens say that it proves, by the names that they were withheld under.
    case keySet([UInt8], claims: [String: [UInt8]])
    /// Another status, from 200 to 499, with a body that nobody signed.
    case status(Int, body: [UInt8] = [])
}

/// What a person brings back from a step, as it leaves their hands.
public struct PersonReply: Hashable, Sendable {
    /// The payloads of documents, by name. Where the step wants one signed, the suite puts the signature line under it.
    public var documents: [String: [UInt8]]
    /// The values.
    public var values: [String: String]

    /// What is brought.
    public init(documents: [String: [UInt8]] = [:], values: [String: String] = [:]) {
        self.documents = documents
        self.values = values
    }
}
