import Foundation

/// How likely each size of growth is after the weeks were seen, and what is known of the rest of the state then.
///
/// No growth is one of the possibilities, so that noise isn't carried forward as growth: the sizes of
/// ``Assumptions/growth`` are weighed against each other by how likely they make what was observed (Bayes factors,
/// Kass and Raftery 1995).
struct GrowthBelief {
    /// The possibilities; the weights add up to 1.
    let parts: [Part]
    /// The state but for its growth: its mean where there is none, what a unit of growth adds to it, and the
    /// covariance for a given growth as columns of its root.
    private let rest: LevelModel.Vector
    private let perGrowth: LevelModel.Vector
    private let root: [LevelModel.Vector]

    /// A normal distribution of the growth per week.
    struct Part {
        var weight: Double
        var mean: Double
        var deviation: Double
    }

    /// - Parameter scale: The level that sizes are shares of.
    init(_ variant: LevelFit.Variant, scale: Double) {
        let growth = LevelModel.growth
        let state = variant.state
        let variance = max(state.rows[growth][growth], .leastNormalMagnitude)
        // What the weeks say by themselves, since the filter starts from next to nothing.
        let seen = (mean: state.vector[growth], variance: variance)
        let logarithms = Assumptions.growth.map { size, prior in
            let spread = seen.variance + LevelModel.square(size * scale)
            return log(prior) - 0.5 * (log(spread) + seen.mean * seen.mean / spread)
        }
        let best = logarithms.reduce(-Double.infinity, max)
        let total = logarithms.reduce(0) { $0 + exp($1 - best) }
        parts = zip(Assumptions.growth, logarithms).map { assumed, logarithm in
            let prior = LevelModel.square(assumed.size * scale)
            let share = prior / (prior + seen.variance)
            return Part(
                weight: exp(logarithm - best) / total, mean: seen.mean * share,
                deviation: (seen.variance * share).squareRoot())
        }
        perGrowth = state.rows[growth] / variance
        rest = state.vector - perGrowth * state.vector[growth]
        var given = state
        given.add(perGrowth, perGrowth, times: -variance)
        root = given.root()
    }

    /// The probability that the level grows.
    var growing: Double {
        parts.reduce(0) {
            $0 + ($1.deviation > 0 ? $1.weight * Normal.probability(below: $1.mean / $1.deviation) : 0)
        }
    }

    /// A state of a given growth, moved from the middle by standard normal numbers.
    func state(growth: Double, moved normals: ArraySlice<Double>, by sign: Double) -> LevelModel.Vector {
        var state = rest + perGrowth * growth
        for (column, normal) in zip(root, normals) { state += column * (sign * normal) }
        return state
    }
}
