/// How sure a statement is.
public struct Sureness: Hashable, Sendable {
    /// The probability that the statement is true, 0.01 to 0.99; 1 for what was seen.
    public let probability: Double

    /// The probability as a word.
    public enum Word: String, Hashable, Sendable {
        /// Below 0.65.
        case low
        /// From 0.65 on.
        case medium
        /// From 0.85 on.
        case high
    }

    /// See ``Word-swift.enum``.
    public var word: Word { probability >= 0.85 ? .high : probability >= 0.65 ? .medium : .low }
}
