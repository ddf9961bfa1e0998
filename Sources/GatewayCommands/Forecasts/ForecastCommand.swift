import AdapterKit
import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse forecast`.
struct ForecastCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forecast", abstract: "When a pool of seats will be full, how sure that is, and what more cost.",
        discussion: """
            Worked out from the peaks of the days that were seen: claims, and what was recorded (`gatehouse usage \
            record`). The range holds eight times in ten. docs/forecast.md says how, and what it can't know. Without an ID, \
            pools that are not expected to fill up are only counted; --every lists them, too.
            """)

    @Argument(help: "The installation's ID; without one, all.")
    var id: String?

    @Option(help: "Only this customer's.")
    var customer: String?

    @Option(help: "How many days ahead to look.")
    var days = 365

    @Flag(help: "Also list pools that are not expected to fill up, and those of which too little is known.")
    var every = false

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let forecast = try await options.withGateway { gateway, caller in
            try await gateway.perform(ForecastSeats(installation: id, customer: customer, days: days), by: caller)
        }
        if options.json { return try Console.json(forecast) }
        if forecast.pools.isEmpty { return Console.print("No seats are licensed.") }
        let quiet: [SeatForecast.Outlook] = [.notExpected, .notEnoughData]
        let shown = id != nil || every ? forecast.pools : forecast.pools.filter { !quiet.contains($0.outlook) }
        if !shown.isEmpty {
            var table = Table("installation", "pool", "bought", "level", "full", "range", "sure", "text")
            for pool in shown {
                table.add(
                    .init(pool.installation), .init(pool.pool), .init("\(pool.purchased)"),
                    .init(pool.level.map { "\(Int($0.rounded()))" } ?? "–"),
                    .init(Self.full(pool), pool.outlook.style), .init(Self.range(pool)), .init(pool.sure ?? "–"),
                    .init(pool.text))
            }
            table.print(width: Console.width, color: Console.hasColor)
        }
        guard shown.count < forecast.pools.count else { return }
        let fine = forecast.pools.count { $0.outlook == .notExpected }
        let unknown = forecast.pools.count { $0.outlook == .notEnoughData }
        Console.print(
            "Of \(forecast.pools.count) pools, \(fine) are not expected to fill up within \(days) days, and of \(unknown) "
                + "too little is known.")
    }

    private static func full(_ pool: SeatForecast.Pool) -> String {
        switch pool.outlook {
        case .full: "now"
        case .expected: pool.middle.map { "\($0)" } ?? "–"
        case .close: "on a busy day"
        case .notExpected: "not expected"
        case .notEnoughData: "not known"
        }
    }

    private static func range(_ pool: SeatForecast.Pool) -> String {
        guard let earliest = pool.earliest else { return "–" }
        return pool.latest.map { "\(earliest) to \($0)" } ?? "from \(earliest)"
    }
}

extension SeatForecast.Outlook {
    /// How it looks where there is color.
    fileprivate var style: Table.Style {
        switch self {
        case .full: .bad
        case .expected, .close: .warning
        case .notExpected: .good
        case .notEnoughData: .faint
        }
    }
}
