public import AdapterKit

/// What a vendor answers in one conversation, and what must come of it.
public struct VendorScenario: Sendable {
    /// What happens: `serial superseded`.
    public var name: String
    /// The facts, where they are not the suite's own.
    public var facts: Facts?
    /// What must come of it.
    public var expected: Expectation
    /// The vendor.
    let vendor: @Sendable (Request, Facts, Int) -> VendorReply

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
        self.facts = facts
        self.expected = expected
        self.vendor = vendor
    }

    /// How a conversation must end.
    public enum Expectation: Hashable, Sendable, CustomStringConvertible {
        /// ``Outcome/unchanged(_:)``.
        case unchanged
        /// ``Outcome/updated(_:)``.
        case updated
        /// An ``AdapterError`` of this code, about this field.
        case error(AdapterError.Code, field: String? = nil)

        /// The end in a few words.
        public var description: String {
            switch self {
            case .unchanged: "unchanged"
            case .updated: "updated"
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
    /// Another status, from 200 to 499, with a body that nobody signed.
    case status(Int, body: [UInt8] = [])
}
