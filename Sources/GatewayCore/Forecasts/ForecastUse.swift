import AdapterKit
import Forecasting
import GatewayAPI
import GatewayStore

extension ForecastSeats: PerformedCall {
    func perform(in context: CallContext) async throws -> SeatForecast {
        guard (7...1770).contains(days) else {
            throw CallError(.invalid, "The days of a forecast are a number from 7 to 1770.")
        }
        if let customer { _ = try await ShowCustomer(id: customer).perform(in: context) }
        if let installation { _ = try await context.installation(installation) }
        let licenses = try await context.store.licensedSeats(
            in: context.scope, customer: customer, installation: installation)
        var zones: [String: Zone] = [:]
        for license in licenses where zones[license.timeZone] == nil {
            zones[license.timeZone] = try context.gateway.zones.zone(named: license.timeZone)
        }
        let known = zones
        let now = context.now
        let today = context.now.utcDay
        let byID = Dictionary(uniqueKeysWithValues: licenses.map { ($0.installation, $0) })
        var found = try await context.store.readPeaks(
            in: context.scope, customer: customer, installation: installation, from: today - Self.daysBack,
            through: today
        ) { cursor in
            try Self.series(&cursor) { id in byID[id].flatMap { known[$0.timeZone] } }
        }
        for (id, pools) in try await context.store.hoursBeingCounted(
            in: context.scope, customer: customer, installation: installation)
        {
            for (pool, counted) in pools where counted.day <= today {
                var peaks = LocalPeaks()
                peaks.zone = byID[id].flatMap { known[$0.timeZone] } ?? .utc
                peaks.days = found[id]?[pool] ?? []
                peaks.add(counted)
                found[id, default: [:]][pool] = peaks.days
            }
        }
        let series = found
        let horizon = days
        // Each core takes its part: a year of a pool is a millisecond's work.
        let parts = licenses.inParts(of: Self.part)
        let pools = await withTaskGroup(of: [SeatForecast.Pool].self) { group in
            for part in parts {
                group.addTask {
                    part.flatMap { license in
                        PoolForecast.all(
                            of: license, series: series[license.installation] ?? [:], days: horizon,
                            today: (known[license.timeZone] ?? .utc).localDay(of: now))
                    }
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        return SeatForecast(days: days, pools: pools.sorted(by: Self.isSooner))
    }

    /// Three years: enough for a season to be seen twice, and more would only be slower.
    private static let daysBack: Int64 = 3 * 366
    /// How many licenses a task works on.
    private static let part = 64

    /// The daily peaks of each installation's pools, by the customer's days.
    private static func series(
        _ cursor: inout PeakCursor, zone: (String) -> Zone?
    ) throws -> [String: [String: [LocalPeaks.Day]]] {
        var found: [String: [String: [LocalPeaks.Day]]] = [:]
        var peaks = LocalPeaks()
        var (installation, pool) = ("", "")
        while let day = try cursor.next() {
            if cursor.installation != installation || cursor.pool != pool {
                if !installation.isEmpty { found[installation, default: [:]][pool] = peaks.days }
                if cursor.installation != installation { peaks.zone = zone(cursor.installation) ?? .utc }
                (installation, pool) = (cursor.installation, cursor.pool)
                peaks.days = []
            }
            peaks.add(day)
        }
        if !installation.isEmpty { found[installation, default: [:]][pool] = peaks.days }
        return found
    }

    private static func isSooner(_ left: SeatForecast.Pool, _ right: SeatForecast.Pool) -> Bool {
        let order = SeatForecast.Outlook.allCases
        let ranks = [left, right].map { order.firstIndex(of: $0.outlook) ?? 0 }
        if ranks[0] != ranks[1] { return ranks[0] < ranks[1] }
        if left.middle != right.middle { return left.middle ?? .distant < right.middle ?? .distant }
        if left.probability != right.probability { return left.probability ?? 0 > right.probability ?? 0 }
        return (left.installation, left.pool) < (right.installation, right.pool)
    }
}

/// Peaks by the hour in UTC, as peaks of a customer's days.
struct LocalPeaks {
    typealias Day = UsageSeries.Day

    var zone = Zone.utc
    var days: [Day] = []

    /// Adds a day in UTC, not before those that were added: its hours fall into two of the customer's days at most.
    mutating func add(_ day: PeakDay) {
        let seconds = Int(day.day) * 86_400
        // Twice a year an hour near midnight counts for the day beside it: no forecast notices.
        let offset = zone.offset(at: Instant(milliseconds: Int64(seconds + 43_200) * 1000))
        var hasAny = false
        for hour in 0..<24 where day.peaks[hour] > 0 {
            hasAny = true
            raise((seconds + hour * 3600 + offset).days, to: Double(day.peaks[hour]))
        }
        // That nobody was in was seen, too.
        if !hasAny { raise((seconds + 43_200 + offset).days, to: 0) }
    }

    private mutating func raise(_ day: Int, to peak: Double) {
        guard let last = days.last, last.number == day else { return days.append(Day(number: day, peak: peak)) }
        if last.peak < peak { days[days.count - 1] = Day(number: day, peak: peak) }
    }
}

extension Int {
    /// Whole days in so many seconds, rounded down.
    fileprivate var days: Int { self >= 0 ? self / 86_400 : (self - 86_399) / 86_400 }
}

extension LocalDay {
    fileprivate static let distant = LocalDay(number: 3_000_000)
}

extension Array {
    /// Parts of at most so many elements.
    fileprivate func inParts(of size: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
    }
}
