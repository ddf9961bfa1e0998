import Foundation

/// Finding the weeks in which the level shifted, or from which on it grows otherwise.
extension LevelModel {
    /// How many shifts and turns there are.
    var breakCount: Int { shifts.count + turns.count }

    /// The logarithm of how much less likely its shifts and turns are beforehand.
    var breakPenalty: Double {
        Double(shifts.count) * Assumptions.shiftEvidence + Double(turns.count) * Assumptions.turnEvidence
    }

    /// This model with shifts and turns that the weeks may show: one after the other the one that makes them
    /// likeliest, as long as that outweighs its penalty.
    func withBreaks(shownBy weeks: ModelWeeks) -> LevelModel {
        var model = self
        while model.breakCount < Assumptions.greatestBreaks {
            let diagnoses = LevelFilter(model, weeks, records: true).diagnoses()
            let shift = model.likeliestShift(in: weeks, diagnoses)
            let turn = model.likeliestTurn(in: weeks, diagnoses)
            if let shift, shift.evidence >= turn?.evidence ?? 0 {
                model.shifts.append(shift.week)
                model.shifts.sort()
            } else if let turn {
                model.turns.append(turn.week)
                model.turns.sort()
            } else {
                break
            }
        }
        return model
    }

    /// This model without the shifts and turns that season, wandering and the other ones explain as well.
    func withoutNeedlessBreaks(in weeks: ModelWeeks) -> LevelModel {
        func likelihood(of model: LevelModel) -> Double {
            LevelFilter(model, weeks).logLikelihood - model.breakPenalty
        }
        var (model, likeliest) = (self, likelihood(of: self))
        while true {
            let fewer = model.withOneBreakLess.map { (model: $0, likelihood: likelihood(of: $0)) }
            guard let best = fewer.max(by: { $0.likelihood < $1.likelihood }), best.likelihood > likeliest else {
                return model
            }
            (model, likeliest) = best
        }
    }

    private var withOneBreakLess: [LevelModel] {
        (0..<breakCount).map { number in
            var fewer = self
            if number < shifts.count {
                fewer.shifts.remove(at: number)
            } else {
                fewer.turns.remove(at: number - shifts.count)
            }
            return fewer
        }
    }

    /// Three observed weeks must stand before a shift and three from it on; eight for a shift down, since many a
    /// low is a summer. It is of at least two seats and three hundredths of the level: what is smaller is growth.
    private func likeliestShift(in weeks: ModelWeeks, _ diagnoses: [LevelFilter.Diagnosis]) -> Found? {
        let observed = weeks.observed
        let least = max(weeks.isWhole ? 2 : 0, 0.03 * mean[Self.level])
        var best: Found?
        for place in observed.indices.dropFirst(3).dropLast(2) {
            let week = observed[place]
            let found = Found(week, diagnoses[week].shift, diagnoses[week].shiftVariance, variance: shiftVariance)
            guard found.size.magnitude >= least, found.size > 0 || observed.count - place > OddWeeks.longestLow,
                found.evidence > best?.evidence ?? Assumptions.shiftEvidence,
                !shifts.contains(where: { abs($0 - week) < 3 })
            else { continue }
            best = found
        }
        return best
    }

    /// Six observed weeks must stand before a turn and eight from it on.
    private func likeliestTurn(in weeks: ModelWeeks, _ diagnoses: [LevelFilter.Diagnosis]) -> Found? {
        let observed = weeks.observed
        let variance = variances[Self.growth] * Self.square(Assumptions.turn / Assumptions.widestGrowth)
        var best: Found?
        for place in observed.indices.dropFirst(6).dropLast(7) {
            let week = observed[place]
            let found = Found(week, diagnoses[week].turn, diagnoses[week].turnVariance, variance: variance)
            guard found.evidence > best?.evidence ?? Assumptions.turnEvidence,
                !turns.contains(where: { abs($0 - week) < 6 })
            else { continue }
            best = found
        }
        return best
    }

    /// A change of the level or of its growth.
    struct Found {
        let week: Int
        /// The likeliest size.
        let size: Double
        /// The logarithm of how much likelier the weeks are with the change than without.
        let evidence: Double

        /// - Parameter variance: Of such a change's size, before anything is known of it.
        init(_ week: Int, _ score: Double, _ scoreVariance: Double, variance: Double) {
            let widened = 1 + variance * scoreVariance
            self.week = week
            size = variance * score / widened
            evidence = 0.5 * (size * score - log(widened))
        }
    }
}
