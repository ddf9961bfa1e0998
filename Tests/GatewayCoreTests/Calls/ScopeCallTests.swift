import AdapterKit
import Foundation
import GRDB
import GatewayAPI
import Testing

@testable import GatewayCore

@Suite("Who may see and do what")
struct ScopeCallTests {
    private static let entries = [
        SubscriptionFixture.Entry(id: "north", expires: "2027-01-31"),
        SubscriptionFixture.Entry(id: "south", expires: "2027-01-31"),
    ]

    /// Two customers, each with an installation of the same name, refreshed.
    private func withTwo(_ body: (SubscriptionFixture, Gateway) async throws -> Void) async throws {
        try await SubscriptionFixture.with(Self.entries) { test in
            try await test.open { gateway in
                for entry in Self.entries {
                    try await test.add(entry, to: gateway)
                    try await CallRow.furnish(entry.id, of: gateway)
                }
                let report = try await gateway.perform(Refresh(selection: .installations(["north", "south"])))
                #expect(report.counts == [.updated: 2])
                test.time.pass(hours: 24 * 20)
                try await body(test, gateway)
            }
        }
    }

    /// Everything that the store holds of a customer.
    private func everything(of customer: String, _ fixture: GatewayFixture) throws -> [String] {
        try fixture.raw { db in
            try [
                "SELECT * FROM customers WHERE id = ?", "SELECT * FROM installations WHERE customer = ?",
                "SELECT * FROM operations WHERE customer = ?", "SELECT * FROM audit WHERE customer = ?",
                "SELECT * FROM contacts WHERE customer = ?", "SELECT * FROM orders WHERE customer = ?",
                "SELECT * FROM deliveries WHERE installation = ?", "SELECT * FROM entitlements WHERE installation = ?",
            ].flatMap { try Row.fetchAll(db, sql: $0, arguments: [customer]).map(\.description) }
        }
    }

    @Test("The table has every call of the API")
    func complete() throws {
        let folder = GatewayFixture.repository + "/Sources/GatewayAPI"
        var calls: Set<String> = []
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let text = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
            for match in text.matches(of: /public struct (\w+): GatewayCall/) { calls.insert(String(match.1)) }
        }
        #expect(!calls.isEmpty && Set(CallRow.all.map(\.type)) == calls)
    }

    @Test(
        "A caller limited to one customer sees and changes nothing of another's",
        arguments: CallRow.all + CallRow.variants)
    func limited(_ row: CallRow) async throws {
        try await withTwo { test, gateway in
            let before = try everything(of: "south", test.fixture)
            let document = test.fixture.read(test.file("south"))
            #expect(before.count > 5)
            var answer: String?
            let error = await callError { answer = try await row.perform(gateway, .limited(to: "north"), "south") }
            switch row.limited {
            case .notFound: #expect(error?.code == .notFound, "\(error as Any) \(answer ?? "")")
            case .forbidden: #expect(error?.code == .forbidden)
            case .unknown:
                // As long as the other name: a caret below it is no hint.
                var other: String?
                let unknown = await callError {
                    other = try await row.perform(gateway, .limited(to: "north"), "noone")
                }
                #expect(unknown?.code == error?.code && other?.replacing("noone", with: "south") == answer)
                #expect(unknown?.message.replacing("noone", with: "south") == error?.message)
            case .nothing: #expect(error == nil && answer?.contains("south") == false, "\(answer ?? "\(error as Any)")")
            }
            #expect(try everything(of: "south", test.fixture) == before)
            #expect(test.fixture.read(test.file("south")) == document)
        }
    }

    @Test(
        "About its own customer the same caller gets the same answer as who may see everything",
        arguments: (CallRow.all + CallRow.variants).filter { $0.limited == .notFound && $0.isQuestion })
    func own(_ row: CallRow) async throws {
        try await withTwo { _, gateway in
            let own = try await row.perform(gateway, .limited(to: "north"), "north")
            #expect(try await row.perform(gateway, .msp, "north") == own)
        }
    }

    @Test("A limited caller may act upon its own customer")
    func ownActs() async throws {
        try await withTwo { test, gateway in
            let caller = Caller.limited(to: "north")
            let added = try await gateway.perform(
                AddInstallation(
                    id: "north-2", customer: "north", profile: "sage300-subscription",
                    identity: ["clientID": "1", "clientName": "A", "serialNumber": "2"],
                    site: ["sharedData": [test.fixture.site("north-2")]]), by: caller)
            #expect(added.customer == "north")
            let report = try await gateway.perform(Refresh(selection: .all), by: caller)
            #expect(report.counts == [.unchanged: 1, .rejected: 1])
            // What it did is in the trail that it may see.
            let trail = try await gateway.perform(ListAudit(), by: caller)
            #expect(trail.contains { $0.act == "installations.add" && $0.actor == caller.id })
            #expect(trail.contains { $0.act == "refresh" && $0.actor == caller.id })
        }
    }

    @Test(
        "A scope of a customer that does not exist sees nothing, and not everything",
        arguments: ["", "nobody", "NORTH", "north "])
    func nobody(_ customer: String) async throws {
        try await withTwo { _, gateway async throws in
            let caller = Caller.limited(to: customer)
            #expect(try await gateway.perform(ListCustomers(), by: caller).isEmpty)
            #expect(try await gateway.perform(ListInstallations(), by: caller).isEmpty)
            #expect(try await gateway.perform(Status(), by: caller).isEmpty)
            #expect(try await gateway.perform(ListOperations(), by: caller).isEmpty)
            #expect(try await gateway.perform(Refresh(selection: .all, dryRun: true), by: caller).counts.isEmpty)
        }
    }

    @Test("What an adapter's view counts is the caller's own")
    func adapters() async throws {
        try await withTwo { test, gateway in
            try test.write(Self.entries, faults: "status: 404")
            #expect(try await gateway.refresh("south").outcome == .failed)
            let view = try #require(try await gateway.perform(ListAdapters(), by: .limited(to: "north")).last)
            #expect(view.installations.values.reduce(0, +) == 1 && view.failuresLastDay == 0)
            let all = try #require(try await gateway.perform(ListAdapters()).last)
            #expect(all.protocolName == "subscription")
            #expect(all.installations.values.reduce(0, +) == 2 && all.failuresLastDay == 1)
            let profiles = try await gateway.perform(ListProfiles(), by: .limited(to: "north"))
            let counts = Dictionary(uniqueKeysWithValues: profiles.map { ($0.name, $0.installations) })
            #expect(counts["sage300-subscription"] == 1 && counts.values.reduce(0, +) == 1)
        }
    }
}
