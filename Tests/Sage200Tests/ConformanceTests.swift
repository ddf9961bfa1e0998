import AdapterKit
import AdapterTestKit
import Sage200
import Testing

@Suite("Sage 200: the contract")
struct ConformanceTests {
    @Test("The adapter holds to the contract in every scenario")
    func conformance() throws {
        var fresh = ProtocolPage.facts
        fresh.held = nil
        var other = ProtocolPage.facts
        other.held?.revision = "r6"
        let rows: [(String, String, Facts?, VendorScenario.Expectation)] = [
            ("first grant", "changed", fresh, .updated), ("modules and users were added", "changed", nil, .updated),
            ("no change", "unchanged", nil, .unchanged),
            ("no change where nothing is held", "unchanged", fresh, .error(.conflict)),
            ("no change since another", "unchanged", other, .error(.conflict)),
            ("another serial number", "rejected", nil, .error(.rejected, field: "serialNumber")),
        ]
        var scenarios = try rows.map { name, block, facts, expected in
            let bytes = Array(try #require(ProtocolPage.answer(block).payload).utf8)
            return VendorScenario(name, facts: facts, expected: expected) { _, _, _ in .payload(bytes) }
        }
        for (name, status, code) in [
            ("too busy", 429, AdapterError.Code.unreachable), ("wrong address", 404, .malformed),
            ("not understood", 400, .malformed),
        ] {
            scenarios.append(VendorScenario(name, expected: .error(code)) { _, _, _ in .status(status) })
        }
        scenarios.append(VendorScenario("no XML", expected: .error(.malformed)) { _, _, _ in .payload([10]) })
        scenarios += try OfflineScenarios.all
        try AdapterConformance(Sage200(), facts: ProtocolPage.facts, scenarios: scenarios).check()
    }

    @Test("Its numbers are taken as the licence page shows them, and nothing with markup in them")
    func identity() {
        let fields = Sage200().descriptor.identity
        #expect(fields.problems(with: ProtocolPage.facts.identity, kind: "identity").isEmpty)
        let odd = ["accountNumber": "A 1<2>", "serialNumber": "-1"]
        #expect(
            fields.problems(with: odd, kind: "identity").map(\.field) == ["accountNumber", "serialNumber"])
    }

    @Test("It delivers nothing and needs no site, and reports two dates")
    func descriptor() {
        let descriptor = Sage200().descriptor
        #expect(descriptor.protocolName == "online-offline")
        #expect(descriptor.site.isEmpty && descriptor.deliveries.isEmpty)
        #expect(descriptor.dates.map(\.name) == ["validFrom", "validTo"])
    }
}
