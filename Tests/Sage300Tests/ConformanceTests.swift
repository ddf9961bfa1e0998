import AdapterKit
import AdapterTestKit
import Sage300
import Testing

@Suite("Sage 300: the contract")
struct ConformanceTests {
    @Test("The adapter holds to the contract in every scenario")
    func conformance() throws {
        let payloads = try ["changed", "unchanged", "rejected"].reduce(into: [String: [UInt8]]()) { payloads, name in
            payloads[name] = Array(try SignedDocument(ProtocolPage.block(name)).payload)
        }
        func answered(
            _ name: String, _ payload: String, _ expected: VendorScenario.Expectation, facts: Facts? = nil
        ) throws -> VendorScenario {
            let bytes = try #require(payloads[payload])
            return VendorScenario(name, facts: facts, expected: expected) { _, _, _ in .payload(bytes) }
        }
        var fresh = ProtocolPage.facts
        fresh.held = nil
        var other = ProtocolPage.facts
        other.held?.revision = "r40"
        let scenarios = [
            try answered("first grant", "changed", .updated, facts: fresh),
            try answered("changed", "changed", .updated),
            try answered("no change", "unchanged", .unchanged),
            try answered("no change where nothing is held", "unchanged", .error(.conflict), facts: fresh),
            try answered("no change since another", "unchanged", .error(.conflict), facts: other),
            try answered("serial superseded", "rejected", .error(.rejected, field: "serialNumber")),
            VendorScenario("too busy", expected: .error(.unreachable)) { _, _, _ in .status(429) },
            VendorScenario("wrong address", expected: .error(.malformed)) { _, _, _ in .status(404) },
            VendorScenario("not understood", expected: .error(.malformed)) { _, _, _ in .status(400) },
            VendorScenario("not XML", expected: .error(.malformed)) { _, _, _ in .payload(Array("{}\n".utf8)) },
            VendorScenario("empty", expected: .error(.malformed)) { _, _, _ in .payload([10]) },
        ]
        try AdapterConformance(Sage300(), facts: ProtocolPage.facts, scenarios: scenarios).check()
    }

    @Test("Its identity takes what License Manager shows, and nothing with markup in it")
    func identity() {
        let fields = Sage300().descriptor.identity
        #expect(fields.problems(with: ProtocolPage.facts.identity, kind: "identity").isEmpty)
        let odd = [
            "clientID": "US 12<3>", "clientName": "Soci\u{E9}t\u{E9} <A&B> \"Qu\u{E9}bec\"", "serialNumber": "-1",
        ]
        #expect(fields.problems(with: odd, kind: "identity").map(\.field) == ["clientID", "serialNumber"])
    }

    @Test("Through the journal's bytes it gives the same grant")
    func erased() throws {
        let adapter = AnyAdapter(Sage300())
        #expect(adapter.capabilities == [.onlineRefresh])
        let begun = try adapter.begin(.refresh, facts: ProtocolPage.facts)
        #expect(String(decoding: begun.state, as: UTF8.self) == "{\"heldRevision\":\"r41\"}")
        let ended = try adapter.resume(
            ErasedTransition(state: begun.state, step: begun.step), with: ProtocolPage.answer("changed"),
            facts: ProtocolPage.facts)
        guard case .finish(.updated(let grant)) = ended.step else {
            Issue.record("it did not end with a grant")
            return
        }
        #expect(grant.revision == "r42")
    }
}
