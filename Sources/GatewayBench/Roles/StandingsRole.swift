import AdapterKit
import ArgumentParser
import GatewayCore

/// Works out standings on one thread: two countdowns of three stages, zones in turn, messages not asked for.
struct StandingsRole: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "role-standings", shouldDisplay: false)

    /// `standing`, `columns` or `plain`.
    @Argument var what: What
    @Option var count: Int

    enum What: String, ExpressibleByArgument {
        /// The function, of facts that are ready.
        case standing
        /// The function, with the facts read from a store's column each time.
        case columns
        /// A loop that was written by hand for these very countdowns.
        case plain
    }

    func run() async throws {
        let cases = try StandingCases()
        var sum = 0
        let report = try await RoleReport.measuring(count) {
            sum =
                switch what {
                case .standing: cases.standings(count)
                case .columns: try cases.columns(count)
                case .plain: cases.plain(count)
                }
        }
        // What nobody looks at need not be worked out.
        guard sum > 0 else { throw BenchError("The standings came to nothing.") }
        try report.print()
    }
}

/// Installations to work out the standing of, prepared beforehand.
struct StandingCases {
    private let rules: CountdownRules
    private let zones: [Zone]
    private let now = Instant(milliseconds: 1_795_000_000_000)
    private var facts: [StandingFacts] = []
    private var texts: [[UInt8]] = []
    private var plainCases: [PlainCase] = []

    private static let size = 4096
    private static let countdowns = [
        Countdown(
            name: "subscription", from: ["expires"],
            stages: [
                .init(at: .days(-30), level: .notice, message: "{product} for {customer} renews in {daysToDate}."),
                .init(at: .days(0), level: .grace, label: "Expired", message: "Read-only in {daysToLoss}."),
                .init(at: .days(45), level: .restricted, label: "Read-only", message: "Expired {days} ago."),
            ]),
        Countdown(
            name: "vendorContact", from: ["lastContact"],
            stages: [
                .init(at: .days(21), level: .notice, message: "No contact for {days}."),
                .init(at: .days(28), level: .warning, message: "Expires in {daysToLoss}."),
                .init(at: .days(35), level: .stopped, label: "Expired", message: "No contact for {days}."),
            ]),
    ]

    init() throws {
        rules = try CountdownRules(Self.countdowns)
        let database = ZoneDatabase()
        zones = try LoadPortfolio.zones.map { try database.zone(named: $0) }
        let today = Zone.utc.localDay(of: now)
        for number in 0..<Self.size {
            let expires = DateValue.day(today.adding(days: number * 7919 % 501 - 100))
            let contact = DateValue.instant(now.adding(minutes: -(number * 31 % 60_000)))
            facts.append(rules.facts(held: true, dates: ["expires": expires, "lastContact": contact]))
            texts.append(Array("expires=\(expires);lastContact=\(contact)".utf8))
            plainCases.append(PlainCase(expires, contact, zone: zones[number % zones.count]))
        }
    }

    /// Each sum is of levels and times, so that every result is used.
    func standings(_ count: Int) -> Int {
        var sum = 0
        var zone = 0
        for index in 0..<count {
            let standing = rules.standing(of: facts[index & (Self.size - 1)], at: now, in: zones[zone])
            sum &+= standing.level.rank + (standing.until == nil ? 0 : 1) + (standing.fullUntil == nil ? 0 : 1)
            zone = zone + 1 == zones.count ? 0 : zone + 1
        }
        return sum
    }

    func columns(_ count: Int) throws -> Int {
        var sum = 0
        var zone = 0
        var row = rules.facts(of: nil)
        for index in 0..<count {
            try rules.read(texts[index & (Self.size - 1)], into: &row)
            row.held = true
            let standing = rules.standing(of: row, at: now, in: zones[zone])
            sum &+= standing.level.rank + (standing.until == nil ? 0 : 1) + (standing.fullUntil == nil ? 0 : 1)
            zone = zone + 1 == zones.count ? 0 : zone + 1
        }
        return sum
    }

    func plain(_ count: Int) -> Int {
        var sum = 0
        for index in 0..<count {
            sum &+= plainCases[index & (Self.size - 1)].sum(at: Int(now.milliseconds))
        }
        return sum
    }

    /// The same countdowns by hand: dates and the zone's distance from UTC are numbers already, and a day is 24 hours.
    private struct PlainCase {
        var expires: Int
        var contact: Int

        init(_ expires: DateValue, _ contact: DateValue, zone: Zone) {
            self.expires = 0
            self.contact = 0
            if case .day(let day) = expires {
                self.expires = Int(zone.firstInstant(of: day.adding(days: 1)).milliseconds)
            }
            if case .instant(let instant) = contact { self.contact = Int(instant.milliseconds) }
        }

        func sum(at now: Int) -> Int {
            let day = 86_400_000
            var level = 0
            var until = Int.max
            func pass(_ begins: Int, _ reached: Int) {
                if begins <= now { level = max(level, reached) } else { until = min(until, begins) }
            }
            pass(expires - 30 * day, 1)
            pass(expires, 3)
            pass(expires + 45 * day, 4)
            pass(contact + 21 * day, 1)
            pass(contact + 28 * day, 2)
            pass(contact + 35 * day, 5)
            let fullUntil = min(expires + 45 * day, contact + 35 * day)
            return level + (until == Int.max ? 0 : 1) + (fullUntil == Int.max ? 0 : 1)
        }
    }
}
