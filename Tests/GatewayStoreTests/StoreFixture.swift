import AdapterKit
import Foundation
import GRDB
import GatewayAPI
import GatewayStore

/// A folder of its own for a store, gone with everything in it when the test ends.
struct StoreFixture: Sendable {
    let folder: String

    /// Runs a test in a fresh folder.
    static func with<Result>(_ body: (StoreFixture) async throws -> Result) async throws -> Result {
        let folder = NSTemporaryDirectory() + "gatehouse-store-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try await body(StoreFixture(folder: folder))
    }

    /// Runs a test with a fresh store.
    static func withStore<Result>(_ body: (StoreFixture, Store) async throws -> Result) async throws -> Result {
        try await with { fixture in
            try await fixture.withStore { try await body(fixture, $0) }
        }
    }

    var path: String { folder + "/gatehouse.db" }

    /// Opens the store while the closure runs.
    func withStore<Result>(_ body: (Store) async throws -> Result) async throws -> Result {
        let store = try Store(path: path)
        defer { try? store.close() }
        return try await body(store)
    }

    /// Works on the store's file behind its back.
    func raw<Result>(_ body: (Database) throws -> Result) throws -> Result {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.writeWithoutTransaction(body)
    }

    /// One number that a query gives.
    func number(_ sql: String) throws -> Int {
        try raw { try Int.fetchOne($0, sql: sql) ?? -1 }
    }
}

extension Instant {
    /// A fixed time so many minutes after the beginning of every test.
    static func minute(_ count: Int) -> Instant { Instant(milliseconds: 1_795_341_600_000).adding(minutes: count) }
}

extension AuditEntry {
    static func test(_ detail: String, customer: String? = nil, at: Instant = .minute(0)) -> AuditEntry {
        AuditEntry(
            at: at, actor: "local:1000", actorName: "Pat", act: "test", customer: customer, subject: nil, detail: detail
        )
    }
}

extension Store {
    func addTestCustomer(_ id: String) async throws {
        try await addCustomer(
            id: id, name: "Customer \(id)", timeZone: "America/Toronto", at: .minute(0),
            audit: .test("added \(id)", customer: id))
    }

    func addTestInstallations(_ ids: [String], of customer: String) async throws {
        try await addInstallations(
            ids.map {
                NewInstallation(
                    id: $0, customer: customer, profile: "sample", identity: ["account": "\($0)"],
                    site: ["shared": ["/srv/\($0)"]])
            }, at: .minute(0), audit: [.test("added \(ids.count)", customer: customer)])
    }

    /// Two customers, `north` and `south`, with an installation each: `n1` and `s1`.
    func addTwoCustomers() async throws {
        for (customer, installation) in [("north", "n1"), ("south", "s1")] {
            try await addTestCustomer(customer)
            try await addTestInstallations([installation], of: customer)
        }
    }

    @discardableResult
    func claimTest(
        _ operation: String, on installation: String, of customer: String = "north", owner: String = "owner-1",
        basedOn: String? = nil, edits: Int = 0, waitsUntil: Instant? = nil
    ) async throws -> ClaimResult {
        try await claim(
            NewOperation(
                id: operation, installation: installation, customer: customer, protocolName: "sample", act: .refresh,
                caller: "local:1000", owner: owner, started: .minute(1), basedOn: basedOn,
                edits: edits,
                first: JournaledTransition(
                    nonce: "nonce-1", state: Data("{}".utf8), step: Data("step-1".utf8), waitsUntil: waitsUntil,
                    note: StepNote(at: .minute(1), kind: "send", detail: "POST /"))))
    }

    /// Ends an operation with a grant, and perhaps files.
    func endTest(
        _ operation: String, on installation: String, revision: String, files: [IntendedFile] = [],
        status: OperationStatus? = nil, customer: String = "north"
    ) async throws {
        try await end(
            OperationEnding(
                operation: operation, installation: installation, at: .minute(2),
                status: status ?? (files.isEmpty ? .done : .delivering), outcome: "updated", message: "Updated.",
                notes: [StepNote(at: .minute(2), kind: "finish", detail: revision)],
                contact: OperationEnding.Contact(at: .minute(2), refreshDue: .minute(60)),
                grant: OperationEnding.NewGrant(
                    revision: revision, issued: .minute(2),
                    entitlement: Entitlement(
                        dates: ["expires": .day(LocalDay(number: 20_850))],
                        seats: [Entitlement.SeatPool(name: "users", count: 5)],
                        modules: [Entitlement.Module(code: "GL", name: "General Ledger")], vendorStatus: .active)),
                files: files, audit: .test("granted \(revision)", customer: customer)))
    }
}

extension IntendedFile {
    static func test(_ path: String, _ text: String) -> IntendedFile {
        IntendedFile(
            delivery: "license", path: path, plan: Data("{}".utf8), sha256: "sha of \(text)", contents: Data(text.utf8))
    }
}

extension ClaimResult {
    /// `claimed`, `stale`, or the ID of the operation that is open.
    var shown: String {
        switch self {
        case .claimed: "claimed"
        case .stale: "stale"
        case .busy(let open): open.id
        case .asked(let open): "asked \(open.id)"
        }
    }
}
