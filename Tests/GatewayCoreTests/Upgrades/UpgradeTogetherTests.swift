import AdapterKit
import Foundation
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

@Suite("Upgrades that several are at, and keys of the gateway's own that change under them")
struct UpgradeTogetherTests {
    /// What came of calls that are made at the same time.
    private func together(
        _ first: @escaping @Sendable () async throws -> UpgradeView,
        _ second: @escaping @Sendable () async throws -> UpgradeView
    ) async -> [Result<UpgradeView, any Error>] {
        await withTaskGroup(of: Result<UpgradeView, any Error>.self) { group in
            for call in [first, second] {
                group.addTask {
                    do { return .success(try await call()) } catch { return .failure(error) }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    private func check(_ results: [Result<UpgradeView, any Error>], phase: String) {
        let views = results.compactMap { try? $0.get() }
        #expect(views.map(\.phase) == [phase], "\(results)")
        for case .failure(let error) in results {
            #expect((error as? CallError)?.code == .conflict, "\(error)")
        }
    }

    @Test("Of two that are begun at once one is made, the other refused")
    func begun() async throws {
        try await UpgradeFixture.with { (upgrade, gateway) async throws in
            try await upgrade.open { (other) async throws in
                let results = await together({ try await gateway.upgrade() }, { try await other.upgrade() })
                check(results, phase: "done")
                #expect(try await gateway.usersInForce() == 12)
            }
        }
    }

    @Test("Of two processes that go on with one at once, one does")
    func resumed() async throws {
        try await UpgradeFixture.with { (upgrade, gateway) async throws in
            _ = try await gateway.upgrade { if $0.hasPrefix("deliver") { try? upgrade.lose("ts2") } }
            try upgrade.bringBack("ts2")
            try await upgrade.open { (other) async throws in
                let call = ResumeUpgrade(installation: "g1")
                check(
                    await together({ try await gateway.perform(call) }, { try await other.perform(call) }),
                    phase: "rolledBack")
                for file in upgrade.files() {
                    #expect(upgrade.fixture.read(file) == UpgradeFixture.Keys.eight.registration)
                }
            }
        }
    }

    @Test("What is due at two processes at once is begun by one")
    func due() async throws {
        try await UpgradeFixture.with { (upgrade, gateway) async throws in
            _ = try await gateway.upgrade(start: "2026-11-24T01:00:00Z")
            try upgrade.time.set("2026-11-24T01:00:00Z")
            try await upgrade.open { (other) async throws in
                async let first = gateway.perform(RunDue())
                async let second = other.perform(RunDue())
                let views = try await first.upgrades + second.upgrades
                #expect(views.contains { $0.phase == "done" }, "\(views.map(\.message))")
                let view = try await gateway.perform(ShowUpgrade(installation: "g1"))
                #expect(view.steps.count { $0.detail == "POST /v1/activation, once" } == 1)
                #expect(try await gateway.usersInForce() == 12)
            }
        }
    }

    @Test("A key file that is rotated while it is planned, interrupted or watched opens all that is kept")
    func rotated() async throws {
        try await UpgradeFixture.with { (upgrade, gateway) async throws in
            _ = try await gateway.upgrade(start: "2026-11-24T01:00:00Z")
            #expect(try await gateway.perform(RotateKeyFile()).resealed == 1)
            try upgrade.time.set("2026-11-24T01:00:00Z")
            #expect(try await gateway.perform(RunDue()).upgrades.map(\.phase) == ["done"])
            #expect(try await gateway.perform(RotateKeyFile()).resealed == 4, "the grant, and three files of before")
            #expect(try await gateway.perform(RollBackUpgrade(installation: "g1")).phase == "rolledBack")
            upgrade.time.pass(hours: 1)
            _ = try await gateway.upgrade { if $0.hasPrefix("deliver") { try? upgrade.lose("ts2") } }
            #expect(try await gateway.perform(RotateKeyFile()).givenUp == 0)
            try upgrade.bringBack("ts2")
            #expect(try await gateway.perform(ResumeUpgrade(installation: "g1")).phase == "rolledBack")
        }
    }

    @Test("A planned one whose key file is lost ends before anything is changed, and says so")
    func lostKey() async throws {
        try await UpgradeFixture.with { (upgrade, gateway) async throws in
            _ = try await gateway.upgrade(start: "2026-11-24T01:00:00Z")
            try FileManager.default.removeItem(atPath: gateway.configuration.keyFile)
            try upgrade.time.set("2026-11-24T01:00:00Z")
            let view = try #require(try await gateway.perform(RunDue()).upgrades.first)
            #expect(view.phase == "failed" && view.message.hasSuffix("Nothing was changed."), "\(view.message)")
            #expect(try await gateway.usersInForce() == 8)
            #expect(try await gateway.letsIn())
        }
    }

    @Test("Who may see another customer alone sees nothing of it, and does nothing to it")
    func scope() async throws {
        try await UpgradeFixture.with { (upgrade, gateway) async throws in
            _ = try await gateway.perform(AddCustomer(id: "south", displayName: "South", timeZone: "UTC"))
            _ = try await gateway.upgrade(start: "2026-11-24T01:00:00Z")
            try upgrade.time.set("2026-11-24T01:00:00Z")
            let south = Caller.limited(to: "south")
            let calls: [() async throws -> Void] = [
                { _ = try await gateway.perform(ShowUpgrade(installation: "g1"), by: south) },
                { _ = try await gateway.perform(ResumeUpgrade(installation: "g1"), by: south) },
                { _ = try await gateway.perform(RollBackUpgrade(installation: "g1"), by: south) },
                { _ = try await gateway.perform(ObserveUpgrade(installation: "g1", note: "x"), by: south) },
            ]
            for call in calls {
                let error = await callError(call)
                #expect(error?.code == .notFound, "\(error?.message ?? "done")")
            }
            #expect(try await gateway.perform(RunDue(), by: south).upgrades.isEmpty)
            #expect(try await gateway.perform(RunDue(), by: .limited(to: "granite")).upgrades.map(\.phase) == ["done"])
        }
    }
}
