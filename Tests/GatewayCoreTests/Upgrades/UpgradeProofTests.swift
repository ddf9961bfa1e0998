import AdapterKit
import Foundation
import GRDB
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

@Suite("What a rollback proves, and what it says of the vendor")
struct UpgradeProofTests {
    private static let activated = "With the vendor the new keys stay activated"

    /// Puts a file in the place of a host's folder, as a share does that is mounted wrongly; and takes it away again.
    private func block(_ upgrade: UpgradeFixture, _ host: String) throws {
        try upgrade.lose(host)
        try Data().write(to: URL(filePath: "\(upgrade.fixture.sites)/\(host)"))
    }

    private func free(_ upgrade: UpgradeFixture, _ host: String) throws {
        try FileManager.default.removeItem(atPath: "\(upgrade.fixture.sites)/\(host)")
        try upgrade.bringBack(host)
    }

    @Test("A host that is out of reach before anything is delivered is named, and nothing is said to be proven of it")
    func beforeDelivery() async throws {
        try await UpgradeFixture.with { upgrade, gateway in
            let view = try await gateway.upgrade { if $0.hasPrefix("activate: ") { try? block(upgrade, "ts2") } }
            #expect(view.status == "interrupted" && view.message.contains("ts2"), "\(view.message)")
            #expect(!view.message.contains("every file is as it was"), "\(view.message)")
            #expect(view.message.contains(Self.activated), "\(view.message)")
            #expect(view.hosts.filter { $0.trouble != nil }.map(\.host) == ["ts2"], "\(view.hosts)")
            #expect(try await gateway.usersInForce() == 8)
            try free(upgrade, "ts2")
            let ended = try await gateway.perform(ResumeUpgrade(installation: "g1"))
            #expect(ended.phase == "rolledBack" && ended.message.contains(Self.activated), "\(ended.message)")
            #expect(ended.message.contains("every file is as it was"), "\(ended.message)")
            for file in upgrade.files() {
                #expect(upgrade.fixture.read(file) == UpgradeFixture.Keys.eight.registration)
            }
        }
    }

    @Test("Where the vendor refused the keys, a host that is out of reach is no host that is as it was")
    func refused() async throws {
        try await UpgradeFixture.with { upgrade, gateway in
            var wrong = UpgradeFixture.Keys.twelve
            wrong.userKey = "U7Q4-20MC-91XX"
            let view = try await gateway.upgrade(wrong) { if $0.hasPrefix("activate: ") { try? block(upgrade, "ts1") } }
            #expect(view.status == "interrupted" && view.message.contains("ts1"), "\(view.message)")
            #expect(!view.message.contains("activated:") && !view.message.contains("stay activated"), "\(view.message)")
            try free(upgrade, "ts1")
            #expect(try await gateway.perform(ResumeUpgrade(installation: "g1")).phase == "rolledBack")
        }
    }

    @Test("A file that somebody changed before anything was delivered is not said to be as it was")
    func changed() async throws {
        try await UpgradeFixture.with { upgrade, gateway in
            var wrong = UpgradeFixture.Keys.twelve
            wrong.userKey = "U7Q4-20MC-91XX"
            let copy = upgrade.files()[1]
            let view = try await gateway.upgrade(wrong) { latest in
                if latest.hasPrefix("activate: ") { try? Data("mine".utf8).write(to: URL(filePath: copy)) }
            }
            #expect(view.status == "interrupted" && view.message.contains("ts1"), "\(view.message)")
            #expect(upgrade.fixture.read(copy) == "mine")
            try Data(UpgradeFixture.Keys.eight.registration.utf8).write(to: URL(filePath: copy))
            #expect(try await gateway.perform(ResumeUpgrade(installation: "g1")).phase == "rolledBack")
        }
    }

    /// A copy of the store as a process leaves it that is killed at a step.
    private func killed(
        at step: String, _ body: @escaping (UpgradeFixture, Gateway) async throws -> Void
    ) async throws {
        try await UpgradeFixture.with { upgrade, gateway in
            let copy = upgrade.fixture.folder + "/killed.db"
            _ = try await gateway.upgrade { latest in
                guard latest.hasPrefix(step), !FileManager.default.fileExists(atPath: copy) else { return }
                try? upgrade.fixture.copyStore(to: copy)
            }
            try await upgrade.open(store: copy) { try await body(upgrade, $0) }
        }
    }

