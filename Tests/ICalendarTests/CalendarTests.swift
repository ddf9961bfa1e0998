import AdapterKit
import ICalendar
import Testing

@Suite("Calendars for strangers' programs")
struct CalendarTests {
    private static let stamp = Instant(milliseconds: 1_795_514_400_000)

    private static func day(_ text: String) throws -> LocalDay { try #require(LocalDay(text)) }

    private static func calendar(_ events: [AllDayEvent], stamp: Instant = stamp) -> [UInt8] {
        let writer = CalendarWriter(name: "Renewals, all; of them", product: "Gatehouse 1.0", stamp: stamp)
        return writer.opening + events.flatMap(writer.event) + writer.closing
    }

    @Test("An event is an all-day entry that takes nobody's time, as a public parser reads it")
    func event() throws {
        let events = try [("2027-01-31", 14), ("2028-02-29", 1), ("2026-12-31", 0)].map { day, reminder in
            AllDayEvent(
                id: "maple/\(day)@gatehouse", day: try Self.day(day), summary: "Sage 300 renews: Maple",
                details: "Price: 1200.00 EUR", reminder: reminder)
        }
        let calendar = try PublicParser.read(Self.calendar(events))
        #expect(calendar.version == "2.0" && calendar.name == "Renewals, all; of them")
        #expect(calendar.product == "-//Gatehouse 1.0//Gatehouse 1.0//EN")
        #expect(calendar.events.map(\.start) == ["2027-01-31", "2028-02-29", "2026-12-31"])
        #expect(calendar.events.map(\.end) == ["2027-02-01", "2028-03-01", "2027-01-01"], "the end is exclusive")
        #expect(calendar.events.map(\.uid) == events.map(\.id))
        #expect(calendar.events.allSatisfy { $0.transparency == "TRANSPARENT" && $0.details == "Price: 1200.00 EUR" })
        #expect(calendar.events.allSatisfy { $0.stamp == "2026-11-24T10:00:00+00:00" && $0.modified == $0.stamp })
        // Nine in the morning: of the 14th day before, of the day before, and of the day itself.
        let hours: [[Double]] = [[9 - 14 * 24], [9 - 24], [9]]
        #expect(calendar.events.map { $0.reminders.map { $0 / 3600 } } == hours)
    }

    @Test("A later file holds over an earlier one, for the same event")
    func sequence() throws {
        let event = AllDayEvent(id: "a", day: try Self.day("2027-01-31"), summary: "A", details: "", reminder: 14)
        let first = try PublicParser.read(Self.calendar([event])).events
        let later = try PublicParser.read(Self.calendar([event], stamp: Self.stamp.adding(minutes: 1))).events
        #expect(first.map(\.uid) == later.map(\.uid))
        #expect(zip(first, later).allSatisfy { $0.sequence < $1.sequence && $0.modified < $1.modified })
        #expect(later.allSatisfy { $0.sequence <= Int32.max }, "RFC 5545 has integers of 32 bits")
    }

    @Test(
        "Whatever stands in a text comes back as it was",
        arguments: [
            "semicolons; commas, and \\backslashes\\", "two\nlines\n\nand more", "tab\there", "\"quoted\": x", "",
            "Größe, Łódź, Ελλάδα, 東京都渋谷区", "👩‍👩‍👧‍👦 families and e\u{301} accents", "BEGIN:VEVENT",
            "END:VCALENDAR\nEND:VEVENT",
            String(repeating: "long ", count: 200), String(repeating: "ä", count: 300),
            String(repeating: "𝄞", count: 99),
        ])
    func texts(_ text: String) throws {
        let event = AllDayEvent(
            id: "id \(text)", day: try Self.day("2027-01-31"), summary: "s \(text)", details: "d \(text)", reminder: 1)
        let found = try PublicParser.read(Self.calendar([event])).events
        #expect(found.map(\.details) == ["d \(text)"] && found.map(\.summary) == ["s \(text)"])
        #expect(found.map(\.uid) == ["id \(text)"])
    }

    @Test("A backslash before an n is no line end")
    func backslash() throws {
        // The parser of this system's version takes it for one, so the bytes are looked at.
        let event = AllDayEvent(
            id: "a", day: try Self.day("2027-01-31"), summary: #"\\server\new"#, details: "", reminder: 1)
        let text = String(decoding: Self.calendar([event]), as: UTF8.self)
        #expect(text.contains("\r\nSUMMARY:" + #"\\\\server\\new"# + "\r\n"))
    }

    @Test("Line ends of any kind are one, and characters that no text may hold are spaces")
    func control() throws {
        let event = AllDayEvent(
            id: "a", day: try Self.day("2027-01-31"), summary: "a\u{0}b\u{1B}[31mc\u{7F}", details: "a\r\nb\rc\n\rd",
            reminder: 1)
        let found = try PublicParser.read(Self.calendar([event])).events
        #expect(found.map(\.summary) == ["a b [31mc "] && found.map(\.details) == ["a\nb\nc\n\nd"])
    }

    @Test("Lines have at most 75 octets, end with CRLF, and tear no character", arguments: 0...9)
    func folding(shift: Int) throws {
        let text = String(repeating: "x", count: shift) + String(repeating: "aé東𝄞", count: 60)
        let event = AllDayEvent(id: text, day: try Self.day("2027-01-31"), summary: text, details: text, reminder: 1)
        let bytes = Self.calendar([event])
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        #expect(lines.last?.isEmpty == true && lines.count > 30)
        for line in lines.dropLast() {
            #expect(line.last == 0x0D && line.count <= 76 && !line.dropLast().contains(0x0D))
            #expect(String(validating: line, as: UTF8.self) != nil)
        }
    }
}
