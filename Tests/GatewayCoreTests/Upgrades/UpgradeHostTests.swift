import AdapterKit
import Foundation
import GatewayAPI
import Testing

@testable import GatewayCore

@Suite("An upgrade whose hosts are lost or changed")
struct UpgradeHostTests {
    @Test("Each folder that is missing is told with its host before anything begins")
    func missing() async throws {
        try await UpgradeFixture.with { upgrade, gateway in
            for host in ["ts1", "ts2"] { try upgrade.lose(host) }
            let before = try upgrade.fixture.dump()
            let error = await callError { _ = try await gateway.upgrade() }
            #expect(error?.code == .invalid && error?.message.contains("ts1: ") == true, "\(error?.message ?? "")")
            #expect(error?.message.contains("ts2: ") == true)
            #expect(try upgrade.fixture.dump() == before)
        }
    }

    @Test("Two hosts that are given the same folder are told, since one file can't be put there twice")
    func shared() async throws {
        try await UpgradeFixture.with { upgrade, gateway in
            let folder = upgrade.fixture.sites + "/ts1"
            _ = try await gateway.perform(
                SetInstallation(id: "g1", site: ["terminalServers": ["ts1:\(folder)", "ts2:\(folder)/"]]))
            let error = await callError { _ = try await gateway.upgrade() }
            #expect(error?.message.contains("ts1 and ts2 would share one file") == true, "\(error?.message ?? "begun")")
        }
    }

    @Test("A host that is lost at the delivery is named, the others are put back, and it is put right once it is back")
    func lost() async throws {
        try await UpgradeFixture.with { upgrade, gateway in
            let view = try await gateway.upgrade { if $0.hasPrefix("deliver") { try? upgrade.lose("ts2") } }
            #expect(view.status == "interrupted" && view.message.contains("ts2"), "\(view.message)")
            // No delivery goes on by itself here, and what can't be true yet is not tried.
            #expect(
                !view.message.contains("goes on when") && !view.message.contains("not proven"), "\(view.message)")
            #expect(view.hosts.filter { $0.trouble != nil }.map(\.host) == ["ts2"])
            #expect(try await gateway.usersInForce() == 8)
            #expect(try await gateway.letsIn())
            let todo = try await gateway.perform(ListTodo())
            #expect(todo.contains { $0.installation == "g1" && $0.what.contains("ts2") }, "\(todo)")
            let report = try await gateway.perform(RunDue())
            #expect(report.upgrades.map(\.status) == ["interrupted"])
            try upgrade.bringBack("ts2")
            let ended = try await gateway.perform(ResumeUpgrade(installation: "g1"))
            #expect(ended.phase == "rolledBack" && ended.hosts.allSatisfy { $0.trouble == nil }, "\(ended.message)")
            for file in upgrade.files() {
                #expect(upgrade.fixture.read(file) == UpgradeFixture.Keys.eight.registration)
            }
        }
    }

    @Test("A copy that somebody changed since the snapshot is told by its host, kept, and everything else put back")
    func changed() async throws {
        try await UpgradeFixture.with { upgrade, gateway in
            let copy = upgrade.files()[2]
            let view = try await gateway.upgrade { latest in
                if latest.hasPrefix("deliver") { try? Data("mine".utf8).write(to: URL(filePath: copy)) }
            }
            #expect(view.status == "interrupted" && view.message.contains("ts2"), "\(view.message)")
            #expect(upgrade.fixture.read(copy) == "mine", "what somebody else wrote is not written over")
            #expect(upgrade.fixture.read(upgrade.files()[1]) == UpgradeFixture.Keys.eight.registration)
            try Data(UpgradeFixture.Keys.eight.registration.utf8).write(to: URL(filePath: copy))
            #expect(try await gateway.perform(ResumeUpgrade(installation: "g1")).phase == "rolledBack")
        }
    }

    @Test("A copy that was not there before is taken away by a rollback")
    func absent() async throws {
        try await UpgradeFixture.with { upgrade, gateway in
            try FileManager.default.removeItem(atPath: upgrade.files()[1])
            #expect(try await gateway.upgrade().phase == "done")
            #expect(upgrade.fixture.read(upgrade.files()[1])?.contains("1047926") == true)
            #expect(try await gateway.perform(RollBackUpgrade(installation: "g1")).phase == "rolledBack")
            #expect(upgrade.fixture.read(upgrade.files()[1]) == nil)
            let history = try await gateway.perform(ShowHistory(installation: "g1")).events
            let away = history.filter { $0.what == "taken away" }
            #expect(away.count == 1 && away[0].detail.hasPrefix("ts1: \(upgrade.files()[1]): "), "\(away)")
            #expect(history.count { $0.what == "put back" } == 2, "\(history)")
        }
    }

    @Test("An installation without terminal servers is upgraded at its server alone")
    func serverAlone() async throws {
        try await UpgradeFixture.with(hosts: []) { upgrade, gateway in
            let view = try await gateway.upgrade()
            #expect(view.phase == "done" && view.hosts.map(\.host) == ["server"], "\(view.message)")
            #expect(upgrade.fixture.read(upgrade.serverFile)?.contains("1047926") == true)
        }
    }

    @Test("Folders are found whatever the case of their letters")
    func ignoredCase() async throws {
        try await UpgradeFixture.with { upgrade, gateway in
            let lib = upgrade.fixture.sites + "/ts1/MAS90/Home/Lib"
            try FileManager.default.moveItem(atPath: lib, toPath: upgrade.fixture.sites + "/ts1/MAS90/Home/LIB")
            let lower = upgrade.fixture.sites + "/ts1/MAS90/Home/LIB/"
            try FileManager.default.moveItem(atPath: lower + "ACTIVATE.PVX", toPath: lower + "activate.pvx")
            let view = try await gateway.upgrade()
            #expect(view.phase == "done", "\(view.message)")
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: lower).sorted() == [".gatehouse", "activate.pvx"])
            #expect(upgrade.fixture.read(lower + "activate.pvx")?.contains("1047926") == true)
        }
    }

    @Test("Two names that differ in case alone are told, since nobody knows which one the product reads")
    func ambiguous() async throws {
        try await UpgradeFixture.with { upgrade, gateway in
            let twin = upgrade.fixture.sites + "/ts1/MAS90/Home/Lib/activate.pvx"
            try Data("twin".utf8).write(to: URL(filePath: twin))
            try FileManager.default.moveItem(
                atPath: upgrade.files()[1], toPath: upgrade.fixture.sites + "/ts1/MAS90/Home/Lib/Activate.pvx")
            let error = await callError { _ = try await gateway.upgrade() }
            #expect(error?.message.contains("activate.pvx") == true, "\(error?.message ?? "begun")")
        }
    }
}
