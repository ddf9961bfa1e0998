import AdapterKit
import Foundation
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

@Suite("Archiving")
struct ArchiveTests {
    /// Where an installation or customer shows up, of a portfolio of the customers `north` (n1, n2) and `south` (s1).
    private struct Picture: Equatable {
        var customers: [String]
        var counts: [Int]
        var installations: [String]
        var standings: [String]
        var refreshed: Int
        var due: Int
        var byProfile: [Int]
        var byAdapter: Int

        init(_ gateway: Gateway) async throws {
            let customers = try await gateway.perform(ListCustomers())
            self.customers = customers.map(\.id)
            counts = customers.map(\.installations)
            installations = try await gateway.perform(ListInstallations()).map(\.id)
            standings = try await gateway.perform(Status()).map(\.installation).sorted()
            refreshed = try await gateway.perform(Refresh(selection: .all, dryRun: true)).counts[.wouldAsk] ?? 0
            due = try await gateway.perform(Refresh(selection: .due, dryRun: true)).counts[.wouldAsk] ?? 0
            byProfile = try await gateway.perform(ListProfiles()).filter { $0.name == "test" }.map(\.installations)
            byAdapter = try await gateway.perform(ListAdapters()).flatMap(\.installations.values).reduce(0, +)
        }
    }

    private func withPortfolio(_ body: (EditFixture, Gateway) async throws -> Void) async throws {
        try await EditFixture.with { test, gateway in
            try await test.add("n2", to: gateway)
            _ = try await gateway.perform(AddCustomer(id: "south", displayName: "South", timeZone: "UTC"))
            _ = try await gateway.perform(
                AddInstallation(
                    id: "s1", customer: "south", profile: "test", identity: ["account": "s1"],
                    site: ["shared": [test.fixture.site("s1")]]))
            try await body(test, gateway)
        }
    }

    @Test("What is archived is in no list, no count and no refresh; brought back, everything is as it was")
    func installation() async throws {
        try await withPortfolio { test, gateway in
            #expect(try await gateway.refresh("n1").outcome == .updated)
            test.time.pass(hours: 24 * 20)
            let before = try await Picture(gateway)
            let shown = try await gateway.perform(ShowInstallation(id: "n1"))
            let archived = try await gateway.perform(ArchiveInstallation(id: "n1"))
            #expect(archived.archived == test.time.now && archived.entitlement != nil && archived.files.count == 1)
            let picture = try await Picture(gateway)
            #expect(picture.customers == ["north", "south"] && picture.counts == [1, 1])
            #expect(picture.installations == ["n2", "s1"] && picture.standings == ["n2", "s1"])
            #expect(picture.refreshed == 2 && picture.due == 2 && picture.byProfile == [2] && picture.byAdapter == 2)
            #expect(
                try await gateway.perform(ListInstallations(archived: true)).map(\.id) == ["n1", "n2", "s1"])
            #expect(try await gateway.perform(Status(customer: "north")).map(\.installation) == ["n2"])
            #expect(
                try await gateway.perform(Refresh(selection: .customer("north"), dryRun: true)).counts == [.wouldAsk: 1]
            )

