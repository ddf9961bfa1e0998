import AdapterKit
import Foundation
import GatewayAPI
import Testing

@testable import GatewayCore

@Suite("An upgrade whose vendor is down, or whose answer is lost")
struct UpgradeVendorTests {
    @Test("A vendor that was never reached leaves everything as it was")
    func neverReached() async throws {
        try await UpgradeFixture.with { upgrade, _ in
            // Nothing listens there any more.
            let gone = try await TestVendor.with({ _ in .hangUp }) { $0.url }
            try await upgrade.open(vendor: gone) { gateway in
                let view = try await gateway.upgrade()
                #expect(view.phase == "rolledBack", "\(view.message)")
                #expect(try await gateway.usersInForce() == 8)
                #expect(try await gateway.letsIn())
            }
        }
    }

    @Test(
        "An answer that was lost keeps nobody out, and is asked for: where the vendor had activated them, all is new",
        arguments: ["truncate: 200", "down: true"])
    func lost(fault: String) async throws {
        try await UpgradeFixture.with { upgrade, gateway in
            try upgrade.write(faults: fault)
            let error = await callError { _ = try await gateway.upgrade() }
            #expect(error?.message.contains("upgrade resume g1") == true, "\(error?.message ?? "none")")
            let shown = try await gateway.perform(ShowUpgrade(installation: "g1"))
            #expect(shown.status == "interrupted" && shown.phase == "activate" && shown.ended == nil)
            #expect(try await gateway.usersInForce() == 8)
            #expect(try await gateway.letsIn())
            let again = await callError { _ = try await gateway.perform(ResumeUpgrade(installation: "g1")) }
            #expect(again?.code == .unreachable, "\(again?.message ?? "none")")
            #expect(try await gateway.letsIn())
            try upgrade.write()
            let view = try await gateway.perform(ResumeUpgrade(installation: "g1"))
            // One that hung up before it answered had not looked at the request.
            #expect(view.phase == (fault == "down: true" ? "rolledBack" : "done"), "\(view.message)")
            #expect(try await gateway.usersInForce() == (fault == "down: true" ? 8 : 12))
            #expect(view.steps.count { $0.detail == "POST /v1/activation, once" } == 1, "it was asked once")
            #expect(try await gateway.letsIn())
        }
    }

    @Test("What is due goes on with it by itself, and an upgrade in doubt can be given up")
    func due() async throws {
        try await UpgradeFixture.with { upgrade, gateway in
            try upgrade.write(faults: "truncate: 200")
            _ = await callError { _ = try await gateway.upgrade() }
            let report = try await gateway.perform(RunDue())
            #expect(report.upgrades.map(\.status) == ["interrupted"])
            let view = try await gateway.perform(RollBackUpgrade(installation: "g1"))
            #expect(view.phase == "rolledBack", "\(view.message)")
            for words in ["The vendor may have activated the new keys", "begin the upgrade again with the same keys"] {
                #expect(view.message.contains(words), "\(view.message)")
            }
            #expect(try await gateway.perform(RunDue()).upgrades.isEmpty)
            // As it says.
            try upgrade.write()
            #expect(try await gateway.upgrade().phase == "done")
            let back = try await gateway.perform(RollBackUpgrade(installation: "g1"))
            #expect(back.message.contains("With the vendor the new keys stay activated"), "\(back.message)")
            #expect(try await gateway.letsIn())
        }
    }

    @Test("An answer that another key signed is not believed")
    func badSignature() async throws {
        try await UpgradeFixture.with { upgrade, gateway in
            try upgrade.write(faults: "badSignature: true")
            _ = await callError { _ = try await gateway.upgrade() }
            #expect(try await gateway.usersInForce() == 8)
            for file in upgrade.files() {
                #expect(upgrade.fixture.read(file) == UpgradeFixture.Keys.eight.registration)
            }
        }
    }
}
