import Foundation

/// What weekly peaks say of their level: several ``LevelModel``s, weighed by how likely they make the weeks.
///
/// With and without the shifts and turns that were found, with and without a season, and with several sizes of
/// wandering: where the weeks don't decide between two explanations, both go into the forecast.
struct LevelFit {
    /// The explanations; the weights add up to 1.
    let variants: [Variant]
    /// How far weekly peaks rise above level and season: a standard deviation, without that of rounding.
    let scatterAbove: Double
    /// The level that shares are of: the median of the last eight weeks, at least 1.
    let scale: Double
    /// The first weeks of new levels by the likeliest explanation, ascending, and the sizes of the steps.
    let shifts: [(week: Int, seats: Double)]
    /// The weeks from which on the level grows otherwise than before, by the likeliest explanation, ascending.
    let turns: [Int]

    struct Variant {
        let model: LevelModel
        let weight: Double
        /// What is known after the last week.
        let state: LevelMoments
    }

    /// - Parameters:
    ///   - weeks: At least four observed ones.
    ///   - support: How many weeks stand behind what was taken off each of them as season.
    init(_ weeks: ModelWeeks, support: Double) {
        let peaks = weeks.observed.map { weeks.peaks[$0] }
        let tuning = Tuning(weeks, peaks)
        let scale = tuning.scale
        let plain = LevelModel(
            of: peaks, scale: scale, scatter: max(LevelModel.square(Spread.ofNeighbors(peaks)), tuning.floor))
        let tried = Self.explanations(plain, weeks, tuning).flatMap { model, prior in
            Assumptions.season.flatMap { season in
                let model = model.withSeason(season.sizes, scale: scale)
                // Growth that wanders leaves little to be told of the level's own wandering.
                let wander = model.growthWander > 0 ? [(Assumptions.usualWander, 1)] : Assumptions.wander
                return wander.map { share, likely in
                    tuning.variant(of: model, wander: share, prior: prior + log(season.prior * likely))
                }
            }
        }
        let best = tried.reduce(-Double.infinity) { max($0, $1.weight) }
        let total = tried.reduce(0) { $0 + exp($1.weight - best) }
        variants = tried.map { Variant(model: $0.model, weight: exp($0.weight - best) / total, state: $0.state) }
        self.scale = scale
        let likeliest = tried.max { $0.weight < $1.weight }?.model ?? plain
        let diagnoses = LevelFilter(likeliest, weeks, records: true).diagnoses()
        shifts = likeliest.shifts.map { ($0, likeliest.shiftVariance * diagnoses[$0].shift) }
        turns = likeliest.turns
        let residuals = weeks.observed.map { diagnoses[$0].residual * likeliest.scatter }
        // A season out of few years holds some of their scatter: once taken off too much, once to come.
        let ofSeason = (1 + 1 / support) / (1 - 1 / support)
        scatterAbove = (Self.above(residuals, likeliest, isWhole: weeks.isWhole) * ofSeason).squareRoot()
    }

    /// The model without breaks, those with the breaks that remain needed without and with a season, and those with
    /// growth that changes all the time; each with the logarithm of how likely it is beforehand.
    private static func explanations(
        _ plain: LevelModel, _ weeks: ModelWeeks, _ tuning: Tuning
    ) -> [(model: LevelModel, prior: Double)] {
        var found = [plain]
        // Looked for without any season, which can be bent to hide a break.
        let broken = plain.withBreaks(shownBy: weeks)
        for season in Assumptions.season where broken.breakCount > 0 {
            let tuned = tuning.tuned(
                broken.withSeason(season.sizes, scale: tuning.scale), wander: Assumptions.usualWander)
            let needed = tuned.withoutNeedlessBreaks(in: weeks)
            guard !found.contains(where: { $0.shifts == needed.shifts && $0.turns == needed.turns }) else { continue }
            var model = plain
            (model.shifts, model.turns) = (needed.shifts, needed.turns)
            found.append(model)
        }
        let changing = Assumptions.changingGrowth.map { size, prior in
            var model = plain
            model.growthWander = LevelModel.square(size * tuning.scale)
            return (model: model, prior: log(prior))
        }
        return found.map { (model: $0, prior: -$0.breakPenalty) } + changing
    }

    /// The variance of peaks above the level. Lows are often far lower than highs are high, and only highs fill a
    /// pool.
    private static func above(_ residuals: [Double], _ model: LevelModel, isWhole: Bool) -> Double {
        let above = residuals.filter { $0 > 0 }
        let mean = above.reduce(0) { $0 + $1 * $1 } / Double(max(1, above.count))
        let freedom = Double(residuals.count) / Double(max(1, residuals.count - 2))
        return max(0, min(mean * freedom, model.scatter) - (isWhole ? Assumptions.rounding : 0))
    }
}

/// Finding the scatter that suits some weeks, for a model.
private struct Tuning {
    let weeks: ModelWeeks
    let scale: Double
    /// The least scatter.
    let floor: Double
    private let count: Double

    init(_ weeks: ModelWeeks, _ peaks: [Double]) {
        self.weeks = weeks
        count = Double(peaks.count)
        scale = max(1, Spread.median(of: peaks.suffix(8)))
        // A scatter near zero would leave no digits to tell what is known from what was taken for granted.
        let greatest = max(scale, peaks.max() ?? 0)
        floor = max(weeks.isWhole ? Assumptions.rounding : 0, 1e-8 * LevelModel.square(greatest))
    }

    /// A model with a size of wandering, as a share of the scatter, and that scatter.
    func tuned(_ model: LevelModel, wander share: Double) -> LevelModel {
        var model = model
        for _ in 0..<2 {
            model.wander = share * share * model.scatter
            model.scatter = max(floor, model.scatter * LevelFilter(model, weeks).squares / (count - 1))
        }
        // Of few weeks the scatter is known badly; the mean of what it may be lies above the estimate.
        model.scatter *= (count - 1) / max(1, count - 3)
        model.wander = share * share * model.scatter
        return model
    }

    /// - Parameter prior: The logarithm of how likely it is beforehand.
    func variant(of model: LevelModel, wander share: Double, prior: Double) -> LevelFit.Variant {
        let tuned = tuned(model, wander: share)
        let filter = LevelFilter(tuned, weeks)
        return LevelFit.Variant(model: tuned, weight: filter.logLikelihood + prior, state: filter.state)
    }
}
