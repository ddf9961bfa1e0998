/// A moment, to the millisecond, in UTC.
///
/// Written as RFC 3339 (`2026-01-29T10:00:00Z`, `2026-01-29T10:00:00.250Z`); read with any offset.
public struct Instant: Hashable, Comparable, Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z; negative before.
    public var milliseconds: Int64

    /// The instant so many milliseconds after 1970-01-01T00:00:00Z.
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// Whether the left one is earlier.
    public static func < (left: Instant, right: Instant) -> Bool { left.milliseconds < right.milliseconds }

    /// The instant so much later (earlier where negative), in elapsed time.
    public func adding(hours: Int = 0, minutes: Int = 0, seconds: Int = 0, milliseconds: Int = 0) -> Instant {
        let total = ((Int64(hours) * 60 + Int64(minutes)) * 60 + Int64(seconds)) * 1000 + Int64(milliseconds)
        return Instant(milliseconds: self.milliseconds + total)
    }
}

extension Instant: Codable, CustomStringConvertible, LosslessStringConvertible {
    /// The instant that RFC 3339 text names: a date, `T`, a time with at most three decimals of a second
    /// that count, and `Z` or an offset. Nil for anything else.
    public init?(_ description: String) {
        var text = description.utf8[...]
        guard let day = LocalDay(reading: &text), text.popFirst() == UInt8(ascii: "T"),
            let hour = text.readDigits(2), hour < 24, text.popFirst() == UInt8(ascii: ":"),
            let minute = text.readDigits(2), minute < 60, text.popFirst() == UInt8(ascii: ":"),
            let second = text.readDigits(2), second < 60
        else { return nil }
        var fraction = 0
        if text.first == UInt8(ascii: ".") {
            text.removeFirst()
            var scale = 100
            var digits = 0
            while let byte = text.first, byte >= 48, byte <= 57 {
                fraction += Int(byte - 48) * scale
                scale /= 10
                digits += 1
                text.removeFirst()
            }
            guard digits >= 1, digits <= 9 else { return nil }
        }
        var offset = 0
        switch text.popFirst() {
        case UInt8(ascii: "Z"): break
        case let sign? where sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"):
            guard let hours = text.readDigits(2), hours < 24, text.popFirst() == UInt8(ascii: ":"),
                let minutes = text.readDigits(2), minutes < 60
            else { return nil }
            offset = (hours * 60 + minutes) * (sign == UInt8(ascii: "-") ? -60 : 60)
        default: return nil
        }
        guard text.isEmpty else { return nil }
        let seconds = day.number * 86_400 + (hour * 60 + minute) * 60 + second - offset
        self.init(milliseconds: Int64(seconds) * 1000 + Int64(fraction))
    }

    /// RFC 3339 in UTC, with milliseconds only where there are any.
    public var description: String {
        String(unsafeUninitializedCapacity: Self.longestText) { text in
            text.baseAddress.map { write(at: $0) } ?? 0
        }
    }

    /// The most bytes that ``description`` has.
    public static let longestText = 24

    /// Writes the bytes of ``description``, for writers of many.
    ///
    /// - Parameter text: Has room for ``longestText`` bytes.
    /// - Returns: How many bytes were written.
    public func write(at text: UnsafeMutablePointer<UInt8>) -> Int {
        write(at: text) { _ = $0.write(at: $1) }
    }

    /// - Parameter writeDay: Writes the day's text.
    @inline(__always)
    func write(
        at text: UnsafeMutablePointer<UInt8>, _ writeDay: (LocalDay, UnsafeMutablePointer<UInt8>) -> Void
    ) -> Int {
        let (day, rest) = milliseconds.dividedFlooring(by: 86_400_000)
        writeDay(LocalDay(number: Int(day)), text)
        text[10] = UInt8(ascii: "T")
        let seconds = Int(rest / 1000)
        (text + 11).putTwoDigits(seconds / 3600)
        text[13] = UInt8(ascii: ":")
        (text + 14).putTwoDigits(seconds / 60 % 60)
        text[16] = UInt8(ascii: ":")
        (text + 17).putTwoDigits(seconds % 60)
        let fraction = Int(rest % 1000)
        guard fraction != 0 else {
            text[19] = UInt8(ascii: "Z")
            return 20
        }
        text[19] = UInt8(ascii: ".")
        text[20] = 48 + UInt8(fraction / 100)
        (text + 21).putTwoDigits(fraction % 100)
        text[23] = UInt8(ascii: "Z")
        return Self.longestText
    }

    /// Reads the text form.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let instant = Self(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is not an RFC 3339 time")
        }
        self = instant
    }

    /// Writes the text form.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension Int64 {
    /// The quotient rounded down and the remainder that is never negative, for a positive divisor.
    func dividedFlooring(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
