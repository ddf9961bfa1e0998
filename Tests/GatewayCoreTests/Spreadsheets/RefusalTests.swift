import Foundation
import GRDB
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

@Suite("What an import refuses, at its place")
struct ImportRefusalTests {
    private static let row = SheetFixture.row

    @Test("All bad rows are told at once, and nothing of the file is taken")
    func allAtOnce() async throws {
        try await SheetFixture.with { sheet in
            let report = try await sheet.take(
                SheetFixture.file(
                    Self.row("n-1", "4711", "000123", ""), Self.row("n-2", "4711", "12", ""),
                    "south,,Europe/Berlni,s-1,tset,1,000124,/srv", Self.row("N 3", "4711", "000125", ""),
                    "north,,,n-1,test,1,000126,/srv/x", "north,,,n-5,test,,000127,srv", "north,,,n-6,test,1,000127,srv")
            )
            #expect(report.outcome == .refused && report.omittedProblems == 0)
            #expect(
                report.told.map { String($0.prefix(60)) }
                    == [
                        "3:48: identity.serial (Serial) \"12\" must be 6 to 20 digits, l",
                        "4:7: customerName is needed: the customer \"south\" is new",
                        "4:8: timeZone \"Europe/Berlni\": There is no time zone \"Europe",
                        "4:26: profile \"tset\": There is no profile \"tset\" in \(sheet.fixture.folder)",
                        "5:34: installation \"N 3\" is no ID", "6:9: installation \"n-1\" stands in line 2 already",
                        "7:18: identity.account (Account) is needed",
                        "8:27: site.shared can't be delivered to: The destination \"sr",
                    ].map { String($0.prefix(60)) })
            #expect(report.problems[0].shown.hasSuffix("help: It stands on the box."))
            #expect(try await sheet.gateway.perform(ListCustomers()).isEmpty)
            #expect(try await sheet.gateway.perform(ListAudit()).isEmpty)
        }
    }

    @Test("What a spreadsheet did to an identity is told although its profile is unknown")
    func unknownProfile() async throws {
        try await SheetFixture.with { sheet in
            let report = try await sheet.take(
                SheetFixture.file("north,North,UTC,n-1,tset,1.23E+11,03/04/2026,/srv/x"))
            #expect(
                report.told.map { String($0.prefix(42)) } == [
                    "2:21: profile \"tset\": There is no profile ",
                    "2:26: identity.account is a number that a ", "2:35: identity.serial is a date as a sprea",
                ])
        }
    }

    @Test("What else is wrong with a row whose installation stands twice is told with it")
    func twice() async throws {
        try await SheetFixture.with { sheet in
            let report = try await sheet.take(
                "customer,customerName,timeZone,installation,profile,identity.account,term,price\r\n"
                    + "north,North,UTC,n-1,test,4711,annual,\r\nnorth,North,UTC,n-1,test,1.23E+11,annualy,1.200 EUR\r\n"
            )
            let told = report.told.filter { $0.hasPrefix("3:") }.map { String($0.prefix(34)) }
            #expect(
                told
                    == [
                        "3:17: installation \"n-1\" stands in lin", "3:26: identity.account is a number that a",
                        "3:35: term \"annualy\": The term \"annualy", "3:43: price \"1.200 EUR\": The price \"1.20",
                    ].map { String($0.prefix(34)) }, "\(report.told)")
        }
    }

    @Test("A misspelled column that is needed is one mistake, not two")
    func misspelledColumn() async throws {
        try await SheetFixture.with { sheet in
            let report = try await sheet.take("custmer,instalation\r\n")
            #expect(report.told == ["1:1: unknown column \"custmer\"", "1:9: unknown column \"instalation\""])
        }
    }

    @Test("Of very many problems the first hundred are told, with the number of the rest")
    func many() async throws {
        try await SheetFixture.with { sheet in
            let rows = (1...2000).map { Self.row("n-\($0)", "4711", "1", "") + "\r\n" }.joined()
            let report = try await sheet.take(SheetFixture.header + "\r\n" + rows)
            #expect(report.problems.count == 100 && report.omittedProblems == 1900)
            #expect(report.problems.map(\.line) == Array(2...101))
        }
    }

    @Test(
        "What a spreadsheet has done to a value is never guessed at",
        arguments: [
            ("1.23E+11", "is a number that a spreadsheet has rounded"),
            ("1,23457E+11", "is a number that a spreadsheet has rounded"),
            ("1E+15", "is a number that a spreadsheet has rounded"),
            ("03/04/2026", "may be day 3 of month 4 or day 4 of month 3 of 2026"),
            ("13.04.2026", "is a date as a spreadsheet writes it"), ("3-4-26", "may be day 3"),
            ("MAR-26", "is a date as a spreadsheet writes it"), ("03-APR-26", "is a date as a spreadsheet writes it"),
            ("#N/A", "is a spreadsheet's error"), ("########", "is a spreadsheet's error"),
        ])
    func damaged(_ row: (value: String, told: String)) async throws {
        try await SheetFixture.with { sheet in
            let report = try await sheet.take(SheetFixture.file(Self.row("n-1", "4711", "\"\(row.value)\"", "")))
            #expect(report.problems.count == 1)
            #expect(report.problems.first?.message.contains("identity.serial (Serial)") == true)
            #expect(report.problems.first?.message.contains(row.told) == true, "\(report.told)")
            #expect(report.problems.first?.help?.contains("format the column as text") == true)
        }
    }

    @Test("What is meant as it stands is taken", arguments: ["1.2E+11", "03-04-2026", "MAR-26", "2026-04-03"])
    func exact(_ value: String) async throws {
        try await SheetFixture.with { sheet in
            let report = try await sheet.take(SheetFixture.file(Self.row("n-1", "1", "=\"\(value)\"", "")))
            #expect(report.outcome == .done, "\(report.told)")
            #expect(try await sheet.gateway.stored("n-1").identity["serial"] == value)
        }
    }

    @Test("A value that is the one on record but for zeros or last digits was damaged, unless the file says otherwise")
    func losses() async throws {
        try await SheetFixture.with { sheet in
            _ = try await sheet.take(
                SheetFixture.file(Self.row("n-1", "007", "00123456", ""), Self.row("n-2", "1", "12345678901234567", ""))
            )
            let report = try await sheet.take(
                SheetFixture.file(Self.row("n-1", "7", "123456", ""), Self.row("n-2", "1", "12345678901234500", "")),
                update: true)
            #expect(
                report.told == [
                    "2:43: identity.account (Account) \"7\" has lost the zeros that it begins with: \"007\" is on record",
                    "2:45: identity.serial (Serial) \"123456\" has lost the zeros that it begins with: "
                        + "\"00123456\" is on record",
                    "3:45: identity.serial (Serial) \"12345678901234500\" has lost its last digits: "
                        + "\"12345678901234567\" is on record",
                ])
            let meant = try await sheet.take(SheetFixture.file(Self.row("n-1", "=\"7\"", "000123", "")), update: true)
            #expect(meant.outcome == .done, "\(meant.told)")
            #expect(try await sheet.gateway.stored("n-1").identity["account"] == "7")
        }
    }

    @Test("An ID that has lost its zeros adds no second customer or installation")
    func lostID() async throws {
        try await SheetFixture.with { sheet in
            _ = try await sheet.take(SheetFixture.file("007,Seven,UTC,0042,test,1,000123,/srv/1"))
            let report = try await sheet.take(SheetFixture.file("7,Seven,UTC,42,test,1,000123,/srv/1"), update: true)
            #expect(
                report.told == [
                    "2:1: customer \"7\" has lost the zeros that it begins with: there is \"007\"",
                    "2:13: installation \"42\" has lost the zeros that it begins with: there is \"0042\"",
                ])
        }
    }

    @Test("The mask of a secret is not taken for one", arguments: ["…", "***", "••••", "xxxx"])
    func masks(_ mask: String) async throws {
        try await SheetFixture.with { sheet in
            let header = SheetFixture.header + ",identity.pin\r\n"
            _ = try await sheet.take(header + Self.row("n-1", "1", "000123", ",hunter2") + "\r\n")
            let report = try await sheet.take(header + Self.row("n-1", "1", "000123", ",\(mask)\r\n"), update: true)
            #expect(report.told.map { $0.contains("identity.pin (PIN) is a mask, not the value") } == [true])
            #expect(try await sheet.gateway.stored("n-1").identity["pin"] == "hunter2")
        }
    }

    @Test(
        "A header that can't be understood is told, and no row is looked at",
        arguments: [
            (
                "customer,instalation,installation", "1:10: unknown column \"instalation\"",
                "did you mean \"installation\"?"
            ),
            ("customer,Installation", "1:10: unknown column \"Installation\"", "did you mean \"installation\"?"),
            ("customer,installation,foo", "1:23: unknown column \"foo\"", "the columns are customer, "),
            ("customer,installation,customer", "1:23: the column customer stands twice, first at 1:1", "keep one"),
            ("customer,name", "1:1: the column installation is missing", "`gatehouse portfolio template`"),
            ("", "1:1: the file is empty", "`gatehouse portfolio template`"),
        ])
    func headers(_ row: (header: String, told: String, help: String)) async throws {
        try await SheetFixture.with { sheet in
            let report = try await sheet.take(row.header + (row.header.isEmpty ? "" : "\r\nX Y,!\r\n"))
            #expect(report.outcome == .refused && report.told.contains(row.told), "\(report.told)")
            #expect(report.problems.contains { $0.help?.hasPrefix(row.help) == true })
            #expect(report.problems.allSatisfy { $0.line == 1 })
        }
    }

    @Test("Rows whose shape is not the header's are told")
    func shapes() async throws {
        try await SheetFixture.with { sheet in
            let report = try await sheet.take(
                SheetFixture.header + ",,\r\n" + Self.row("n-1", "1", "000123", ",,,,,\r\n")
                    + Self.row("n-2", "1", "000124", ",x\r\n") + Self.row("n-3", "1", "000125", ",,,y\r\n")
                    + "north,,,,test,,,\r\nnorth,,,n-4,test,1,000126")
            #expect(
                report.told == [
                    "3:61: a value in a column without a known name",
                    "4:63: a cell beyond the last column: the row has 11 cells, the header 10",
                    "5:10: profile is given, but the row names no installation",
                    "6:26: the file ends within a row: 7 cells of 10, and no end of the line",
                    "6:26: site.shared (Shared) is needed",
                ])
        }
    }

    @Test("What is archived, or another customer's, is not changed by an import")
    func others() async throws {
        try await SheetFixture.with { sheet in
            _ = try await sheet.take(
                SheetFixture.file(
                    Self.row("n-1", "1", "000123", ""), Self.row("n-2", "1", "000124", ""), "south,South,UTC,,,,,",
                    "east,East,UTC,,,,,"))
            _ = try await sheet.gateway.perform(ArchiveInstallation(id: "n-1"))
            _ = try await sheet.gateway.perform(ArchiveCustomer(id: "east"))
            let report = try await sheet.take(
                SheetFixture.file(
                    Self.row("n-1", "1", "000123", ""), "south,,,n-2,,,,", "east,,,e-1,test,1,000125,/srv/e"),
                update: true)
            #expect(
                report.told == [
                    "2:34: installation \"n-1\" is archived",
                    "3:9: installation \"n-2\" is an installation of \"north\"",
                    "4:1: customer \"east\" is archived",
                ])
        }
    }

    @Test("A failed commit or a mistake found late leaves no row of thousands")
    func late() async throws {
        try await SheetFixture.with { sheet in
            let rows = (1...3000).map { Self.row("n-\($0)", "1", "000123", "") + "\r\n" }.joined()
            let before = try sheet.everything()
            let report = try await sheet.take(
                SheetFixture.header + "\r\n" + rows + "north,,,n-1,test,1,000126,/srv/x\r\n")
            #expect(report.told == ["3002:9: installation \"n-1\" stands in line 2 already"])
            #expect(try sheet.everything() == before)
        }
    }
}
