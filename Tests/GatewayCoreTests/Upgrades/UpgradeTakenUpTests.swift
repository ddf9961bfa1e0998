import AdapterKit
import Foundation
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

@Suite("Keys that were activated past Gatehouse, and files that are newer than the record")
struct UpgradeTakenUpTests {
    private static let product = UpgradeFixture.Keys.twenty.registration

    /// Twelve users in force and closed; then a person activates keys for twenty in the product, on some of the hosts.
    private func activated(
        on hosts: Int = 3, _ body: (UpgradeFixture, Gateway) async throws -> Void
    ) async throws {
        try await UpgradeFixture.with { upgrade, gateway in
            _ = try await gateway.upgrade(.twelve)
            _ = try await gateway.perform(ObserveUpgrade(installation: "g1", closes: true))
            try upgrade.write([.eight, .twelve, .twenty])
            upgrade.time.pass(hours: 1)
            for file in upgrade.files().prefix(hosts) { try Data(Self.product.utf8).write(to: URL(filePath: file)) }
            try await body(upgrade, gateway)
        }
    }

    private func takeUp(_ gateway: Gateway) async throws -> RefreshResult {
        let serial = UpgradeFixture.Keys.twenty.serialNumber
        _ = try await gateway.perform(SetInstallation(id: "g1", identity: ["serialNumber": serial]))
        return try await gateway.refresh("g1")
    }

    private func states(_ gateway: Gateway) async throws -> [String] {
        try await gateway.perform(Explain(installation: "g1")).files.map(\.state.rawValue)
    }

