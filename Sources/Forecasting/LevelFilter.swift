import Foundation

/// The Kalman filter of a ``LevelModel``: what the observed weeks say of the state after the last of them.
struct LevelFilter {
    /// The mean of the state after the last week, and its covariance.
    private(set) var state: LevelMoments
    /// The logarithm of the likelihood of all observed weeks.
    private(set) var logLikelihood = 0.0
    /// The squared errors of predicting each week from the weeks before, in units of their variances, added up:
    /// about the number of observed weeks, if the model fits.
    private(set) var squares = 0.0
    private let weeks: ModelWeeks
    private let turns: [Int]
    private var updates: [Update?] = []

    private struct Update {
        var error: Double
        var variance: Double
        var gain: LevelModel.Vector
    }

    /// - Parameter records: Whether to keep what ``diagnoses()`` needs.
    init(_ model: LevelModel, _ weeks: ModelWeeks, records: Bool = false) {
        state = LevelMoments(vector: model.mean, diagonal: model.variances)
        self.weeks = weeks
        turns = model.turns
        if records { updates.reserveCapacity(weeks.count) }
        var shifts = model.shifts[...]
        for week in 0..<weeks.count {
            if week > 0 { advance(model) }
            if shifts.first == week {
                state.rows[LevelModel.level][LevelModel.level] += model.shiftVariance
                shifts.removeFirst()
            }
            if model.turns.contains(week) { forgetGrowth(variance: model.variances[LevelModel.growth]) }
            let update = weeks.isObserved[week] ? take(week, scatter: model.scatter) : nil
            if records { updates.append(update) }
        }
    }

    private mutating func advance(_ model: LevelModel) {
        let (level, growth) = (LevelModel.level, LevelModel.growth)
        state.vector[level] += state.vector[growth]
        state.rows[level] += state.rows[growth]
        for row in state.rows.indices { state.rows[row][level] += state.rows[row][growth] }
        state.rows[level][level] += model.wander
        state.rows[growth][growth] += model.growthWander
    }

    private mutating func forgetGrowth(variance: Double) {
        let growth = LevelModel.growth
        state.clear(growth)
        state.rows[growth][growth] = variance
    }

    private mutating func take(_ week: Int, scatter: Double) -> Update {
        let composition = weeks.compositions[week]
        let covariance = state.times(composition)
        let variance = covariance.dot(composition) + scatter
        let error = weeks.peaks[week] - state.vector.dot(composition)
        let gain = covariance / variance
        state.vector += gain * error
        state.add(covariance, gain, times: -1)
        logLikelihood -= 0.5 * (log(2 * .pi * variance) + error * error / variance)
        squares += error * error / variance
        return Update(error: error, variance: variance, gain: gain)
    }
}

extension LevelFilter {
    /// What all weeks together say of one.
    struct Diagnosis {
        /// The score of a shift of the level with this week, and the score's variance.
        var shift = 0.0
        var shiftVariance = 0.0
        /// The score of a change of the growth from this week on, and the score's variance.
        var turn = 0.0
        var turnVariance = 0.0
        /// The week's peak less its level and season, divided by the scatter's variance; zero if not observed.
        var residual = 0.0
    }

    /// Goes back from the last week to the first (de Jong and Penzer 1998); needs the records.
    func diagnoses() -> [Diagnosis] {
        var found = [Diagnosis](repeating: Diagnosis(), count: updates.count)
        var score = LevelMoments()
        let (level, growth) = (LevelModel.level, LevelModel.growth)
        for week in updates.indices.reversed() {
            score.vector[growth] += score.vector[level]
            score.rows[growth] += score.rows[level]
            for row in score.rows.indices { score.rows[row][growth] += score.rows[row][level] }
            if let update = updates[week] {
                let composition = weeks.compositions[week]
                let product = score.times(update.gain)
                let residual = update.error / update.variance - update.gain.dot(score.vector)
                let variance = 1 / update.variance + update.gain.dot(product)
                score.vector += composition * residual
                score.add(composition, product, times: -1)
                score.add(product, composition, times: -1)
                score.add(composition, composition, times: variance)
                found[week].residual = residual
            }
            found[week].shift = score.vector[level]
            found[week].shiftVariance = score.rows[level][level]
            found[week].turn = score.vector[growth]
            found[week].turnVariance = score.rows[growth][growth]
            if turns.contains(week) { score.clear(growth) }
        }
        return found
    }
}
