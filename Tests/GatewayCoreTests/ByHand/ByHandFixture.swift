import AdapterKit
import Foundation
import GatewayAPI

@testable import GatewayCore

/// What a person records.
enum ByHandValues {
    /// Everything that a first record of Sage 200 needs.
    static let first = ["validFrom": "2026-07-01", "validTo": "2027-06-30", "seats.users": "12"]
}

/// A gateway's folder with the shipped profiles of vendors that only a person asks.
struct ByHandFixture: Sendable {
    let fixture: GatewayFixture

    static func with<Result>(
        at now: String = "2026-11-22T10:00:00Z", _ body: (ByHandFixture) async throws -> Result
    ) async throws -> Result {
        try await GatewayFixture.with(at: now) { try await body(ByHandFixture(fixture: $0)) }
    }

    /// The same with an open gateway and the installations `office`, of Sage 200, and `plant`, of Sage 300.
    static func withGateway(
        at now: String = "2026-11-22T10:00:00Z", _ body: (ByHandFixture, Gateway) async throws -> Void
    ) async throws {
        try await with(at: now) { test in
            try await test.open { gateway in
                try await test.addBoth(to: gateway)
                try await body(test, gateway)
            }
        }
    }

    var time: TestTime { fixture.time }

    func open<Result>(
        profiles: [String]? = nil, environment: [String: String] = [:], _ body: (Gateway) async throws -> Result
    ) async throws -> Result {
        try await fixture.withGateway(
            shippedAdapters,
            profiles: profiles ?? [GatewayFixture.repository + "/profiles"], environment: environment, body)
    }

    func addBoth(to gateway: Gateway) async throws {
        for id in ["office", "plant"] {
            _ = try await gateway.perform(
                AddCustomer(id: id, displayName: "\(id) Ltd", timeZone: "Europe/London"))
        }
        _ = try await gateway.perform(
            AddInstallation(
                id: "office", customer: "office", profile: "sage200-by-hand",
                identity: ["accountNumber": "A1042207", "serialNumber": "2000-7F31-0042-K"], site: [:]))
        _ = try await gateway.perform(
            AddInstallation(
                id: "plant", customer: "plant", profile: "sage300-by-hand",
                identity: ["clientID": "30017482", "clientName": "Plant Ltd", "serialNumber": "SCX26-0417-88213"],
                site: ["sharedData": [fixture.site("plant")]]))
    }

    /// The delivered file of `plant`.
    var file: String { "\(fixture.sites)/plant/entitlements.xml" }
}

extension Gateway {
    /// Asks a person about an installation, and gives the operation's ID.
    func ask(_ installation: String) async throws -> String {
        let result = try await refresh(installation)
        guard result.outcome == .waiting, let operation = result.operation else {
            throw TestFailure("nobody is asked: \(result)")
        }
        return operation
    }

    /// Asks a person, who at once records these values.
    @discardableResult
    func record(
        _ installation: String, _ values: [String: String], files: [AttachedFile] = [], at: PointInTime = .now,
        adopt: Bool = false
    ) async throws -> RefreshResult {
        try await perform(
            CompleteStep(
                operation: ask(installation), step: 1, files: files, values: values, at: at, adopt: adopt))
    }
}

extension AttachedFile {
    init(_ name: String, _ text: String) {
        self.init(name: name, contents: Array(text.utf8))
    }
}
