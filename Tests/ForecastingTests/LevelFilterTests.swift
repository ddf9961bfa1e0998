import Foundation
import Testing

@testable import Forecasting

@Suite("The level's arithmetic")
struct LevelFilterTests {
    private static func weeks(_ count: Int = 40) -> ModelWeeks {
        let office = Office { 20 + 0.1 * Double($0) }.with { $0.missing = 0.3 }
        return ModelWeeks(WeeklyPeaks(of: office.series(days: 7 * count)), without: [3, 17, 18], and: .none)
    }

    private static func model(_ weeks: ModelWeeks) -> LevelModel {
        var model = LevelModel(of: weeks.observed.map { weeks.peaks[$0] }, scale: 40, scatter: 1.3)
            .withSeason([0.05, 0.02, 0.01], scale: 40)
        model.wander = 0.2
        return model
    }

    /// The density of the observed weeks as one normal distribution, by its whole covariance.
    private static func logDensity(_ model: LevelModel, _ weeks: ModelWeeks) -> Double {
        func time(_ week: Int) -> (before: Double, after: Double) {
            guard let turn = model.turns.first else { return (Double(week), 0) }
            return (Double(min(week, turn)), Double(max(0, week - turn)))
        }
        func covariance(_ a: Int, _ b: Int) -> Double {
            let (compositionA, compositionB) = (weeks.compositions[a], weeks.compositions[b])
            var sum = model.variances[0] + model.wander * Double(min(a, b)) + (a == b ? model.scatter : 0)
            sum += model.variances[1] * (time(a).before * time(b).before + time(a).after * time(b).after)
            for part in 2..<8 { sum += model.variances[part] * compositionA[part] * compositionB[part] }
            for shift in model.shifts where a >= shift && b >= shift { sum += model.shiftVariance }
            return sum
        }
        // Cholesky, row by row.
        var rows: [[Double]] = []
        var density = 0.0
        var rests: [Double] = []
        for (place, week) in weeks.observed.enumerated() {
            var row: [Double] = []
            for column in 0..<place {
                let known = zip(row, rows[column]).reduce(0) { $0 + $1.0 * $1.1 }
                row.append((covariance(week, weeks.observed[column]) - known) / rows[column][column])
            }
            let root = (covariance(week, week) - row.reduce(0) { $0 + $1 * $1 }).squareRoot()
            let rest = (weeks.peaks[week] - model.mean[0] - zip(row, rests).reduce(0) { $0 + $1.0 * $1.1 }) / root
            density -= 0.5 * (log(2 * .pi) + rest * rest) + log(root)
            rows.append(row + [root])
            rests.append(rest)
        }
        return density
    }

    @Test("The filter's likelihood is that of the whole series at once")
    func likelihood() {
        let weeks = Self.weeks()
        var model = Self.model(weeks)
        #expect(weeks.observed.count < weeks.count - 2)
        #expect(abs(LevelFilter(model, weeks).logLikelihood - Self.logDensity(model, weeks)) < 1e-6)
        model.shifts = [11, 25]
        #expect(abs(LevelFilter(model, weeks).logLikelihood - Self.logDensity(model, weeks)) < 1e-6)
        model.turns = [20]
        #expect(abs(LevelFilter(model, weeks).logLikelihood - Self.logDensity(model, weeks)) < 1e-6)
    }

    @Test("What a shift would add to the likelihood is known beforehand, for every week", arguments: [[], [20]])
    func shiftEvidence(turns: [Int]) {
        let weeks = Self.weeks()
        var model = Self.model(weeks)
        model.turns = turns
        let plain = LevelFilter(model, weeks, records: true)
        let diagnoses = plain.diagnoses()
        for week in 1..<weeks.count {
            var shifted = model
            shifted.shifts = [week]
            let found = LevelModel.Found(
                week, diagnoses[week].shift, diagnoses[week].shiftVariance, variance: model.shiftVariance)
            let added = LevelFilter(shifted, weeks).logLikelihood - plain.logLikelihood
            #expect(abs(found.evidence - added) < 1e-6)
        }
    }

