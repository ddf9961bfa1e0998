import AdapterKit
import Foundation
import GatewayAPI
import Testing

@testable import GatewayCore

@Suite("Usage, asked for and recorded")
struct UsageCallTests {
    private func withMaple(
        at now: String = "2026-11-22T18:00:00Z", lines: [String] = [],
        _ body: (SubscriptionFixture, Gateway) async throws -> Void
    ) async throws {
        let entry = SubscriptionFixture.Entry(id: "maple", expires: "2027-01-31", lines: lines)
        try await SubscriptionFixture.with([entry], at: now) { fixture in
            try await fixture.open { gateway in
                try await fixture.add(entry, to: gateway)
                _ = try await gateway.refresh("maple")
                try await body(fixture, gateway)
            }
        }
    }

    private func record(
        _ gateway: Gateway, _ inUse: Int, pool: String = "users", registered: Int? = nil, at: PointInTime = .now
    ) async throws {
        _ = try await gateway.perform(
            RecordUsage([
                UsageObservation(installation: "maple", pool: pool, inUse: inUse, registered: registered, at: at)
            ]))
    }

    private func instant(_ text: String) throws -> PointInTime {
        guard let instant = Instant(text) else { throw TestFailure("\(text) is no time") }
        return .instant(instant)
    }

    @Test("Purchased, registered and in use are three numbers; sessions count before what was seen elsewhere")
    func numbers() async throws {
        try await withMaple { fixture, gateway in
            try await record(gateway, 6, registered: 12, at: instant("2026-11-22T15:00:00Z"))
            var pool = try await gateway.perform(ShowUsage(installation: "maple")).pools.first
            #expect(pool?.purchased == 10 && pool?.registered == 12 && pool?.inUse == 6 && pool?.peak == 6)
            #expect(pool?.seen == Instant("2026-11-22T15:00:00Z"))
            for user in ["anna", "bert"] {
                _ = try await gateway.perform(ClaimSeat(installation: "maple", user: user))
            }
            pool = try await gateway.perform(ShowUsage(installation: "maple")).pools.first
            #expect(pool?.inUse == 2 && pool?.seen == nil && pool?.registered == 12)
        }
    }

    @Test("Days are the customer's, over a change of the clocks too")
    func days() async throws {
        try await withMaple { fixture, gateway in
            // Toronto is at -04:00 until 06:00Z on 1 November, and at -05:00 after.
            for (time, inUse) in [
                ("2026-11-01T03:30:00Z", 3), ("2026-11-01T04:00:00Z", 4), ("2026-11-02T04:59:59Z", 5),
                ("2026-11-02T05:00:00Z", 6),
            ] { try await record(gateway, inUse, at: instant(time)) }
            let days = try await gateway.perform(ShowUsage(installation: "maple")).pools.first?.days ?? []
            #expect(days.map { "\($0.day) \($0.peak)" } == ["2026-10-31 3", "2026-11-01 5", "2026-11-02 6"])
            #expect(days.first?.hours[23] == 3 && days.dropFirst().first?.hours[0] == 4)
            let few = try await gateway.perform(ShowUsage(installation: "maple", days: 21)).pools.first?.days ?? []
            #expect(few.map { "\($0.day)" } == ["2026-11-02"], "21 days begin on the second")
        }
    }

    @Test("A day alone stands for its peak; of today it is recorded now")
    func day() async throws {
        try await withMaple { _, gateway in
            let day = try #require(LocalDay("2026-11-20"))
            try await record(gateway, 8, at: .day(day))
            try await record(gateway, 9, at: .day(day.adding(days: 2)))
            let days = try await gateway.perform(ShowUsage(installation: "maple")).pools.first?.days ?? []
            #expect(days.map { "\($0.day) \($0.peak)" } == ["2026-11-20 8", "2026-11-22 9"])
            #expect(days.first?.hours[12] == 8)
        }
    }

    @Test(
        "What can't have been seen is refused, and nothing is recorded",
        arguments: [
            ("no seats \"desks\"", "desks", 5, nil, "2026-11-20T10:00:00Z"),
            ("still to come", "users", 5, nil, "2026-11-23T10:00:00Z"),
            ("days ago", "users", 5, nil, "2010-01-01T10:00:00Z"),
            ("from 0 to", "users", -1, nil, "2026-11-20T10:00:00Z"),
            ("from 0 to", "users", 1, 2_000_000_000, "2026-11-20T10:00:00Z"),
            ("must be named", "module:G L", 1, nil, "2026-11-20T10:00:00Z"),
        ] as [(String, String, Int, Int?, String)])
    func refused(why: String, pool: String, inUse: Int, registered: Int?, at: String) async throws {
        try await withMaple { _, gateway in
            let good = UsageObservation(installation: "maple", pool: "users", inUse: 4)
            let bad = UsageObservation(
                installation: "maple", pool: pool, inUse: inUse, registered: registered, at: try instant(at))
            let error = await callError { _ = try await gateway.perform(RecordUsage([good, bad])) }
            #expect(error?.code == .invalid && error?.message.contains(why) == true, "\(error?.message ?? "none")")
            #expect(try await gateway.perform(ShowUsage(installation: "maple")).pools.allSatisfy { $0.peak == 0 })
        }
    }

