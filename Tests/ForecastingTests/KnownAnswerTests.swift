import Forecasting
import Foundation
import Testing

@Suite("Series whose answer is known")
struct KnownAnswerTests {
    @Test(
        "A pool that grows steadily is full when the line reaches the limit",
        arguments: [
            (days: 365, perDay: 0.1, start: 20.0, limit: 70.0), (days: 180, perDay: 0.1, start: 20.0, limit: 60.0),
            (days: 730, perDay: 0.05, start: 30.0, limit: 80.0), (days: 1100, perDay: 0.02, start: 50.0, limit: 80.0),
            (days: 91, perDay: 0.3, start: 20.0, limit: 70.0),
        ])
    func growth(_ it: (days: Int, perDay: Double, start: Double, limit: Double)) throws {
        let office = Office { it.start + it.perDay * Double($0) }.with {
            $0.noise = 0.5
            $0.holidays = true
        }
        let forecast = Forecast(of: office.series(days: it.days), limit: it.limit, within: 730)
        let date = try #require(forecast.date)
        let crossing = (it.limit - it.start) / it.perDay
        #expect(abs(Double(date.middle) - crossing) < 0.15 * (crossing - Double(it.days)) + 14)
        #expect(date.earliest <= date.middle && date.middle <= date.latest ?? 0)
        #expect(forecast.outlook.sureness?.word == .high)
        let growth = try #require(forecast.trend?.growth)
        #expect(growth.low < 30 * it.perDay * 1.05 && growth.high > 30 * it.perDay * 0.95)
    }

    @Test("Without noise the range is within days of the answer")
    func line() throws {
        let office = Office { 20 + 0.1 * Double($0) }.with { $0.noise = 0 }
        let date = try #require(Forecast(of: office.series(days: 365), limit: 70, within: 365).date)
        #expect((490...502).contains(date.middle))
        #expect(date.earliest > 480 && date.latest ?? 0 < 512)
        #expect(date.probability == 0.99, "nothing that lies ahead is surer")
        #expect(Forecast(of: office.series(days: 365), limit: 90, within: 100).outlook.sureness?.probability == 0.99)
    }

    @Test("Weekends and holidays are low, and change nothing")
    func weekends() throws {
        let office = Office { 30 + 0.06 * Double($0) }
        let plain = office.with { $0.weekend = 1 }
        let lazy = office.with {
            $0.weekend = 0
            $0.holidays = true
        }
        // The last ten days of the year are the last that were seen.
        let expected = try #require(Forecast(of: plain.series(days: 365), limit: 60, within: 365).date)
        let forecast = Forecast(of: lazy.series(days: 365), limit: 60, within: 365)
        let date = try #require(forecast.date)
        #expect(abs(date.middle - expected.middle) < 25)
        #expect(forecast.trend?.holidays.isEmpty == false)
        #expect(abs((forecast.trend?.level(on: 364).middle ?? 0) - 52.5) < 2.5)
    }

    @Test("Noise without growth gives no date", arguments: [56, 91, 182, 365, 730], [1.0, 3.0])
    func noise(days: Int, noise: Double) {
        for seed in 1...8 {
            let office = Office(40).with { $0.noise = noise }
            let forecast = Forecast(of: office.series(days: days, seed: UInt64(seed)), limit: 60, within: 365)
            #expect(forecast.isNotWithinHorizon)
            #expect(forecast.probability ?? 1 < 0.5)
        }
    }

    @Test("A step is no growth: the forecast goes on from the new level", arguments: [340, 300, 200, 60])
    func step(day: Int) throws {
        let office = Office { $0 < day ? 40 : 60 }
        let forecast = Forecast(of: office.series(days: 365), limit: 75, within: 365)
        let trend = try #require(forecast.trend)
        #expect(forecast.isNotWithinHorizon && forecast.probability ?? 1 < 0.1)
        let shift = try #require(trend.shifts.first)
        #expect(trend.shifts.count == 1 && abs(shift.dayNumber - day) <= 7 && abs(shift.seats - 20) < 2)
        #expect(trend.growth.low < 0.3 && trend.growth.high > -0.3 && abs(trend.growth.middle) < 0.3)
        #expect(abs(trend.level(on: 365 + 300).middle - 61) < 3)
    }

    @Test("Growth goes on after a step as it was before")
    func stepAndGrowth() throws {
        let office = Office { 30 + 0.05 * Double($0) + ($0 < 250 ? 0 : 20) }
        let forecast = Forecast(of: office.series(days: 365), limit: 85, within: 730)
        let date = try #require(forecast.date)
        #expect(abs(date.middle - 700) < 50)
        #expect(forecast.trend?.shifts.count == 1)
    }

