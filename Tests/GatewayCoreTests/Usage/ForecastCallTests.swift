import AdapterKit
import Foundation
import GatewayAPI
import Testing

@testable import GatewayCore

@Suite("When a pool will be full, asked for")
struct ForecastCallTests {
    /// Ten users and five web users in Toronto, from the second of March on.
    private func withMaple(_ body: (SubscriptionFixture, Gateway) async throws -> Void) async throws {
        let entry = SubscriptionFixture.Entry(id: "maple", expires: "2028-01-31")
        try await SubscriptionFixture.with([entry], at: "2026-11-20T22:00:00Z") { fixture in
            try await fixture.open { gateway in
                try await fixture.add(entry, to: gateway)
                _ = try await gateway.refresh("maple")
                try await body(fixture, gateway)
            }
        }
    }

    /// Records the peaks of the working days of so many weeks up to now.
    private func record(
        _ gateway: Gateway, pool: String = "users", weeks: Int, _ peak: (_ week: Int) -> Int
    ) async throws {
        let friday = try #require(LocalDay("2026-11-20"))
        let observations = (0..<weeks * 7).compactMap { back -> UsageObservation? in
            guard back % 7 < 5 else { return nil }
            return UsageObservation(
                installation: "maple", pool: pool, inUse: peak(weeks - 1 - back / 7),
                at: .day(friday.adding(days: -back)))
        }
        _ = try await gateway.perform(RecordUsage(observations))
    }

    @Test("A pool that grows is full about when its growth says, with a range around, and what more cost")
    func growth() async throws {
        try await withMaple { _, gateway in
            _ = try await gateway.perform(
                SetInstallation(id: "maple", facts: FactChanges(term: "annual", price: "1500.00 CAD")))
            // One more every eight weeks: 3, then 8 in the last weeks; ten are reached in about sixteen weeks.
            try await record(gateway, weeks: 48) { 3 + $0 / 8 }
            let forecast = try await gateway.perform(ForecastSeats())
            let pool = try #require(forecast.pools.first)
            #expect(pool.pool == "users" && pool.outlook == .expected && pool.purchased == 10)
            let middle = try #require(pool.middle)
            let earliest = try #require(pool.earliest)
            #expect(
                LocalDay("2027-01-01").map { middle > $0 } == true && LocalDay("2027-06-30").map { middle < $0 } == true
            )
            #expect(earliest < middle && pool.latest.map { middle < $0 } ?? true)
            let more = try #require(pool.moreSeats)
            let cost = try #require(pool.cost)
            #expect(more > 0 && cost.currency == "CAD" && cost.term == .annual)
            // Fifteen seats of both pools cost 1500: a hundred each.
            #expect(cost.amount == "\(more * 100).00")
            #expect(pool.text.contains("will be full about \(middle)") && pool.text.contains("1500.00 CAD"))
        }
    }

    @Test("Steady use is not expected to fill a pool, and too little use is told as that")
    func steady() async throws {
        try await withMaple { _, gateway in
            try await record(gateway, weeks: 40) { 4 + $0 % 2 }
            try await record(gateway, pool: "webUsers", weeks: 2) { _ in 3 }
            let forecast = try await gateway.perform(ForecastSeats(installation: "maple"))
            #expect(forecast.pools.map(\.pool) == ["users", "webUsers"])
            #expect(forecast.pools.map(\.outlook) == [.notExpected, .notEnoughData])
            #expect(forecast.pools[0].moreSeats == 0 && forecast.pools[0].cost == nil)
            #expect(forecast.pools[1].sure == nil && forecast.pools[1].text.contains("Not enough data"))
        }
    }

    @Test("Claims of the hour that is being counted are seen: a pool that is full now is told so")
    func now() async throws {
        try await withMaple { _, gateway in
            for number in 0..<5 {
                _ = try await gateway.perform(
                    ClaimSeat(installation: "maple", user: "user-\(number)", pool: "webUsers"))
            }
            let pool = try await gateway.perform(ForecastSeats()).pools.first
            #expect(pool?.pool == "webUsers" && pool?.outlook == .full && pool?.probability == 1)
        }
    }

    @Test("Days that a clock that was ahead left behind count neither for a forecast nor for a report")
    func ahead() async throws {
        try await withMaple { fixture, gateway in
            fixture.time.pass(hours: 24 * 365)
            _ = try await gateway.perform(
                RecordUsage([UsageObservation(installation: "maple", pool: "users", inUse: 99)]))
            fixture.time.pass(hours: -24 * 365)
            #expect(try await gateway.perform(ReportLicenses()).findings.isEmpty)
            #expect(try await gateway.perform(ForecastSeats()).pools.allSatisfy { $0.outlook == .notEnoughData })
        }
    }

    @Test("A horizon that is none is refused, and another customer's pools are not there", arguments: [6, 1771])
    func refused(days: Int) async throws {
        try await withMaple { _, gateway in
            let error = await callError { _ = try await gateway.perform(ForecastSeats(days: days)) }
            #expect(error?.code == .invalid)
            _ = try await gateway.perform(AddCustomer(id: "cedar", displayName: "Cedar", timeZone: "America/Toronto"))
            #expect(try await gateway.perform(ForecastSeats(), by: .limited(to: "cedar")).pools.isEmpty)
            let other = await callError {
                _ = try await gateway.perform(ForecastSeats(installation: "maple"), by: .limited(to: "cedar"))
            }
            #expect(other?.code == .notFound)
        }
    }
}
