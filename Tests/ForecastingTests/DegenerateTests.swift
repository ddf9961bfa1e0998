import Forecasting
import Foundation
import Testing

@Suite("Input that is hardly any, or far too much")
struct DegenerateTests {
    private static func constant(_ peak: Double, days: Int = 365) -> UsageSeries {
        UsageSeries(pairs: (0..<days).map { ($0, peak) })
    }

    @Test("Nothing, a day and seven weeks are not enough, and it is said how much is")
    func shortage() throws {
        let nothing = try #require(Forecast(of: UsageSeries([]), limit: 10, within: 365).shortage)
        #expect(nothing.weeksObserved == 0 && nothing.daysObserved == 0 && nothing.daysToWait == 56)
        let day = try #require(Forecast(of: UsageSeries(pairs: [(5, 3)]), limit: 10, within: 365).shortage)
        #expect(day.weeksObserved == 1 && day.daysObserved == 1 && day.daysToWait == 49)
        let weeks = try #require(Forecast(of: Self.constant(3, days: 49), limit: 10, within: 365).shortage)
        #expect(weeks.weeksNeeded == 8 && weeks.weeksObserved == 7 && weeks.daysToWait == 7)
        #expect(
            weeks.description
                == "8 weeks (56 days) of the last 52 weeks must have been observed, and 7 were (49 observed days in all): "
                + "at least 7 more days are needed.")
        #expect(Forecast(of: Self.constant(3, days: 56), limit: 10, within: 365).shortage == nil)
        #expect(Forecast(of: UsageSeries([]), limit: 10, within: 365).outlook.sureness == nil)
    }

    @Test("Weeks of long ago are not enough, nor is a last day of long ago")
    func stale() throws {
        let old = UsageSeries(pairs: (0..<300).map { ($0, 5.0) } + [(1000, 5), (1001, 5)])
        #expect(Forecast(of: old, limit: 10, within: 365).shortage?.weeksObserved == 0)
        let series = Self.constant(5)
        #expect(Forecast(of: series, limit: 10, on: 364 + 56, within: 365).shortage == nil)
        let shortage = try #require(Forecast(of: series, limit: 10, on: 364 + 57, within: 365).shortage)
        #expect(shortage.daysSinceLast == 57)
        #expect(shortage.description == "The last observed day is 57 days ago; it may be 56 at most.")
        #expect(Forecast(of: series, limit: 5, on: 1000, within: 365).shortage != nil, "full then, but now?")
        #expect(Forecast(of: series, limit: 10, on: .max, within: 365).shortage != nil)
        #expect(Forecast(of: series, limit: 10, on: .min, within: 365).isNotWithinHorizon)
    }

    @Test("A pool that is full is full, however little was seen")
    func full() throws {
        let one = try #require(Forecast(of: UsageSeries(pairs: [(5, 10)]), limit: 10, within: 365).fullDays)
        #expect(one.full == 1 && one.observed == 1 && one.last == 5)
        let always = Forecast(of: Self.constant(12), limit: 10, within: 365)
        let days = try #require(always.fullDays)
        #expect(days.full == 91 && days.observed == 91 && days.last == 364 && always.trend != nil)
        #expect(always.outlook.sureness?.probability == 1 && always.outlook.sureness?.word == .high)
    }

    @Test(
        "Three full days in thirteen weeks are full, if the last of them isn't long ago",
        arguments: [
            ([364], true), ([363], false), ([280, 300, 337], true), ([273, 300, 337], false), ([300, 310, 336], false),
            ([290, 340], false),
        ])
    func fullNowAndThen(days: [Int], isFull: Bool) {
        let peaks = (0...364).map { ($0, days.contains($0) ? 20.0 : 10) }
        #expect((Forecast(of: UsageSeries(pairs: peaks), limit: 20, within: 365).fullDays != nil) == isFull)
    }

    @Test(
        "A pool that nobody uses, or always as many, isn't full within the horizon", arguments: [0.0, 1, 9, 250, 0.37])
    func constant(peak: Double) throws {
        let forecast = Forecast(of: Self.constant(peak), limit: peak + 2, within: 365)
        #expect(forecast.isNotWithinHorizon && forecast.outlook.sureness?.word == .high)
        let level = try #require(forecast.trend).level(on: 700)
        #expect(abs(level.middle - peak) < 0.3 && level.high - level.low < 2)
        #expect(try #require(forecast.trend).shifts.isEmpty)
        #expect(try #require(forecast.trend).growing < 0.5)
    }

    @Test("Limits that are no number of seats have an answer")
    func limits() {
        let series = Self.constant(0)
        #expect(Forecast(of: series, limit: 0, within: 365).fullDays != nil)
        #expect(Forecast(of: series, limit: -1, within: 365).fullDays != nil)
        #expect(Forecast(of: series, limit: .infinity, within: 365).isNotWithinHorizon)
        #expect(Forecast(of: series, limit: .nan, within: 365).isNotWithinHorizon)
        #expect(Forecast(of: series, limit: .greatestFiniteMagnitude, within: 365).isNotWithinHorizon)
        #expect(Forecast(of: UsageSeries([]), limit: 0, within: 365).shortage != nil)
    }

    @Test("Days may come in any order and twice; the greater peak counts")
    func order() {
        let office = Office { 20 + 0.1 * Double($0) }
        let days = office.series(days: 200).days
        var numbers = TestNumbers(seed: 5)
        let shuffled = days.map { ($0, numbers.unit()) }.sorted { $0.1 < $1.1 }.map(\.0)
        let lower = days.map { UsageSeries.Day(number: $0.number, peak: $0.peak / 2) }
        #expect(UsageSeries(shuffled) == UsageSeries(days))
        #expect(UsageSeries(lower + shuffled + lower) == UsageSeries(days))
        #expect(UsageSeries(pairs: [(7, 1), (7, 3), (7, 2)]).days.map(\.peak) == [3])
    }

    @Test("Peaks that can't be, and days outside of the calendar, were not observed")
    func impossible() {
        let series = UsageSeries(pairs: [
            (1, -1), (2, .nan), (3, .infinity), (4, 5), (.max, 5), (.min, 5), (2_932_897, 5), (-719_163, 5), (5, -0.0),
        ])
        #expect(series.days.map(\.number) == [3, 4, 5])
        #expect(series.days.map(\.peak) == [1e12, 5, 0])
    }

    @Test("Numbers may be huge and days far apart", arguments: [1e3, 1e6, 1e9, 1e12])
    func huge(size: Double) throws {
        let series = UsageSeries(pairs: (0..<365).map { ($0, size * (0.5 + Double($0) / 1000).rounded(.up)) })
        #expect(Forecast(of: series, limit: size * 3, within: 365).trend != nil)
        let growing = UsageSeries(pairs: (0..<365).map { ($0, (size * (0.3 + Double($0) / 1000)).rounded()) })
        let date = try #require(Forecast(of: growing, limit: size, within: 730).date)
        #expect((680...720).contains(date.middle))
        // A peak of long ago that was a million times as high.
        let fallen = UsageSeries(pairs: (0..<365).map { ($0, $0 < 100 ? size : 5) })
        #expect(Forecast(of: fallen, limit: size * 2, within: 365).isNotWithinHorizon)
        let ends = UsageSeries(pairs: [(-719_162, size)] + (0..<100).map { (2_932_700 + $0, 5.0) })
        #expect(Forecast(of: ends, limit: 20, within: 365).isNotWithinHorizon)
    }

    @Test("A horizon is limited at both ends")
    func horizon() throws {
        let office = Office { 40 + 0.05 * Double($0) }.with { $0.noise = 0.3 }
        let series = office.series(days: 365)
        #expect(Forecast(of: series, limit: 75, within: .min).isNotWithinHorizon)
        #expect(Forecast(of: series, limit: 75, within: 0).isNotWithinHorizon)
        let longest = try #require(Forecast(of: series, limit: 75, within: .max).date)
        #expect(longest == Forecast(of: series, limit: 75, within: Forecast.longestHorizon).date)
        #expect(Forecast(of: series, limit: 75, on: 364 + 56, within: .max).date != nil)
        let date = try #require(Forecast(of: series, limit: 75, within: 360).date)
        #expect(abs(date.middle - longest.middle) < 2 && date.latest ?? 0 <= 364 + 360)
        let soon = Forecast(of: series, limit: 75, within: date.middle - 364 - 30)
        #expect(soon.isNotWithinHorizon, "a day within the horizon is asked for")
        let trend = try #require(soon.trend)
        #expect(trend.level(on: .max) == trend.level(on: trend.lastForeseenDay))
        #expect(trend.level(on: .min) == trend.level(on: 364))
        #expect(trend.seats(through: .min, probability: -1) > 50 && trend.seats(through: .max, probability: 2) < 1000)
    }

    @Test("A later today moves the answer behind it")
    func today() throws {
        let office = Office { 40 + 0.05 * Double($0) }.with { $0.noise = 0.3 }
        let series = office.series(days: 365)
        let asked = try #require(Forecast(of: series, limit: 60, on: 400, within: 365).date)
        #expect(asked.earliest > 400 && asked.middle <= 410, "it must be full by now, and nobody has looked")
        // Where nothing grows, weeks that are over don't count.
        let steady = Office(40).with { $0.noise = 3 }.series(days: 364)
        let early = try #require(Forecast(of: steady, limit: 48, within: 84).probability)
        let late = try #require(Forecast(of: steady, limit: 48, on: 363 + 49, within: 84).probability)
        #expect(early > 0.05 && abs(late - early) < 0.3 * early)
    }

    @Test("The same input gives the same answer, and what is a day away nearly the same")
    func determined() throws {
        let peaks = Office { 40 + 0.05 * Double($0) }.with { $0.noise = 2 }.peaks(days: 366)
        let first = Forecast(of: Office.series(peaks[..<365]), limit: 70, within: 730)
        #expect(first.outlook == Forecast(of: Office.series(peaks[..<365]), limit: 70, within: 730).outlook)
        let next = try #require(Forecast(of: Office.series(peaks), limit: 70, within: 730).date)
        #expect(abs(next.middle - (first.date?.middle ?? 0)) < 20)
    }

    @Test("Ten years are read as the last five")
    func tenYears() throws {
        let office = Office { 40 + 0.01 * Double($0) }.with { $0.noise = 0 }
        let series = office.series(days: 3650)
        let forecast = Forecast(of: series, limit: 90, within: 1700)
        #expect(abs(try #require(forecast.date).middle - 5000) < 60)
        #expect(try #require(forecast.trend).weeks <= 261)
        let five = UsageSeries(series.days.suffix(261 * 7))
        #expect(Forecast(of: five, limit: 90, within: 1700).outlook == forecast.outlook)
    }
}