    @Test("A season that two years have shown comes round again; it is no growth")
    func season() throws {
        let office = Office { 40 + 8 * sin(2 * .pi * Double($0) / 365.25) }
        let series = office.series(days: 761)
        #expect(Forecast(of: series, limit: 60, within: 365).isNotWithinHorizon)
        let forecast = Forecast(of: series, limit: 47, within: 365)
        // The sine is at 6 again, on its way up, 50 days after the beginning of a year. It was seen for 30.
        let date = try #require(forecast.date)
        #expect((767...785).contains(date.middle))
        #expect(try #require(forecast.trend).growth.high < 0.5)
    }

    @Test("A short busy time of the year is foreseen where two years have shown it", arguments: [730, 1095])
    func busyTime(days: Int) throws {
        let office = Office { (20..<90).contains($0 % 365) ? 55 : 40 }
        let forecast = Forecast(of: office.series(days: days), limit: 53, within: 365)
        let trend = try #require(forecast.trend)
        let date = try #require(forecast.date)
        #expect(trend.sawSeason)
        #expect((days + 14...days + 28).contains(date.middle))
        #expect(abs(trend.level(on: days + 60).middle - 56) < 2.5 && abs(trend.level(on: days + 200).middle - 41) < 2.5)
        #expect((55...62).contains(trend.seats(through: days + 200)))
        // Once alone it might have been a project.
        let once = Forecast(of: office.series(days: 365), limit: 53, within: 300)
        #expect(once.trend?.sawSeason == false && once.date == nil)
    }

    @Test("Less than a year can't tell a season from growth, and says so by a wider range")
    func widening() throws {
        func range(_ days: Int) throws -> Double {
            let office = Office { 40 + 0.05 * Double($0) }
            let forecast = Forecast(of: office.series(days: days), limit: 1e9, within: 1)
            let level = try #require(forecast.trend).level(on: days + 180)
            return level.high - level.low
        }
        let (short, year, years) = (try range(84), try range(365), try range(1095))
        #expect(short > 2 * year && year > years)
    }

