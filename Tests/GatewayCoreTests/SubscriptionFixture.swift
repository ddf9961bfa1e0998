import AdapterKit
import Foundation
import GatewayAPI
import GatewayStore
import VendorSandbox

@testable import GatewayCore

/// A gateway's folder beside a running stand-in vendor, with the profile that is shipped for it.
struct SubscriptionFixture: Sendable {
    let fixture: GatewayFixture
    let ready: SandboxReady
    let book: String

    /// A customer of the stand-in's book.
    struct Entry: Sendable {
        /// The customer's ID and the installation's; the vendor's client ID and serial number are made of it.
        var id: String
        var expires: String
        var zone = "America/Toronto"
        /// Further lines of the entry, each `key: value`.
        var lines: [String] = []

        var clientName: String { "\(id) Ltd." }
        var serialNumber: String { "S-\(id)-2026" }

        var text: String {
            let lines = lines.map { "\n    \($0)" }.joined()
            return """
                  - clientID: "\(id)"
                    clientName: \(clientName)
                    serialNumber: \(serialNumber)
                    release: Sage 300 2026
                    superseded:
                      - { serialNumber: S-\(id)-2025, release: Sage 300 2025 }
                    expires: \(expires)
                    users: 10
                    webUsers: 5\(lines)

                """
        }
    }

    /// Runs a test with a stand-in that knows these customers; its time is the test's.
    static func with<Result>(
        _ entries: [Entry] = [Entry(id: "maple", expires: "2027-01-31")], at now: String = "2026-11-22T10:00:00Z",
        _ body: (SubscriptionFixture) async throws -> Result
    ) async throws -> Result {
        try await GatewayFixture.with(at: now) { fixture in
            let book = fixture.folder + "/book.yaml"
            try write(entries, to: book)
            let sandbox = Sandbox(book: book, clock: { fixture.time.now }, report: { _ in })
            return try await sandbox.whileRunning { ready in
                try await body(SubscriptionFixture(fixture: fixture, ready: ready, book: book))
            }
        }
    }

    var time: TestTime { fixture.time }

    /// Changes what the vendor knows.
    func write(_ entries: [Entry], faults: String? = nil) throws {
        try Self.write(entries, faults: faults, to: book)
    }

    private static func write(_ entries: [Entry], faults: String? = nil, to path: String) throws {
        let faults = faults.map { "faults:\n  sage300: { \($0) }\n" } ?? ""
        try Data(("sage300:\n" + entries.map(\.text).joined() + faults).utf8).write(to: URL(filePath: path))
    }

    /// Opens a gateway while the closure runs.
    func open<Result>(
        profiles: [String]? = nil, _ body: (Gateway) async throws -> Result
    ) async throws -> Result {
        try await fixture.withGateway(
            shippedAdapters,
            profiles: profiles ?? [GatewayFixture.repository + "/profiles"],
            environment: ["GATEHOUSE_VENDOR_URL": ready.url, "GATEHOUSE_VENDOR_KEY": ready.publicKey], body)
    }

    /// Adds the customer and installation of an entry.
    func add(_ entry: Entry, to gateway: Gateway, profile: String = "sage300-subscription") async throws {
        _ = try await gateway.perform(
            AddCustomer(id: entry.id, displayName: entry.clientName, timeZone: entry.zone))
        try await addInstallation(entry, to: gateway, profile: profile)
    }

    func addInstallation(
        _ entry: Entry, to gateway: Gateway, profile: String = "sage300-subscription", serialNumber: String? = nil
    ) async throws {
        _ = try await gateway.perform(
            AddInstallation(
                id: entry.id, customer: entry.id, profile: profile,
                identity: [
                    "clientID": entry.id, "clientName": entry.clientName,
                    "serialNumber": serialNumber ?? entry.serialNumber,
                ], site: ["sharedData": [fixture.site(entry.id)]]))
    }

    /// The delivered file of an installation.
    func file(_ installation: String) -> String { "\(fixture.sites)/\(installation)/entitlements.xml" }

    /// Leaves a delivery open, as a process does that is killed once the entitlement is in force.
    @discardableResult
    func leaveDelivering(
        _ installation: String, by owner: String, _ text: String, _ gateway: Gateway
    ) async throws -> String {
        let now = time.now
        let operation = try await gateway.leaveOpen(installation, by: owner, at: now) { facts in
            ErasedTransition(state: Data("{}".utf8), step: .send(.test(facts)))
        }.operation
        let destination = try Destination.resolve(path: file(installation), roots: [fixture.sites])
        let wanted = WantedFile(destination: destination, contents: Array(text.utf8), recorded: nil)
        let plan = try Deliveries.plan(operation: operation, [wanted])
        let files = try plan.files.map { file in
            IntendedFile(
                delivery: "entitlements", path: file.destination.path, plan: try JSONEncoder().encode(file),
                sha256: file.sha256, contents: Data(text.utf8))
        }
        try await gateway.store.end(
            OperationEnding(
                operation: operation, installation: installation, at: now, status: .delivering, outcome: "updated",
                message: "Updated.", notes: [], contact: .init(at: now, refreshDue: now.adding(hours: 24)),
                grant: .init(
                    revision: "r1", issued: now,
                    entitlement: Entitlement(dates: ["expires": .day(Zone.utc.localDay(of: now).adding(days: 90))])),
                files: files))
        return operation
    }
}
