import AdapterKit
import ArgumentParser
import Foundation
import GRDB
import GatewayStore

/// Fills a store with installations whose licenses grant so many seats, each held, and perhaps with sessions that are
/// open.
struct FillSeatsRole: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "role-fill-seats", shouldDisplay: false)

    @Option var store: String
    @Option var installations: Int
    /// Of each installation's pool.
    @Option var seats: Int
    /// Sessions that are open, of all installations together.
    @Option var sessions = 0

    func run() async throws {
        let report = try await RoleReport.measuring(installations) {
            let store = try Store(path: store)
            try await LoadPortfolio.fill(store, installations: installations, root: "/srv/sites")
            let now = Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
            let entitlement = Entitlement(
                dates: ["expires": .day(Zone.utc.localDay(of: now).adding(days: 200))],
                seats: [.init(name: "users", count: seats)],
                modules: [.init(code: "GL", name: "General Ledger")], vendorStatus: .active)
            try await LoadPortfolio.inParallel(0..<installations) { number in
                try await LoadPortfolio.hold(entitlement, number, in: store, at: now)
            }
            try store.close()
            if sessions > 0 { try fillSessions(at: now) }
        }
        try report.print()
    }

    /// Puts sessions in as claims would have left them, with the counters that go with them.
    private func fillSessions(at now: Instant) throws {
        let queue = try DatabaseQueue(path: store)
        let hour = now.milliseconds / 3_600_000
        let until = now.milliseconds + 12 * 3_600_000
        try queue.write { db in
            let insert = try db.cachedStatement(sql: SeatSQL.insert)
            for number in 0..<sessions {
                try insert.execute(arguments: [
                    String(format: "open-%08d", number), LoadPortfolio.installationID(number % installations), "users",
                    "user-\(number / installations)", "", "", now.milliseconds, until + Int64(number), 0,
                ])
            }
            for number in 0..<installations {
                let count = sessions / installations + (number < sessions % installations ? 1 : 0)
                try db.execute(
                    sql: "INSERT INTO seat_counters (installation, next_end, hour, pools) VALUES (?1, ?2, ?3, ?4)",
                    arguments: [
                        LoadPortfolio.installationID(number), until, hour, "users=\(count),0,0,\(count),0,0",
                    ])
            }
        }
        try queue.close()
    }
}
