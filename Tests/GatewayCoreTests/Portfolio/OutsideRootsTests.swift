import AdapterKit
import GatewayAPI
import Testing

@testable import GatewayCore

@Suite("Destinations outside the folders that are allowed")
struct OutsideRootsTests {
    @Test("They are told when an installation is added or changed, and taken all the same")
    func told() async throws {
        try await EditFixture.with { test, gateway in
            let new = try await gateway.perform(
                AddInstallation(
                    id: "n2", customer: "north", profile: "test", identity: ["account": "n2"],
                    site: ["shared": ["/somewhere/else"]]))
            let told = try #require(new.warnings.first)
            #expect(new.warnings.count == 1 && told.contains("\"/somewhere/else/license.txt\""), "\(told)")
            #expect(told.contains(test.fixture.sites) && told.contains("--delivery-root DIR"))
            #expect(told.hasPrefix("The destination ") && told.hasSuffix("."))
            let moved = try await gateway.perform(
                SetInstallation(id: "n2", site: ["shared": [test.fixture.site("n2")]]))
            #expect(moved.warnings.isEmpty)
            let back = try await gateway.perform(SetInstallation(id: "n2", site: ["shared": ["/somewhere/else"]]))
            #expect(back.warnings == new.warnings)
            #expect(try await gateway.perform(ArchiveInstallation(id: "n2")).warnings.isEmpty)
        }
    }

    @Test("Where no folders are given here nothing is said: they are given where files are delivered")
    func elsewhere() async throws {
        try await EditFixture.with { test, _ in
            let gateway = try Gateway(
                GatewayConfiguration(
                    store: test.fixture.store, profiles: [test.fixture.profiles], deliveryRoots: [], environment: [:]),
                registry: AdapterRegistry([EditFixture.adapter(.test)]), surroundings: test.time.surroundings)
            defer { gateway.close() }
            let moved = try await gateway.perform(SetInstallation(id: "n1", site: ["shared": ["/somewhere/else"]]))
            #expect(moved.warnings.isEmpty)
        }
    }
}
