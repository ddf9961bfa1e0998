import AdapterKit
import ArgumentParser
import Foundation
import GatewayStore

/// Fills a store with installations that hold an entitlement of two pools, and with a year of each pool's working days.
struct FillUsageRole: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "role-fill-usage", shouldDisplay: false)

    @Option var store: String
    @Option var installations: Int

    func run() async throws {
        let report = try await RoleReport.measuring(installations) {
            let store = try Store(path: store)
            try await LoadPortfolio.fill(store, installations: installations, root: "/srv/sites")
            let now = Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
            let today = Zone.utc.localDay(of: now)
            try await LoadPortfolio.inParallel(0..<installations) { number in
                let seats = 10 + number % 90
                try await LoadPortfolio.hold(
                    Entitlement(
                        dates: ["expires": .day(today.adding(days: 200))],
                        seats: [.init(name: "users", count: seats), .init(name: "webUsers", count: seats / 2)],
                        vendorStatus: .active), number, in: store, at: now)
                try await store.record(
                    Self.year(number, seats: seats, until: today), replaces: false, audit: nil)
            }
            try store.close()
        }
        try report.print()
    }

    /// Office hours of working days: some pools grow, some don't, all scatter.
    private static func year(_ number: Int, seats: Int, until today: LocalDay) -> [NewObservation] {
        var observations: [NewObservation] = []
        for back in stride(from: 365, to: 0, by: -1) {
            let day = today.adding(days: -back)
            // The day with number 0 was a Thursday.
            guard (day.number + 3) % 7 < 5 else { continue }
            let start = Zone.utc.firstInstant(of: day)
            for (pool, size) in [("users", seats), ("webUsers", seats / 2)] {
                let growth = Double(365 - back) / 365 * Double(number % 3) * 0.15
                for hour in 13..<22 {
                    let scatter = Double((number * 31 + back * 17 + hour * 7) % 11) / 100
                    observations.append(
                        NewObservation(
                            installation: LoadPortfolio.installationID(number), pool: pool,
                            seen: SeatObservation(
                                at: start.adding(hours: hour),
                                inUse: max(1, Int(Double(size) * (0.5 + growth + scatter))))))
                }
            }
        }
        return observations
    }
}
