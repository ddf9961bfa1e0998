/// Possible courses of the level in the weeks to come, each with its weight: the same ones whenever the same was
/// observed.
struct Futures {
    private var courses: [Course] = []
    /// The standard deviation of weekly peaks above their level.
    let scatterAbove: Double
    /// The probability that the level grows.
    private(set) var growing = 0.0

    /// The most weeks ahead: five years.
    static let farthest = 261

    private struct Course {
        var weight: Double
        var state: LevelModel.Vector
        /// Where its wandering begins in ``normals``, and the standard deviation of a step, with a sign.
        var row: Int
        var wander: Double
    }

    private let season: [Double]

    init(_ fit: LevelFit, season: SeasonProfile) {
        self.season = (0...Self.farthest).map { season[$0] }
        scatterAbove = fit.scatterAbove
        courses.reserveCapacity(Self.usualCount + 16)
        for variant in fit.variants {
            let belief = GrowthBelief(variant, scale: fit.scale)
            growing += variant.weight * belief.growing
            for part in belief.parts {
                let weight = variant.weight * part.weight
                guard weight > 0.002 else { continue }
                add(part, weight: weight, of: belief, wander: variant.model.wander.squareRoot())
            }
        }
        let total = courses.reduce(0) { $0 + $1.weight }
        for index in courses.indices { courses[index].weight /= total }
    }

    /// The same courses, and as many in which the level is now higher, with the probability that a rise stays.
    func withRise(of seats: Double) -> Futures {
        var both = self
        for index in courses.indices {
            var higher = courses[index]
            higher.state[LevelModel.level] += seats
            higher.weight *= Assumptions.riseStays
            both.courses[index].weight *= 1 - Assumptions.riseStays
            both.courses.append(higher)
        }
        return both
    }

    /// The growths are the middles of slices of equal probability; the rest of the state is drawn.
    private mutating func add(
        _ part: GrowthBelief.Part, weight: Double, of belief: GrowthBelief, wander: Double
    ) {
        let count = max(2, Int((weight * Double(Self.usualCount)).rounded()))
        for number in 0..<count {
            let growth = part.mean + part.deviation * Normal.quantile((Double(number) + 0.5) / Double(count))
            // A step without a common divisor, so that neighboring growths don't share what is drawn.
            let draw = courses.count * 53 % Self.usualCount
            let sign = draw % 2 == 0 ? 1.0 : -1.0
            let row = draw / 2 * Self.rowLength
            let state = belief.state(growth: growth, moved: Self.normals[row..<row + 8], by: sign)
            courses.append(
                Course(weight: weight / Double(count), state: state, row: row + 8, wander: sign * wander))
        }
    }

    private static let usualCount = 128
    private static let rowLength = 8 + farthest
    private static let normals: [Double] = {
        var numbers = FixedNumbers(seed: 1968)
        return (0..<usualCount / 2 * rowLength).map { _ in numbers.normal() }
    }()
    private static let compositions = (0...farthest).map { LevelModel.composition(at: $0) }

    /// The probability that some week's peak has reached a limit, after each of the weeks ahead.
    ///
    /// - Parameters:
    ///   - skipped: How many weeks ahead are over already, and don't count.
    ///   - weeks: How many weeks after these; with them at most ``farthest``.
    func reached(_ limit: Double, skipping skipped: Int = 0, weeks: Int) -> [Double] {
        var reached = [Double](repeating: 0, count: weeks)
        for course in courses {
            var missed = 1.0
            follow(course, weeks: skipped + weeks) { week, level in
                guard week > skipped else { return true }
                let before = missed
                missed *= missing(limit, at: level)
                reached[week - skipped - 1] += course.weight * (before - missed)
                return missed > 1e-6
            }
        }
        for week in reached.indices.dropFirst() { reached[week] += reached[week - 1] }
        return reached
    }

    /// The mean level of a week ahead (0 for the last observed one), season included.
    func level(inWeek ahead: Int) -> Double {
        levels(inWeek: ahead).reduce(0) { $0 + $1.weight * $1.level }
    }

    /// The peaks that a week ahead stays below with some probabilities, to a thousandth.
    func peaks(inWeek ahead: Int, notAbove probabilities: [Double]) -> [Double] {
        let levels = levels(inWeek: ahead)
        let least = levels.reduce(Double.infinity) { min($0, $1.level) } - 6 * scatterAbove
        let greatest = levels.reduce(-Double.infinity) { max($0, $1.level) } + 6 * scatterAbove
        return probabilities.map { probability in
            var (low, high) = (least, greatest)
            while high - low > 1e-3 * max(1, high.magnitude) {
                let middle = (low + high) / 2
                let below = levels.reduce(0) { $0 + $1.weight * missing(middle, at: $1.level) }
                if below >= probability { high = middle } else { low = middle }
            }
            return high
        }
    }

    /// The highest level of some weeks ahead that isn't exceeded with a probability.
    func highestLevel(weeks: Int, notAbove probability: Double) -> Double {
        Self.quantile(
            probability,
            of: courses.map { course in
                var highest = -Double.infinity
                follow(course, weeks: weeks) {
                    highest = max(highest, $1)
                    return true
                }
                return (course.weight, highest)
            })
    }

    /// The growth per week that isn't exceeded with a probability.
    func growth(notAbove probability: Double) -> Double {
        Self.quantile(probability, of: courses.map { ($0.weight, $0.state[LevelModel.growth]) })
    }

    private static func quantile(_ probability: Double, of values: [(weight: Double, value: Double)]) -> Double {
        let ordered = values.sorted { $0.value < $1.value }
        var reached = 0.0
        return ordered.first { value in
            reached += value.weight
            return reached >= probability
        }?.value ?? ordered.last?.value ?? 0
    }

    private func levels(inWeek ahead: Int) -> [(weight: Double, level: Double)] {
        courses.map { course in
            var last = course.state.dot(Self.compositions[0]) + season[0]
            follow(course, weeks: ahead) {
                last = $1
                return true
            }
            return (course.weight, last)
        }
    }

    /// Hands over the level of each week ahead, from 1 on, while there is an interest.
    private func follow(_ course: Course, weeks: Int, _ isOn: (_ week: Int, _ level: Double) -> Bool) {
        var state = course.state
        for week in stride(from: 1, through: weeks, by: 1) {
            state[LevelModel.level] += state[LevelModel.growth] + course.wander * Self.normals[course.row + week - 1]
            guard isOn(week, state.dot(Self.compositions[week]) + season[week]) else { return }
        }
    }

    private func missing(_ limit: Double, at level: Double) -> Double {
        guard scatterAbove > 0 else { return level >= limit ? 0 : 1 }
        let z = (limit - level) / scatterAbove
        return z < 6 ? Normal.probability(below: z) : 1
    }
}
