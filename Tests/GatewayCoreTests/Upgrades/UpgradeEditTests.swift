import AdapterKit
import Foundation
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

@Suite("Editing and archiving what is being upgraded")
struct UpgradeEditTests {
    @Test("Hosts that are added or taken away while it is planned are those that it reaches")
    func siteWhilePlanned() async throws {
        try await UpgradeFixture.with { upgrade, gateway in
            _ = try await gateway.upgrade(start: "2026-11-24T01:00:00Z")
            let new = upgrade.fixture.sites + "/ts3"
            try upgrade.make(new + "/MAS90/Home/Lib")
            _ = try await gateway.perform(
                SetInstallation(
                    id: "g1", site: ["terminalServers": ["ts3:\(new)", "ts2:\(upgrade.fixture.sites)/ts2"]]))
            let planned = try await gateway.perform(ShowUpgrade(installation: "g1"))
            #expect(planned.hosts.map(\.host) == ["server", "ts3", "ts2"])
            try upgrade.time.set("2026-11-24T01:00:00Z")
            let report = try await gateway.perform(RunDue())
            let view = try #require(report.upgrades.first)
            #expect(view.phase == "done" && view.hosts.map(\.host) == ["server", "ts3", "ts2"], "\(view.message)")
            #expect(upgrade.fixture.read(upgrade.files(["ts3"])[1])?.contains("1047926") == true)
            #expect(upgrade.fixture.read(upgrade.files(["ts1"])[1]) == UpgradeFixture.Keys.eight.registration)
            let back = try await gateway.perform(RollBackUpgrade(installation: "g1"))
            #expect(back.phase == "rolledBack", "\(back.message)")
            #expect(upgrade.fixture.read(upgrade.files(["ts3"])[1]) == nil)
        }
    }

    @Test("One that is planned keeps the identity as it is, and is told; archiving gives it up with its keys")
    func whilePlanned() async throws {
        try await UpgradeFixture.with { upgrade, gateway in
            _ = try await gateway.upgrade(start: "2026-11-24T01:00:00Z")
            let error = await callError {
                _ = try await gateway.perform(SetInstallation(id: "g1", identity: ["serialNumber": "1047926"]))
            }
            #expect(error?.message.contains("planned for 2026-11-24T01:00:00Z") == true, "\(error?.message ?? "set")")
            #expect(error?.message.contains("upgrade rollback g1") == true)
            #expect(try await gateway.perform(ShowUpgrade(installation: "g1")).status == "planned")
            let explained = try await gateway.perform(Explain(installation: "g1"))
            #expect(explained.steps.contains { $0.contains("is planned for") }, "\(explained.steps)")
            let timeline = try await gateway.perform(ShowTimeline(installation: "g1"))
            let begins = timeline.changes.first { $0.cause == "upgrade planned" }
            #expect(begins.map { "\($0.at)" } == "2026-11-24T01:00:00Z", "\(timeline.changes)")
            _ = try await gateway.perform(ArchiveInstallation(id: "g1"))
            try upgrade.time.set("2026-11-24T01:00:00Z")
            #expect(try await gateway.perform(RunDue()).upgrades.isEmpty)
            #expect(try await gateway.store.sealedAnswers().isEmpty)
        }
    }

    @Test("While it is interrupted, neither identity nor site is changed, nor is it archived")
    func whileInterrupted() async throws {
        try await UpgradeFixture.with { upgrade, gateway in
            _ = try await gateway.upgrade { if $0.hasPrefix("deliver") { try? upgrade.lose("ts2") } }
            let before = try upgrade.fixture.dump()
            for call in [
                SetInstallation(id: "g1", identity: ["serialNumber": "1047926"]),
                SetInstallation(id: "g1", site: ["terminalServers": []]),
                SetInstallation(id: "g1", site: ["terminalServers": ["ts1:\(upgrade.fixture.sites)/ts1"]]),
            ] {
                let error = await callError { _ = try await gateway.perform(call) }
                #expect(error?.message.contains("upgrade rollback g1") == true, "\(error?.message ?? "changed")")
            }
            for archive: () async throws -> Void in [
                { _ = try await gateway.perform(ArchiveInstallation(id: "g1")) },
                { _ = try await gateway.perform(ArchiveCustomer(id: "granite")) },
            ] {
                let error = await callError(archive)
                #expect(error?.message.contains("upgrade rollback g1") == true, "\(error?.message ?? "archived")")
            }
            #expect(try upgrade.fixture.dump() == before)
            // What has nothing to do with it may be changed.
            _ = try await gateway.perform(SetInstallation(id: "g1", facts: FactChanges(notes: "Call Kim.")))
            try upgrade.bringBack("ts2")
            #expect(try await gateway.perform(ResumeUpgrade(installation: "g1")).phase == "rolledBack")
        }
    }

    @Test("A refresh of what is interrupted says how to go on, and changes nothing")
    func refresh() async throws {
        try await UpgradeFixture.with { upgrade, gateway in
            _ = try await gateway.upgrade { if $0.hasPrefix("deliver") { try? upgrade.lose("ts2") } }
            let result = try await gateway.refresh("g1")
            #expect(result.outcome.isFailure && result.message.contains("upgrade resume g1"), "\(result)")
        }
    }
}
