import AdapterKit
import GatewayAPI
import Testing

@testable import GatewayCore

@Suite("Recording licenses from a spreadsheet")
struct LicenseSheetTests {
    @Test("A file records all that its columns say, in any order")
    func takes() async throws {
        try await RecordFixture.with { _, gateway async throws in
            let report = try await gateway.take(
                sheet: """
                    Seats,installation,EXPIRES,modules,edition,note,lastCheck
                    users=4;viewers=2,cad,2027-03-31,ACD;RVT=2026-12-31,Full,"From the order, PO-1",2026-11-22T09:00:00Z
                    ,,,,,,
                    badges=30,erp,2027-01-31,,,,
                    """)
            #expect(report.problems.isEmpty && report.results.map(\.installation) == ["cad", "erp"])
            #expect(report.results.allSatisfy { $0.outcome == .updated && $0.operation != nil })
            let held = try #require(try await gateway.held("cad"))
            #expect(
                held.seats.map(\.name) == ["users", "viewers"] && held.modules.count == 2 && held.edition == "Full")
            #expect(held.dates.keys.sorted() == ["expires", "lastCheck"])
            #expect(try await gateway.held("erp")?.seats.map(\.count) == [30])
            #expect(try await gateway.held("crm") == nil)
        }
    }

    @Test("Everything that is wrong is told at once with line and column, and nothing of the file is recorded")
    func problems() async throws {
        try await RecordFixture.with { _, gateway async throws in
            let report = try await gateway.take(
                sheet: """
                    installation,expires,seats,modules
                    cad,2027-03-31,users=4,
                    erp,2027-02-30,users,
                    nobody,2027-03-31,,
                    cad,2027-04-30,,
                    crm,2027-03-31,users=x,GL;GL
                    ,2027-03-31,,
                    """)
            #expect(report.results.isEmpty && report.omittedProblems == 0)
            let places = report.problems.map { "\($0.line):\($0.column)" }
            #expect(places == ["3:16", "4:1", "5:1", "6:16", "7:1"], "\(report.problems.map(\.shown))")
            #expect(report.problems.allSatisfy { $0.shown.contains("licenses.csv:") })
            for id in ["cad", "erp", "crm"] { #expect(try await gateway.held(id) == nil) }
        }
    }

    @Test("A value that stands under no column is told, not left out")
    func noColumn() async throws {
        try await RecordFixture.with { _, gateway async throws in
            let report = try await gateway.take(
                sheet: "installation;expires;seats;\ncad;2027-03-31;users=4;viewers=2;\nerp;2027-03-31;users=4;;PO\n")
            #expect(
                report.problems.map { "\($0.line):\($0.column)" } == ["2:24", "3:25"], "\(report.problems.map(\.shown))"
            )
            #expect(report.problems.allSatisfy { $0.shown.contains("stands under no column") })
            #expect(try await gateway.held("cad") == nil)
            let quoted = try await gateway.take(
                sheet: "installation;expires;seats\ncad;2027-03-31;\"users=4;viewers=2\"\n")
            #expect(quoted.problems.isEmpty && quoted.results.count == 1, "\(quoted.problems.map(\.shown))")
        }
    }

    @Test("A dry run tells the same and records nothing")
    func dryRun() async throws {
        try await RecordFixture.with { _, gateway async throws in
            let good = "installation,expires\ncad,2027-03-31\n"
            #expect(try await gateway.take(sheet: good, dryRun: true).problems.isEmpty)
            #expect(try await gateway.held("cad") == nil)
            let bad = try await gateway.take(sheet: good + "erp,soon\n", dryRun: true)
            #expect(bad.problems.map(\.line) == [3])
        }
    }

    @Test("What spreadsheets make of a file is understood: a byte order mark, semicolons, Windows-1252")
    func encodings() async throws {
        try await RecordFixture.with { test, gateway async throws in
            let text = "installation;expires;seats;note\r\ncad;2027-03-31;users=4;M\u{FC}ller\r\n"
            let marked: [UInt8] = [0xEF, 0xBB, 0xBF] + Array(text.utf8)
            #expect(try await gateway.take(bytes: marked).results.count == 1)
            test.time.pass(hours: 1)
            let windows = text.replacing("cad", with: "erp").unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
            #expect(try await gateway.take(bytes: windows).results.count == 1)
            for id in ["cad", "erp"] {
                let trail = try await gateway.perform(ListAudit()).first {
                    $0.subject == id && $0.act == "license.record"
                }
                #expect(trail?.detail.contains("M\u{FC}ller") == true, "\(trail as Any)")
            }
        }
    }

    @Test(
        "What a spreadsheet has damaged is told as that; what the file says it means so is taken",
        arguments: ["31.03.2027", "31-Mar-27", "#N/A", "########", "1.23E+11"])
    func damage(_ cell: String) async throws {
        try await RecordFixture.with { _, gateway async throws in
            let report = try await gateway.take(sheet: "installation,expires\ncad,\(cell)\n")
            #expect(report.problems.map(\.column) == [5] && report.problems.first?.help?.contains("as text") == true)
            let damaged = try await gateway.take(sheet: "installation,expires\n\(cell),2027-03-31\n")
            #expect(damaged.problems.map(\.column) == [1], "\(damaged.problems.map(\.shown))")
            let exact = try await gateway.take(sheet: "installation,expires\ncad,\"=\"\"2027-03-31\"\"\"\n")
            #expect(exact.problems.isEmpty && exact.results.count == 1)
        }
    }

    @Test(
        "A header that can't be understood is told with the nearest known column",
        arguments: [
            ("installation,expire\ncad,2027-03-31\n", "expires"), ("expires\n2027-03-31\n", "installation is missing"),
            ("installation,expires,expires\ncad,2027-03-31,\n", "there twice"), ("", "empty"),
            ("installation,seats\ncad,users=1;users=2\n", "twice"),
        ])
    func header(_ text: String, _ word: String) async throws {
        try await RecordFixture.with { _, gateway async throws in
            let report = try await gateway.take(sheet: text)
            #expect(report.results.isEmpty)
            let told = report.problems.map(\.shown).joined(separator: "\n")
            #expect(told.contains(word), "\(told)")
        }
    }

    @Test("A file without a row says so")
    func empty() async throws {
        try await RecordFixture.with { _, gateway async throws in
            let error = await callError { _ = try await gateway.take(sheet: "installation,expires\n") }
            #expect(error?.code == .invalid && error?.message.contains("no row") == true)
        }
    }
}
