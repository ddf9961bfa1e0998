/// Weekly peaks as a ``LevelModel`` takes them: without the odd ones and the season that the years have shown.
struct ModelWeeks {
    /// Oldest first.
    let peaks: [Double]
    let isObserved: [Bool]
    /// The observed weeks.
    let observed: [Int]
    /// Whether seats were counted in whole numbers.
    let isWhole: Bool
    /// How each week's peak is made up of the model's state.
    let compositions: [LevelModel.Vector]

    init(_ weeks: WeeklyPeaks, without odd: Set<Int>, and season: SeasonProfile) {
        let last = weeks.peaks.count - 1
        let peaks = weeks.peaks.enumerated().map { $1 - season[$0 - last] }
        let isObserved = weeks.isObserved.enumerated().map { $1 && !odd.contains($0) }
        let observed = isObserved.indices.filter { isObserved[$0] }
        let shares = Self.shares(peaks, observed)
        self.peaks = peaks
        self.isObserved = isObserved
        self.observed = observed
        isWhole = weeks.isWhole
        compositions = peaks.indices.map { LevelModel.composition(at: $0 - last, share: shares[$0]) }
    }

    var count: Int { peaks.count }

    /// How large the level was in each week compared with now: medians of nine observed weeks, and of eight.
    private static func shares(_ peaks: [Double], _ observed: [Int]) -> [Double] {
        let now = Spread.median(of: observed.suffix(8).map { peaks[$0] })
        var place = 0
        return peaks.indices.map { week in
            while place + 1 < observed.count, observed[place + 1] <= week { place += 1 }
            let near = observed[max(0, place - 4)..<min(observed.count, place + 5)].map { peaks[$0] }
            return now > 0 ? min(max(Spread.median(of: near) / now, 0), 2) : 1
        }
    }
}
