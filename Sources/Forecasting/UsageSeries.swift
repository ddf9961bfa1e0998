/// What was seen of a pool: for each observed day, the greatest number of seats that were in use at once.
///
/// A day that is missing was not observed; that nobody came in is a peak of zero.
public struct UsageSeries: Hashable, Sendable {
    /// An observed day.
    public struct Day: Hashable, Sendable {
        /// Days since 1970-01-01, in whatever time zone days are counted.
        public let number: Int
        /// Seats in use at the busiest moment.
        public let peak: Double

        /// An observed day; ``UsageSeries/init(_:)`` says which ones it takes.
        public init(number: Int, peak: Double) {
            self.number = number
            self.peak = peak
        }
    }

    /// The observed days, ascending, each once.
    public let days: [Day]

    /// The days that a forecast can be about: the years 1 to 9999.
    static let calendar = -719_162...2_932_896
    static let greatestPeak = 1e12

    /// The series of some days, in any order.
    ///
    /// Of a day that comes twice, the greater peak counts: a day's peak is the greatest of what was seen. Left
    /// out as not observed are peaks that are negative or no number, and days outside of the years 1 to 9999.
    /// A peak above 10¹² counts as 10¹².
    public init(_ days: some Sequence<Day>) {
        var taken: [Day] = []
        taken.reserveCapacity(days.underestimatedCount)
        for day in days where day.peak >= 0 && Self.calendar.contains(day.number) {
            taken.append(Day(number: day.number, peak: min(day.peak, Self.greatestPeak)))
        }
        if !zip(taken, taken.dropFirst()).allSatisfy({ $0.number < $1.number }) {
            taken.sort { ($0.number, $1.peak) < ($1.number, $0.peak) }
            var unique: [Day] = []
            for day in taken where unique.last?.number != day.number { unique.append(day) }
            taken = unique
        }
        self.days = taken
    }

    /// The observed days from one day to another, both included.
    func days(in range: ClosedRange<Int>) -> ArraySlice<Day> {
        let first = days.firstIndex(byHalves: { $0 >= range.lowerBound })
        let end = days.firstIndex(byHalves: { $0 > range.upperBound })
        return days[first..<end]
    }
}

extension [UsageSeries.Day] {
    /// The first of the ascending days whose number fulfills a condition that all later ones fulfill too; the end
    /// where there is none.
    fileprivate func firstIndex(byHalves fulfills: (Int) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if fulfills(self[middle].number) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
