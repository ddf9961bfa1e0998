import AdapterKit
import GatewayAPI
import GatewayCore

/// A gateway with the customer `north` and its installation `n1` of protocol `test`, at a vendor that a test scripts.
struct TestGateway: Sendable {
    let fixture: GatewayFixture
    let vendor: TestVendor

    /// - Parameter adapter: What speaks the protocol when customer and installation are added.
    static func with(
        _ adapter: AnyAdapter, mostPauses: Int = 50_000, refresh: String = "refresh: { every: 14d }",
        deliver: String = "", vendor script: @escaping TestVendor.Script,
        _ body: (TestGateway) async throws -> Void
    ) async throws {
        try await GatewayFixture.with(mostPauses: mostPauses) { fixture in
            try await TestVendor.with(script) { vendor in
                try fixture.write(
                    profile: "test",
                    ScriptedAdapter.profile(address: vendor.url, refresh: refresh, deliver: deliver))
                let test = TestGateway(fixture: fixture, vendor: vendor)
                try await test.open(adapter) { gateway in
                    _ = try await gateway.perform(
                        AddCustomer(id: "north", displayName: "North Ltd.", timeZone: "America/Toronto"))
                    try await test.add("n1", to: gateway)
                }
                try await body(test)
            }
        }
    }

    var time: TestTime { fixture.time }

    func open<Result>(_ adapter: AnyAdapter, _ body: (Gateway) async throws -> Result) async throws -> Result {
        try await fixture.withGateway([adapter], body)
    }

    func add(_ installation: String, to gateway: Gateway) async throws {
        _ = try await gateway.perform(
            AddInstallation(
                id: installation, customer: "north", profile: "test", identity: ["account": installation],
                site: ["shared": [fixture.site(installation)]]))
    }
}
