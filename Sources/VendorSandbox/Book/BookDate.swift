import AdapterKit

/// A day in the book: one of the calendar, or one counted from the stand-in's today.
enum BookDate: Hashable, Sendable {
    case day(LocalDay)
    /// Days from today, in UTC; negative before.
    case relative(Int)

    /// How many days from today there may be.
    private static let farthest = 36_500

    /// The date that `2027-01-31`, `+70d`, `-3d` or `0d` names; nil for anything else.
    init?(_ text: String) {
        if let day = LocalDay(text) {
            self = .day(day)
            return
        }
        guard text.utf8.last == UInt8(ascii: "d") else { return nil }
        let number = text.utf8.dropLast()
        let digits = number.drop { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }
        let isSigned = number.count - digits.count == 1
        guard (1...5).contains(digits.count), digits.allSatisfy({ $0 >= 48 && $0 <= 57 }),
            let days = Int(String(decoding: digits, as: UTF8.self)), days <= Self.farthest,
            isSigned || (number.count == digits.count && days == 0)
        else { return nil }
        self = .relative(number.first == UInt8(ascii: "-") ? -days : days)
    }

    func day(on today: LocalDay) -> LocalDay {
        switch self {
        case .day(let day): day
        case .relative(let days): today.adding(days: days)
        }
    }
}

/// A moment in the book: an RFC 3339 time, or the first instant in UTC of a ``BookDate``.
enum BookMoment: Hashable, Sendable {
    case instant(Instant)
    case date(BookDate)

    init?(_ text: String) {
        if let date = BookDate(text) {
            self = .date(date)
        } else if let instant = Instant(text) {
            self = .instant(instant)
        } else {
            return nil
        }
    }

    func instant(on today: LocalDay) -> Instant {
        switch self {
        case .instant(let instant): instant
        case .date(let date): date.day(on: today).start
        }
    }
}

extension LocalDay {
    /// The first instant of the day in UTC.
    var start: Instant { Instant(milliseconds: Int64(number) * 86_400_000) }
}

extension Instant {
    /// The day in UTC.
    var day: LocalDay {
        let (days, rest) = milliseconds.quotientAndRemainder(dividingBy: 86_400_000)
        return LocalDay(number: Int(rest < 0 ? days - 1 : days))
    }
}
