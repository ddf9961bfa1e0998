import Foundation

/// Python's `icalendar`, as Debian has it: what strangers' programs make of a calendar.
enum PublicParser {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// A calendar as it was understood.
    struct Calendar: Decodable {
        var version: String
        var product: String
        var name: String
        var events: [Event]
    }

    struct Event: Decodable {
        var uid: String
        var start: String
        var end: String
        var summary: String
        var details: String
        var transparency: String
        var sequence: Int
        var stamp: String
        var modified: String
        /// Seconds from the event's beginning, for each reminder.
        var reminders: [Double]
    }

    private static let program = """
        import json, sys
        from datetime import datetime
        from icalendar import Calendar
        def day(value):
            assert not isinstance(value.dt, datetime) and value.params.get('VALUE') == 'DATE', value
            return value.dt.isoformat()
        def only(values):
            assert len(values) == 1, values
            return values[0]
        calendar = only(Calendar.from_ical(sys.stdin.buffer.read(), multiple=True))
        assert not calendar.errors, calendar.errors
        events = []
        for event in calendar.subcomponents:
            assert event.name == 'VEVENT' and not event.errors, event.errors
            alarms = [part for part in event.subcomponents if part.name == 'VALARM' and part['ACTION'] == 'DISPLAY']
            assert len(alarms) == len(event.subcomponents) and all(str(part['DESCRIPTION']) for part in alarms)
            events.append({
                'uid': str(event['UID']), 'start': day(event['DTSTART']), 'end': day(event['DTEND']),
                'summary': str(event['SUMMARY']), 'details': str(event.get('DESCRIPTION', '')),
                'transparency': str(event['TRANSP']), 'sequence': int(event['SEQUENCE']),
                'stamp': event['DTSTAMP'].dt.isoformat(), 'modified': event['LAST-MODIFIED'].dt.isoformat(),
                'reminders': [part['TRIGGER'].dt.total_seconds() for part in alarms]})
        print(json.dumps({'version': str(calendar['VERSION']), 'product': str(calendar['PRODID']),
            'name': str(calendar['X-WR-CALNAME']), 'events': events}))
        """

    /// Reads a calendar.
    ///
    /// - Throws: ``Failure`` where it is none, and where the parser is not installed.
    static func read(_ bytes: [UInt8]) throws -> Calendar {
        let folder = FileManager.default.temporaryDirectory.appending(path: "calendar-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (input, output, errors) = (
            folder.appending(path: "in"), folder.appending(path: "out"), folder.appending(path: "err")
        )
        for (file, content) in [(input, bytes), (output, []), (errors, [])] { try Data(content).write(to: file) }
        let process = Process()
        // The system's own: another one on PATH does not see the system's packages.
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = ["-c", program]
        process.standardInput = try FileHandle(forReadingFrom: input)
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let said = String(decoding: try Data(contentsOf: errors), as: UTF8.self)
            throw Failure(description: "python3-icalendar (Tools/install-packages test): \(said)")
        }
        return try JSONDecoder().decode(Calendar.self, from: Data(contentsOf: output))
    }
}
