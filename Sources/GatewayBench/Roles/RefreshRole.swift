import AdapterKit
import ArgumentParser
import GatewayAPI
import GatewayCore
import Sage300

/// Refreshes a whole store: the real call, through the one door.
struct RefreshRole: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "role-refresh", shouldDisplay: false)

    @Option var store: String
    @Option var profiles: String
    @Option var root: String
    @Option var url: String
    @Option var key: String
    @Option var concurrency: Int
    /// The outcome that every installation must have.
    @Option var outcome: String
    @Option var installations: Int

    func run() async throws {
        let gateway = try Gateway(
            GatewayConfiguration(
                store: store, profiles: [profiles], deliveryRoots: [root],
                environment: ["GATEHOUSE_VENDOR_URL": url, "GATEHOUSE_VENDOR_KEY": key]),
            registry: AdapterRegistry([AnyAdapter(Sage300())]))
        var answer = RefreshReport()
        let report = try await RoleReport.measuring(installations) {
            answer = try await gateway.perform(
                Refresh(selection: .all, concurrency: concurrency),
                by: Caller(id: "bench", name: "bench", scope: .portfolio))
        }
        gateway.close()
        guard let wanted = RefreshResult.Outcome(rawValue: outcome), answer.counts == [wanted: installations] else {
            let counts = answer.counts.map { "\($0.value) \($0.key.rawValue)" }.sorted().joined(separator: ", ")
            let first = answer.results.first { $0.outcome.isFailure }.map { ": \($0.message)" } ?? ""
            throw BenchError("Of \(installations) refreshes all should be \(outcome), and there were \(counts)\(first)")
        }
        try report.print()
    }
}
