/// What a week of the year adds to the level, as two years or more have shown it.
///
/// A season that comes round sharply, such as the months before a tax deadline, is neither growth nor a row of
/// steps. It is taken from the years themselves: the mean over all years, and over a week before and after.
struct SeasonProfile {
    /// For each week of the year, counted back from the last observed week; adds up to about zero.
    private let seats: [Double]
    /// How many observed weeks stand behind each of these.
    let support: Double

    /// No season.
    static let none = SeasonProfile(seats: [0], support: .infinity)

    private static let length = 52
    /// The fewest weeks of a year that must be observed.
    private static let fewest = 40

    private init(seats: [Double], support: Double) {
        self.seats = seats
        self.support = support
    }

    /// The season of some weeks; ``none`` where fewer than two years were observed or they don't agree.
    ///
    /// Years agree where the differences between the same weeks of two years scatter far less (0.6) than the weeks
    /// within a year do about its mean. A step or a turn lets them disagree.
    init(of weeks: WeeklyPeaks, without odd: Set<Int>) {
        let years = Self.years(weeks, without: odd)
        var growths: [Double] = []
        for (year, before) in zip(years, years.dropFirst()) {
            for (late, early) in zip(year, before) { if let late, let early { growths.append(late - early) } }
        }
        let growth = Spread.median(of: growths)
        let rests = years.map { year in
            let observed = year.enumerated().compactMap { week, peak in
                peak.map { (week: week, rest: $0 + growth * Double(week) / Double(Self.length)) }
            }
            let mean = observed.reduce(0) { $0 + $1.rest } / Double(max(1, observed.count))
            return observed.map { (week: $0.week, rest: $0.rest - mean) }
        }
        let all = rests.joined()
        let within = all.reduce(0) { $0 + $1.rest * $1.rest } / Double(max(1, all.count))
        let between = growths.reduce(0) { $0 + LevelModel.square($1 - growth) / 2 } / Double(max(1, growths.count))
        guard years.count >= 2, between < 0.36 * within else {
            self = .none
            return
        }
        var sums = [Double](repeating: 0, count: Self.length)
        var counts = sums
        for (week, rest) in all {
            for near in week - 1...week + 1 {
                sums[(near + Self.length) % Self.length] += rest
                counts[(near + Self.length) % Self.length] += 1
            }
        }
        seats = zip(sums, counts).map { $1 > 0 ? $0 / $1 : 0 }
        support = counts.reduce(0, +) / Double(Self.length)
    }

    /// The weeks of each whole year, the last one first, each from its last week back; nil for what doesn't count.
    private static func years(_ weeks: WeeklyPeaks, without odd: Set<Int>) -> [[Double?]] {
        var years: [[Double?]] = []
        while true {
            let end = Int((Double(years.count) * Assumptions.weeksPerYear).rounded())
            guard weeks.peaks.count >= end + length else { return years }
            let year = (0..<length).map { back -> Double? in
                let week = weeks.peaks.count - 1 - end - back
                return weeks.isObserved[week] && !odd.contains(week) ? weeks.peaks[week] : nil
            }
            guard year.count(where: { $0 != nil }) >= fewest else { return years }
            years.append(year)
        }
    }

    /// Whether there is one.
    var isSeen: Bool { seats.count > 1 }

    /// What is added to the level, so many weeks after the last observed one (before it where negative).
    subscript(week: Int) -> Double {
        guard isSeen else { return 0 }
        let years = (Double(week) / Assumptions.weeksPerYear).rounded(.up)
        let back = Int((years * Assumptions.weeksPerYear).rounded()) - week
        return seats[min(max(back, 0), seats.count - 1)]
    }
}
