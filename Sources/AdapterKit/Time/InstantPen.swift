/// Writes many instants, most of them of the same few days, whose text is worked out once.
public struct InstantPen: Sendable {
    private var days: [Int]
    private var texts: [UInt8]

    /// How many days are kept at most: a power of two.
    private static let limit = 64

    /// A pen that knows no day yet.
    public init() {
        days = Array(repeating: Int.min, count: Self.limit)
        texts = Array(repeating: 0, count: Self.limit * LocalDay.textLength)
    }

    /// Writes what ``Instant/write(at:)`` writes.
    ///
    /// - Parameter text: Has room for ``Instant/longestText`` bytes.
    /// - Returns: How many bytes were written.
    public mutating func write(_ instant: Instant, at text: UnsafeMutablePointer<UInt8>) -> Int {
        instant.write(at: text) { day, text in
            let place = day.number & (Self.limit - 1)
            let start = place * LocalDay.textLength
            if days[place] != day.number {
                days[place] = day.number
                texts.withUnsafeMutableBufferPointer { texts in
                    if let first = texts.baseAddress { _ = day.write(at: first + start) }
                }
            }
            texts.withUnsafeBufferPointer { texts in
                if let first = texts.baseAddress { text.update(from: first + start, count: LocalDay.textLength) }
            }
        }
    }
}
