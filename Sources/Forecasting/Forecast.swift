/// When a pool will be full, and what that is concluded from.
public struct Forecast: Sendable {
    /// The answer.
    public let outlook: Outlook
    /// What was seen of the pool's level; nil where too little was.
    public let trend: Trend?

    /// A forecast. The same series, limit and days give the same answer.
    ///
    /// - Parameters:
    ///   - series: The observed days.
    ///   - limit: The seats that there are. Zero is full at once; infinity is never full.
    ///   - today: The day that asks, in days since 1970-01-01; the last observed one where nil or earlier.
    ///   - horizon: How many days ahead to look, 1 to 1,770 (what lies outside is taken for the nearest).
    public init(of series: UsageSeries, limit: Double, on today: Int? = nil, within horizon: Int) {
        do throws(Shortage) {
            let trend = try Trend(of: series, on: today)
            self.trend = trend
            if let full = FullDays(of: series, limit: limit) {
                outlook = .alreadyFull(full)
            } else {
                outlook = trend.outlook(limit: limit, on: max(today ?? trend.lastDay, trend.lastDay), within: horizon)
            }
        } catch {
            trend = nil
            let full = error.daysSinceLast == nil ? FullDays(of: series, limit: limit) : nil
            outlook = full.map(Outlook.alreadyFull) ?? .notEnoughData(error)
        }
    }

    /// The longest horizon: with the age that the last observed day may have, five years.
    public static let longestHorizon = 7 * Futures.farthest - Assumptions.greatestAge - 1
}

extension Trend {
    func outlook(limit: Double, on today: Int, within horizon: Int) -> Outlook {
        let end = today + min(max(horizon, 1), Forecast.longestHorizon)
        let skipped = (today - lastDay) / 7
        let reached = futures.reached(
            limit - rounding, skipping: skipped, weeks: (end - lastDay + 6) / 7 - skipped)
        let begin = lastDay + 7 * skipped
        // Within a week each day is as likely as another.
        func probability(by day: Int) -> Double {
            let (week, days) = (day - begin).quotientAndRemainder(dividingBy: 7)
            let before = week > 0 ? reached[week - 1] : 0
            return days == 0 ? before : before + (reached[week] - before) * Double(days) / 7
        }
        func firstDay(with wanted: Double) -> Int? {
            var (low, high) = (today, end)
            guard probability(by: end) >= wanted else { return nil }
            while high - low > 1 {
                let middle = (low + high) / 2
                if probability(by: middle) >= wanted { high = middle } else { low = middle }
            }
            return high
        }
        let found = min(max(probability(by: end), 1 - Assumptions.surest), Assumptions.surest)
        guard let middle = firstDay(with: 0.5), let earliest = firstDay(with: 0.1) else {
            return .notWithinHorizon(probability: found)
        }
        guard growing >= Assumptions.growthForDate || risesWithSeason(weeks: skipped + reached.count) else {
            return .closeToLimit(probability: found)
        }
        return .expected(
            FullDate(earliest: earliest, middle: middle, latest: firstDay(with: 0.9), probability: found))
    }

    /// Whether a season that was seen lifts the level by more than the weeks scatter.
    private func risesWithSeason(weeks: Int) -> Bool {
        guard sawSeason else { return false }
        let highest = stride(from: 4, through: weeks, by: 4).map { futures.level(inWeek: $0) }.max() ?? 0
        return highest - futures.level(inWeek: 0) > 2 * max(futures.scatterAbove, 0.5)
    }
}
