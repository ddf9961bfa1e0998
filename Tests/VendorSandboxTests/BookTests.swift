import Foundation
import MarkedText
import MarkedYAML
import Testing
import VendorSandbox

@Suite("The book")
struct BookTests {
    @Test("A file put in place of the book is in force with the next request")
    func replaced() async throws {
        try await RunningSandbox.with(Books.one()) { sandbox in
            for users in 11...15 {
                let draft = sandbox.folder.path + "/draft"
                try Data(Books.one(users: users).utf8).write(to: URL(fileURLWithPath: draft))
                try #require(rename(draft, sandbox.folder.book) == 0)
                try await #expect(sandbox.ask(Question())["users"] == String(users))
            }
        }
    }

    @Test("A book that is written in place is in force with the next request")
    func rewritten() async throws {
        try await RunningSandbox.with(Books.one()) { sandbox in
            for users in 11...15 {
                let file = try #require(FileHandle(forWritingAtPath: sandbox.folder.book))
                try file.truncate(atOffset: 0)
                try file.write(contentsOf: Data(Books.one(users: users).utf8))
                try file.close()
                try await #expect(sandbox.ask(Question())["users"] == String(users))
            }
        }
    }

    @Test("A book that is just being written is not read before it is whole")
    func halfWritten() async throws {
        try await RunningSandbox.with(Books.one()) { sandbox in
            let text = Books.one(users: 77) + "\nfaults: {}\n"
            let file = try #require(FileHandle(forWritingAtPath: sandbox.folder.book))
            try file.truncate(atOffset: 0)
            async let answer = sandbox.ask(Question())
            for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
                try file.write(contentsOf: Data((line + "\n").utf8))
            }
            try file.close()
            try await #expect(answer["users"] == "77")
            #expect(sandbox.reports.all.isEmpty)
        }
    }

    @Test("A broken edit is told once with its place; the last good book stays in force until it is mended")
    func broken() async throws {
        try await RunningSandbox.with(Books.one()) { sandbox in
            let broken = Books.one(users: 12).replacing("webUsers", with: "webUser")
            try sandbox.folder.write(broken)
            for _ in 1...3 { try await #expect(sandbox.ask(Question())["users"] == "10") }
            #expect(sandbox.reports.all.count == 1)
            let report = try #require(sandbox.reports.all.first)
            #expect(report.contains("stand-in") && report.contains("stays in force"))
            #expect(report.contains("\(sandbox.folder.book):10:5: error: unknown key \"webUser\""))
            try sandbox.folder.write(Books.one(users: 12))
            try await #expect(sandbox.ask(Question())["users"] == "12")
            #expect(sandbox.reports.all.count == 2 && sandbox.reports.all.last?.contains("mended") == true)
        }
    }

    @Test("A book that is taken away leaves the last one in force")
    func removed() async throws {
        try await RunningSandbox.with(Books.one()) { sandbox in
            try FileManager.default.removeItem(atPath: sandbox.folder.book)
            try await #expect(sandbox.ask(Question()).status == "changed")
            #expect(sandbox.reports.all.count == 1)
            #expect(sandbox.reports.all.first?.contains(":1:1: error: can't be read") == true)
            try sandbox.folder.write(Books.one(users: 20))
            try await #expect(sandbox.ask(Question())["users"] == "20")
        }
    }

    @Test("Many requests at once after an edit all get the new book, which is read once")
    func crowd() async throws {
        try await RunningSandbox.with(Books.one()) { sandbox in
            try sandbox.folder.write(Books.one("copies: 1"))
            let statuses = try await withThrowingTaskGroup(of: String?.self) { group in
                for _ in 1...20 { group.addTask { try await sandbox.ask(Question()).status } }
                return try await group.reduce(into: [String?]()) { $0.append($1) }
            }
            #expect(statuses.count == 20 && sandbox.reports.all.count == 1)
        }
    }

    private static let entry = Books.one()

    @Test(
        "A mistake is told with its line and column, and the stand-in does not start",
        arguments: [
            ("[]", "1:1: error: expected a mapping"), ("sage300: {}", "1:10: error: expected a list"),
            ("sage400: []", "1:1: error: unknown key \"sage400\""),
            ("sage300:\n  - users: 1", "2:5: error: missing key \"clientID\""),
            (entry.replacing("2027-01-31", with: "2027-02-29"), "8:14: error: expected a day such as 2027-01-31"),
            (entry.replacing("2027-01-31", with: "70d"), "8:14: error: expected a day"),
            (entry.replacing("2027-01-31", with: "+70"), "8:14: error: expected a day"),
            (entry.replacing("2027-01-31", with: "+36501d"), "8:14: error: expected a day"),
            (entry.replacing("users: 10", with: "users: 1000001"), "9:12: error: expected a whole number"),
            (entry.replacing("users: 10", with: "users: ten"), "9:12: error: expected a whole number"),
            (entry.replacing("code: GL", with: "code: G L"), "12:17: error: this text holds other characters"),
            (entry.replacing("code: AP", with: "code: GL"), "12:7: error: the module GL stands here twice"),
            (entry.replacing("SCX25-0417-51120", with: "SCX26-0417-88213"), "7:7: error: the current serial number"),
            (Books.one("status: lapsed"), "14:13: error: expected one of \"active\", \"expired\""),
            (Books.one("statusSince: +1d"), "14:18: error: the status can't begin in the future"),
            (Books.one("copies: 5"), "2:15: error: copies need a clientID that differs"),
            (Books.one("edition: \"\""), "14:14: error: this text is empty"),
            (entry.replacing("Maple", with: "\" Maple\" #"), "3:17: error: white space stands at an end"),
            (entry.replacing("\"30017482\"", with: "\"a\\tb\""), "2:15: error: this text holds a control character"),
            (
                entry + entry.replacing("sage300:", with: ""),
                "15:5: error: a second entry has the clientID of the one on line 2"
            ),
            (Books.faulty("slow: true"), "16:14: error: unknown key \"slow\""),
            (Books.faulty("everyNth: 0"), "16:24: error: expected a whole number from 1"),
            (Books.faulty("status: 204"), "16:22: error: an answer of status 204 has no body"),
            (Books.faulty("down: yes"), "16:20: error: expected one of \"true\", \"false\""),
            ("faults: { sage400: {} }", "1:11: error: unknown key \"sage400\""),
        ])
    func mistakes(_ row: (book: String, told: String)) async throws {
        let folder = try Folder()
        defer { folder.remove() }
        try folder.write(row.book)
        let clock = TestClock()
        let sandbox = Sandbox(book: folder.book, clock: { clock.now })
        let error = await #expect(throws: DiagnosticsError.self) { try await sandbox.run(listen: .loopback) }
        #expect(error?.description.contains("\(folder.book):\(row.told)") == true, "\(error as Any)")
        #expect(!FileManager.default.fileExists(atPath: folder.key))
    }

    @Test("One entry can stand for many customers, who differ by their number")
    func copies() async throws {
        let book = Books.one("copies: 3").replacing("30017482", with: "load-{n}")
            .replacing("Maple &", with: "Maple {n} &").replacing("88213", with: "{n}")
        try await RunningSandbox.with(book) { sandbox in
            for number in 1...3 {
                let question = Question(
                    clientID: "load-\(number)", clientName: "Maple \(number) & Ridge Foods Ltd.",
                    serialNumber: "SCX26-0417-\(number)")
                try await #expect(sandbox.ask(question).status == "changed")
            }
            try await #expect(sandbox.ask(Question(clientID: "load-4")).status == "rejected")
            try await #expect(sandbox.exchange("GET", "/").text.contains("3 customers"))
        }
    }

    @Test("The book of the examples can be used")
    func example() async throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("examples/book.yaml").path
        let text = try String(decoding: Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
        try await RunningSandbox.with(text) { sandbox in
            try await #expect(sandbox.exchange("GET", "/").text.contains("10 customers"))
            let answer = try await sandbox.ask(Question())
            #expect(answer.status == "changed" && answer["expires"] == "2027-06-20")
        }
    }
}
