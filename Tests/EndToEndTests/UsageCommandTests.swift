import Foundation
import Testing

@Suite("Usage, forecasts and reports, as they leave the program")
struct UsageCommandTests {
    private func withMaple(_ body: (Estate) async throws -> Void) async throws {
        try await Estate.with { estate in
            _ = try await estate.standIn("sage300:\n" + Client.maple.entry(expires: "2027-01-31"))
            try await estate.add()
            try await estate.must("refresh", "--all")
            try await body(estate)
        }
    }

    @Test("Observed counts come in by hand and by file, and go out as a picture, JSON and CSV")
    func usage() async throws {
        try await withMaple { estate in
            try await estate.must("usage", "record", "maple-sage300", "--in-use", "7", "--registered", "12")
            let file = estate.folder + "/seen.csv"
            try Data("installation,pool,at,inUse\nmaple-sage300,webUsers,2026-11-20,3\n".utf8)
                .write(to: URL(filePath: file))
            #expect(try await estate.must("usage", "record", "--csv", file).out == "Recorded.\n")
            let text = try await estate.must("usage", "maple-sage300", "--days", "3000").out
            #expect(text.contains("users: 7 in use (seen ") && text.contains("12 registered") && text.contains("█"))
            let json = try await estate.json("usage", "show", "maple-sage300", "--days", "3000")
            #expect(json["pools"]?.array?.first?["registered"] == 12)
            let csv = try await estate.must("usage", "maple-sage300", "--days", "3000", "--csv").out
            #expect(csv.hasPrefix("installation,pool,day,peak,purchased,refused,over_limit\r\n"))
            #expect(csv.contains("maple-sage300,webUsers,2026-11-20,3,"))
        }
    }

    @Test("What is wrong with a file is told with its place, and ends with 1; wrong usage ends with 2")
    func wrong() async throws {
        try await withMaple { estate in
            let file = estate.folder + "/seen.csv"
            try Data("installation,pool,at,inUse\nmaple-sage300,users,soon,3\nother,users,2026-11-20,3\n".utf8)
                .write(to: URL(filePath: file))
            let answer = try await estate.run("usage", "record", "--csv", file)
            #expect(answer.code == 1 && answer.err.contains("seen.csv:2:21: error:"))
            #expect(answer.err.contains("seen.csv:3:1: error:") && answer.err.contains("Nothing of"))
            for wrong in [
                ["record"], ["record", "maple-sage300"], ["record", "--csv", file, "maple-sage300"],
                ["show", "maple-sage300", "--csv", "--json"],
            ] { #expect(try await estate.run(["usage"] + wrong).code == 2, "\(wrong)") }
        }
    }

    @Test("The report of licenses comes as a table, CSV and Markdown")
    func report() async throws {
        try await withMaple { estate in
            #expect(try await estate.must("report", "licenses").err.contains("Of the use of 1 of 1 installations"))
            try await estate.must("usage", "record", "maple-sage300", "--in-use", "70")
            #expect(try await estate.must("report", "licenses").out.contains("over-used"))
            let csv = try await estate.must("report", "licenses", "--csv").out
            #expect(csv.hasPrefix("customer,installation,product,finding,subject,purchased,"))
            #expect(csv.contains("maple,maple-sage300,Sage 300,over-used,users,"))
            #expect(try await estate.must("report", "licenses", "--markdown").out.contains("| over-used | users |"))
        }
    }
}
