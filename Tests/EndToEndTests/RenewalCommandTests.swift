import Foundation
import Testing

@Suite("Renewals and a customer's sheet, as they leave the program")
struct RenewalCommandTests {
    private func withTwo(_ body: (Estate) async throws -> Void) async throws {
        try await Estate.with { estate in
            _ = try await estate.standIn(
                "sage300:\n" + Client.maple.entry(expires: "2027-01-31") + Client.cedar.entry(expires: "2027-02-15"))
            try await estate.add()
            try await estate.add(.cedar)
            try await estate.must("refresh", "--all")
            try await estate.must(
                "installations", "set", "maple-sage300", "--name", "Main; \"office\", Köln", "--price", "1200.10 EUR",
                "--term", "annual", "--owner", "=cmd|' /C calc'!A0")
            try await estate.must("installations", "set", "cedar-sage300", "--price", "0.25 EUR")
            try await body(estate)
        }
    }

    @Test("The table has sums, exact to the cent")
    func table() async throws {
        try await withTwo { estate in
            let text = try await estate.must(
                ["renewals", "--within", "90d", "--at", "2027-01-01"], with: ["COLUMNS": "200"]
            ).out
            let lines = text.split(separator: "\n")
            #expect(lines[1].hasPrefix("2027-01-31  30 d  maple ") && lines[2].hasPrefix("2027-02-15  45 d  cedar "))
            #expect(lines[1].contains("1200.10 EUR, annual") && lines[1].contains("2027-03-18 Read-only (restricted"))
            #expect(lines.last == "Together: 1200.35 EUR (2).")
            let late = try await estate.run("renewals", "--within", "10d", "--at", "2027-02-10")
            #expect(late.out.contains("cedar-sage300") && !late.out.contains("maple-sage300"))
            #expect(late.err.contains("1 ended before and was not renewed: --overdue"))
            let json = try await estate.json("renewals", "--within", "10d", "--overdue", "--at", "2027-02-10")
            #expect(json["renewals"]?.array?.map { $0["days"] } == [-10, 5] && json["overdue"] == 1)
            #expect(try await estate.json("renewals", "--within", "1d")["renewals"] == .array([]))
            for wrong in [["--within", "48h"], ["--within", "-1d"], ["--ics", "--csv"]] {
                #expect(try await estate.run(["renewals"] + wrong).code == 2, "\(wrong)")
            }
        }
    }

    @Test("CSV holds every field, quoted where it must be, and nothing that a spreadsheet would run")
    func csv() async throws {
        try await withTwo { estate in
            let csv = try await estate.must("renewals", "--within", "90d", "--csv", "--at", "2027-01-01").out
            let rows = csv.components(separatedBy: "\r\n")
            #expect(rows.count == 4 && rows[3].isEmpty)
            #expect(rows[0].hasPrefix("day,days,customer,customer_name,installation,installation_name,product,"))
            #expect(
                rows[1].hasPrefix(
                    "2027-01-31,30,maple,Maple & Ridge Foods,maple-sage300,\"Main; \"\"office\"\", Köln\",Sage 300,"))
            #expect(rows[1].contains(",annual,1200.10,EUR,'=cmd|' /C calc'!A0,licensed,"))
        }
    }

    /// Prints of each event its ID, its day and its summary, after a public parser has read it.
    private static let reader = """
        import sys
        from icalendar import Calendar
        for event in Calendar.from_ical(sys.stdin.buffer.read()).walk('VEVENT'):
            assert not event.errors and event['DTSTAMP'].dt and len(event.walk('VALARM')) == 1
            print(event['UID'], event['DTSTART'].dt, event['DTEND'].dt, event['SUMMARY'], event['DESCRIPTION'], sep='|')
        """

    @Test("The calendar is read by a public parser; made again after a renewal it moves the same entry")
    func calendar() async throws {
        try await withTwo { estate in
            func events() async throws -> [String] {
                let calendar = try await estate.must("renewals", "--within", "5000d", "--ics", "--overdue").out
                let path = try estate.write(calendar, to: "renewals.ics")
                let program = try estate.write(Self.reader, to: "reader.py")
                let process = Process()
                process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
                process.arguments = [program]
                process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
                let output = Pipe()
                process.standardOutput = output
                try process.run()
                let bytes = output.fileHandleForReading.readDataToEndOfFile()
                process.waitUntilExit()
                #expect(process.terminationStatus == 0, "python3-icalendar: Tools/install-packages test")
                return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
            }
            let first = try await events().filter { $0.contains("|20") }
            #expect(first.count == 2)
            #expect(
                first[0].hasPrefix(
                    "maple-sage300/expires@gatehouse|2027-01-31|2027-02-01|Sage 300 renews: Maple & Ridge Foods|"))
            #expect(first[0].contains("Main; \"office\", Köln"))
            let book =
                "sage300:\n" + Client.maple.entry(expires: "2028-01-31") + Client.cedar.entry(expires: "2027-02-15")
            try estate.write(book, to: "vendor/book.yaml")
            try await estate.must("refresh", "maple-sage300")
            let second = try await events().filter { $0.contains("|20") }
            #expect(second.count == 2 && second[1].hasPrefix("maple-sage300/expires@gatehouse|2028-01-31|2028-02-01|"))
        }
    }

    @Test("A customer's sheet fits a page of 80 columns and holds what is needed when nobody can ask")
    func sheet() async throws {
        try await withTwo { estate in
            let plan = "Ring the reseller. " + String(repeating: "Enter invoices in the paper book. ", count: 3)
            try await estate.must(
                "installations", "set", "maple-sage300", "--emergency-plan", plan, "--owner", "Pat Doe")
            try await estate.must(
                "customers", "contacts", "add", "maple", "--role", "support", "--name", "Sage North America",
                "--phone", "+1 800 555 0199", "--email",
                "license-renewals-north-america@\(String(repeating: "long", count: 15)).example.com")
            let text = try await estate.must(
                ["customers", "sheet", "maple", "--at", "2027-02-10"], with: ["COLUMNS": "200"]
            ).out
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.allSatisfy { $0.count <= 80 }, "\(text)")
            #expect(lines.count <= 66, "a page of A4 has as many lines")
            for line in [
                "Maple & Ridge Foods (maple): licenses", "As of 2027-02-10 00:00; all times in America/Toronto.",
                "Vendor's support  Sage North America, +1 800 555 0199,", "Provider          nobody is on record",
                "Standing   Expired, full access", "Dates      expires 2027-01-31", "Seats      10 users, 5 webUsers",
                "What then  2027-03-18 00:00 Read-only (restricted)", "Identity   Client ID: 30017482",
                "Serial Number: SCX26-0417-88213", "Where      Help > Licenses > License Manager",
                "Files      /", "Bought     annual, 1200.10 EUR",
                "Owner      Pat Doe", "Emergency  Ring the reseller. Enter invoices in the paper book.",
                "To do      Renew Sage 300 with the vendor",
            ] {
                #expect(text.contains(line), "\(line)\n\(text)")
            }
            #expect(text.contains("Main; \"office\", Köln (maple-sage300)"))
            #expect(!text.contains("cedar"), "another customer's is none of theirs")
            let bare = try await estate.must("customers", "sheet", "cedar").out
            #expect(bare.contains("Emergency  no plan is on record"))
            let json = try await estate.json("customers", "sheet", "maple")
            #expect(json["installations"]?.array?.count == 1 && json["contacts"]?.array?.first?["role"] == "support")
            #expect(try await estate.run("customers", "sheet", "nobody").code == 1)
        }
    }
}
