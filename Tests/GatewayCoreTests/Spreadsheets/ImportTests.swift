import AdapterKit
import Foundation
import GRDB
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

@Suite("Taking a portfolio from a spreadsheet")
struct ImportTests {
    @Test("A file adds customers and installations with all that its columns say")
    func adds() async throws {
        try await SheetFixture.with { sheet in
            let report = try await sheet.take(
                """
                customer;customerName;timeZone;customerNotes;installation;name;profile;identity.account;identity.serial;\
                identity.pin;site.shared;term;price;owner;emergencyPlan;notes
                north;North Ltd.;America/Toronto;VIP;n-1;Books;test;4711;000123;s3cret;"/srv/a
                /srv/b";annual;1200.00 eur;Kim;Call Kim;"one
                two"
                north;;;;n-2;;test;4712;000124;;/srv/c;;;;;
                south;South;Europe/Berlin;;;;;;;;;;;;;
                ;;;;;;;;;;;;;;;
                """)
            #expect(report.outcome == .done && report.problems.isEmpty && report.remarks.isEmpty)
            #expect(report.customers == .init(added: 2) && report.installations == .init(added: 2))
            #expect(report.encoding == "UTF-8" && report.separator == ";" && report.sha256.count == 64)
            #expect(report.changes.map(\.id) == ["north", "n-1", "n-2", "south"])
            let view = try await sheet.gateway.perform(ShowInstallation(id: "n-1"))
            #expect(
                view.customer == "north" && view.profile == "test" && view.site == ["shared": ["/srv/a", "/srv/b"]])
            #expect(view.identity.map(\.value) == ["4711", "000123", "…"])
            #expect(
                view.facts
                    == RecordedFacts(
                        name: "Books", term: .annual, price: Price("1200.00 EUR"), owner: "Kim",
                        emergencyPlan: "Call Kim", notes: "one\ntwo"))
            let customers = try await sheet.gateway.perform(ListCustomers())
            #expect(customers.map(\.name) == ["North Ltd.", "South"] && customers.map(\.installations) == [2, 0])
            #expect(customers.map(\.notes) == ["VIP", ""])
            #expect(try await sheet.gateway.stored("n-1").identity["pin"] == "s3cret")
        }
    }

    @Test("An import can be repeated: what is there already is left as it is, without a trace")
    func repeated() async throws {
        try await SheetFixture.with { sheet in
            let file = SheetFixture.file(SheetFixture.row("n-1"), SheetFixture.row("n-2", serial: "000124"))
            #expect(try await sheet.take(file).installations == .init(added: 2))
            let before = try sheet.everything()
            for update in [false, true] {
                let report = try await sheet.take(file, update: update)
                #expect(report.outcome == .done && report.installations == .init(unchanged: 2))
                #expect(report.customers == .init(unchanged: 1) && report.changes.isEmpty)
            }
            #expect(try sheet.everything() == before)
        }
    }

    @Test("Without --update a difference is told at its place, and nothing of the file is taken")
    func addsOnly() async throws {
        try await SheetFixture.with { sheet in
            _ = try await sheet.take(SheetFixture.file(SheetFixture.row("n-1")))
            let before = try sheet.everything()
            let report = try await sheet.take(
                SheetFixture.file(
                    SheetFixture.row("n-2"), SheetFixture.row("n-1", serial: "000999"),
                    "north,Other,,n-3,test,1,000125,/srv/3"))
            #expect(report.outcome == .refused)
            #expect(
                report.told == [
                    "3:34: installation \"n-1\" is on record with another identity.serial",
                    "4:7: customerName is \"Other\", and in the row of line 2 \"North Ltd.\"",
                ])
            #expect(report.installations == .init() && report.changes.isEmpty)
            #expect(try sheet.everything() == before)
        }
    }

    @Test("With --update what differs is changed, an empty cell leaves a value and a hyphen clears it")
    func updates() async throws {
        try await SheetFixture.with { sheet in
            let header = SheetFixture.header + ",identity.pin,owner,notes\r\n"
            _ = try await sheet.take(header + SheetFixture.row("n-1", more: ",1234,Kim,old") + "\r\n")
            let report = try await sheet.take(
                header + "north,North & Sons,,n-1,,,000777,,9876,,-\r\nnorth,,,n-2,test,1,000124,/srv/2,,,\r\n",
                update: true)
            #expect(report.outcome == .done && report.customers == .init(changed: 1))
            #expect(report.installations == .init(added: 1, changed: 1))
            let change = try #require(report.changes.first { $0.id == "n-1" })
            #expect(
                change.values == [
                    .init(column: "identity.serial", was: "000123", now: "000777"),
                    .init(column: "identity.pin", was: "…", now: "…"), .init(column: "notes", was: "old", now: ""),
                ])
            let record = try await sheet.gateway.stored("n-1")
            #expect(record.identity == ["account": "4711", "serial": "000777", "pin": "9876"] && record.edits == 1)
            let view = try await sheet.gateway.perform(ShowInstallation(id: "n-1"))
            #expect(view.facts == RecordedFacts(owner: "Kim") && view.site == ["shared": ["/srv/n-1"]])
            #expect(try await sheet.gateway.perform(ShowCustomer(id: "north")).name == "North & Sons")
        }
    }

    @Test("A dry run says the same and writes nothing")
    func dryRun() async throws {
        try await SheetFixture.with { sheet in
            _ = try await sheet.take(SheetFixture.file(SheetFixture.row("n-1")))
            let file = SheetFixture.file(
                SheetFixture.row("n-1", serial: "000999"), SheetFixture.row("n-2"), "south,South,UTC,,,,,")
            let before = try sheet.everything()
            var dry = try await sheet.take(file, update: true, dryRun: true)
            #expect(dry.outcome == .dryRun)
            #expect(try sheet.everything() == before)
            dry.outcome = .done
            #expect(try await sheet.take(file, update: true) == dry)
            let bad = try await sheet.take(SheetFixture.file(SheetFixture.row("n-3", serial: "1")), dryRun: true)
            #expect(bad.outcome == .refused && bad.problems.count == 1)
        }
    }

    @Test("What an import did is in the trail: once for the file, and for each thing that it changed, without secrets")
    func audit() async throws {
        try await SheetFixture.with { sheet in
            let header = SheetFixture.header + ",identity.pin,owner\r\n"
            let first = try await sheet.take(header + SheetFixture.row("n-1", more: ",hunter2,Kim") + "\r\n")
            let second = try await sheet.take(
                header + SheetFixture.row("n-1", serial: "000777", more: ",hunter3,Pat") + "\r\n", update: true)
            let trail = try await sheet.gateway.perform(ListAudit()).reversed().map { $0 }
            #expect(trail.allSatisfy { $0.act == "portfolio.import" && $0.actor == "local:1000" })
            #expect(trail.map(\.subject) == ["north", "n-1", nil, "n-1", nil])
            #expect(trail.map(\.customer) == ["north", "north", nil, "north", nil])
            #expect(trail[1].detail == "import \(first.sha256.prefix(12)), line 2: added, profile test")
            #expect(trail[2].detail.contains("\"f.csv\", SHA-256 \(first.sha256): customers 1 added"))
            #expect(
                trail[3].detail
                    == "import \(second.sha256.prefix(12)), line 2: owner changed; identity pin changed; "
                    + "identity serial: \"000123\" → \"000777\"")
            let said = trail.map(\.detail).joined()
            #expect(!said.contains("hunter") && !said.contains("Kim") && !said.contains("Pat"))
            #expect(try await sheet.gateway.perform(VerifyAudit()).problem == nil)
        }
    }

    @Test("A release in which 500 serial numbers change is one update, after which each vendor is asked anew")
    func release() async throws {
        try await SheetFixture.with { sheet in
            func file(_ release: Int) -> String {
                SheetFixture.header + "\r\n"
                    + (1...500).map { SheetFixture.row("n-\($0)", serial: "S\(release)-\(1000 + $0)") + "\r\n" }
                    .joined()
            }
            #expect(try await sheet.take(file(2026)).installations == .init(added: 500))
            let report = try await sheet.take(file(2027), update: true)
            #expect(report.installations == .init(changed: 500) && report.changes.count == 500)
            #expect(try await sheet.gateway.stored("n-77").identity["serial"] == "S2027-1077")
            #expect(try await sheet.gateway.perform(VerifyAudit()).records == 1 + 500 + 1 + 500 + 1)
        }
    }

    @Test("A file in Windows-1252 with semicolons is taken, and told to be one")
    func windows() async throws {
        try await SheetFixture.with { sheet in
            let text = SheetFixture.file(SheetFixture.row("n-1").replacing("North Ltd.", with: "Café"))
            let bytes = text.replacing(",", with: ";").unicodeScalars.map { UInt8($0.value) }
            let report = try await sheet.take(Data(bytes))
            #expect(report.outcome == .done && report.encoding == "Windows-1252" && report.separator == ";")
            #expect(report.remarks.map(\.line) == [2] && report.remarks.map(\.column) == [10])
            #expect(try await sheet.gateway.perform(ShowCustomer(id: "north")).name == "Café")
        }
    }

    @Test("Who may not see the whole portfolio may import nothing, not even try to")
    func scope() async throws {
        try await SheetFixture.with { sheet in
            _ = try await sheet.take(SheetFixture.file(SheetFixture.row("n-1")))
            for dryRun in [false, true] {
                let error = await callError { () async throws in
                    _ = try await sheet.take(
                        SheetFixture.file(SheetFixture.row("n-2")), dryRun: dryRun, by: .limited(to: "north"))
                }
                #expect(error?.code == .forbidden)
            }
        }
    }

    @Test("An import that is cancelled leaves nothing")
    func cancelled() async throws {
        try await SheetFixture.with { sheet in
            let file =
                SheetFixture.header + "\r\n"
                + (1...3000).map { SheetFixture.row("n-\($0)") + "\r\n" }.joined()
            let before = try sheet.everything()
            let task = Task { try await sheet.take(file) }
            task.cancel()
            let error = await callError { _ = try await task.value }
            #expect(error?.code == .cancelled)
            #expect(try sheet.everything() == before)
        }
    }
}
