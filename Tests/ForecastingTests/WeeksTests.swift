import Foundation
import Testing

@testable import Forecasting

@Suite("Weeks, odd ones and those of a year")
struct WeeksTests {
    @Test("A week ends with the last observed day, and holds the highest of its peaks")
    func weeks() {
        let weeks = WeeklyPeaks(of: UsageSeries(pairs: (0..<17).map { (100 + $0, Double($0)) }))
        #expect(weeks.lastDay == 116 && weeks.peaks == [2, 9, 16] && weeks.isWhole)
        #expect(weeks.firstDay(of: 2) == 110 && weeks.firstDay(of: 0) == 96)
        #expect(weeks.isObserved == [false, true, true], "three days are fewer than half of seven")
        #expect(!WeeklyPeaks(of: UsageSeries(pairs: [(1, 0.5)])).isWhole)
        #expect(WeeklyPeaks(of: UsageSeries([])).peaks.isEmpty)
    }

    @Test("Weeks without a day between observed ones are there, and not observed")
    func gaps() {
        let weeks = WeeklyPeaks(of: UsageSeries(pairs: [(0, 3), (21, 4), (28, 5)]))
        #expect(weeks.isObserved == [true, false, false, true, true] && weeks.observed == [0, 3, 4])
    }

    private static func oddWeeks(_ changes: [Int: Double], count: Int = 40) -> (lows: [Int], highs: [Int]) {
        let peaks = (0..<count).map { week -> Double in 50 + Double(week * 7 % 3) + (changes[week] ?? 0) }
        return OddWeeks.find(in: peaks, spread: 1)
    }

    private static func run(_ weeks: ClosedRange<Int>, _ seats: Double) -> [Int: Double] {
        Dictionary(uniqueKeysWithValues: weeks.map { ($0, seats) })
    }

    @Test("Lows of up to seven weeks and highs of up to two are odd, at the end as well")
    func odd() {
        #expect(Self.oddWeeks([:]) == ([], []))
        #expect(Self.oddWeeks(Self.run(20...26, -20)) == (Array(20...26), []))
        #expect(Self.oddWeeks(Self.run(20...27, -20)) == ([], []), "eight weeks are a level")
        #expect(Self.oddWeeks(Self.run(20...21, 20)) == ([], [20, 21]))
        #expect(Self.oddWeeks(Self.run(20...22, 20)) == ([], []), "three weeks are a level")
        #expect(Self.oddWeeks(Self.run(36...39, -20)) == ([36, 37, 38, 39], []))
        #expect(Self.oddWeeks([39: 20]) == ([], [39]))
        #expect(Self.oddWeeks([20: 4, 30: -4]) == ([], []), "within what is usual")
    }

    @Test("What comes often is how the pool is used")
    func usual() {
        let monthly = Dictionary(uniqueKeysWithValues: stride(from: 4, to: 40, by: 5).map { ($0, 20.0) })
        #expect(Self.oddWeeks(monthly) == ([], []))
        let lows = [8, 9, 10, 15, 16, 17, 22, 23, 24, 30, 31, 32].map { ($0, -20.0) }
        #expect(Self.oddWeeks(Dictionary(uniqueKeysWithValues: lows)) == ([], []))
    }

    @Test("What moves fast and steadily isn't odd", arguments: [(20.0, 7.0), (160, -7)])
    func fast(_ it: (first: Double, perWeek: Double)) {
        let found = OddWeeks.find(in: (0..<20).map { it.first + it.perWeek * Double($0) }, spread: 1)
        #expect(found.lows.isEmpty && found.highs.isEmpty)
    }

    private static func season(_ office: Office, days: Int) -> SeasonProfile {
        SeasonProfile(of: WeeklyPeaks(of: office.series(days: days)), without: [])
    }

    @Test("A season that two years agree about is known to the seat, growth set aside")
    func season() {
        let office = Office { 40 + 0.03 * Double($0) + 8 * cos(2 * .pi * Double($0 - 730) / 365.25) }
        let season = Self.season(office, days: 731)
        #expect(season.isSeen && season.support == 6)
        #expect(abs(season[0] - 8) < 1 && abs(season[26] + 8) < 1 && abs(season[13]) < 1.5)
        #expect(abs(season[52] - season[0]) < 1 && abs(season[-52] - season[0]) < 1)
        #expect(abs((-51...0).map { season[$0] }.reduce(0, +)) < 1)
    }

    @Test("A year alone, noise, growth, and a step are no season")
    func noSeason() {
        let swinging = Office { 40 + 8 * cos(2 * .pi * Double($0) / 365.25) }
        #expect(!Self.season(swinging, days: 700).isSeen)
        #expect(!Self.season(Office(40).with { $0.noise = 3 }, days: 1100).isSeen)
        #expect(!Self.season(Office { 40 + 0.1 * Double($0) }, days: 1100).isSeen)
        #expect(!Self.season(Office { $0 < 300 ? 40 : 60 }, days: 760).isSeen)
        #expect(!Self.season(swinging.with { $0.missing = 0.9 }, days: 300).isSeen)
        #expect(SeasonProfile.none[17] == 0)
    }
}
