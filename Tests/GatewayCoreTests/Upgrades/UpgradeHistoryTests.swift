import AdapterKit
import Foundation
import GatewayAPI
import Testing

@testable import GatewayCore

@Suite("What the history tells of upgrades")
struct UpgradeHistoryTests {
    private func history(_ gateway: Gateway) async throws -> [HistoryView.Event] {
        try await gateway.perform(ShowHistory(installation: "g1")).events
    }

    @Test("What was in force and was rolled back is told with both: when, by whom, what it was before and then")
    func rolledBack() async throws {
        try await UpgradeFixture.with { upgrade, gateway in
            upgrade.time.pass(hours: 1)
            let begun = upgrade.time.now
            _ = try await gateway.upgrade(by: Caller(id: "local:1001", name: "Kim", scope: .portfolio))
            upgrade.time.pass(hours: 30)
            _ = try await gateway.perform(RollBackUpgrade(installation: "g1"))
            let events = try await history(gateway)
            let serial = "Serial Number: \"1047733\" → \"1047926\""
            let rows = events.filter { $0.kind == .operation && $0.what == "upgrade" }
            try #require(rows.count == 2, "\(rows)")
            #expect(rows[0].at == begun && rows[0].who == "Kim" && rows[0].detail.hasPrefix("upgraded: "), "\(rows[0])")
            #expect(rows[1].at == upgrade.time.now && rows[1].detail.hasPrefix("rolledBack: "), "\(rows[1])")
            #expect(rows[1].detail.contains("rolled back by local:1000"), "\(rows[1])")
            for row in rows {
                #expect(row.detail.contains(serial) && row.detail.contains("Users: \"8\" → \"12\""), "\(row)")
                #expect(!row.detail.contains("User Key"), "\(row)")
            }
            let changes = events.filter { $0.kind == .entitlement }
            #expect(changes.map(\.what) == ["granted", "changed", "in force again"], "\(changes)")
            #expect(changes[1].at == begun && changes[1].detail.contains("users 8 → 12"), "\(changes)")
            #expect(changes[2].at == upgrade.time.now && changes[2].detail.contains("users 12 → 8"), "\(changes)")
            // What comes next is compared with what was in force then.
            upgrade.time.pass(hours: 1)
            try upgrade.write(expires: "2032-01-31")
            _ = try await gateway.refresh("g1")
            let last = try #require(try await history(gateway).last { $0.kind == .entitlement })
            #expect(last.what == "changed" && !last.detail.contains("users"), "\(last)")
        }
    }

    @Test("One that failed before it was done is told with what was tried, and why")
    func failed() async throws {
        try await UpgradeFixture.with { upgrade, gateway in
            upgrade.time.pass(hours: 1)
            try upgrade.write(new: "2026-01-31")
            _ = try await gateway.upgrade()
            let events = try await history(gateway)
            let rows = events.filter { $0.kind == .operation && $0.what == "upgrade" }
            #expect(rows.count == 1 && rows[0].detail.hasPrefix("rolledBack: With the new keys nobody"), "\(rows)")
            #expect(rows[0].detail.contains("Serial Number: \"1047733\" → \"1047926\""), "\(rows)")
            #expect(
                events.filter { $0.kind == .entitlement }.map(\.what) == ["granted", "changed", "in force again"],
                "\(events)"
            )
        }
    }

    @Test("Where the vendor refused the keys, the identity that was tried is told, and nothing came into force")
    func refused() async throws {
        try await UpgradeFixture.with { upgrade, gateway in
            var wrong = UpgradeFixture.Keys.twelve
            wrong.userKey = "U7Q4-20MC-91XX"
            _ = try await gateway.upgrade(wrong)
            let events = try await history(gateway)
            let row = try #require(events.first { $0.kind == .operation && $0.what == "upgrade" })
            #expect(row.detail.contains("Serial Number: \"1047733\" → \"1047926\""), "\(row)")
            #expect(events.filter { $0.kind == .entitlement }.map(\.what) == ["granted"], "\(events)")
        }
    }

    @Test("One that is open again to be rolled back was upgraded all the same")
    func reopened() async throws {
        try await UpgradeFixture.with { upgrade, gateway in
            _ = try await gateway.upgrade()
            upgrade.time.pass(hours: 1)
            try upgrade.lose("ts2")
            let view = try await gateway.perform(RollBackUpgrade(installation: "g1"))
            #expect(view.status == "interrupted", "\(view.message)")
            let rows = try await history(gateway).filter { $0.kind == .operation && $0.what == "upgrade" }
            #expect(rows.contains { $0.detail.hasPrefix("upgraded: ") && $0.at < upgrade.time.now }, "\(rows)")
            #expect(rows.contains { $0.detail.hasPrefix("interrupted: ") }, "\(rows)")
        }
    }
}
