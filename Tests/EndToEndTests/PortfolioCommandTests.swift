import Foundation
import Testing

@Suite("The portfolio as a spreadsheet, on the command line")
struct PortfolioCommandTests {
    private static let header =
        "customer;customerName;timeZone;installation;profile;identity.clientID;identity.clientName;"
        + "identity.serialNumber;site.sharedData"

    private func file(_ rows: String...) -> String { ([Self.header] + rows).joined(separator: "\r\n") + "\r\n" }

    @Test("Template, import, export, edit, import: the cycle of a release")
    func cycle() async throws {
        try await Estate.with { estate in
            let template = try await estate.must("portfolio", "template", "new.csv")
            #expect(template.out.hasPrefix("Wrote new.csv: "))
            #expect(FileOnDisk(estate.folder + "/new.csv")?.text.contains("identity.serialNumber") == true)
            #expect(try await estate.must("portfolio", "template").out.contains("identity.serialNumber"))

            let maple = "maple;Maple;America/Toronto;m-1;sage300-subscription;00123;Maple Ltd.;S-1;/srv/m"
            let cedar = "cedar;Cedar;Europe/Berlin;c-1;sage300-subscription;456;Cedar Inc.;S-2;/srv/c"
            try estate.write(file(maple, cedar), to: "a.csv")
            let dry = try await estate.must("portfolio", "import", "a.csv", "--dry-run")
            #expect(
                dry.out.contains("+ installation m-1 (line 2)\n")
                    && dry.out.contains("Would be taken: customers 2 added"))
            #expect(try await estate.json("customers", "list").array?.isEmpty == true)
            #expect(try await estate.must("portfolio", "import", "a.csv").out.contains("installations 2 added"))

            try await estate.must("portfolio", "export", "out.csv", "--separator", "semicolon")
            let exported = try #require(FileOnDisk(estate.folder + "/out.csv")?.text)
            #expect(exported.contains("\"=\"\"00123\"\"\""))
            let permissions = try FileManager.default.attributesOfItem(atPath: estate.folder + "/out.csv")
            #expect((permissions[.posixPermissions] as? NSNumber)?.intValue == 0o600)
            let again = try await estate.run("portfolio", "export", "out.csv")
            #expect(again.code == 1 && again.err.contains("--force"))
            #expect(try await estate.run("portfolio", "export", "-", "--separator", "semicolon").out == exported)

            try estate.write(exported.replacing(";S-1;", with: ";S-9;"), to: "edited.csv")
            let refused = try await estate.run("portfolio", "import", "edited.csv")
            #expect(refused.code == 1 && refused.err.contains("help: --update changes what is on record"))
            let planned = try await estate.must("portfolio", "import", "edited.csv", "--update", "--dry-run")
            #expect(planned.out.contains("    identity.serialNumber: \"S-1\" → \"S-9\"\n"))
            let report = try await estate.json("portfolio", "import", "edited.csv", "--update")
            #expect(report["outcome"] == "done" && report["installations"]?["changed"] == 1)
            let view = try await estate.json("installations", "show", "m-1")
            #expect(view["identity"]?.array?.last?["value"] == "S-9")
        }
    }

    @Test("Every mistake is told on standard error with file, line, column and a caret, with exit code 1")
    func mistakes() async throws {
        try await Estate.with { estate in
            try estate.write(
                file(
                    "maple;Maple;America/Toronto;m-1;sage300-subscription;1.23E+11;Maple;03/04/2026;/srv/m",
                    "maple;;;m-2;sage300-subscription;1;Maple;S;srv"), to: "bad.csv")
            let run = try await estate.run("portfolio", "import", "bad.csv")
            #expect(run.code == 1 && run.out.isEmpty)
            #expect(run.err.contains("bad.csv:2:54: error: identity.clientID (Client ID) \"1.23E+11\" is a number"))
            #expect(run.err.contains("^~~~~~~~\n"))
            #expect(
                run.err.contains("bad.csv:2:69: error: identity.serialNumber (Serial Number) \"03/04/2026\" is a date"))
            #expect(run.err.contains("bad.csv:3:44: error: site.sharedData can't be delivered to"))
            #expect(run.err.hasSuffix("Nothing of bad.csv was taken.\n"))
            let json = try await estate.run("portfolio", "import", "bad.csv", "--json")
            #expect(json.code == 1)
            let problems = try json.json["problems"]?.array
            #expect(problems?.map { $0["line"]?.int } == [2, 2, 3])
            #expect(try await estate.json("customers", "list").array?.isEmpty == true)
            #expect(try await estate.run("portfolio", "import", "none.csv").code == 1)
            #expect(try await estate.run("portfolio", "import", ".").code == 1)
        }
    }

    @Test("An import that is killed leaves all of its rows or none, and the store whole")
    func killed() async throws {
        try await Estate.with { estate in
            let rows = (0..<6000).map {
                "maple;Maple;UTC;m-\($0);sage300-subscription;\($0);Maple;S-\($0);/srv/\($0)\r\n"
            }
            try estate.write(Self.header + "\r\n" + rows.joined(), to: "many.csv")
            try await estate.must("customers", "list")
            for milliseconds in [120, 400, 900] {
                let child = try estate.start(["portfolio", "import", "many.csv", "--update"])
                poll(nil, 0, Int32(milliseconds))
                child.signal(SIGKILL)
                _ = try await child.finished()
                let count = try await estate.json("installations", "list").array?.count
                #expect(count == 0 || count == 6000)
                #expect(try await estate.run("audit", "verify").code == 0)
            }
            #expect(try await estate.run("portfolio", "import", "many.csv").code == 0)
            #expect(try await estate.json("installations", "list").array?.count == 6000)
        }
    }
}
