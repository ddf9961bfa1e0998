import AdapterKit
import Foundation
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

@Suite("What people record of an installation")
struct FactTests {
    private static let all = FactChanges(
        name: "Main books", term: "3-year", price: "1200.00 eur", owner: "Ann Lee",
        emergencyPlan: "Call the reseller.\nThen wait.", notes: "Two servers.")

    @Test("Facts are kept from the first day, listed and shown, and cleared one by one")
    func facts() async throws {
        try await EditFixture.with { test, gateway in
            let added = try await gateway.perform(
                AddInstallation(
                    id: "n2", customer: "north", profile: "test", identity: ["account": "2"],
                    site: ["shared": [test.fixture.site("n2")]], facts: Self.all))
            let facts = RecordedFacts(
                name: "Main books", term: .threeYears, price: Price("1200.00 EUR"), owner: "Ann Lee",
                emergencyPlan: "Call the reseller.\nThen wait.", notes: "Two servers.")
            #expect(added.facts == facts)
            #expect(try await gateway.perform(ListInstallations()).map(\.facts) == [RecordedFacts(), facts])
            var left = facts
            for (change, clear) in [
                (FactChanges(name: ""), { $0.name = "" }), (FactChanges(term: ""), { $0.term = nil }),
                (FactChanges(price: ""), { $0.price = nil }), (FactChanges(owner: ""), { $0.owner = nil }),
                (FactChanges(emergencyPlan: ""), { $0.emergencyPlan = nil }),
                (FactChanges(notes: ""), { $0.notes = nil }),
            ] as [(FactChanges, (inout RecordedFacts) -> Void)] {
                clear(&left)
                #expect(try await gateway.perform(SetInstallation(id: "n2", facts: change)).facts == left)
            }
            #expect(left == RecordedFacts())
        }
    }

    @Test("The trail tells what was and what is, but nothing in which a person's name may stand")
    func trail() async throws {
        try await EditFixture.with { _, gateway in
            _ = try await gateway.perform(SetInstallation(id: "n1", facts: Self.all))
            let detail = try #require(try await gateway.perform(ListAudit(limit: 1)).first).detail
            #expect(
                detail == #"name: none → "Main books"; term: none → "3-year"; price: none → "1200.00 EUR"; owner set; "#
                    + "emergencyPlan set; notes set")
            _ = try await gateway.perform(
                SetInstallation(id: "n1", facts: FactChanges(term: "monthly", owner: "Bob")))
            #expect(
                try await gateway.perform(ListAudit(limit: 1)).first?.detail
                    == #"term: "3-year" → "monthly"; owner changed"#)
        }
    }

    @Test(
        "A price is an amount as it was written and a currency that there is",
        arguments: [
            ("1200.00 EUR", "1200.00 EUR"), ("0 USD", "0 USD"), ("99.5 cad", "99.5 CAD"), ("  7   GBP ", "7 GBP"),
            ("1.234 KWD", "1.234 KWD"), ("1200.00", nil), ("EUR 1200", nil), ("1,200.00 EUR", nil), ("-1 EUR", nil),
            ("1. EUR", nil), (".5 EUR", nil), ("1.23456 EUR", nil), ("1e3 EUR", nil), ("1 XYZ", nil), ("1 DEM", nil),
            ("1 EUR EUR", nil), ("1234567890123 EUR", nil), ("١٢ EUR", nil), ("", nil),
        ] as [(String, String?)])
    func price(_ row: (text: String, price: String?)) throws {
        #expect(Price(row.text)?.description == row.price)
        guard let price = Price(row.text) else { return }
        #expect(try JSONDecoder().decode(Price.self, from: JSONEncoder().encode(price)) == price)
    }
}
