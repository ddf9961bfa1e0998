import AdapterKit
import Foundation
import GRDB
import GatewayAPI
import GatewayProfiles
import GatewayStore

@testable import GatewayCore

/// A folder of its own for a gateway's store, profiles and customers' sites, gone with everything in it when the test
/// ends.
struct GatewayFixture: Sendable {
    let folder: String
    let time: TestTime

    /// Runs a test in a fresh folder.
    static func with<Result>(
        at now: String = "2026-11-22T10:00:00Z", mostPauses: Int = 50_000,
        _ body: (GatewayFixture) async throws -> Result
    ) async throws -> Result {
        guard let now = Instant(now) else { throw TestFailure("\(now) is no time") }
        let temporary = FileManager.default.temporaryDirectory.resolvingSymlinksInPath().path
        let folder = temporary + "/gatehouse-core-" + UUID().uuidString
        for name in ["profiles", "sites"] {
            try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
        }
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try await body(GatewayFixture(folder: folder, time: TestTime(now, mostPauses: mostPauses)))
    }

    var store: String { folder + "/gatehouse.db" }
    var profiles: String { folder + "/profiles" }
    var sites: String { folder + "/sites" }

    func write(profile name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(profiles)/\(name).yaml"))
    }

    /// A site's folder, made where there is none.
    func site(_ name: String) throws -> String {
        let path = "\(sites)/\(name)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    /// Opens a gateway while the closure runs; when it is over, its process is gone as far as the next one can tell.
    func withGateway<Result>(
        _ adapters: [AnyAdapter], store: String? = nil, profiles: [String]? = nil, environment: [String: String] = [:],
        _ body: (Gateway) async throws -> Result
    ) async throws -> Result {
        let gateway = try Gateway(
            GatewayConfiguration(
                store: store ?? self.store, profiles: profiles ?? [self.profiles], deliveryRoots: [sites],
                environment: environment, keyFile: self.store + ".key"),
            registry: AdapterRegistry(adapters), surroundings: time.surroundings)
        defer { gateway.close() }
        return try await body(gateway)
    }

    /// Works on the store's file behind the gateway's back.
    func raw<Result>(_ body: (Database) throws -> Result) throws -> Result {
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        let queue = try DatabaseQueue(path: store, configuration: configuration)
        defer { try? queue.close() }
        return try queue.writeWithoutTransaction(body)
    }

    /// Copies the store as it is now: whoever opens the copy finds what a process left that was killed now.
    func copyStore(to path: String) throws { try raw { try $0.execute(sql: "VACUUM INTO ?", arguments: [path]) } }

    /// A file's text; nil where there is none.
    func read(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The repository, from this file on.
    static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
}

extension Caller {
    /// Who may see the whole portfolio.
    static let msp = Caller(id: "local:1000", name: "Pat", scope: .portfolio)

    /// Who may see one customer.
    static func limited(to customer: String) -> Caller {
        Caller(id: "login:\(customer)", name: "Kim", scope: .customer(customer))
    }
}

extension Gateway {
    /// Performs a call on behalf of who may see everything.
    func perform<Call: GatewayCall>(_ call: Call) async throws -> Call.Answer {
        try await perform(call, by: .msp)
    }

    /// Refreshes one installation, and says what came of it.
    func refresh(
        _ installation: String, _ trigger: Refresh.Trigger = .asked, adopt: Bool = false
    ) async throws -> RefreshResult {
        let report = try await perform(
            Refresh(selection: .installations([installation]), trigger: trigger, adopt: adopt))
        guard let result = report.results.first, report.results.count == 1 else {
            throw TestFailure("\(report.results.count) results for one installation")
        }
        return result
    }

    func stored(_ installation: String) async throws -> InstallationRecord {
        guard let record = try await store.installation(installation, in: .portfolio) else {
            throw TestFailure("no installation \(installation)")
        }
        return record
    }

    /// The one row of an installation's status.
    func standing(_ installation: String, at: PointInTime = .now) async throws -> StatusRow {
        guard let row = try await perform(Status(at: at)).first(where: { $0.installation == installation }) else {
            throw TestFailure("no standing of \(installation)")
        }
        return row
    }
}

/// The error of a call that must fail.
func callError(_ body: () async throws -> Void) async -> CallError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? CallError
    }
}
