/// Weeks that say nothing about the level: holidays, and single events.
///
/// A week is odd if its peak is far from those of the six weeks before, and a week soon after is back. Lows may
/// last seven weeks, a summer; highs two. What lasts longer is a new level, or growth.
enum OddWeeks {
    /// The longest low that counts as a holiday, in observed weeks.
    static let longestLow = 7
    /// The longest high that counts as an event, in observed weeks.
    static let longestHigh = 2

    /// The odd ones among peaks in order of time, as positions, ascending.
    ///
    /// Those at the end count as odd while they may still turn out to be. Where more than a quarter of the
    /// weeks were lows, or more than one in twenty (and more than one) highs, they are no exceptions but the way
    /// the pool is used, and none of them is odd.
    static func find(in peaks: [Double], spread: Double) -> (lows: [Int], highs: [Int]) {
        let lows = runs(in: peaks, longest: longestLow, spread: spread) { peak, usual in
            usual - peak > 3 * spread + 0.05 * usual
        }
        let highs = runs(in: peaks, longest: longestHigh, spread: spread) { peak, usual in
            peak - usual > 4 * spread + 0.1 * usual
        }
        return (lows.count * 4 > peaks.count ? [] : lows, highs.count > max(1, peaks.count / 20) ? [] : highs)
    }

    private static func runs(
        in peaks: [Double], longest: Int, spread: Double, isFar: (_ peak: Double, _ usual: Double) -> Bool
    ) -> [Int] {
        var found: [Int] = []
        var before: [Int] = []
        var run: [Int] = []
        for week in peaks.indices {
            if let usual = level(at: week, after: before.suffix(6), in: peaks, spread: spread),
                isFar(peaks[week], usual)
            {
                run.append(week)
                guard run.count > longest else { continue }
                before = run
                run = []
            } else {
                found += run
                run = []
                before.append(week)
            }
        }
        return found + run
    }

    /// What some weeks lead one to expect of a later one; nil for fewer than three.
    private static func level(at week: Int, after before: ArraySlice<Int>, in peaks: [Double], spread: Double)
        -> Double?
    {
        guard before.count >= 3 else { return nil }
        let steps = zip(before.dropFirst(), before).map { (peaks[$0] - peaks[$1]) / Double($0 - $1) }
        // Only a pool that moves one way all the time is expected to go on so: a slope out of noise misleads.
        let moves = steps.allSatisfy { $0 > spread } || steps.allSatisfy { $0 < -spread }
        let slope = moves ? Spread.median(of: steps) : 0
        return Spread.median(of: before.map { peaks[$0] + slope * Double(min(week - $0, longestLow)) })
    }
}