    @Test("An odd day is no growth and gives no date, whenever it is", arguments: [100, 250, 350, 364])
    func outlier(day: Int) throws {
        let office = Office { $0 == day ? 75 : 40 }.with { $0.weekend = 1 }
        let forecast = Forecast(of: office.series(days: 365), limit: 80, within: 365)
        #expect(forecast.isNotWithinHorizon)
        let trend = try #require(forecast.trend)
        #expect(trend.events.count == 1 && abs(trend.growth.middle) < 0.2)
        // While it may be the first day of a new level, it isn't passed over.
        #expect((trend.unclearRise != nil) == (day == 364))
        let lower = Forecast(of: office.series(days: 365), limit: 74, within: 365)
        if day == 364 {
            #expect(lower.fullDays?.full == 1)
            #expect(
                (0.2...0.5).contains(Forecast(of: office.series(days: 365), limit: 77, within: 365).probability ?? 0))
        } else {
            #expect(
                lower.isNotWithinHorizon && lower.probability ?? 1 < 0.05, "that it was full, once, changes nothing")
        }
    }

    @Test("A rise is unclear for two weeks, and a level from the third on")
    func rise() throws {
        func trend(weeks: Int) throws -> Trend {
            try Trend(of: Office { $0 < 364 - 7 * weeks ? 40 : 60 }.series(days: 364))
        }
        for weeks in 1...2 {
            let unclear = try trend(weeks: weeks)
            #expect(unclear.shifts.isEmpty && abs((unclear.unclearRise ?? 0) - 20) < 3)
            #expect(unclear.level(on: 364).high > 58 && unclear.level(on: 364).middle < 45)
            #expect(unclear.seats(through: 400) >= 61)
        }
        let clear = try trend(weeks: 3)
        #expect(clear.unclearRise == nil && clear.shifts.count == 1 && clear.level(on: 364).low > 58)
    }

    @Test("A low of some weeks is a holiday; one of ten weeks is a new level")
    func low() throws {
        func level(weeks: Int) throws -> Double {
            try Trend(of: Office { $0 < 364 - 7 * weeks ? 40 : 25 }.series(days: 364)).level(on: 400).middle
        }
        #expect(abs(try level(weeks: 5) - 41) < 2)
        #expect(abs(try level(weeks: 10) - 26) < 2)
    }

    @Test("A small step down is believed after eight weeks, one up after three")
    func smallSteps() throws {
        func shifts(weeks: Int, _ seats: Double) throws -> [Double] {
            let office = Office { $0 < 364 - 7 * weeks ? 100 : 100 + seats }.with { $0.noise = 0.3 }
            return try Trend(of: office.series(days: 364)).shifts.map(\.seats)
        }
        #expect(try shifts(weeks: 5, -4).isEmpty && shifts(weeks: 2, 4).isEmpty)
        #expect(try shifts(weeks: 10, -4).count == 1 && shifts(weeks: 3, 4).count == 1)
    }

    @Test("What grew and has stopped growing isn't carried on, nor what has begun to forgotten")
    func turn() throws {
        let introduced = Office { min(100, 10 + Double($0)) }
        let full = Forecast(of: introduced.series(days: 300), limit: 115, within: 365)
        #expect(full.isNotWithinHorizon && full.trend?.turns.count == 1)
        let begun = Office { 40 + max(0, 0.1 * Double($0 - 200)) }
        let date = try #require(Forecast(of: begun.series(days: 400), limit: 80, within: 365).date)
        #expect(abs(date.middle - 590) < 40)
    }

    @Test("A product that everybody has by now isn't introduced any further", arguments: [300, 365, 450])
    func introduction(days: Int) throws {
        let office = Office { 100 / (1 + exp(Double(120 - $0) / 25)) }
        let forecast = Forecast(of: office.series(days: days), limit: 120, within: 365)
        let growth = try #require(forecast.trend).growth
        #expect(forecast.date == nil && growth.low < 0.5 && growth.middle < 1)
    }

    @Test("Few seats are counted one by one: hires are growth, a seat more or less is none")
    func fewSeats() throws {
        let hires = Office { 5 + Double($0 / 73) }.with { $0.noise = 0 }
        let date = try #require(Forecast(of: hires.series(days: 365), limit: 12, within: 365).date)
        #expect((470...620).contains(date.middle))
        let hire = try Trend(of: Office { $0 < 200 ? 5 : 6 }.with { $0.noise = 0 }.series(days: 365))
        #expect(hire.shifts.isEmpty && hire.growth.high > 0)
        let steady = Office { 3 + Double($0 / 5 % 2) }.with { $0.noise = 0 }
        #expect(Forecast(of: steady.series(days: 365), limit: 6, within: 365).isNotWithinHorizon)
    }

    @Test("A pool that shrinks is not full within the horizon")
    func decline() {
        let office = Office { 60 - 0.08 * Double($0) }.with { $0.holidays = true }
        let forecast = Forecast(of: office.series(days: 365), limit: 65, within: 730)
        #expect(forecast.isNotWithinHorizon && forecast.outlook.sureness?.word == .high)
        #expect(forecast.trend?.level(on: 3000).low == 0)
    }

    @Test("Whatever was looked at counts: every day, once a week, once a month, or not for months")
    func sparse() throws {
        let office = Office { 20 + 0.08 * Double($0) }.with { $0.noise = 0.5 }
        let all = office.peaks(days: 728)
        func middle(_ seen: (Int) -> Bool) throws -> Int {
            let peaks = all.enumerated().map { seen($0) ? $1 : nil }
            return try #require(Forecast(of: Office.series(peaks), limit: 100, within: 730).date).middle
        }
        #expect(abs(try middle { $0 % 7 == 2 } - 1000) < 20)
        #expect(abs(try middle { $0 % 28 == 2 } - 1000) < 30)
        #expect(abs(try middle { !(150..<400).contains($0) } - 1000) < 20)
        #expect(abs(try middle { $0 % 3 != 0 } - 1000) < 20)
    }

    @Test("Days of which nobody looked at many don't lower the level")
    func hardlySeen() throws {
        let office = Office(40).with { $0.noise = 0 }
        // In three weeks only the weekend was seen.
        let peaks = office.peaks(days: 364).enumerated().map { (210..<231).contains($0) && $0 % 7 < 5 ? nil : $1 }
        #expect(try Trend(of: Office.series(peaks)).holidays.isEmpty)
        #expect(abs(try Trend(of: Office.series(peaks)).level(on: 364).middle - 40) < 0.5)
    }

    @Test("A pool near its limit that doesn't grow has a probability and no date")
    func nearLimit() {
        let office = Office(40).with { $0.noise = 3 }
        let forecasts = (1...30).map { Forecast(of: office.series(days: 91, seed: $0), limit: 49, within: 700) }
        let close = forecasts.filter { if case .closeToLimit = $0.outlook { true } else { false } }
        #expect(close.count > 5 && forecasts.allSatisfy { $0.date == nil })
        #expect(close.allSatisfy { $0.probability ?? 0 >= 0.5 })
    }

    @Test("As many seats as are advised keep the pool from being full as often as was asked")
    func seats() throws {
        let office = Office { 40 + 0.05 * Double($0) }.with { $0.noise = 2 }
        var enough = 0
        for seed in 1...50 {
            let peaks = office.peaks(days: 546, seed: UInt64(seed))
            let seats = try Trend(of: Office.series(peaks[..<364])).seats(through: 545, probability: 0.9)
            let highest = peaks[364...].reduce(0) { max($0, $1 ?? 0) }
            #expect(Double(seats) < highest + 15)
            if highest < Double(seats) { enough += 1 }
        }
        #expect((40...50).contains(enough))
        let trend = try Trend(of: office.series(days: 364))
        #expect(trend.seats(through: 700, probability: 0.5) < trend.seats(through: 700, probability: 0.95))
        #expect(trend.seats(through: 500) < trend.seats(through: 700))
    }
}
