import Foundation

/// What weekly peaks are thought to be made of: a level that grows steadily and may wander, shifts of that level and
/// turns of its growth, a yearly season, and scatter.
///
/// A structural time series model in state space form (Harvey 1989). The state is the level, its growth per
/// week, and cosine and sine of one, two and three swings a year.
struct LevelModel {
    typealias Vector = SIMD8<Double>

    /// Where the state holds the level.
    static let level = 0
    /// Where the state holds the growth per week.
    static let growth = 1

    /// The variance of a week's peak about its level.
    var scatter: Double
    /// The variance of the level's wandering in a week.
    var wander: Double
    /// The variance of the growth's wandering in a week.
    var growthWander = 0.0
    /// The first weeks of new levels, ascending.
    var shifts: [Int] = []
    /// The variance of a shift's size.
    let shiftVariance: Double
    /// The weeks from which on the level grows otherwise than before, ascending.
    var turns: [Int] = []
    /// What is known of the state before the first week: its mean and variances. Without a season at first.
    let mean: Vector
    private(set) var variances: Vector

    /// A model that little is known of yet.
    ///
    /// - Parameters:
    ///   - peaks: Of the observed weeks, oldest first.
    ///   - scale: The level that shares are of.
    init(of peaks: [Double], scale: Double, scatter: Double) {
        self.scatter = scatter
        wander = Self.square(Assumptions.usualWander) * scatter
        shiftVariance = Self.square(Assumptions.shift * scale)
        var mean = Vector.zero
        mean[Self.level] = Spread.median(of: peaks)
        self.mean = mean
        var variances = Vector.zero
        variances[Self.level] = Self.square(2 * scale)
        variances[Self.growth] = Self.square(Assumptions.widestGrowth * scale)
        self.variances = variances
    }

    /// The same model with a season that may swing by shares of the level, for one, two and three swings a year.
    func withSeason(_ shares: [Double], scale: Double) -> LevelModel {
        var model = self
        for (index, share) in shares.enumerated() {
            model.variances[2 + 2 * index] = Self.square(share * scale)
            model.variances[3 + 2 * index] = Self.square(share * scale)
        }
        return model
    }

    static func square(_ value: Double) -> Double { value * value }

    /// How a week's peak is made up of the state. Week 0 is the last observed one.
    ///
    /// - Parameter share: How large the level was then, compared with now: seasons go with it.
    static func composition(at week: Int, share: Double = 1) -> Vector {
        let angle = 2 * Double.pi * Double(week) / Assumptions.weeksPerYear
        let (c, s) = (cos(angle), sin(angle))
        let (c2, s2) = (c * c - s * s, 2 * c * s)
        var composition = Vector(0, 0, c, s, c2, s2, c2 * c - s2 * s, s2 * c + c2 * s) * share
        composition[level] = 1
        return composition
    }
}
