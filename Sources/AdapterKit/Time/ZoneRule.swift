/// The rule by which a zone's clocks go on after the last change of its table: the POSIX form of `TZ` that
/// ends a TZif file (`EST5EDT,M3.2.0,M11.1.0`; RFC 9636, section 3.3.1).
struct ZoneRule {
    /// How many years of it a table holds: a full cycle of the calendar and a margin at both ends.
    static let years = 404

    /// Seconds to add to UTC outside summer time.
    var standard: Int
    /// Summer time, where the zone has any.
    var summer: Summer?

    struct Summer {
        var offset: Int
        /// On the clock that shows standard time.
        var begins: Moment
        /// On the clock that shows summer time.
        var ends: Moment
    }

    /// A day of the year and a time on it, up to a week before or after.
    struct Moment {
        var day: Day
        var seconds: Int

        enum Day {
            /// 1 to 365; 29 February is never counted.
            case julian(Int)
            /// 0 to 365; 29 February is counted.
            case ordinal(Int)
            /// The week (5 is the last) and the day of the week (0 is Sunday) in a month.
            case week(month: Int, week: Int, weekday: Int)
        }

        /// Seconds on the wall since 1970-01-01T00:00.
        func second(year: Int) -> Int {
            let newYear = LocalDay(year: year, month: 1, day: 1)?.number ?? 0
            let number: Int
            switch day {
            case .julian(let day):
                let leaps = LocalDay.length(ofMonth: 2, year: year) == 29 && day >= 60
                number = newYear + day - 1 + (leaps ? 1 : 0)
            case .ordinal(let day): number = newYear + day
            case .week(let month, let week, let weekday):
                let first = LocalDay(year: year, month: month, day: 1)?.number ?? newYear
                // 1970-01-01 was a Thursday.
                let weekdayOfFirst = ((first + 4) % 7 + 7) % 7
                let day = (weekday - weekdayOfFirst + 7) % 7 + (week - 1) * 7
                number = first + (day >= LocalDay.length(ofMonth: month, year: year) ? day - 7 : day)
            }
            return number * ZoneTable.day + seconds
        }
    }

    /// The rule that a footer's text says; nil where it says none.
    init?(_ text: ArraySlice<UInt8>) {
        var text = text
        guard text.skipZoneAbbreviation(), let west = text.readClock(hours: 24) else { return nil }
        standard = -west
        summer = nil
        if text.isEmpty { return }
        guard text.skipZoneAbbreviation() else { return nil }
        var offset = standard + 3600
        if text.first != UInt8(ascii: ",") {
            guard let west = text.readClock(hours: 24) else { return nil }
            offset = -west
        }
        guard let begins = Moment(reading: &text), let ends = Moment(reading: &text), text.isEmpty else { return nil }
        summer = Summer(offset: offset, begins: begins, ends: ends)
    }
}

extension ZoneRule.Moment {
    fileprivate init?(reading text: inout ArraySlice<UInt8>) {
        guard text.popFirst() == UInt8(ascii: ",") else { return nil }
        switch text.first {
        case UInt8(ascii: "M"):
            text.removeFirst()
            guard let month = text.readNumber(1...12), text.popFirst() == UInt8(ascii: "."),
                let week = text.readNumber(1...5), text.popFirst() == UInt8(ascii: "."),
                let weekday = text.readNumber(0...6)
            else { return nil }
            day = .week(month: month, week: week, weekday: weekday)
        case UInt8(ascii: "J"):
            text.removeFirst()
            guard let number = text.readNumber(1...365) else { return nil }
            day = .julian(number)
        default:
            guard let number = text.readNumber(0...365) else { return nil }
            day = .ordinal(number)
        }
        seconds = 2 * 3600
        if text.first == UInt8(ascii: "/") {
            text.removeFirst()
            guard let time = text.readClock(hours: 167) else { return nil }
            seconds = time
        }
    }
}

extension ArraySlice<UInt8> {
    /// Skips `EST` or `<+0330>`; false where there is neither.
    fileprivate mutating func skipZoneAbbreviation() -> Bool {
        if first == UInt8(ascii: "<") {
            guard let end = firstIndex(of: UInt8(ascii: ">")), end - startIndex >= 4 else { return false }
            self = self[(end + 1)...]
            return true
        }
        let letters = prefix { ($0 | 0x20) >= UInt8(ascii: "a") && ($0 | 0x20) <= UInt8(ascii: "z") }
        self = dropFirst(letters.count)
        return letters.count >= 3
    }

    /// Reads `[+-]hh[:mm[:ss]]` as seconds.
    fileprivate mutating func readClock(hours limit: Int) -> Int? {
        var sign = 1
        if first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            sign = popFirst() == UInt8(ascii: "-") ? -1 : 1
        }
        guard let hours = readNumber(0...limit) else { return nil }
        var seconds = hours * 3600
        for unit in [60, 1] {
            guard first == UInt8(ascii: ":") else { break }
            removeFirst()
            guard let part = readNumber(0...59) else { return nil }
            seconds += part * unit
        }
        return sign * seconds
    }

    fileprivate mutating func readNumber(_ range: ClosedRange<Int>) -> Int? {
        var value = 0
        var digits = 0
        while let byte = first, byte >= 48, byte <= 57, digits < 3 {
            value = value * 10 + Int(byte - 48)
            digits += 1
            removeFirst()
        }
        return digits > 0 && range.contains(value) ? value : nil
    }
}
