import AdapterKit
import Foundation
import GRDB
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

@Suite("Upgrading keys that a person activates in the product")
struct UpgradeByHandTests {
    private static let values = ["seats.users": "12", "expires": "2031-01-31"]
    /// What the product writes on its server when the new keys are activated.
    private static let written = UpgradeFixture.Keys.twelve.registration

    /// An upgrade that waits for its person, and the operation's ID.
    private func asked(_ body: (UpgradeFixture, Gateway, String) async throws -> Void) async throws {
        try await UpgradeFixture.with(extends: "sage100-by-hand") { upgrade, gateway in
            let view = try await gateway.upgrade()
            #expect(view.status == "asking" && view.phase == "activate", "\(view.message)")
            try await body(upgrade, gateway, try #require(view.operation))
        }
    }

    private func activate(_ upgrade: UpgradeFixture) throws {
        try Data(Self.written.utf8).write(to: URL(filePath: upgrade.serverFile))
    }

    private func done(_ gateway: Gateway, _ operation: String) async throws -> RefreshResult {
        try await gateway.perform(
            CompleteStep(
                operation: operation, step: 1, files: [AttachedFile(name: "tab3.png", contents: [1, 2])],
                values: Self.values, note: "As tab 3 shows it."))
    }

    @Test("What the product wrote goes to every terminal server, and what was recorded is in force, unverified")
    func done() async throws {
        try await asked { (upgrade, gateway, operation) async throws in
            // The gateway is started anew meanwhile: another process takes it up.
            try await upgrade.open { (other) async throws in
                let step = try await other.perform(ListSteps()).first
                #expect(step?.operation == operation)
                try activate(upgrade)
                let result = try await done(other, operation)
                #expect(result.outcome == .updated, "\(result.message)")
            }
            for file in upgrade.files() { #expect(upgrade.fixture.read(file) == Self.written) }
            #expect(try await gateway.usersInForce() == 12)
            #expect(try await gateway.stored("g1").isUnverified)
            #expect(try await gateway.letsIn())
            let kept = try await gateway.store.attachments(of: operation)
            #expect(kept.map(\.name) == ["tab3.png"])
            let view = try await gateway.perform(ShowUpgrade(installation: "g1"))
            #expect(view.steps.contains { $0.detail.contains("keys activated; tab3.png") })
            let stored = try upgrade.fixture.dump().joined()
            #expect(!stored.contains("U7Q4-20MC-91XK"))
        }
    }

    @Test("Before the keys are activated it is not done, and can be once they are")
    func notYet() async throws {
        try await asked { (upgrade, gateway, operation) async throws in
            let early = await callError { _ = try await done(gateway, operation) }
            #expect(early?.message.contains("is as it was before") == true, "\(early?.message ?? "done")")
            try FileManager.default.removeItem(atPath: upgrade.serverFile)
            let absent = await callError { _ = try await done(gateway, operation) }
            #expect(absent?.message.contains("has written no registration file") == true, "\(absent?.message ?? "")")
            try activate(upgrade)
            #expect(try await done(gateway, operation).outcome == .updated)
        }
    }

    @Test("It is taken back before anything was activated, after the product wrote, and after it was done")
    func rolledBack() async throws {
        for point in 0...2 {
            try await asked { (upgrade, gateway, operation) async throws in
                if point > 0 { try activate(upgrade) }
                if point > 1 { _ = try await done(gateway, operation) }
                let view = try await gateway.perform(RollBackUpgrade(installation: "g1"))
                #expect(view.phase == "rolledBack", "\(point): \(view.message)")
                // Nothing was ever recorded of what the original keys grant: nothing is said to be proven of them.
                let untried = "the original keys could not be tried: the license counts no seats"
                #expect(view.message.contains(untried), "\(point): \(view.message)")
                for file in upgrade.files() {
                    #expect(upgrade.fixture.read(file) == UpgradeFixture.Keys.eight.registration, "\(point): \(file)")
                }
                #expect(try await gateway.stored("g1").identity["serialNumber"] == "1047733")
                #expect(try await gateway.perform(ListSteps()).isEmpty)
            }
        }
    }

    @Test("A host that is lost when it is done is named, and everything is put back once it is there again")
    func lost() async throws {
        try await asked { (upgrade, gateway, operation) async throws in
            try activate(upgrade)
            try upgrade.lose("ts1")
            let result = try await done(gateway, operation)
            #expect(result.outcome.isFailure && result.message.contains("ts1"), "\(result.message)")
            try upgrade.bringBack("ts1")
            let status = try await gateway.perform(ShowUpgrade(installation: "g1")).status
            if status == "interrupted" { _ = try await gateway.perform(ResumeUpgrade(installation: "g1")) }
            #expect(try await gateway.perform(ShowUpgrade(installation: "g1")).phase == "rolledBack")
            for file in upgrade.files() {
                #expect(upgrade.fixture.read(file) == UpgradeFixture.Keys.eight.registration)
            }
        }
    }

    @Test("While it waits, the installation is neither edited nor archived, and its step is not given up")
    func edits() async throws {
        try await asked { (_, gateway, operation) async throws in
            let calls: [() async throws -> Void] = [
                { _ = try await gateway.perform(SetInstallation(id: "g1", identity: ["serialNumber": "1047926"])) },
                { _ = try await gateway.perform(ArchiveInstallation(id: "g1")) },
                { _ = try await gateway.perform(CancelStep(operation: operation)) },
                { _ = try await gateway.perform(ResumeUpgrade(installation: "g1")) },
            ]
            for call in calls {
                let error = await callError(call)
                #expect(error?.code == .conflict, "\(error?.message ?? "done")")
            }
            #expect(try await gateway.perform(RunDue()).upgrades.isEmpty)
        }
    }

    @Test("What the product wrote where nothing had been is not removed: its place is named until it is moved away")
    func nothingBefore() async throws {
        try await UpgradeFixture.with(extends: "sage100-by-hand") { upgrade, gateway in
            try FileManager.default.removeItem(atPath: upgrade.serverFile)
            _ = try await gateway.upgrade()
            try activate(upgrade)
            let view = try await gateway.perform(RollBackUpgrade(installation: "g1"))
            #expect(view.status == "interrupted" && view.message.contains("server"), "\(view.message)")
            try FileManager.default.removeItem(atPath: upgrade.serverFile)
            #expect(try await gateway.perform(ResumeUpgrade(installation: "g1")).phase == "rolledBack")
        }
    }

    @Test("Files are put back where they stood, whatever the site names by now")
    func otherSite() async throws {
        try await UpgradeFixture.with(extends: "sage100-by-hand") { upgrade, gateway in
            let files = upgrade.files()
            let before = ["server", "ts1", "ts2"].map { "\(UpgradeFixture.Keys.eight.registration); of \($0)\r\n" }
            for (file, text) in zip(files, before) { try Data(text.utf8).write(to: URL(filePath: file)) }
            _ = try await gateway.upgrade()
            try activate(upgrade)
            // What no call allows any more, and an older version did.
            let site = [
                "server": ["\(upgrade.fixture.sites)/server"], "terminalServers": ["ts2:\(upgrade.fixture.sites)/ts2"],
            ]
            let text = String(decoding: try JSONEncoder().encode(site), as: UTF8.self)
            try upgrade.fixture.raw { try $0.execute(sql: "UPDATE installations SET site = ?1", arguments: [text]) }
            for file in files { try Data("the product's".utf8).write(to: URL(filePath: file)) }
            let view = try await gateway.perform(RollBackUpgrade(installation: "g1"))
            #expect(view.phase == "rolledBack", "\(view.message)")
            #expect(files.map { upgrade.fixture.read($0) } == before)
        }
    }

    @Test("What stood there before and is not kept any more is told as that, and nothing is to be moved away")
    func withoutKeyFile() async throws {
        try await asked { (upgrade, gateway, _) async throws in
            try activate(upgrade)
            try FileManager.default.removeItem(atPath: gateway.configuration.keyFile)
            _ = try await gateway.perform(RotateKeyFile(lost: true))
            let view = try await gateway.perform(RollBackUpgrade(installation: "g1"))
            #expect(view.status == "interrupted" && view.message.contains("not kept any more"), "\(view.message)")
            #expect(!view.message.contains("move it away"), "\(view.message)")
            try Data(UpgradeFixture.Keys.eight.registration.utf8).write(to: URL(filePath: upgrade.serverFile))
            #expect(try await gateway.perform(ResumeUpgrade(installation: "g1")).phase == "rolledBack")
        }
    }
}
