import AdapterKit
import ArgumentParser
import Foundation
import GatewayAPI
import GatewayCore
import GatewayStore
import Sage300
import Synchronization

/// Claims, renews and releases seats through the one door, with so many callers at once.
struct SeatsRole: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "role-seats", shouldDisplay: false)

    @Option var store: String
    @Option var profiles: String
    @Option var installations: Int
    @Option var callers: Int
    /// Claims in all.
    @Option var claims: Int
    /// Claims alone, which are mostly refused; else each is renewed and released.
    @Flag var crowded = false

    func run() async throws {
        let gateway = try Gateway(
            GatewayConfiguration(
                store: store, profiles: [profiles], deliveryRoots: [],
                environment: ["GATEHOUSE_VENDOR_URL": "", "GATEHOUSE_VENDOR_KEY": ""]),
            registry: AdapterRegistry([AnyAdapter(Sage300())]))
        let latencies = Mutex<[Double]>([])
        let before = gateway.commitTally
        let perCaller = max(1, claims / callers)
        let count = perCaller * callers * (crowded ? 1 : 3)
        let measured = try await RoleReport.measuring(count) {
            try await withThrowingTaskGroup(of: [Double].self) { group in
                for caller in 0..<callers {
                    group.addTask { try await run(gateway, caller: caller, perCaller) }
                }
                for try await times in group { latencies.withLock { $0 += times } }
            }
        }
        let after = gateway.commitTally
        gateway.close()
        let sorted = latencies.withLock { $0.sorted() }
        try SeatsReport(
            role: measured,
            batch: Double(after.writes - before.writes) / Double(max(1, after.commits - before.commits)),
            median: sorted[sorted.count / 2], p99: sorted[min(sorted.count - 1, sorted.count * 99 / 100)]
        ).print()
    }

    private func run(_ gateway: Gateway, caller number: Int, _ count: Int) async throws -> [Double] {
        let caller = Caller(id: "bench", name: "bench", scope: .portfolio, seesUsers: false)
        var times: [Double] = []
        times.reserveCapacity(count * 3)
        func timed<Value>(_ body: () async throws -> Value) async throws -> Value {
            let start = Usage.now.wall
            let value = try await body()
            times.append(Usage.now.wall - start)
            return value
        }
        for round in 0..<count {
            let installation = LoadPortfolio.installationID((number * 7919 + round * 31) % installations)
            let answer = try await timed {
                try await gateway.perform(
                    ClaimSeat(installation: installation, user: "user-\(number)", host: "host-\(number)"), by: caller)
            }
            if crowded { continue }
            guard answer.granted, let session = answer.session else {
                throw BenchError("A claim was refused: \(answer.reason)")
            }
            let renewed = try await timed {
                try await gateway.perform(RenewSeat(SessionSelection(id: session)), by: caller)
            }
            let released = try await timed {
                try await gateway.perform(ReleaseSeat(SessionSelection(id: session)), by: caller)
            }
            guard renewed.granted, released.released else { throw BenchError("A session was lost: \(session)") }
        }
        return times
    }
}

/// What claims came to.
struct SeatsReport: Codable {
    /// Calls, and the time they took.
    var role: RoleReport
    /// The mean number of writes in a commit.
    var batch: Double
    /// Of a call, in seconds.
    var median: Double
    /// Of a call, in seconds: one in a hundred takes longer.
    var p99: Double

    func print() throws { FileHandle.standardOutput.write(try JSONEncoder().encode(self) + Data("\n".utf8)) }
}
