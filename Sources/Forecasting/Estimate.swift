/// A number that isn't known exactly.
public struct Estimate: Hashable, Sendable {
    /// One time in ten it is below this.
    public let low: Double
    /// As likely below as above.
    public let middle: Double
    /// One time in ten it is above this.
    public let high: Double
}

extension Trend {
    /// The farthest day that is looked at: five years after the last observed one.
    public var lastForeseenDay: Int { lastDay + 7 * Futures.farthest }

    /// The growth of the level, in seats per 30 days, without season and steps.
    public var growth: Estimate {
        Estimate(
            low: futures.growth(notAbove: 0.1) * 30 / 7, middle: futures.growth(notAbove: 0.5) * 30 / 7,
            high: futures.growth(notAbove: 0.9) * 30 / 7)
    }

    /// The probability that the level grows at all.
    public var growing: Double { futures.growing }

    /// The peak of the week that ends with a day, in seats.
    ///
    /// - Parameter day: In days since 1970-01-01; one before ``lastDay`` counts as that, one after
    ///   ``lastForeseenDay`` as that.
    public func level(on day: Int) -> Estimate {
        let peaks = futures.peaks(inWeek: weeksAhead(of: day), notAbove: [0.1, 0.5, 0.9]).map { max(0, $0) }
        return Estimate(low: peaks[0], middle: peaks[1], high: peaks[2])
    }

    /// How many seats there must be so that the pool isn't full from the last observed day through another.
    ///
    /// - Parameters:
    ///   - day: In days since 1970-01-01, limited as for ``level(on:)``.
    ///   - probability: How sure that is to be, 0.01 to 0.99.
    public func seats(through day: Int, probability: Double = 0.9) -> Int {
        let allowed = 1 - min(max(probability, 1 - Assumptions.surest), Assumptions.surest)
        let weeks = max(1, weeksAhead(of: day))
        func suffice(_ seats: Int) -> Bool {
            futures.reached(Double(seats) - rounding, weeks: weeks)[weeks - 1] <= allowed
        }
        let level = max(0, futures.highestLevel(weeks: weeks, notAbove: 1 - allowed))
        var low = Int(level)
        // Scatter can only raise it.
        var step = max(1, Int(3 * futures.scatterAbove))
        while !suffice(low + step) { (low, step) = (low + step, step * 2) }
        var high = low + step
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if suffice(middle) { high = middle } else { low = middle }
        }
        return high
    }

    private func weeksAhead(of day: Int) -> Int {
        (min(max(day, lastDay), lastForeseenDay) - lastDay + 6) / 7
    }
}
