import Foundation
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

@Suite("The portfolio as a spreadsheet")
struct ExportTests {
    private static let header =
        "customer,customerName,timeZone,customerNotes,installation,name,profile,identity.account,identity.serial,"
        + "identity.pin,site.shared,term,price,owner,emergencyPlan,notes"

    private func withPortfolio(_ body: (SheetFixture) async throws -> Void) async throws {
        try await SheetFixture.with { sheet in
            let report = try await sheet.take(
                Self.header + "\r\n"
                    + "south,South,UTC,,s-1,,test,=\"-5\",=\"03-04-26\",,/srv/s,,,,,\r\n"
                    + "north,\"'=1+1\",UTC,\"a\nb\",n-1,'@x,test,0012,000123,hunter2,\"/srv/a\n/srv/b\",annual,"
                    + "1200.00 EUR,'+1 604,\"say \"\"no\"\"\",\"x,y\"\r\n"
                    + "north,,,,n-2,,test,123456789012,12E456,,/srv/c,,,,,\r\neast,East,UTC,,,,,,,,,,,,,\r\n")
            #expect(report.outcome == .done, "\(report.told)")
            try await body(sheet)
        }
    }

    @Test("A row for each installation, by customer, and one for a customer without any")
    func rows() async throws {
        try await withPortfolio { sheet async throws in
            #expect(
                try await sheet.export(plain: true)
                    == [
                        Self.header, "east,East,UTC,,,,,,,,,,,,,",
                        "north,=1+1,UTC,\"a\nb\",n-1,@x,test,0012,000123,,\"/srv/a\n/srv/b\",annual,1200.00 EUR,+1 604,"
                            + "\"say \"\"no\"\"\",\"x,y\"",
                        "north,=1+1,UTC,\"a\nb\",n-2,,test,123456789012,12E456,,/srv/c,,,,,",
                        "south,South,UTC,,s-1,,test,-5,03-04-26,,/srv/s,,,,,",
                    ].map { $0 + "\r\n" }.joined())
        }
    }

    @Test("What a spreadsheet would change or run is written so that it does not, and secrets not at all")
    func guarded() async throws {
        try await withPortfolio { sheet async throws in
            let text = try await sheet.export()
            for cell in [
                "'=1+1", "'@x", "\"=\"\"0012\"\"\"", "\"=\"\"000123\"\"\"", "'+1 604", "\"=\"\"123456789012\"\"\"",
                "\"=\"\"12E456\"\"\"", "'-5", "\"=\"\"03-04-26\"\"\"",
            ] {
                #expect(text.contains("," + cell + ","), "\(cell) in \(text)")
            }
            #expect(!text.contains("hunter2"))
        }
    }

    @Test("What was exported, imported with --update, changes nothing at all", arguments: [false, true])
    func roundTrip(_ plain: Bool) async throws {
        try await withPortfolio { sheet async throws in
            let before = try sheet.everything()
            let sheetFile = try await sheet.gateway.perform(ExportPortfolio(separator: .semicolon, plain: plain))
            #expect(sheetFile.customers == 3 && sheetFile.installations == 3)
            for update in [true, false] {
                let report = try await sheet.take(sheetFile.contents, update: update)
                #expect(report.outcome == .done, "\(report.told)")
                #expect(report.installations == .init(unchanged: 3) && report.customers == .init(unchanged: 3))
            }
            #expect(try sheet.everything() == before)
        }
    }

    @Test("An export makes the same portfolio in another store, but for its secrets")
    func moved() async throws {
        try await withPortfolio { sheet async throws in
            let contents = try await sheet.gateway.perform(ExportPortfolio()).contents
            let text = try await sheet.export()
            try await SheetFixture.with { other async throws in
                #expect(try await other.take(contents).outcome == .done)
                #expect(try await other.export() == text)
                #expect(try await other.gateway.stored("n-1").identity == ["account": "0012", "serial": "000123"])
            }
        }
    }

    @Test("Who may see one customer exports that one, and whoever asks for another's is told of none")
    func scope() async throws {
        try await withPortfolio { sheet async throws in
            let own = try await sheet.export(by: .limited(to: "north"))
            #expect(own.contains("n-1") && own.contains("n-2") && !own.contains("south") && !own.contains("east"))
            #expect(try await sheet.export(customer: "north") == own)
            let error = await callError { _ = try await sheet.export(customer: "south", by: .limited(to: "north")) }
            #expect(error?.code == .notFound)
        }
    }

    @Test("What is archived is not exported")
    func archived() async throws {
        try await withPortfolio { sheet async throws in
            _ = try await sheet.gateway.perform(ArchiveInstallation(id: "n-2"))
            _ = try await sheet.gateway.perform(ArchiveCustomer(id: "south"))
            let text = try await sheet.export()
            #expect(text.contains("n-1") && !text.contains("n-2") && !text.contains("south"))
        }
    }

    @Test("The template has every column, and is taken as a file without rows")
    func template() async throws {
        try await SheetFixture.with { sheet in
            let list = try await sheet.gateway.perform(PortfolioTemplate())
            #expect(list.columns.map(\.name).joined(separator: ",") == Self.header)
            #expect(list.columns.allSatisfy { $0.help.hasSuffix(".") })
            #expect(list.columns.filter(\.required).map(\.name).contains("identity.serial"))
            #expect(try await sheet.take(list.contents).outcome == .done)
            let error = await callError { _ = try await sheet.gateway.perform(PortfolioTemplate(profile: "tset")) }
            #expect(error?.code == .notFound)
        }
    }
}

@Suite("How values stand in cells")
struct CellGuardTests {
    @Test(
        "A spreadsheet would change it, so it is written as a text",
        arguments: [
            "00123", "123456789012", "1E5", "12E456", "1.5", "1,5", "1-2", "3/4", "03/04/2026", "MAR1", "1 MAR",
            "Sept 2026",
            "12:30", "3 pm", "true", "FALSE", "50%", "$5", "0.5", "(5)",
        ])
    func guarded(_ value: String) {
        #expect(CellGuard.write(value) == "=\"\(value)\"")
        #expect(CellGuard.read(CellGuard.write(value)).value == value)
        #expect(CellGuard.read(CellGuard.write(value)).isExact)
    }

    @Test(
        "It is left as it is",
        arguments: [
            "", "123", "0", "12345678901", "SCX26-0417-88213", "Maple & Ridge Foods Ltd.", "/srv/a", "America/Toronto",
            "sage300-subscription", "1200.00 EUR", "annual", "Marie 1", "it's", "'quoted'", "a=b", "A1",
        ])
    func plain(_ value: String) {
        #expect(CellGuard.write(value) == value)
        #expect(CellGuard.read(value).value == value && !CellGuard.read(value).isExact)
    }

    @Test(
        "What begins as a formula is written behind an apostrophe",
        arguments: ["=1+1", "+1 604", "-5", "@x", "-", "=\"00123\"", "'=x", "''+x", "'-"])
    func formulas(_ value: String) {
        #expect(CellGuard.write(value) == "'" + value)
        #expect(CellGuard.read("'" + value).value == value && CellGuard.read("'" + value).isExact)
    }

    @Test("A lost zero is seen where a field asks for one length only")
    func zeroed() {
        #expect(CellDamage.zeroed("123") { $0.utf8.count == 8 } == "00000123")
        #expect(CellDamage.zeroed("123") { $0.utf8.count >= 8 } == nil)
        #expect(CellDamage.zeroed("A23") { $0.utf8.count == 8 } == nil)
        #expect(CellDamage.zeroed("") { $0.utf8.count == 8 } == nil)
    }
}
