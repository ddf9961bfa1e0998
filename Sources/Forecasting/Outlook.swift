/// When a pool will be full: the day on which as many seats are in use as there are.
public enum Outlook: Hashable, Sendable {
    /// It is: on the last observed day, or on three days of the last 91 of which one lies in the last 28.
    case alreadyFull(FullDays)
    /// On a day that growth or season lead to.
    case expected(FullDate)
    /// Rather within the horizon than not, but on no day that could be named: growth isn't certain, and a single
    /// busy day can fill it. With the probability, 0.5 to 0.99.
    case closeToLimit(probability: Double)
    /// Rather not, with the probability that it will be full within the horizon nevertheless: 0.01 to 0.5.
    case notWithinHorizon(probability: Double)
    /// Too few days were observed, or none of late.
    case notEnoughData(Shortage)

    /// How sure the statement is, of what it says happens or doesn't within the horizon; nil without data.
    public var sureness: Sureness? {
        switch self {
        case .alreadyFull: Sureness(probability: 1)
        case .expected(let date): Sureness(probability: date.probability)
        case .closeToLimit(let probability): Sureness(probability: probability)
        case .notWithinHorizon(let probability): Sureness(probability: 1 - probability)
        case .notEnoughData: nil
        }
    }
}

/// The days on which a pool was full.
public struct FullDays: Hashable, Sendable {
    /// How many of the last 91 days, up to the last observed one.
    public let full: Int
    /// How many of these were observed.
    public let observed: Int
    /// The last full day, in days since 1970-01-01.
    public let last: Int

    /// Nil where the pool isn't full in the sense of ``Outlook/alreadyFull(_:)``.
    init?(of series: UsageSeries, limit: Double) {
        guard let today = series.days.last?.number else { return nil }
        let days = series.days(in: today - 90...today)
        let full = days.filter { $0.peak >= limit }
        guard let last = full.last?.number, last == today || (full.count >= 3 && last > today - 28) else { return nil }
        self.full = full.count
        observed = days.count
        self.last = last
    }
}

/// When a pool is expected to be full for the first time. Days are counted from 1970-01-01.
public struct FullDate: Hashable, Sendable {
    /// One time in ten it is full by this day already.
    public let earliest: Int
    /// As likely before as after.
    public let middle: Int
    /// One time in ten it is still not full on this day; nil where that lies beyond the horizon.
    public let latest: Int?
    /// The probability that it is full within the horizon, 0.5 to 0.99.
    public let probability: Double
}
