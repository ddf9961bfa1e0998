import AdapterKit
import Forecasting
import GatewayAPI
import GatewayStore

/// The forecast of one pool, as people and programs read it.
enum PoolForecast {
    /// Those of all pools of a license.
    static func all(
        of license: LicensedSeats, series: [String: [LocalPeaks.Day]], days: Int, today: LocalDay
    ) -> [SeatForecast.Pool] {
        let pools = SeatColumn.read(license.seats)
        let total = pools.reduce(0) { $0 + $1.count }
        return pools.map { pool in
            one(pool, of: license, days: series[pool.name] ?? [], total: total, horizon: days, today: today)
        }
    }

    private static func one(
        _ pool: Entitlement.SeatPool, of license: LicensedSeats, days: [LocalPeaks.Day], total: Int, horizon: Int,
        today: LocalDay
    ) -> SeatForecast.Pool {
        let seen = UsageSeries(days)
        let forecast = Forecast(of: seen, limit: Double(pool.count), on: today.number, within: horizon)
        var view = SeatForecast.Pool(
            customer: license.customer, installation: license.installation, pool: pool.name, purchased: pool.count,
            outlook: .notEnoughData, text: "")
        var sentences = [tell(forecast.outlook, &view, days: horizon)]
        view.sure = forecast.outlook.sureness?.word.rawValue
        if let trend = forecast.trend {
            view.level = rounded(trend.level(on: today.number).middle)
            view.growth = rounded(trend.growth.middle)
            let end = today.adding(days: horizon)
            let more = max(0, trend.seats(through: end.number) - pool.count)
            view.moreSeats = more
            if more > 0 {
                view.cost = cost(of: more, license, total: total)
                sentences.append(Self.more(more, through: end, view.cost, license, total: total))
            }
            if let rise = trend.unclearRise {
                sentences.append(
                    "The last week was \(Int(rise.rounded())) seats above the level before; whether that stays, the "
                        + "next weeks show.")
            }
        }
        view.text = sentences.joined(separator: " ")
        return view
    }

    private static func tell(_ outlook: Outlook, _ view: inout SeatForecast.Pool, days: Int) -> String {
        let pool = view.pool
        switch outlook {
        case .alreadyFull(let full):
            view.outlook = .full
            view.probability = 1
            return
                "All \(view.purchased) \(pool) were in use on \(full.full) of \(full.observed) days that were seen, last on "
                + "\(LocalDay(number: full.last))."
        case .expected(let date):
            view.outlook = .expected
            view.probability = rounded(date.probability)
            view.earliest = LocalDay(number: date.earliest)
            view.middle = LocalDay(number: date.middle)
            view.latest = date.latest.map(LocalDay.init(number:))
            let range =
                view.latest.map { "between \(LocalDay(number: date.earliest)) and \($0)" }
                ?? "from \(LocalDay(number: date.earliest)) on"
            return
                "The \(view.purchased) \(pool) will be full about \(LocalDay(number: date.middle)), eight times in ten "
                + "\(range)."
        case .closeToLimit(let probability):
            view.outlook = .close
            view.probability = rounded(probability)
            return
                "Whether the use of the \(view.purchased) \(pool) grows is not certain, but a busy day may need all of them: "
                + "within \(days) days with a probability of \(percent(probability))."
        case .notWithinHorizon(let probability):
            view.outlook = .notExpected
            view.probability = rounded(probability)
            return
                "The \(view.purchased) \(pool) will do for \(days) days, but for a probability of \(percent(probability))."
        case .notEnoughData(let shortage):
            view.outlook = .notEnoughData
            return "Not enough data: \(shortage.description)"
        }
    }

    private static func more(
        _ more: Int, through end: LocalDay, _ cost: SeatForecast.Cost?, _ license: LicensedSeats, total: Int
    ) -> String {
        let seats = "\(more) more \(more == 1 ? "seat suffices" : "seats suffice") through \(end), nine times in ten"
        guard let cost, let price = license.price else { return seats + "." }
        let term = cost.term.map { ", \($0.rawValue)" } ?? ""
        return "\(seats): about \(cost.amount) \(cost.currency)\(term), as \(total) cost \(price.description)."
    }

    /// What seats cost where all of them cost the same. Recorded is only what all of an installation costs.
    private static func cost(of more: Int, _ license: LicensedSeats, total: Int) -> SeatForecast.Cost? {
        guard let price = license.price, let amount = Double(price.amount), total > 0 else { return nil }
        let hundredths = (amount / Double(total) * Double(more) * 100).rounded()
        guard hundredths < 1e15 else { return nil }
        let (whole, rest) = Int64(hundredths).quotientAndRemainder(dividingBy: 100)
        return SeatForecast.Cost(
            amount: "\(whole).\(rest < 10 ? "0" : "")\(rest)", currency: price.currency, term: license.term)
    }

    private static func percent(_ probability: Double) -> String { "\(Int((probability * 100).rounded())) %" }

    private static func rounded(_ number: Double) -> Double { (number * 100).rounded() / 100 }
}