    @Test("Breaks that a season explains are needless; a step is not")
    func needless() {
        func breaks(_ office: Office) -> (found: LevelModel, needed: LevelModel) {
            let weeks = ModelWeeks(WeeklyPeaks(of: office.series(days: 364)), without: [], and: .none)
            let model = LevelModel(of: weeks.observed.map { weeks.peaks[$0] }, scale: 60, scatter: 0.5)
            let found = model.withBreaks(shownBy: weeks)
            return (found, found.withSeason([0.06, 0.02, 0.01], scale: 60).withoutNeedlessBreaks(in: weeks))
        }
        let season = breaks(Office { 60 + 5 * sin(2 * .pi * Double($0) / 365.25) })
        #expect(season.found.breakCount > 1 && season.needed.breakCount == 0)
        let step = breaks(Office { 60 + 5 * sin(2 * .pi * Double($0) / 365.25) + ($0 < 175 ? 0 : 15) })
        #expect(step.needed.shifts == [25] && step.needed.turns.isEmpty)
        #expect(step.found.breakCount > 1)
    }

    @Test("The scatter of peaks above their level is that of the noise, and more with a season taken off")
    func scatter() throws {
        // The highest of five normal numbers has a standard deviation of 0.669.
        func scatter(_ office: Office, days: Int) throws -> Double {
            let squares = try (1...12).map {
                let trend = try Trend(of: office.with { $0.noise = 3 }.series(days: days, seed: UInt64($0)))
                return trend.futures.scatterAbove * trend.futures.scatterAbove
            }
            return (squares.reduce(0, +) / 12).squareRoot() / 3
        }
        let plain = try scatter(Office(60), days: 364)
        #expect((0.55...0.72).contains(plain))
        // What of the noise went into the season is missing in the residuals, and will be in the season.
        let season = Office { 60 + 15 * sin(2 * .pi * Double($0) / 365.25) }
        #expect((1.1...1.3).contains(try scatter(season, days: 731) / plain))
    }

    @Test("Residuals are what is left of the peaks: none of a straight line, all of an odd one")
    func residuals() throws {
        var peaks = (0..<30).map { 20 + 0.5 * Double($0) }
        peaks[12] += 9
        let series = UsageSeries(pairs: peaks.enumerated().map { (7 * $0, $1) })
        let weeks = ModelWeeks(WeeklyPeaks(of: series), without: [], and: .none)
        var model = LevelModel(of: peaks, scale: 30, scatter: 0.01)
        model.wander = 0
        let residuals = LevelFilter(model, weeks, records: true).diagnoses().map { $0.residual * model.scatter }
        #expect(abs(residuals[12] - 8.7) < 0.2)
        #expect(residuals.enumerated().allSatisfy { $0 == 12 || $1.magnitude < 0.6 })
    }

    @Test("A root times itself is the matrix, also where a part is known exactly")
    func root() {
        var moments = LevelMoments(diagonal: LevelModel.Vector(4, 3, 2, 1, 1, 2, 0, 4))
        let mixed = LevelModel.Vector(1, -2, 0.5, 3, 0, 1, 0, 2)
        moments.add(mixed, mixed, times: 1)
        let root = moments.root()
        for row in 0..<8 {
            for column in 0..<8 {
                let product = root.reduce(0) { $0 + $1[row] * $1[column] }
                #expect(abs(product - moments.rows[row][column]) < 1e-9)
            }
        }
    }

    @Test("The normal distribution is that of the tables")
    func normal() {
        let quantiles = [
            (1e-9, -5.9978070150076865), (0.001, -3.090232306167813), (0.02, -2.053748910631823),
            (0.3, -0.5244005127080409), (0.5, 0), (0.9, 1.2815515655446004), (0.9999, 3.719016485455709),
        ]
        for (probability, quantile) in quantiles { #expect(abs(Normal.quantile(probability) - quantile) < 1e-7) }
        let probabilities = [
            (-6.0, 9.865876450376946e-10), (-1.96, 0.024997895148220435), (0.5, 0.6914624612740131),
            (3, 0.9986501019683699),
        ]
        for (z, probability) in probabilities { #expect(abs(Normal.probability(below: z) - probability) < 1e-15) }
    }

    @Test("Spread is that of the usual values, and not of the odd ones")
    func spread() {
        var numbers = TestNumbers(seed: 3)
        var values = (0..<2000).map { _ in 3 * numbers.normal() }
        #expect(abs(Spread.deviation(of: values) - 3) < 0.15)
        for index in 0..<100 { values[index] = 500 }
        #expect(abs(Spread.deviation(of: values) - 3) < 0.4)
        let line = (0..<500).map { 0.7 * Double($0) + 2 * numbers.normal() }
        #expect(abs(Spread.ofNeighbors(line) - 2) < 0.25)
        #expect(Spread.ofNeighbors([]) == 0 && Spread.ofNeighbors([4]) == 0)
        #expect(Spread.median(of: [3, 1, 2]) == 2 && Spread.median(of: [4, 1, 2, 3]) == 2.5)
    }
}
