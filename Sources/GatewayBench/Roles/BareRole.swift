import ArgumentParser
import Foundation

/// The ceiling of a refresh: a bare libcurl-multi loop that posts the same requests to the same server at the same
/// concurrency, and verifies each answer's signature. No adapter, no store, no journal, no files.
struct BareRole: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "role-bare", shouldDisplay: false)

    @Option var requests: String
    @Option var url: String
    @Option var key: String
    @Option var concurrency: Int
    /// The status that every answer must have: `unchanged` or `changed`.
    @Option var status: String

    func run() async throws {
        let file = try Data(contentsOf: URL(fileURLWithPath: requests))
        guard let key = Data(base64Encoded: key) else { throw BenchError("The key is no base64.") }
        let loop = try BareLoop(
            url: url + "/sage300/v1/entitlement", key: Array(key), status: status, concurrency: concurrency)
        let places = try file.withUnsafeBytes { try RequestFile.places(in: $0) }
        let report = try await RoleReport.measuring(places.count) {
            try file.withUnsafeBytes { try loop.run($0, places) }
        }
        try report.print()
    }
}
