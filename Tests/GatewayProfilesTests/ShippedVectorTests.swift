import AdapterKit
import Foundation
import GatewayProfiles
import MarkedText
import Testing

@Suite("The shipped profiles' worked instants")
struct ShippedVectorTests {
    /// A row of the worked instants of `AdapterKitTests/Fixtures`, by its columns.
    struct Row: Sendable, CustomTestStringConvertible {
        var columns: [String: String]

        subscript(name: String) -> String { columns[name] ?? "" }
        var testDescription: String { self["id"] }
    }

    static func rows() throws -> [Row] {
        let files = [
            "sage100-subscription", "sage200-online-contact", "sage200-online-validity", "sage200-on-premise",
            "nothing-and-worst", "pos-token",
        ]
        return try files.flatMap { try rows(of: $0) }
            .filter { row in ["sage100-", "sage200-", "pos-"].contains { row["profile"].hasPrefix($0) } }
    }

    /// All rows of a table.
    static func rows(of name: String) throws -> [Row] {
        let path = ProfileText.repository + "/Tests/AdapterKitTests/Fixtures/standing-\(name).csv"
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        let names = lines.first?.split(separator: ",").map(String.init) ?? []
        return lines.dropFirst().map { line in
            let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            return Row(columns: Dictionary(zip(names, fields)) { first, _ in first })
        }
    }

    static func profile(_ name: String) throws -> Profile {
        try #require(
            ProfileSet(folders: [ProfileText.repository + "/profiles"], reader: ProfileText.reader)
                .profiles[name])
    }

    static func standing(_ row: Row) throws -> Standing {
        let rules = try profile(row["profile"]).rules
        let name = row["zone"]
        let zone = try Zone(
            name: name, tzif: Array(Data(contentsOf: URL(filePath: "/usr/share/zoneinfo/" + name))))
        let dates = try DatesColumn.values(row["dates"].utf8).dates
        return rules.standing(
            of: rules.facts(held: !dates.isEmpty, dates: dates), at: try #require(Instant(row["atUTC"])), in: zone)
    }

    @Test("The YAML that is shipped stands as worked out", arguments: try rows())
    func standing(_ row: Row) throws {
        let standing = try Self.standing(row)
        let found: KeyValuePairs = [
            "level": standing.level.rawValue, "label": standing.label, "access": standing.access.rawValue,
            "days": standing.days.map(String.init), "until": standing.until?.description,
            "fullUntil": standing.fullUntil?.description,
        ]
        for (column, value) in found { #expect(value ?? "" == row[column], "\(column)") }
        let messages = standing.messages(
            naming: MessageNames(product: "Sage 200", customer: "Acme", installation: "acme", where: "Licence"))
        if !row["message"].isEmpty { #expect(messages.first == row["message"]) }
        // What is bad enough to be told is told. That nothing is held is told with the steps to get it.
        if !row["dates"].isEmpty { #expect(messages.isEmpty == (standing.level == .licensed)) }
    }

    @Test("All the rows are there")
    func count() throws {
        let rows = try Self.rows()
        for (prefix, count) in [("B", 34), ("C", 14), ("D", 10), ("E", 8), ("H", 4)] {
            #expect(rows.count { $0["id"].hasPrefix(prefix) } == count, "\(prefix)")
        }
    }

    @Test("Before validFrom nothing counts, in the customer's time zone")
    func notYetValid() throws {
        for (at, level) in [("2026-06-30T22:59:59Z", Level.stopped), ("2026-06-30T23:00:00Z", .licensed)] {
            let row = Row(columns: [
                "profile": "sage200-online", "zone": "Europe/London", "atUTC": at,
                "dates": "lastContact=2026-06-20T10:00:00Z;validFrom=2026-07-01;validTo=2027-06-30",
            ])
            let standing = try Self.standing(row)
            #expect(standing.level == level)
            #expect(standing.label == (level == .stopped ? Standing.notYetValidLabel : Standing.licensedLabel))
        }
    }

    @Test("An installation on premise that was never activated offline is silent about it")
    func neverOffline() throws {
        let row = Row(columns: [
            "profile": "sage200-on-premise", "zone": "Europe/London", "atUTC": "2026-07-05T10:00:00Z",
            "dates": "lastContact=2026-06-20T10:00:00Z;validTo=2027-06-30",
        ])
        #expect(try Self.standing(row).level == .licensed)
        #expect(try Self.profile("sage200-on-premise").rules.countdowns.map(\.name).last == "offline")
        #expect(try !Self.profile("sage200-online").rules.countdowns.contains { $0.name == "offline" })
    }

    @Test(
        "A perpetual license stands as licensed for ever; a maintenance plan that lapsed lowers nobody's access",
        arguments: [
            ("sage100-perpetual", "", "2099-01-01T00:00:00Z", Level.licensed),
            ("sage300-perpetual", "", "2099-01-01T00:00:00Z", .licensed),
            ("sage300-perpetual", "maintenanceUntil=2027-01-31", "2026-11-22T10:00:00Z", .licensed),
            ("sage300-perpetual", "maintenanceUntil=2027-01-31", "2027-01-31T10:00:00Z", .notice),
            ("sage300-perpetual", "maintenanceUntil=2027-01-31", "2099-01-01T00:00:00Z", .warning),
        ] as [(String, String, String, Level)])
    func perpetual(_ name: String, _ dates: String, _ at: String, _ level: Level) throws {
        let rules = try Self.profile(name).rules
        let zone = try Zone(
            name: "America/Chicago", tzif: Array(Data(contentsOf: URL(filePath: "/usr/share/zoneinfo/America/Chicago")))
        )
        let values = try DatesColumn.values(dates.utf8).dates
        let standing = rules.standing(
            of: rules.facts(held: true, dates: values), at: try #require(Instant(at)), in: zone)
        #expect(standing.level == level && standing.access == .full && standing.fullUntil == nil)
        #expect(standing.label == Standing.licensedLabel)
        if dates.isEmpty { #expect(standing.until == nil) }
    }

    @Test("A last day under the profile of a perpetual license counts all the same; without one a subscription is none")
    func otherLicense() throws {
        let zone = try Zone(
            name: "America/Chicago", tzif: Array(Data(contentsOf: URL(filePath: "/usr/share/zoneinfo/America/Chicago")))
        )
        let now = try #require(Instant("2027-03-18T05:00:00Z"))
        for (name, dates, level) in [
            ("sage100-perpetual", "expires=2027-01-31", Level.restricted), ("sage100-subscription", "", .unlicensed),
        ] {
            let rules = try Self.profile(name).rules
            let values = try DatesColumn.values(dates.utf8).dates
            #expect(rules.standing(of: rules.facts(held: true, dates: values), at: now, in: zone).level == level)
        }
    }
}
