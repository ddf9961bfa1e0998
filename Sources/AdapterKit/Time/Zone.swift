/// A time zone: what the clocks on the wall show at every instant.
///
/// Made from the system's compiled zone data (RFC 9636), so that a change of law arrives with the system's
/// `tzdata`. Two zones are equal when their names are.
public struct Zone: Sendable {
    let table: ZoneTable

    /// The zone's name: `America/Toronto`.
    public var name: String { table.name }

    /// Coordinated universal time, which needs no data.
    public static let utc = Zone(table: ZoneTable(name: "UTC", offset: 0))

    init(table: ZoneTable) { self.table = table }

    /// The same zone in memory of its own, for a thread that asks it for many days beside another.
    public var apart: Zone { Zone(table: ZoneTable(table)) }

    /// The zone that a compiled file describes.
    ///
    /// - Parameters:
    ///   - name: The name it goes by.
    ///   - bytes: The whole file, of TZif version 2 or later.
    /// - Throws: ``ZoneError`` where the bytes are no such file, or count leap seconds.
    public init(name: String, tzif bytes: [UInt8]) throws(ZoneError) {
        table = try ZoneFile.table(name: name, bytes: bytes)
    }

    /// Seconds to add to UTC for the time on the wall: -14,400 in Toronto's summer.
    public func offset(at instant: Instant) -> Int { table.offset(at: instant.wholeSeconds) }

    /// The date on the wall.
    public func localDay(of instant: Instant) -> LocalDay {
        let seconds = instant.wholeSeconds
        return LocalDay(number: (seconds + table.offset(at: seconds)).dividedFlooring(by: ZoneTable.day))
    }

    /// The instant at which a day begins.
    ///
    /// A day without a midnight begins at its first instant, one with two at the first of them, and a day
    /// that the zone skipped at the first instant after. Within the years 1 to 9999: beyond, the nearest.
    public func firstInstant(of day: LocalDay) -> Instant {
        let number = min(max(day.number, Instant.firstDay), Instant.lastDay + 1)
        return Instant(clamping: table.firstSecond(local: number * ZoneTable.day) * 1000)
    }

    /// The instant so many calendar days later at the same wall time (earlier where negative).
    ///
    /// A wall time that does not exist moves later by the length of the gap (01:30 becomes 02:30); of one
    /// that comes twice it is the earlier. Within the years 1 to 9999: beyond, the nearest.
    public func instant(_ instant: Instant, addingDays days: Int) -> Instant {
        let (wall, fraction) = wallTime(of: instant)
        return self.instant(atWall: wall, addingDays: days, fraction: fraction)
    }

    /// The wall time as seconds since 1970-01-01T00:00 on the wall, and the milliseconds beyond.
    func wallTime(of instant: Instant) -> (seconds: Int, fraction: Int) {
        let limited = Instant(clamping: Int(instant.milliseconds))
        let seconds = limited.wholeSeconds
        return (seconds + table.offset(at: seconds), Int(limited.milliseconds) - seconds * 1000)
    }

    func instant(atWall wall: Int, addingDays days: Int, fraction: Int) -> Instant {
        let bounded = min(max(days, -Instant.lastDay * 2), Instant.lastDay * 2)
        return Instant(clamping: table.second(local: wall + bounded * ZoneTable.day) * 1000 + fraction)
    }
}

extension Zone: Hashable {
    /// Whether two zones have one name.
    public static func == (left: Zone, right: Zone) -> Bool { left.table === right.table || left.name == right.name }

    /// Feeds the name.
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension Instant {
    /// 0001-01-01 and 9999-12-31, the ends of the calendar that RFC 3339 can write.
    static let firstDay = -719_162
    static let lastDay = 2_932_896
    /// The milliseconds of the calendar's first and last instant, in UTC.
    static let earliest = firstDay * 86_400_000
    static let latest = (lastDay + 1) * 86_400_000 - 1

    /// The whole seconds since 1970, rounded down.
    var wholeSeconds: Int { Int(milliseconds).dividedFlooring(by: 1000) }

    init(clamping milliseconds: Int) {
        self.init(milliseconds: Int64(min(max(milliseconds, Self.earliest), Self.latest)))
    }
}

extension Int {
    /// The quotient rounded down, for a positive divisor.
    func dividedFlooring(by divisor: Int) -> Int {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
