import AdapterKit
import GatewayAPI
import GatewayStore

@testable import GatewayCore

/// A gateway with the shipped profiles, two customers, and installations of products that have no server to ask: `cad`
/// (autodesk) and `erp` (sage-x3) of maple, `crm` (sage-crm) of harbour.
struct RecordFixture: Sendable {
    let fixture: GatewayFixture

    static func with(
        at now: String = "2026-11-22T10:00:00Z", _ body: (RecordFixture, Gateway) async throws -> Void
    ) async throws {
        try await GatewayFixture.with(at: now) { fixture in
            let test = RecordFixture(fixture: fixture)
            try await test.open { gateway in
                for (id, zone) in [("maple", "America/Toronto"), ("harbour", "Europe/London")] {
                    _ = try await gateway.perform(AddCustomer(id: id, displayName: "\(id) Ltd.", timeZone: zone))
                }
                for (id, customer, profile) in [
                    ("cad", "maple", "autodesk"), ("erp", "maple", "sage-x3"), ("crm", "harbour", "sage-crm"),
                ] {
                    _ = try await gateway.perform(
                        AddInstallation(id: id, customer: customer, profile: profile, identity: [:], site: [:]))
                }
                try await body(test, gateway)
            }
        }
    }

    var time: TestTime { fixture.time }

    func open<Result>(_ body: (Gateway) async throws -> Result) async throws -> Result {
        try await fixture.withGateway(shippedAdapters, profiles: [GatewayFixture.repository + "/profiles"], body)
    }
}

extension Gateway {
    /// Records what is licensed.
    @discardableResult
    func take(_ installation: String, _ values: [String: String], note: String = "") async throws -> RefreshResult {
        try await perform(RecordLicense(installation: installation, values: values, note: note))
    }

    /// Records what a file says.
    func take(sheet: String, dryRun: Bool = false) async throws -> LicenseImportReport {
        try await take(bytes: Array(sheet.utf8), dryRun: dryRun)
    }

    /// Records what a file of any encoding says.
    func take(bytes: [UInt8], dryRun: Bool = false) async throws -> LicenseImportReport {
        try await perform(ImportLicenses(contents: bytes, file: "licenses.csv", dryRun: dryRun))
    }

    /// What is held.
    func held(_ installation: String) async throws -> Entitlement? {
        try await store.entitlement(of: installation, in: .portfolio)
    }
}
