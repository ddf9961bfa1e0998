public import AdapterKit

/// A day in a calendar that takes nobody's time, with a reminder before.
public struct AllDayEvent: Hashable, Sendable {
    /// What a calendar knows it by: imported again, an event of the same ID takes the place of the one before.
    public var id: String
    /// The day.
    public var day: LocalDay
    /// The line that a calendar shows.
    public var summary: String
    /// What else is to be known; line feeds are kept.
    public var details: String
    /// How many days before to remind, in the morning of that day; not negative.
    public var reminder: Int

    /// An event.
    public init(id: String, day: LocalDay, summary: String, details: String, reminder: Int) {
        self.id = id
        self.day = day
        self.summary = summary
        self.details = details
        self.reminder = reminder
    }
}

/// Writes calendar files as RFC 5545 has them, piece by piece: the opening, any number of events, the closing.
public struct CalendarWriter: Sendable {
    private let name: String
    private let product: String
    private let stamp: Instant

    /// A writer.
    ///
    /// - Parameters:
    ///   - name: What programs call the calendar.
    ///   - product: The program and its version that write it.
    ///   - stamp: When the file is made. Of two files the later one holds, for every event.
    public init(name: String, product: String, stamp: Instant) {
        self.name = name
        self.product = product
        self.stamp = stamp
    }

    /// What stands before the events.
    public var opening: [UInt8] {
        lines {
            $0("BEGIN", "VCALENDAR")
            $0("VERSION", "2.0")
            $0("PRODID", ContentLine.escaped("-//\(product)//\(product)//EN"))
            $0("CALSCALE", "GREGORIAN")
            $0("METHOD", "PUBLISH")
            $0("X-WR-CALNAME", ContentLine.escaped(name))
        }
    }

    /// An event.
    public func event(_ event: AllDayEvent) -> [UInt8] {
        lines {
            $0("BEGIN", "VEVENT")
            $0("UID", ContentLine.escaped(event.id))
            $0("DTSTAMP", Self.text(stamp))
            $0("LAST-MODIFIED", Self.text(stamp))
            // Grows with every file, since nobody keeps the one before: minutes, which fit for 4,000 years.
            $0("SEQUENCE", "\(max(0, stamp.milliseconds / 60_000))")
            $0("DTSTART;VALUE=DATE", Self.text(event.day))
            // The end is the first day that is no part of it.
            $0("DTEND;VALUE=DATE", Self.text(event.day.adding(days: 1)))
            $0("SUMMARY", ContentLine.escaped(event.summary))
            if !event.details.isEmpty { $0("DESCRIPTION", ContentLine.escaped(event.details)) }
            $0("TRANSP", "TRANSPARENT")
            $0("BEGIN", "VALARM")
            $0("ACTION", "DISPLAY")
            $0("DESCRIPTION", ContentLine.escaped(event.summary))
            $0("TRIGGER", Self.trigger(event.reminder))
            $0("END", "VALARM")
            $0("END", "VEVENT")
        }
    }

    /// What stands behind the events.
    public var closing: [UInt8] { lines { $0("END", "VCALENDAR") } }

    private func lines(_ body: ((String, String) -> Void) -> Void) -> [UInt8] {
        var bytes: [UInt8] = []
        body { ContentLine.append($0, $1, to: &bytes) }
        return bytes
    }

    /// Nine in the morning so many days before the event's midnight.
    private static func trigger(_ days: Int) -> String { days > 0 ? "-P\(days - 1)DT15H" : "PT9H" }

    /// A DATE: `20270131`.
    private static func text(_ day: LocalDay) -> String { day.description.filter { $0 != "-" } }

    /// A DATE-TIME in UTC: `20261122T100000Z`.
    private static func text(_ instant: Instant) -> String {
        instant.description.prefix(19).filter { $0 != "-" && $0 != ":" } + "Z"
    }
}