    @Test("That the vendor activated the keys is known without the key file, too")
    func withoutKeyFile() async throws {
        try await killed(at: "restart") { upgrade, gateway in
            try FileManager.default.removeItem(atPath: gateway.configuration.keyFile)
            _ = try await gateway.perform(RotateKeyFile(lost: true))
            let view = try await gateway.perform(ResumeUpgrade(installation: "g1"))
            #expect(view.phase == "rolledBack" && view.message.contains(Self.activated), "\(view.message)")
            for file in upgrade.files() {
                #expect(upgrade.fixture.read(file) == UpgradeFixture.Keys.eight.registration)
            }
        }
    }

    @Test("Killed once the grant is kept, before it is known how its file is put anywhere, it goes on to its end")
    func beforePlans() async throws {
        try await UpgradeFixture.with { upgrade, gateway in
            let copy = upgrade.fixture.folder + "/killed.db"
            let back = try await gateway.upgrade { latest in
                guard latest.hasPrefix("deliver: "), !FileManager.default.fileExists(atPath: copy) else { return }
                try? upgrade.fixture.copyStore(to: copy)
                try? block(upgrade, "ts2")
            }
            #expect(back.status == "interrupted", "\(back.message)")
            try free(upgrade, "ts2")
            #expect(try await gateway.perform(ResumeUpgrade(installation: "g1")).phase == "rolledBack")
            try await upgrade.open(store: copy) { other in
                let view = try await other.perform(ResumeUpgrade(installation: "g1"))
                #expect(view.phase == "done", "\(view.message)")
                #expect(try await other.usersInForce() == 12)
            }
        }
    }

    /// A copy of the store as a process leaves it that is killed once the vendor's answer is kept, and not read.
    private func answered(
        _ keys: UpgradeFixture.Keys, _ body: @escaping (UpgradeFixture, Gateway) async throws -> Void
    ) async throws {
        try await UpgradeFixture.with { upgrade, gateway in
            let copy = upgrade.fixture.folder + "/killed.db"
            let fixture = upgrade.fixture
            upgrade.time.whenAsked {
                let kept = try? fixture.raw {
                    try Int.fetchOne($0, sql: "SELECT count(*) FROM operations WHERE answer IS NOT NULL")
                }
                guard kept == 1, !FileManager.default.fileExists(atPath: copy) else { return }
                try? fixture.copyStore(to: copy)
            }
            _ = try await gateway.upgrade(keys)
            upgrade.time.whenAsked(nil)
            for file in upgrade.files() {
                try Data(UpgradeFixture.Keys.eight.registration.utf8).write(to: URL(filePath: file))
            }
            try await upgrade.open(store: copy) { try await body(upgrade, $0) }
        }
    }

    @Test("An answer that came and was not read is read at a rollback, to say how the keys stand with the vendor")
    func unread() async throws {
        try await answered(.twelve) { _, gateway in
            let view = try await gateway.perform(RollBackUpgrade(installation: "g1"))
            #expect(view.phase == "rolledBack" && view.message.contains(Self.activated), "\(view.message)")
            #expect(view.tried.contains { $0.title == "Users" && $0.value == "12" }, "\(view.tried)")
        }
        var wrong = UpgradeFixture.Keys.twelve
        wrong.userKey = "U7Q4-20MC-91XX"
        try await answered(wrong) { _, gateway in
            let view = try await gateway.perform(RollBackUpgrade(installation: "g1"))
            #expect(view.phase == "rolledBack" && !view.message.contains("vendor"), "\(view.message)")
        }
        try await answered(.twelve) { _, gateway in
            try FileManager.default.removeItem(atPath: gateway.configuration.keyFile)
            let view = try await gateway.perform(RollBackUpgrade(installation: "g1"))
            #expect(view.message.contains("The vendor may have activated the new keys"), "\(view.message)")
        }
    }
}
