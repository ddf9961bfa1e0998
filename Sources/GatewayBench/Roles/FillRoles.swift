import AdapterKit
import ArgumentParser
import Foundation
import GatewayStore

/// Fills a store with installations that hold nothing yet, and makes their folders.
struct FillRefreshRole: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "role-fill-refresh", shouldDisplay: false)

    @Option var store: String
    @Option var root: String
    /// Another tree of the same shape, for the ceiling.
    @Option var plain: String
    @Option var installations: Int

    func run() async throws {
        let report = try await RoleReport.measuring(installations) {
            for number in 0..<installations {
                for top in [root, plain] {
                    try FileManager.default.createDirectory(
                        atPath: top + "/" + LoadPortfolio.site(number), withIntermediateDirectories: true)
                }
            }
            let store = try Store(path: store)
            try await LoadPortfolio.fill(store, installations: installations, root: root)
            try store.close()
        }
        try report.print()
    }
}

/// Fills a store with installations that hold entitlements, as many refreshes would have: each through an operation
/// that is begun and ended by the store's own functions.
struct FillStatusRole: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "role-fill-status", shouldDisplay: false)

    @Option var store: String
    @Option var installations: Int

    func run() async throws {
        let report = try await RoleReport.measuring(installations) {
            let store = try Store(path: store)
            try await LoadPortfolio.fill(store, installations: installations, root: "/srv/sites")
            let now = Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
            try await LoadPortfolio.inParallel(0..<installations) { number in
                // One in fifty was never refreshed.
                if number % 50 != 49 {
                    try await LoadPortfolio.hold(
                        Self.entitlement(number, at: now), number, in: store, at: now.adding(hours: -(number % 336)))
                }
            }
            try store.close()
        }
        try report.print()
    }

    /// Expired for up to 100 days or covered for up to 400; one in five has a module with an end of its own, one in
    /// ten is marked as expired at the vendor.
    private static func entitlement(_ number: Int, at now: Instant) -> Entitlement {
        let today = Zone.utc.localDay(of: now)
        var dates = ["expires": DateValue.day(today.adding(days: number * 7919 % 501 - 100))]
        if number % 10 == 3 { dates["vendorExpired"] = .instant(now.adding(hours: -(number % 2000))) }
        var modules = [
            Entitlement.Module(code: "GL", name: "General Ledger"), .init(code: "AP", name: "Accounts Payable"),
            .init(code: "AR", name: "Accounts Receivable"), .init(code: "IC", name: "Inventory Control"),
        ]
        if number % 5 == 0 {
            let ends = DateValue.day(today.adding(days: number * 31 % 200 - 20))
            modules.append(.init(code: "PJC", name: "Project and Job Costing", expires: ends))
        }
        return Entitlement(
            dates: dates,
            seats: [.init(name: "users", count: number % 40 + 1), .init(name: "webUsers", count: number % 9)],
            modules: modules, edition: "Premium", vendorStatus: number % 10 == 3 ? .expired : .active,
            details: ["release": "Sage 300 2026", "region": "NA"])
    }
}
