import AdapterKit
import AdapterTestKit
import Sage100
import Testing

@Suite("Sage 100: the contract")
struct ConformanceTests {
    private static func payload(_ block: String, _ facts: Facts) throws -> [UInt8] {
        Array(try #require(ProtocolPage.answer(block, facts).payload).utf8)
    }

    /// Scenarios of a refresh.
    private static func refreshes() throws -> [VendorScenario] {
        let held = ProtocolPage.refreshing
        var fresh = held
        fresh.held = nil
        var other = held
        other.held?.revision = "r3"
        let rows: [(String, String, Facts, VendorScenario.Expectation)] = [
            ("first grant", "changed", fresh, .updated), ("renewed", "changed", held, .updated),
            ("no change", "unchanged", held, .unchanged),
            ("no change where nothing is held", "unchanged", fresh, .error(.conflict)),
            ("no change since another", "unchanged", other, .error(.conflict)),
            ("superseded", "rejected", held, .error(.rejected, field: "serialNumber")),
        ]
        return try rows.map { name, block, facts, expected in
            let bytes = try payload(block, held)
            return VendorScenario(name, facts: facts, expected: expected) { _, _, _ in .payload(bytes) }
        } + [VendorScenario("out of order", facts: held, expected: .error(.unreachable)) { _, _, _ in .status(429) }]
    }

    /// Scenarios of an activation.
    private static func activations() throws -> [VendorScenario] {
        let rows: [(String, String, Bool, VendorScenario.Expectation)] = [
            ("activated", "activated", false, .updated),
            ("user key of another", "activation-rejected", false, .error(.rejected, field: "userKey")),
            ("answer lost, activated", "inspected", true, .updated),
            ("answer lost, never there", "unknown", true, .error(.rejected)),
            ("refused as one that was asked about", "activation-rejected", true, .error(.malformed)),
            ("unknown as one that was not", "unknown", false, .error(.malformed)),
        ]
        var scenarios = try rows.map { name, block, loses, expected in
            let bytes = Array(try SignedDocument(ProtocolPage.page.block(block)).payload)
            return VendorScenario(name, keys: ProtocolPage.keys, losesAnswer: loses, expected: expected) { _, _, _ in
                .payload(bytes)
            }
        }
        for (name, status, code) in [
            ("keys, too busy", 429, AdapterError.Code.unreachable), ("keys, wrong address", 404, .malformed),
            ("keys, not understood", 400, .malformed),
        ] {
            scenarios.append(
                VendorScenario(name, keys: ProtocolPage.keys, expected: .error(code)) { _, _, _ in .status(status) })
        }
        scenarios.append(
            VendorScenario(
                "lost, and nobody there", keys: ProtocolPage.keys, losesAnswer: true, expected: .error(.unreachable)
            ) { _, _, _ in .status(429) })
        return scenarios
    }

    @Test("The adapter holds to the contract in every scenario")
    func conformance() throws {
        try AdapterConformance(
            Sage100(), facts: ProtocolPage.facts, scenarios: Self.refreshes() + Self.activations()
        ).check()
    }

    @Test("It refreshes, has keys activated and can ask what became of them")
    func capabilities() {
        let adapter = AnyAdapter(Sage100())
        #expect(adapter.capabilities == [.onlineRefresh, .keyUpgrade] && adapter.inspects)
        let descriptor = adapter.descriptor
        #expect(descriptor.keys.map(\.name) == ["serialNumber", "customerNumber", "userKey", "productKey"])
        #expect(descriptor.keys.map(\.secret) == [false, false, true, true])
        #expect(descriptor.deliveries.map(\.name) == ["serverKeys", "terminalKeys"])
        #expect(descriptor.dates.map(\.optional) == [true])
    }

    @Test(
        "Terminal servers are given as a host and a folder",
        arguments: [
            ("TS1:/mnt/ts1/Sage/Sage 100 Workstation", true), ("ts-2.example.com:/srv/sage", true), ("t:/s", true),
            ("/mnt/ts1", false), ("TS1:", false), ("TS1:/", false), ("TS1://x", false), ("TS1:Sage", false),
            ("TS 1:/mnt", false), ("-ts:/mnt", false), (":/mnt", false),
        ])
    func terminalServers(_ value: String, _ isGood: Bool) throws {
        let field = try #require(Sage100().descriptor.site.first { $0.name == "terminalServers" })
        #expect((field.problem(with: value) == nil) == isGood && !field.required)
    }
}
