/// What a pool's past says of its level, whatever the limit. The level is that of a week's busiest moment.
///
/// docs/forecast.md has the method and its sources.
public struct Trend: Sendable {
    /// The last observed day, in days since 1970-01-01.
    public let lastDay: Int
    /// How many observed weeks it rests on, odd ones left out.
    public let weeks: Int
    /// The steps to new levels, oldest first.
    public let shifts: [LevelShift]
    /// The first days of the weeks from which on the level grows otherwise than before, oldest first; what was before
    /// the last of them says nothing about growth.
    public let turns: [Int]
    /// The first days of weeks that were left out since the pool was used far less: holidays.
    public let holidays: [Int]
    /// The first days of weeks that were left out since it was used far more, for a short time.
    public let events: [Int]
    /// How many seats above the level the last observed week was, where it is one of the ``events``. It may be a new
    /// level; the third such week shows that.
    public let unclearRise: Double?
    /// Whether two years or more were observed that agree about a season of the year, which then comes round again.
    public let sawSeason: Bool

    let futures: Futures
    /// By how much a level may miss a limit that rounding to whole seats makes it reach.
    let rounding: Double

    /// Fits a series.
    ///
    /// - Parameter today: The day that asks, in days since 1970-01-01; the last observed one where nil or earlier.
    /// - Throws: ``Shortage`` where too little was observed, or too long ago.
    public init(of series: UsageSeries, on today: Int? = nil) throws(Shortage) {
        let all = WeeklyPeaks(of: series)
        if let shortage = Shortage(of: series, all, on: today ?? all.lastDay) { throw shortage }
        let observed = all.observed
        let peaks = observed.map { all.peaks[$0] }
        let spread = max(Spread.ofNeighbors(peaks), all.isWhole ? Assumptions.rounding.squareRoot() : 0)
        let odd = OddWeeks.find(in: peaks, spread: spread)
        let left = Set((odd.lows + odd.highs).map { observed[$0] })
        let season = SeasonProfile(of: all, without: left)
        let taken = ModelWeeks(all, without: left, and: season)
        let fit = LevelFit(taken, support: season.support)
        let settled = Futures(fit, season: season)
        let isUnclear = odd.highs.last == peaks.count - 1
        unclearRise = isUnclear ? max(0, peaks[peaks.count - 1] - settled.level(inWeek: 0)) : nil
        futures = unclearRise.map { settled.withRise(of: $0) } ?? settled
        lastDay = all.lastDay
        weeks = taken.observed.count
        shifts = fit.shifts.map { LevelShift(dayNumber: all.firstDay(of: $0.week), seats: $0.seats) }
        turns = fit.turns.map { all.firstDay(of: $0) }
        holidays = odd.lows.map { all.firstDay(of: observed[$0]) }
        events = odd.highs.map { all.firstDay(of: observed[$0]) }
        sawSeason = season.isSeen
        rounding = all.isWhole ? 0.5 : 0
    }
}
