import Foundation
import Testing

@Suite("Why, what was, and what comes, as a person and a script see it")
struct ExplainCommandTests {
    /// A customer whose subscription ended, with what people recorded of it.
    private func withMaple(expires: String = "2027-01-31", _ body: (Estate) async throws -> Void) async throws {
        try await Estate.with { estate in
            _ = try await estate.standIn(Client.maple.book(expires: expires))
            try await estate.add()
            try await estate.must("refresh", "maple-sage300")
            try await body(estate)
        }
    }

    @Test("explain tells a person why, since when, what next and what to do, and a script the same")
    func explain() async throws {
        try await withMaple { estate in
            let text = try await estate.must("explain", "maple-sage300", "--at", "2027-02-10").out
            for line in [
                "Standing  Expired (grace): full access, since 2027-02-01 00:00",
                "Why       countdown subscription, stage 0d (grace) since 2027-02-01 00:00, from expires 2027-01-31",
                "from expires 2027-01-31 (\(Program.profiles)/sage300-subscription.yaml:",
                "Next      2027-03-18 00:00  restricted, Read-only (subscription)",
                "entitlements.xml is as it was delivered",
                "Do        Renew Sage 300 with the vendor, then `gatehouse refresh maple-sage300` (Help > Licenses",
            ] {
                #expect(text.contains(line), "\(line)\n\(text)")
            }
            let json = try await estate.json("explain", "maple-sage300", "--at", "2027-02-10")
            #expect(json["standing"]?["level"] == "grace" && json["standing"]?["since"] == "2027-02-01T05:00:00Z")
            #expect(json["standing"]?["causes"]?.array?.first?["countdown"] == "subscription")
            #expect(json["where"] == "Help > Licenses > License Manager" && json["user"] == nil)
            // Wherever it stands: the question was answered.
            #expect(try await estate.run("explain", "maple-sage300", "--at", "2030-01-01").code == 0)
            #expect(try await estate.run("explain", "nobody").code == 1)
        }
    }

    @Test("explain fits the terminal, and --user says a line about each thing")
    func user() async throws {
        try await withMaple { estate in
            for width in [60, 80, 132] {
                for arguments in [["explain", "maple-sage300"], ["explain", "maple-sage300", "--user", "kim"]] {
                    let text = try await estate.must(arguments, with: ["COLUMNS": "\(width)"]).out
                    #expect(text.split(separator: "\n").allSatisfy { $0.count <= width }, "\(width)\n\(text)")
                }
            }
            let text = try await estate.must("explain", "maple-sage300", "--user", "kim").out
            let topics = text.split(separator: "\n").dropFirst().compactMap { $0.split(separator: " ").first }
            #expect(topics == ["Standing", "Seats", "Refresh", "Delivery", "Vendor", "Do"])
            #expect(text.hasPrefix("kim in maple-sage300: Sage 300 of Maple & Ridge Foods"))
        }
    }

    @Test("explain works without the profile, the site and the vendor")
    func broken() async throws {
        try await withMaple { estate in
            try FileManager.default.removeItem(atPath: estate.sites)
            let site = try await estate.must("explain", "maple-sage300").out
            #expect(site.contains("could not be looked at"))
            let text = try await estate.must("explain", "maple-sage300", "--profiles", estate.folder).out
            #expect(text.contains("No profile (unlicensed): no access") && text.contains("gatehouse profiles lint"))
        }
    }

    @Test("history is a table, Markdown, CSV or JSON of the same events")
    func history() async throws {
        try await withMaple { estate in
            try await estate.must("refresh", "maple-sage300")
            let events = try await estate.json("history", "maple-sage300")["events"]?.array ?? []
            #expect(events.count >= 6)
            let csv = try await estate.must("history", "maple-sage300", "--csv").out
            let rows = csv.components(separatedBy: "\r\n")
            #expect(rows.first == "at,local,time_zone,kind,what,who,detail,operation" && rows.last == "")
            #expect(rows.count == events.count + 2)
            #expect(csv.contains("\"expires 2027-01-31; 10 users; 5 webUsers; edition Premium; modules GL\"") == false)
            #expect(csv.contains("expires 2027-01-31; 10 users; 5 webUsers; edition Premium; modules GL"))
            #expect(csv.contains("\"updated: Updated: until 2027-01-31, 10 users, 5 webUsers, 1 module.\""))
            let markdown = try await estate.must("history", "maple-sage300", "--markdown").out
            #expect(markdown.hasPrefix("# History of maple-sage300\n"))
            #expect(markdown.split(separator: "\n").count { $0.hasPrefix("| 20") } == events.count)
            let table = try await estate.must("history", "maple-sage300").out
            #expect(table.split(separator: "\n").count == events.count + 1)
            let some = try await estate.run("history", "maple-sage300", "--limit", "1")
            #expect(some.out.split(separator: "\n").count == 2 && some.err.contains("--limit"))
            #expect(try await estate.run("history", "maple-sage300", "--csv", "--json").code == 2)
        }
    }

    @Test("timeline lists what is coming for a customer, or for all")
    func timeline() async throws {
        try await withMaple { estate in
            let all =
                try await estate.json("timeline", "--within", "120d", "--at", "2027-01-01")["changes"]?.array ?? []
            #expect(all.map { $0["local"] } == ["2027-01-02 00:00", "2027-02-01 00:00", "2027-03-18 00:00"])
            let own = try await estate.json(
                "timeline", "--customer", "maple", "--within", "120d", "--at", "2027-01-01")
            #expect(own["changes"]?.array == all && own["hasMore"] == false)
            let text = try await estate.must("timeline", "--within", "120d", "--at", "2027-01-01").out
            #expect(text.hasPrefix("AT ") && text.contains("2027-03-18 00:00  maple"))
            #expect(try await estate.must("timeline", "--within", "0d").out.hasPrefix("Nothing changes"))
            for wrong in [
                ["timeline", "maple-sage300", "--customer", "maple"], ["timeline", "maple-sage300", "--within", "9d"],
                ["timeline", "--within", "soon"], ["timeline", "--within", "-9d"],
            ] {
                #expect(try await estate.run(wrong).code == 2, "\(wrong)")
            }
        }
    }
}
