import Forecasting
import Foundation

/// A pool as it might be seen: an office that works on five days of the week, with noise that is the same in every
/// run.
struct Office {
    /// Seats on a working day of each day, before noise.
    var level: @Sendable (_ day: Int) -> Double
    /// The standard deviation of a day's noise, in seats.
    var noise = 1.0
    /// How much of a day's noise is still there on the next.
    var persistence = 0.0
    /// Seats on a weekend day, as a share of a working day's.
    var weekend = 0.2
    /// Whether people stay away in the last ten days of a year, and half of them in two weeks of summer.
    var holidays = false
    /// The share of days that nobody looked at.
    var missing = 0.0
    /// Seats are counted.
    var isWhole = true

    init(_ level: @escaping @Sendable (_ day: Int) -> Double) { self.level = level }

    init(_ level: Double) { self.level = { _ in level } }

    func with(_ change: (inout Office) -> Void) -> Office {
        var office = self
        change(&office)
        return office
    }

    /// The peaks of the days from 0 on; nil where nobody looked.
    func peaks(days: Int, seed: UInt64 = 1) -> [Double?] {
        var numbers = TestNumbers(seed: seed)
        var deviation = numbers.normal()
        return (0..<days).map { day in
            deviation = persistence * deviation + (1 - persistence * persistence).squareRoot() * numbers.normal()
            var peak = level(day) + noise * deviation
            if day % 7 >= 5 { peak *= weekend }
            if holidays, day % 365 >= 355 { peak *= 0.3 }
            if holidays, (200..<214).contains(day % 365) { peak *= 0.5 }
            let isSeen = numbers.unit() >= missing
            return isSeen ? max(0, isWhole ? peak.rounded() : peak) : nil
        }
    }

    func series(days: Int, seed: UInt64 = 1) -> UsageSeries { Self.series(peaks(days: days, seed: seed)) }

    static func series(_ peaks: some Sequence<Double?>) -> UsageSeries {
        UsageSeries(peaks.enumerated().compactMap { day, peak in peak.map { UsageSeries.Day(number: day, peak: $0) } })
    }
}

extension UsageSeries {
    /// A series of pairs of a day and its peak.
    init(pairs: [(Int, Double)]) { self.init(pairs.map { Day(number: $0.0, peak: $0.1) }) }
}

/// Numbers that look random and are the same in every run (xorshift64*, Vigna 2016): others than the forecast's own.
struct TestNumbers {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        for _ in 0..<8 { _ = unit() }
    }

    mutating func unit() -> Double {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return (Double((state &* 0x2545_F491_4F6C_DD1D) >> 11) + 0.5) * 0x1p-53
    }

    /// Standard normal (Box and Muller 1958).
    mutating func normal() -> Double { (-2 * log(unit())).squareRoot() * cos(2 * .pi * unit()) }
}

extension Forecast {
    /// The date, where there is one.
    var date: FullDate? {
        guard case .expected(let date) = outlook else { return nil }
        return date
    }

    /// The probability to be full within the horizon.
    var probability: Double? {
        switch outlook {
        case .alreadyFull: 1
        case .expected(let date): date.probability
        case .closeToLimit(let probability), .notWithinHorizon(let probability): probability
        case .notEnoughData: nil
        }
    }

    var isNotWithinHorizon: Bool {
        guard case .notWithinHorizon = outlook else { return false }
        return true
    }

    var shortage: Shortage? {
        guard case .notEnoughData(let shortage) = outlook else { return nil }
        return shortage
    }

    var fullDays: FullDays? {
        guard case .alreadyFull(let days) = outlook else { return nil }
        return days
    }
}
