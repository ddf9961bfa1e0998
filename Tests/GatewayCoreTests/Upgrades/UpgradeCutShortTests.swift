import AdapterKit
import Foundation
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

@Suite("What is told of files while an upgrade is open, and after a backup of that moment is restored")
struct UpgradeCutShortTests {
    /// The second upgrade as a process leaves it that is killed at a step.
    private func killed(
        at step: String, _ body: @escaping (UpgradeFixture, Gateway) async throws -> Void
    ) async throws {
        try await UpgradeFixture.with { upgrade, gateway in
            _ = try await gateway.upgrade(.twelve)
            try upgrade.write([.eight, .twelve, .twenty])
            upgrade.time.pass(hours: 1)
            let copy = upgrade.fixture.folder + "/killed.db"
            let view = try await gateway.upgrade(.twenty) { latest in
                guard latest.hasPrefix(step), !FileManager.default.fileExists(atPath: copy) else { return }
                try? upgrade.fixture.copyStore(to: copy)
            }
            #expect(view.phase == "done", "\(view.message)")
            try await upgrade.open(store: copy) { try await body(upgrade, $0) }
        }
    }

    @Test("While it is open nobody is accused: that it is open is told, and what goes on with it")
    func open() async throws {
        try await killed(at: "restart") { upgrade, gateway in
            let explanation = try await gateway.perform(Explain(installation: "g1"))
            #expect(Set(explanation.files.map(\.state.rawValue)) == ["upgrading"], "\(explanation.files)")
            let steps = explanation.steps.joined(separator: "\n")
            #expect(steps.contains("gatehouse upgrade resume g1") && !steps.contains("omebody changed"), "\(steps)")
            #expect(!steps.contains("gatehouse refresh g1"), "\(steps)")
            let report = try await gateway.caretaker.perform(Examine(), by: .msp)
            let found = report.findings.filter { $0.check == .deliveries }
            #expect(found.count == 3 && found.allSatisfy { $0.state == .warning }, "\(found)")
            for finding in found {
                #expect(finding.found.contains("upgrade") && !finding.found.contains("omebody"), "\(finding)")
                let advice = finding.advice ?? ""
                #expect(advice.contains("gatehouse upgrade resume g1") && !advice.contains("refresh"), "\(finding)")
            }
            // Once it has ended, files are judged as ever.
            #expect(try await gateway.perform(RollBackUpgrade(installation: "g1")).phase == "rolledBack")
            let after = try await gateway.perform(Explain(installation: "g1"))
            #expect(Set(after.files.map(\.state.rawValue)) == ["asDelivered"], "\(after.files)")
        }
    }

    @Test("What is as it was delivered is no finding while an upgrade is open")
    func untouched() async throws {
        try await UpgradeFixture.with { upgrade, gateway in
            _ = try await gateway.upgrade(.twelve)
            upgrade.time.pass(hours: 1)
            let view = try await gateway.upgrade(.eight) { if $0.hasPrefix("deliver") { try? upgrade.lose("ts2") } }
            #expect(view.status == "interrupted", "\(view.message)")
            let report = try await gateway.caretaker.perform(Examine(), by: .msp)
            let found = report.findings.filter { $0.check == .deliveries }
            #expect(found.count == 1 && found[0].place == upgrade.files()[2], "\(found)")
        }
    }

    @Test("Restored from a backup of that moment, files that are of the record's keys are taken as they stand")
    func restored() async throws {
        try await killed(at: "restart") { upgrade, gateway in
            let backup = upgrade.fixture.folder + "/backup"
            _ = try await gateway.perform(BackUpStore(file: backup))
            let files = upgrade.files().map { upgrade.fixture.read($0) }
            try await upgrade.restore(backup) { restored in
                #expect(try await restored.refresh("g1").outcome == .updated)
                for _ in 1...2 {
                    upgrade.time.pass(hours: 1)
                    let result = try await restored.refresh("g1")
                    #expect(result.outcome == .unchanged, "\(result)")
                }
                #expect(try await restored.usersInForce() == 20)
                let explanation = try await restored.perform(Explain(installation: "g1"))
                #expect(Set(explanation.files.map(\.state.rawValue)) == ["asDelivered"], "\(explanation.files)")
                let report = try await restored.caretaker.perform(Examine(), by: .msp)
                #expect(report.findings.allSatisfy { $0.check != .deliveries || $0.state == .ok }, "\(report.findings)")
            }
            #expect(upgrade.files().map { upgrade.fixture.read($0) } == files)
        }
    }

    @Test("Restored from before the new keys were in force, files that are of them are named and left alone")
    func restoredBefore() async throws {
        try await killed(at: "deliver: ") { upgrade, gateway in
            let backup = upgrade.fixture.folder + "/backup"
            _ = try await gateway.perform(BackUpStore(file: backup))
            let files = upgrade.files().map { upgrade.fixture.read($0) }
            try await upgrade.restore(backup) { restored in
                for _ in 1...2 {
                    let result = try await restored.refresh("g1")
                    #expect(result.outcome.isFailure && result.message.contains("other keys"), "\(result)")
                    upgrade.time.pass(hours: 1)
                }
            }
            #expect(upgrade.files().map { upgrade.fixture.read($0) } == files)
        }
    }
}
