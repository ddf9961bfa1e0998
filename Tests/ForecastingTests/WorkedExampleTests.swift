import Forecasting
import Testing

@Suite("The worked example of docs/forecast.md")
struct WorkedExampleTests {
    /// Days since 1970-01-01 of Monday 2026-01-05.
    static let first = 20_458

    /// An office of 24 seats that grows by one a month; 6 more came on 2026-08-03, and it rests in summer and at
    /// the year's end.
    static let office = Office { 24 + Double($0) / 30 + ($0 < 210 ? 0 : 6) }.with { $0.holidays = true }

    static var series: UsageSeries {
        UsageSeries(office.series(days: 360).days.map { UsageSeries.Day(number: first + $0.number, peak: $0.peak) })
    }

    @Test("It says what the page says")
    func example() throws {
        let forecast = Forecast(of: Self.series, limit: 50, within: 365)
        let trend = try #require(forecast.trend)
        let date = try #require(forecast.date)
        // Other processors may round otherwise, by a day.
        #expect(abs(date.middle - 21_034) <= 1 && abs(date.earliest - 20_988) <= 1)
        #expect(abs((date.latest ?? 0) - 21_097) <= 1 && abs(date.probability - 0.970) < 0.005)
        #expect(forecast.outlook.sureness?.word == .high)
        #expect(trend.lastDay == 20_817 && trend.weeks == 50 && trend.holidays == [20_664] && trend.events.isEmpty)
        #expect(trend.shifts.map(\.dayNumber) == [20_671] && trend.turns.isEmpty)
        #expect(abs((trend.shifts.first?.seats ?? 0) - 6.8) < 0.1)
        Self.expect(trend.growth, low: 0.73, middle: 0.88, high: 1.00)
        #expect(abs(trend.growing - 0.998) < 0.001)
        Self.expect(trend.level(on: trend.lastDay), low: 41.2, middle: 42.3, high: 43.4)
        Self.expect(trend.level(on: trend.lastDay + 365), low: 50.7, middle: 53.2, high: 55.6)
        #expect(trend.seats(through: trend.lastDay + 365) == 57)
        #expect(trend.seats(through: trend.lastDay + 365, probability: 0.5) == 55)
    }

    private static func expect(_ estimate: Estimate, low: Double, middle: Double, high: Double) {
        #expect(abs(estimate.low - low) < 0.1)
        #expect(abs(estimate.middle - middle) < 0.1)
        #expect(abs(estimate.high - high) < 0.1)
    }
}
