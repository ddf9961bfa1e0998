/// The highest peak of each week, in weeks counted back from the last observed day.
///
/// A week holds every day of the week once, so it doesn't matter which of them are a country's weekend.
struct WeeklyPeaks {
    /// The last day of the last week.
    let lastDay: Int
    /// Oldest first; zero where nothing was observed.
    let peaks: [Double]
    /// Whether enough days of a week were observed for it to count.
    let isObserved: [Bool]
    /// Whether every peak is a whole number, as counted seats are.
    let isWhole: Bool

    /// At most five years count: what was before says little of what comes.
    static let greatestCount = 261

    /// The weeks of a series; none where no day was observed.
    ///
    /// A week counts where at least half as many of its days were observed as in the usual (median) week: the
    /// peak of a week that was hardly looked at would be too low.
    init(of series: UsageSeries) {
        let last = series.days.last?.number ?? 0
        let days = series.days(in: last - 7 * Self.greatestCount + 1...last)
        let count = days.first.map { (last - $0.number) / 7 + 1 } ?? 0
        var peaks = [Double](repeating: 0, count: count)
        var seen = [Int](repeating: 0, count: count)
        for day in days {
            let week = count - 1 - (last - day.number) / 7
            peaks[week] = max(peaks[week], day.peak)
            seen[week] += 1
        }
        lastDay = last
        self.peaks = peaks
        isWhole = days.allSatisfy { $0.peak == $0.peak.rounded() }
        let ordered = seen.filter { $0 > 0 }.sorted()
        let usual = ordered.isEmpty ? 0 : ordered[ordered.count / 2]
        isObserved = seen.map { $0 > 0 && 2 * $0 >= usual }
    }

    /// The weeks that count, oldest first.
    var observed: [Int] { isObserved.indices.filter { isObserved[$0] } }

    /// The first day of a week.
    func firstDay(of week: Int) -> Int { lastDay - 7 * (peaks.count - week) + 1 }
}
