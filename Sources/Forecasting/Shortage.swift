/// Why too little is known of a pool for a forecast.
public struct Shortage: Error, Hashable, Sendable {
    /// The weeks that must have been observed within the last 52: 8.
    public let weeksNeeded: Int
    /// Those that were observed.
    public let weeksObserved: Int
    /// How many days were observed at all.
    public let daysObserved: Int
    /// How many days ago the last of them was, where that is too long; nil where it isn't.
    public let daysSinceLast: Int?

    /// How many more days must be observed, at least.
    public var daysToWait: Int { 7 * max(1, weeksNeeded - weeksObserved) }

    /// What is lacking on a day; nil where nothing is.
    init?(of series: UsageSeries, _ weeks: WeeklyPeaks, on today: Int) {
        weeksNeeded = Assumptions.fewestWeeks
        weeksObserved = weeks.isObserved.suffix(Assumptions.recentWeeks).count { $0 }
        daysObserved = series.days.count
        // Limited, so that no day is too far away to be subtracted.
        let age = min(max(today, weeks.lastDay), UsageSeries.calendar.upperBound) - weeks.lastDay
        daysSinceLast = weeksObserved > 0 && age > Assumptions.greatestAge ? age : nil
        guard weeksObserved < weeksNeeded || daysSinceLast != nil else { return nil }
    }
}

extension Shortage: CustomStringConvertible {
    /// What is lacking, in a sentence.
    public var description: String {
        if let daysSinceLast {
            return "The last observed day is \(daysSinceLast) days ago; it may be "
                + "\(Assumptions.greatestAge) at most."
        }
        return "\(weeksNeeded) weeks (\(7 * weeksNeeded) days) of the last \(Assumptions.recentWeeks) weeks must have "
            + "been observed, and \(weeksObserved) were (\(daysObserved) observed days in all): "
            + "at least \(daysToWait) more days are needed."
    }
}