    @Test("All bad rows of a file are told at once with line and column, and then nothing of it is taken")
    func file() async throws {
        try await withMaple { _, gateway in
            let text = """
                \u{FEFF}installation;pool;at;inUse;registered\r
                maple;users;2026-11-20;4;11\r
                maple;users;03/04/2026;7;\r
                mapel;users;2026-11-20;4;\r
                maple;usres;2026-11-20;1.2E+11;\r
                maple;desks;2026-11-20;many;\r
                maple;desks;2026-11-20;4;\r

                """
            let report = try await gateway.perform(ImportUsage(contents: Data(text.utf8), file: "seen.csv"))
            #expect(
                report.problems.map { "\($0.line):\($0.column)" } == ["3:13", "4:1", "5:24", "6:24", "7:7"],
                "\(report.problems.map(\.shown))")
            #expect(report.recorded == 0)
            #expect(try await gateway.perform(ShowUsage(installation: "maple")).pools.allSatisfy { $0.peak == 0 })
            let good = text.split(separator: "\r\n").prefix(2).joined(separator: "\r\n")
            let taken = try await gateway.perform(ImportUsage(contents: Data(good.utf8), file: "seen.csv"))
            #expect(taken.recorded == 1 && taken.problems.isEmpty)
            #expect(try await gateway.perform(ShowUsage(installation: "maple")).pools.first?.registered == 11)
        }
    }

    @Test(
        "A file without its columns, or without rows, is refused",
        arguments: ["", "installation,pool\n", "installation,pool,at,inUse\n", "a,b,c,d\n1,2,3,4\n"])
    func noRows(text: String) async throws {
        try await withMaple { _, gateway in
            let call = ImportUsage(contents: Data(text.utf8), file: "seen.csv")
            let answer = try? await gateway.perform(call)
            #expect(answer == nil || answer?.problems.isEmpty == false)
            #expect(answer?.recorded ?? 0 == 0)
        }
    }

    @Test("The report tells what is too little, too much and unused, with the hour that is being counted")
    func report() async throws {
        let modules = "modules: [{ code: GL, name: General Ledger }, { code: AP, name: Accounts Payable }]"
        try await withMaple(lines: [modules]) { fixture, gateway in
            let day = try #require(LocalDay("2026-10-20"))
            for number in 0..<25 {
                try await record(gateway, 11, at: .day(day.adding(days: number)))
                try await record(gateway, 2, pool: "webUsers", at: .day(day.adding(days: number)))
            }
            for number in 0..<11 {
                _ = try await gateway.perform(
                    ClaimSeat(installation: "maple", user: "user-\(number)", modules: number == 0 ? ["GL"] : []))
            }
            let report = try await gateway.perform(ReportLicenses())
            let found = report.findings.map { "\($0.kind.rawValue) \($0.subject)" }
            #expect(found == ["over-used users", "denied users", "under-used webUsers", "unused module AP"])
            #expect(report.findings[1].denials == 1 && report.findings[0].peak == 11)
            #expect(report.unknown == 0 && report.installations == 1)
            let none = try await gateway.perform(ReportLicenses(), by: .limited(to: "maple"))
            #expect(none.findings.count == 4)
            fixture.time.pass(hours: 24 * 100)
            let later = try await gateway.perform(ReportLicenses(days: 30))
            #expect(later.findings.isEmpty)
        }
    }

    @Test("Another customer's usage is not there")
    func scope() async throws {
        try await withMaple { _, gateway in
            _ = try await gateway.perform(
                AddCustomer(id: "cedar", displayName: "Cedar", timeZone: "America/Toronto"))
            for call in [ShowUsage(installation: "maple"), ShowUsage(installation: "nothing")] {
                let error = await callError { _ = try await gateway.perform(call, by: .limited(to: "cedar")) }
                #expect(error?.code == .notFound)
            }
            let error = await callError {
                _ = try await gateway.perform(
                    RecordUsage([UsageObservation(installation: "maple", pool: "users", inUse: 1)]),
                    by: .limited(to: "cedar"))
            }
            #expect(error?.message.contains("There is no installation \"maple\"") == true)
            #expect(try await gateway.perform(ReportLicenses(), by: .limited(to: "cedar")).installations == 0)
        }
    }
}
