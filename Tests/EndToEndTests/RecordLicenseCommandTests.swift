import Foundation
import Testing

@Suite("Recording licenses, as scripts do")
struct RecordLicenseCommandTests {
    private static func add(to estate: Estate) async throws {
        try await estate.must("customers", "add", "maple", "--name", "Maple Ltd.", "--time-zone", "America/Toronto")
        for (id, profile) in [("cad", "autodesk"), ("erp", "sage-x3")] {
            try await estate.must("installations", "add", id, "--customer", "maple", "--profile", profile)
        }
    }

    @Test("Flags record a license, later ones go over it, and what is wrong changes nothing")
    func flags() async throws {
        try await Estate.with { estate in
            try await Self.add(to: estate)
            let first = try await estate.run(
                "record", "cad", "--expires", "2099-03-31", "--seats", "users=4", "--seats", "viewers=2", "--module",
                "ACD",
                "--module", "RVT=2098-12-31", "--edition", "Full", "--note", "From the order")
            #expect(first.code == 0 && first.out.contains("cad: updated: Recorded: edition=Full"), "\(first)")
            let second = try await estate.must("record", "cad", "--seats", "viewers=3", "--edition", "none", "--json")
                .json
            #expect(second["outcome"] == "updated" && second["installation"] == "cad")
            let row = try #require(try await estate.json("status").array?.first { $0["installation"] == "cad" })
            #expect(row["seats"] == .object(["users": 4, "viewers": 3]) && row["unverified"] == .bool(true))
            #expect(row["level"] == "licensed")
            let wrong = try await estate.run("record", "cad", "--expires", "31.3.2099", "--seats", "users=many")
            #expect(wrong.code == 1 && wrong.err.contains("expires") && wrong.err.contains("users"), "\(wrong)")
            #expect(try await estate.run("record", "nobody", "--expires", "2099-03-31").code == 1)
            #expect(try await estate.json("status").array?.contains(row) == true)
            #expect(try await estate.run("allows", "cad", "enter").code == 0)
            #expect(try await estate.run("seats", "claim", "cad", "--user", "ann").code == 0)
        }
    }

    @Test("A spreadsheet is recorded as a whole, or its mistakes are told with line, column and a caret")
    func spreadsheet() async throws {
        try await Estate.with { estate in
            try await Self.add(to: estate)
            let bad = try estate.write(
                "installation;expires;seats\ncad;2099-03-31;users=4\nerp;31.03.2099;badges=9\n", to: "bad.csv")
            let refused = try await estate.run("record", "--csv", bad)
            #expect(refused.code == 1 && refused.out.isEmpty)
            #expect(refused.err.contains("\(bad):3:5: error: ") && refused.err.contains("^"), "\(refused)")
            #expect(refused.err.contains("Nothing of \(bad) was recorded."))
            let good = try estate.write(
                "installation;expires;seats\ncad;2099-03-31;users=4\nerp;2099-03-31;badges=9\n", to: "good.csv")
            #expect(try await estate.must("record", "--csv", good, "--dry-run").out.contains("Nothing is wrong"))
            #expect(try await estate.json("status").array?.map { $0["level"] } == ["unlicensed", "unlicensed"])
            #expect(try await estate.must("record", "--csv", good).out == "Recorded 2 licenses.\n")
            #expect(try await estate.json("status").array?.map { $0["level"] } == ["licensed", "licensed"])
            #expect(try await estate.run("record", "--csv", estate.folder + "/nothing.csv").code == 1)
        }
    }

    @Test("docs/add-a-product.md works as it is written")
    func page() async throws {
        try await Estate.with { estate in
            let text = try String(contentsOfFile: Program.home + "/docs/add-a-product.md", encoding: .utf8)
            let blocks = text.components(separatedBy: "```sh\n").dropFirst().map { block in
                String(block[..<(block.range(of: "\n```")?.lowerBound ?? block.endIndex)])
            }
            try #require(blocks.count == 6)
            // The program is found where the tests have it, whatever the page puts before it.
            let folder = URL(filePath: Program.path).deletingLastPathComponent().path
            let script = (["set -eu"] + blocks).joined(separator: "\n")
                .replacing("$PWD/.build/release", with: folder)
            var environment = estate.variables
            environment["GATEHOUSE_PROFILES"] = nil
            environment["GATEHOUSE_STORE"] = nil
            let finished = try await Child(
                "/bin/sh", ["-c", script], environment: environment, folder: Program.home, limit: .seconds(60)
            ).finished()
            #expect(finished.code == 0, "\(finished)")
            #expect(finished.err.isEmpty, "\(finished.err)")
            // In this order.
            var rest = finished.out[...]
            for words in [
                "recorded.yaml:", "unlicensed", "updated: Recorded: ", "Licensed, unverified", "Offline too long",
                "Nothing is wrong with", "Offline, unverified", "stops in ", "Offline too long, unverified",
                "updated: Recorded: lastCheck=none", "renew it (Account > Licenses)", "yes", "atelier-cad", "expires=",
            ] {
                guard let found = rest.firstRange(of: words) else {
                    Issue.record("\(words) is not in\n\(rest)")
                    return
                }
                rest = rest[found.upperBound...]
            }
        }
    }
}
