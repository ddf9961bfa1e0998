import Forecasting
import Foundation
import Testing

/// Many offices whose future is known: whether forecasts say as much as they know, and no more.
@Suite("Ranges and probabilities are as sure as they say")
struct CalibrationTests {
    /// How many series of each kind. docs/forecast.md has the figures of 300.
    static let count = 40

    /// What became of many forecasts.
    struct Tally: CustomStringConvertible {
        var asked = 0
        var dates = 0
        var inRange = 0
        var probability = 0.0
        var full = 0

        var coverage: Double { Double(inRange) / Double(max(1, dates)) }

        var description: String {
            "\(asked) asked, \(dates) dates, \(inRange) in range, \(full) full of \(probability) foreseen"
        }

        /// - Parameters:
        ///   - days: How long the offices were watched.
        ///   - future: How many days of their future are known.
        init(_ offices: some Sequence<Office>, days: Int, limit: Double, future: Int) {
            for (seed, office) in offices.enumerated() {
                let peaks = office.peaks(days: days + future, seed: UInt64(seed + 1))
                guard !peaks[..<days].contains(where: { $0 ?? 0 >= limit }) else { continue }
                let forecast = Forecast(of: Office.series(peaks[..<days]), limit: limit, within: future)
                let truth = peaks[days...].firstIndex { $0 ?? 0 >= limit }
                asked += 1
                probability += forecast.probability ?? 0
                if truth != nil { full += 1 }
                guard let date = forecast.date else { continue }
                dates += 1
                if (date.earliest...(date.latest ?? .max)).contains(truth ?? .max) { inRange += 1 }
            }
        }
    }

    @Test(
        "Eight ranges in ten hold the first full day",
        arguments: [
            (days: 364, growth: 0.05, noise: 2.0, limit: 70.0), (days: 728, growth: 0.03, noise: 2.0, limit: 75.0),
            (days: 182, growth: 0.06, noise: 2.0, limit: 65.0), (days: 84, growth: 0.2, noise: 1.5, limit: 65.0),
        ])
    func growth(_ it: (days: Int, growth: Double, noise: Double, limit: Double)) {
        let office = Office { 40 + it.growth * Double($0) }.with {
            $0.noise = it.noise
            $0.holidays = true
        }
        let tally = Tally(repeatElement(office, count: Self.count), days: it.days, limit: it.limit, future: 1000)
        #expect(tally.dates * 20 >= tally.asked * 19)
        #expect((0.70...0.97).contains(tally.coverage))
    }

    @Test("So they do with a season, after a step, and with days that nobody looked at")
    func more() {
        let offices = (0..<Self.count / 2).flatMap { number -> [Office] in
            let phase = Double(number)
            return [
                Office { 40 + 0.04 * Double($0) + 4 * sin(2 * .pi * Double($0) / 365.25 + phase) },
                Office { 40 + 0.04 * Double($0) + ($0 < 150 + 5 * (number % 40) ? 0 : 12) },
                Office { 45 + 0.04 * Double($0) }.with { $0.missing = 0.4 },
            ].map { $0.with { $0.noise = 2 } }
        }
        let tally = Tally(offices, days: 500, limit: 85, future: 1100)
        #expect(tally.dates * 10 >= tally.asked * 9)
        #expect((0.70...0.97).contains(tally.coverage))
    }

    @Test(
        "Offices that don't grow get a date hardly ever, however their days hang together",
        arguments: [(days: 56, persistence: 0.0), (days: 182, persistence: 0.5), (days: 364, persistence: 0.9)])
    func falseAlarms(_ it: (days: Int, persistence: Double)) {
        let office = Office(40).with {
            $0.noise = 3
            $0.persistence = it.persistence
            $0.holidays = true
        }
        let tally = Tally(repeatElement(office, count: 2 * Self.count), days: it.days, limit: 60, future: 364)
        #expect(tally.asked == 2 * Self.count && tally.full == 0)
        #expect(tally.dates * 50 <= tally.asked && tally.probability / Double(tally.asked) < 0.12)
    }

    @Test("Of the forecasts with a probability, about that share comes true")
    func reliability() {
        // Growth of every size up to some that fills the pool soon.
        let offices = (0..<3 * Self.count).map { number in
            Office { 40 + 0.08 * Double(number) / Double(3 * Self.count) * Double($0) }.with { $0.noise = 2 }
        }
        let tally = Tally(offices, days: 300, limit: 64, future: 300)
        #expect(tally.asked > 2 * Self.count)
        #expect(abs(tally.probability - Double(tally.full)) < 0.08 * Double(tally.asked))
    }
}
