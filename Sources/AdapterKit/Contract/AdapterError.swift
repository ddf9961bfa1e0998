/// Why a conversation ended without an outcome. A closed set that the core can act upon.
public struct AdapterError: Error, Codable, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    public var code: Code
    /// What happened and what to do, in whole sentences.
    public var message: String
    /// For ``Code/rejected``, the field that did not match, by name.
    public var field: String?

    /// An error.
    public init(_ code: Code, _ message: String, field: String? = nil) {
        self.code = code
        self.message = message
        self.field = field
    }

    /// The message.
    public var description: String { message }

    /// The kinds of failure.
    public enum Code: String, CaseIterable, Codable, Sendable {
        /// The vendor could not be reached, or said that it is out of order. Tried again.
        case unreachable
        /// The vendor refused. Not tried again by itself: somebody has to change something.
        case rejected
        /// The answer is not proven to be the vendor's answer to this request. Never tried again by itself.
        case untrusted
        /// The answer is proven, or needs no proof, but is not what the protocol says.
        case malformed
        /// Something that the conversation needs has expired.
        case expired
        /// The answer contradicts what is held: it is older, or of another installation.
        case conflict
    }
}
