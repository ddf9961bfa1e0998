import Foundation
import GatewayAPI
import Testing

@testable import GatewayCore

@Suite("An upgrade whose backup holds nothing, and seats that can't all be tried")
struct UpgradeBackupTests {
    @Test(
        "It is warned of in the plan, and stands in the record",
        arguments: [
            ("backup: []", "the profile names no paths"),
            ("backup: [\"{site.server}/Empty\"]", "there are no files in"),
        ])
    func empty(_ rule: String, _ words: String) async throws {
        try await UpgradeFixture.with(rules: [rule]) { upgrade, gateway in
            try upgrade.make(upgrade.fixture.sites + "/server/Empty")
            let plan = try await gateway.upgrade(dryRun: true)
            #expect(plan.warnings.contains { $0.contains(words) }, "\(plan.warnings)")
            let view = try await gateway.upgrade()
            #expect(view.phase == "done" && view.warnings == plan.warnings, "\(view.message)")
            #expect(view.steps.contains { $0.kind == "backup" && $0.detail.contains(words) }, "\(view.steps)")
        }
    }

    @Test("Every pool is tried, each up to its count; where not all of a pool are, it is said")
    func pools() async throws {
        let pools = "monitoring: 7d\nseats:\n  pools:\n    users: {}\n    webUsers: {}\n    none: {}"
        try await UpgradeFixture.with(extends: "sage100-by-hand", rules: [pools]) { upgrade, gateway in
            let operation = try #require(try await gateway.upgrade().operation)
            try Data(UpgradeFixture.Keys.twelve.registration.utf8).write(to: URL(filePath: upgrade.serverFile))
            let values = ["seats.users": "12", "seats.webUsers": "2001", "seats.none": "0", "expires": "2031-01-31"]
            _ = try await gateway.perform(
                CompleteStep(operation: operation, step: 1, files: [], values: values, note: ""))
            let view = try await gateway.perform(ShowUpgrade(installation: "g1"))
            let told = view.steps.last { $0.kind == "verify" }?.detail ?? ""
            for words in [
                "12 of 12 users were let in", "2000 of 2001 webUsers were let in at once (more are not tried at once)",
                "of none there are none",
            ] {
                #expect(told.contains(words), "\(told)")
            }
            #expect(
                view.phase == "done" && view.message.contains("Not tried: of none there are none"), "\(view.message)")
        }
    }
}
