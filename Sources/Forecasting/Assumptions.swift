/// What is taken for granted where the observed days can't say it. docs/forecast.md gives the reasons.
enum Assumptions {
    /// The fewest observed weeks that a forecast is made from, within the last ``recentWeeks``.
    static let fewestWeeks = 8
    static let recentWeeks = 52
    /// The most days between the last observed day and the day that asks.
    static let greatestAge = 56

    static let weeksPerYear = 365.2425 / 7
    /// How far a season swings that no two years have shown, as a share of the level, for one, two and three swings a
    /// year (the standard deviation of each cosine's and sine's size), and how likely it is beforehand: next to
    /// none, or a real one.
    static let season: [(sizes: [Double], prior: Double)] = [
        ([0.005, 0.003, 0.002], 0.5), ([0.04, 0.015, 0.01], 0.5),
    ]
    /// The sizes of growth that are weighed, per week as a share of the level (standard deviations), and how
    /// likely each is beforehand. The first is no growth; 0.01 a week is half as much again in a year, and 0.04 a
    /// product that is being introduced.
    static let growth: [(size: Double, prior: Double)] = [(0, 0.4), (0.0025, 0.2), (0.01, 0.3), (0.04, 0.1)]
    /// How likely growth must be for a date to be named that only growth leads to.
    static let growthForDate = 2.0 / 3
    /// The growth that the filter starts from, per week as a share of the level: so wide that it says nothing.
    static let widestGrowth = 0.1
    /// How far the level wanders in a week, as a share of the scatter (standard deviations), and how likely each
    /// is beforehand.
    static let wander: [(share: Double, prior: Double)] = [(0, 0.2), (0.07, 0.35), (0.2, 0.3), (0.6, 0.15)]
    static let usualWander = 0.07
    /// How much growth may change in a week where it changes all the time, as a share of the level (standard
    /// deviations), and how much less likely that is than steady growth.
    static let changingGrowth: [(size: Double, prior: Double)] = [(0.002, 0.05), (0.006, 0.05)]

    /// The size of a level shift as a share of the level (a standard deviation).
    static let shift = 0.3
    /// The size of a turn: a change of growth per week as a share of the level (a standard deviation).
    static let turn = 0.02
    /// By how much a shift, and a turn, must make the weeks likelier: natural logarithms (150 and 33 times). There
    /// are many weeks in which there could have been one.
    static let shiftEvidence = 5.0
    static let turnEvidence = 3.5
    static let greatestBreaks = 6
    /// The probability that a level which rose far in the last week or two stays there.
    static let riseStays = 0.4

    /// The variance that rounding to whole seats makes, in seats².
    static let rounding = 1.0 / 12
    /// No probability is given as surer than this: the pool's owner may know what its past doesn't.
    static let surest = 0.99
}
