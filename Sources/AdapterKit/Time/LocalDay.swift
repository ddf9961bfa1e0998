/// A day of the calendar, wherever it is: `2027-01-31`.
///
/// Proleptic Gregorian, years 1 to 9999. What instants it spans depends on a ``Zone``.
public struct LocalDay: Hashable, Comparable, Sendable {
    /// Days since 1970-01-01; negative before.
    public let number: Int

    /// The day so many days after 1970-01-01.
    public init(number: Int) { self.number = number }

    /// The day of the given date; nil where the calendar has none (`2027-02-29`).
    public init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= Self.length(ofMonth: month, year: year)
        else { return nil }
        // Days from civil: the year starts in March, so that the leap day is its last.
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        self.number = era * 146_097 + dayOfEra - 719_468
    }

    /// Year, month (1 to 12) and day (1 to 31).
    public var components: (year: Int, month: Int, day: Int) {
        let shifted = number + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    /// Whether the left one is earlier.
    public static func < (left: LocalDay, right: LocalDay) -> Bool { left.number < right.number }

    /// The day so many days later, or earlier where negative.
    public func adding(days: Int) -> LocalDay { LocalDay(number: number + days) }

    /// The days of a month, 28 to 31.
    static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

extension LocalDay: Codable, CustomStringConvertible, LosslessStringConvertible {
    /// The day that `YYYY-MM-DD` names; nil for anything else.
    public init?(_ description: String) {
        var text = description.utf8[...]
        guard let day = LocalDay(reading: &text), text.isEmpty else { return nil }
        self = day
    }

    init?(reading text: inout Substring.UTF8View) {
        guard let year = text.readDigits(4), text.popFirst() == UInt8(ascii: "-"),
            let month = text.readDigits(2), text.popFirst() == UInt8(ascii: "-"),
            let day = text.readDigits(2)
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// `YYYY-MM-DD`.
    public var description: String {
        String(unsafeUninitializedCapacity: Self.textLength) { text in
            text.baseAddress.map { write(at: $0) } ?? 0
        }
    }

    /// How many bytes ``description`` has.
    public static let textLength = 10

    /// Writes the bytes of ``description``, for writers of many. Years before 1 or beyond 9999, which no text names,
    /// are written as the nearest of these.
    ///
    /// - Parameter text: Has room for 10 bytes.
    /// - Returns: How many bytes were written.
    public func write(at text: UnsafeMutablePointer<UInt8>) -> Int {
        let (year, month, day) = components
        let shown = Swift.min(Swift.max(year, 1), 9999)
        text.putTwoDigits(shown / 100)
        (text + 2).putTwoDigits(shown % 100)
        text[4] = UInt8(ascii: "-")
        (text + 5).putTwoDigits(month)
        text[7] = UInt8(ascii: "-")
        (text + 8).putTwoDigits(day)
        return Self.textLength
    }

    /// Reads the text form.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let day = Self(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is not a date")
        }
        self = day
    }

    /// Writes the text form.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension Substring.UTF8View {
    /// Reads exactly `count` decimal digits off the front; nil where there are fewer.
    mutating func readDigits(_ count: Int) -> Int? {
        var value = 0
        for _ in 0..<count {
            guard let byte = first, byte >= 48, byte <= 57 else { return nil }
            value = value * 10 + Int(byte - 48)
            removeFirst()
        }
        return value
    }
}

extension UnsafeMutablePointer<UInt8> {
    /// Writes a number from 0 to 99 as two decimal digits.
    func putTwoDigits(_ value: Int) {
        self[0] = 48 + UInt8(truncatingIfNeeded: value / 10)
        self[1] = 48 + UInt8(truncatingIfNeeded: value % 10)
    }
}