            let again = await callError { _ = try await gateway.perform(ArchiveInstallation(id: "n1")) }
            #expect(again?.code == .conflict && again?.message.contains("archived already") == true)
            _ = try await gateway.perform(ArchiveInstallation(id: "n1", undo: true))
            #expect(try await Picture(gateway) == before)
            #expect(try await gateway.perform(ShowInstallation(id: "n1")) == shown)
            let twice = await callError { _ = try await gateway.perform(ArchiveInstallation(id: "n1", undo: true)) }
            #expect(twice?.code == .conflict && twice?.message.contains("not archived") == true)
            #expect(try await gateway.refresh("n1", .schedule).outcome == .unchanged)
        }
    }

    @Test("A refresh by name says that the installation is archived, or its customer, and asks nobody")
    func refused() async throws {
        try await withPortfolio { test, gateway in
            _ = try await gateway.perform(ArchiveInstallation(id: "n1"))
            for trigger in [Refresh.Trigger.asked, .login] {
                let error = await callError { _ = try await gateway.refresh("n1", trigger) }
                #expect(error?.code == .conflict && error?.message.contains("is archived, since") == true)
                #expect(error?.message.contains("gatehouse installations archive n1 --undo") == true)
            }
            _ = try await gateway.perform(ArchiveCustomer(id: "south"))
            let error = await callError { _ = try await gateway.perform(Refresh(selection: .customer("south"))) }
            #expect(error?.message.contains("gatehouse customers archive south --undo") == true)
            #expect(test.asked.isEmpty)
        }
    }

    @Test("IDs stay taken, and the way to bring the old one back is told")
    func taken() async throws {
        try await withPortfolio { test, gateway in
            _ = try await gateway.perform(ArchiveInstallation(id: "n1"))
            let installation = await callError { try await test.add("n1", to: gateway) }
            #expect(installation?.code == .conflict && installation?.message.contains("archive n1 --undo") == true)
            _ = try await gateway.perform(ArchiveCustomer(id: "south"))
            let customer = await callError {
                _ = try await gateway.perform(AddCustomer(id: "south", displayName: "South", timeZone: "UTC"))
            }
            #expect(customer?.code == .conflict && customer?.message.contains("archive south --undo") == true)
        }
    }

    @Test("With a customer go its installations, and come back those that went with it")
    func customer() async throws {
        try await withPortfolio { test, gateway in
            let before = try await Picture(gateway)
            // At the very same time as the customer: it stays archived all the same.
            _ = try await gateway.perform(ArchiveInstallation(id: "n1"))
            let view = try await gateway.perform(ArchiveCustomer(id: "north"))
            #expect(view.archived != nil && view.installations == 0)
            let picture = try await Picture(gateway)
            #expect(picture.customers == ["south"] && picture.installations == ["s1"] && picture.standings == ["s1"])
            #expect(picture.refreshed == 1 && picture.byProfile == [1])
            #expect(try await gateway.perform(ListCustomers(archived: true)).map(\.id) == ["north", "south"])
            #expect(try await gateway.perform(ShowCustomer(id: "north")).archived == view.archived)

            let added = await callError { try await test.add("n3", to: gateway) }
            #expect(added?.code == .conflict && added?.message.contains("customers archive north --undo") == true)
            let alone = await callError { _ = try await gateway.perform(ArchiveInstallation(id: "n2", undo: true)) }
            #expect(alone?.code == .conflict && alone?.message.contains("customers archive north --undo") == true)

            test.time.pass(hours: 1)
            #expect(try await gateway.perform(ArchiveCustomer(id: "north", undo: true)).installations == 1)
            #expect(try await gateway.perform(ListInstallations(customer: "north")).map(\.id) == ["n2"])
            _ = try await gateway.perform(ArchiveInstallation(id: "n1", undo: true))
            #expect(try await Picture(gateway) == before)
        }
    }

    @Test("A place where an archived installation's file stands is another's, once that is wanted")
    func place() async throws {
        try await withPortfolio { test, gateway in
            #expect(try await gateway.refresh("n1").outcome == .updated)
            try await test.add("n3", to: gateway, site: "n1")
            #expect(try await gateway.refresh("n3").message.contains("n1"))
            _ = try await gateway.perform(ArchiveInstallation(id: "n1"))
            #expect(try await gateway.refresh("n3", adopt: true).outcome == .updated)
            #expect(test.fixture.read(test.file("n1")) == "r-n3")
            _ = try await gateway.perform(ArchiveInstallation(id: "n1", undo: true))
            let result = try await gateway.refresh("n1", adopt: true)
            #expect(result.outcome == .failed && result.message.contains("n3"))
        }
    }

    @Test("An open delivery of an ended process is given up; brought back, everything is asked for anew")
    func delivery() async throws {
        try await SubscriptionFixture.with { test in
            try await test.open { gateway in
                try await test.add(SubscriptionFixture.Entry(id: "maple", expires: "2027-01-31"), to: gateway)
                let dead = "6f1d2c3b-0000-4000-8000-000000000000"
                let left = try await test.leaveDelivering("maple", by: dead, "document", gateway)
                _ = try await gateway.perform(ArchiveCustomer(id: "maple"))
                #expect(try await gateway.perform(ShowOperation(id: left)).status == "done")
                _ = try await gateway.perform(Refresh(selection: .all))
                #expect(test.fixture.read(test.file("maple")) == nil)
                _ = try await gateway.perform(ArchiveCustomer(id: "maple", undo: true))
                #expect(try await gateway.refresh("maple").outcome == .updated)
                #expect(test.fixture.read(test.file("maple"))?.contains("entitlement") == true)
            }
        }
    }

    @Test("Both ways stand in the audit trail, and its chain is whole")
    func trail() async throws {
        try await withPortfolio { _, gateway in
            _ = try await gateway.perform(ArchiveInstallation(id: "n1"))
            _ = try await gateway.perform(ArchiveInstallation(id: "n1", undo: true))
            _ = try await gateway.perform(ArchiveCustomer(id: "north"))
            _ = try await gateway.perform(ArchiveCustomer(id: "north", undo: true))
            let trail = try await gateway.perform(ListAudit()).prefix(4).reversed()
            #expect(
                trail.map { "\($0.act) \($0.customer ?? "") \($0.subject ?? "") \($0.detail.prefix(8))" } == [
                    "installations.archive north n1 archived", "installations.archive north n1 brought ",
                    "customers.archive north north archived", "customers.archive north north brought ",
                ])
            #expect(try await gateway.perform(VerifyAudit()).problem == nil)
        }
    }
}