    @Test("Taken up, they take their files along: no later refresh puts the older ones back")
    func takenUp() async throws {
        try await activated { upgrade, gateway in
            let taken = try await takeUp(gateway)
            #expect(taken.outcome == .updated && taken.message.contains("20 users"), "\(taken)")
            #expect(try await gateway.usersInForce() == 20)
            for _ in 1...2 {
                upgrade.time.pass(hours: 1)
                let again = try await gateway.refresh("g1")
                #expect(again.outcome == .unchanged, "\(again)")
                for file in upgrade.files() { #expect(upgrade.fixture.read(file) == Self.product) }
            }
            #expect(Set(try await states(gateway)) == ["asDelivered"])
            let history = try await gateway.perform(ShowHistory(installation: "g1")).events
            #expect(history.count { $0.what == "taken up" && $0.kind == .delivery } == 3, "\(history)")
            // Nothing is kept of the older ones that could ever be put in their place.
            #expect(try await gateway.store.sealedAnswers().isEmpty)
            try FileManager.default.removeItem(atPath: upgrade.files()[2])
            let gone = try await gateway.refresh("g1")
            #expect(gone.outcome.isFailure && gone.message.contains(upgrade.files()[2]), "\(gone)")
            #expect(upgrade.fixture.read(upgrade.files()[2]) == nil)
        }
    }

    @Test("Before they are taken up, a refresh leaves their files alone, and it is told what to look at")
    func notYet() async throws {
        try await activated { upgrade, gateway in
            let result = try await gateway.refresh("g1")
            #expect(result.outcome.isFailure, "\(result)")
            for words in upgrade.files() + ["another Serial Number", "--identity NAME=VALUE"] {
                #expect(result.message.contains(words), "\(result.message)")
            }
            #expect(!result.message.contains("1048115"), "a serial number is repeated nowhere: \(result.message)")
            for file in upgrade.files() { #expect(upgrade.fixture.read(file) == Self.product) }
            // The vendor has answered all the same.
            #expect(try await gateway.stored("g1").lastContact == upgrade.time.now)
            #expect(Set(try await states(gateway)) == ["otherKeys"])
            let steps = try await gateway.perform(Explain(installation: "g1")).steps
            #expect(steps.contains { $0.contains("--identity NAME=VALUE") }, "\(steps)")
            let todo = try await gateway.perform(ListTodo()).filter { $0.kind.rawValue == "keys" }
            #expect(todo.map(\.installation) == ["g1"] && todo[0].what.contains(upgrade.serverFile), "\(todo)")
            let report = try await gateway.caretaker.perform(Examine(), by: .msp)
            let found = report.findings.filter { $0.check == .deliveries }
            #expect(found.count == 3 && found.allSatisfy { $0.found.contains("other keys") }, "\(found)")
            #expect(found.allSatisfy { $0.advice?.contains("--identity NAME=VALUE") == true }, "\(found)")
            _ = try await takeUp(gateway)
            #expect(try await gateway.perform(ListTodo()).allSatisfy { $0.kind.rawValue != "keys" })
        }
    }

    @Test(
        "A host on which the older keys still stand is named once the newer ones are taken up, and nowhere written to")
    func oneLeft() async throws {
        try await activated(on: 2) { upgrade, gateway in
            let last = upgrade.files()[2]
            let old = try #require(upgrade.fixture.read(last))
            for _ in 1...2 {
                let taken = try await takeUp(gateway)
                #expect(taken.outcome.isFailure && taken.message.contains(last), "\(taken)")
                #expect(!taken.message.contains("Left as they are: \(upgrade.serverFile)"), "\(taken)")
                #expect(upgrade.fixture.read(last) == old && upgrade.fixture.read(upgrade.serverFile) == Self.product)
            }
            #expect(try await gateway.usersInForce() == 20)
            #expect(try await states(gateway).sorted() == ["asDelivered", "asDelivered", "otherKeys"])
        }
    }

    @Test("What the vendor changed since leaves nothing that could be put back from before it")
    func otherRevision() async throws {
        try await UpgradeFixture.with { upgrade, gateway in
            _ = try await gateway.upgrade(.twelve)
            upgrade.time.pass(hours: 1)
            try upgrade.write(expires: "2032-01-31")
            #expect(try await gateway.refresh("g1").outcome == .updated)
            #expect(try await gateway.refresh("g1").outcome == .unchanged)
            try Data("mine".utf8).write(to: URL(filePath: upgrade.serverFile))
            let result = try await gateway.refresh("g1")
            #expect(result.outcome.isFailure && result.message.contains(upgrade.serverFile), "\(result)")
            #expect(upgrade.fixture.read(upgrade.serverFile) == "mine")
        }
    }

    @Test("Files that are newer than a restored backup are left alone: what stands there is told, and can be taken up")
    func restored() async throws {
        try await UpgradeFixture.with { upgrade, gateway in
            _ = try await gateway.upgrade(.twelve)
            _ = try await gateway.perform(ObserveUpgrade(installation: "g1", closes: true))
            let backup = upgrade.fixture.folder + "/backup"
            _ = try await gateway.perform(BackUpStore(file: backup))
            try upgrade.write([.eight, .twelve, .twenty])
            upgrade.time.pass(hours: 1)
            #expect(try await gateway.upgrade(.twenty).phase == "done")
            let newer = upgrade.files().map { upgrade.fixture.read($0) }
            upgrade.time.pass(hours: 1)
            try await upgrade.restore(backup) { restored in
                for _ in 1...2 {
                    let report = try await restored.perform(Refresh(selection: .all, trigger: .schedule))
                    #expect(report.results.map(\.outcome.isFailure) != [false], "\(report)")
                    #expect(upgrade.files().map { upgrade.fixture.read($0) } == newer)
                    upgrade.time.pass(hours: 24 * 40)
                }
                #expect(try await restored.perform(ListTodo()).contains { $0.kind.rawValue == "keys" })
                let report = try await restored.caretaker.perform(Examine(), by: .msp)
                #expect(report.findings.count { $0.found.contains("other keys") } == 3, "\(report.findings)")
                let taken = try await takeUp(restored)
                #expect(taken.outcome == .updated, "\(taken)")
                #expect(try await restored.usersInForce() == 20)
                #expect(try await restored.refresh("g1").outcome == .unchanged)
            }
            #expect(upgrade.files().map { upgrade.fixture.read($0) } == newer)
        }
    }

    @Test("After a restore nothing is written over what can't be read either; where the files are right, all is well")
    func restoredUnreadable() async throws {
        try await UpgradeFixture.with { upgrade, gateway in
            _ = try await gateway.upgrade(.twelve)
            let backup = upgrade.fixture.folder + "/backup"
            _ = try await gateway.perform(BackUpStore(file: backup))
            try await upgrade.restore(backup) { restored in
                #expect(try await restored.refresh("g1").outcome == .unchanged)
                try Data("\u{1}of the product's own form".utf8).write(to: URL(filePath: upgrade.serverFile))
                let result = try await restored.refresh("g1")
                #expect(result.outcome.isFailure && result.message.contains(upgrade.serverFile), "\(result)")
                #expect(upgrade.fixture.read(upgrade.serverFile)?.contains("own form") == true)
                #expect(try await restored.perform(ListTodo()).contains { $0.kind.rawValue == "keys" })
            }
        }
    }
}
