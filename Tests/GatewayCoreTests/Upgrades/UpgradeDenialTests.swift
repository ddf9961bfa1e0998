import AdapterKit
import Foundation
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

@Suite("Who is refused while an upgrade is watched")
struct UpgradeDenialTests {
    private func claim(_ gateway: Gateway, _ users: ClosedRange<Int>, pool: String = "users") async throws {
        for number in users {
            let claim = ClaimSeat(installation: "g1", user: "user\(number)", pool: pool, host: "pc\(number)")
            _ = try await gateway.perform(claim)
        }
    }

    private func release(_ gateway: Gateway, _ users: ClosedRange<Int>) async throws {
        for number in users {
            let session = SessionSelection(installation: "g1", user: "user\(number)")
            _ = try await gateway.perform(ReleaseSeat(session))
        }
    }

    @Test("They are listed: who, when and why; those of before, and those that an upgrade keeps out, are not")
    func listed() async throws {
        try await UpgradeFixture.with(rules: ["everyoneOut: 1h"]) { upgrade, gateway in
            try await claim(gateway, 1...10)
            try await release(gateway, 1...8)
            _ = try await gateway.upgrade()
            #expect(try await gateway.perform(ShowUpgrade(installation: "g1")).denials == 0, "two were before")
            upgrade.time.pass(minutes: 5)
            try await claim(gateway, 1...13)
            try await claim(gateway, 14...14, pool: "none")
            let view = try await gateway.perform(ShowUpgrade(installation: "g1"))
            #expect(view.denials == 2 && view.refused.map(\.user) == ["user13", "user14"], "\(view.refused)")
            #expect(view.refused.allSatisfy { $0.at == upgrade.time.now })
            #expect(view.refused.map(\.host) == ["pc13", "pc14"] && view.refused.map(\.pool) == ["users", "none"])
            #expect(view.refused[0].reason.contains("12") && view.refused[1].reason.contains("none"), "\(view.refused)")
            // While it waits to be rolled back, somebody is kept out for its own sake.
            upgrade.time.whenPausing {
                let ended = DispatchSemaphore(value: 0)
                Task.detached {
                    try? await claim(gateway, 20...20)
                    try? await release(gateway, 1...12)
                    ended.signal()
                }
                _ = ended.wait(timeout: .now() + 30)
            }
            let back = try await gateway.perform(RollBackUpgrade(installation: "g1"))
            #expect(back.phase == "rolledBack" && back.refused.map(\.user) == ["user13", "user14"], "\(back.refused)")
        }
    }

    @Test("Names are seen by who may see users, and can be erased; of many the last are kept, and all are counted")
    func bounded() async throws {
        try await UpgradeFixture.with { upgrade, gateway in
            _ = try await gateway.upgrade()
            try await claim(gateway, 1...12)
            try await claim(gateway, 13...(13 + Store.mostDenials))
            _ = try await gateway.perform(ClaimSeat(installation: "g1", user: "kimberly", host: "pc-of-kim"))
            let view = try await gateway.perform(ShowUpgrade(installation: "g1"))
            #expect(view.denials == Store.mostDenials + 2 && view.refused.count == Store.mostDenials)
            #expect(view.refused.first?.user == "user15" && view.refused.last?.user == "kimberly")
            let blind = Caller(id: "local:1", name: "Pat", scope: .portfolio, seesUsers: false)
            let hidden = try await gateway.perform(ShowUpgrade(installation: "g1"), by: blind)
            #expect(hidden.refused.count == view.refused.count)
            #expect(hidden.refused.allSatisfy { $0.user.isEmpty && $0.host.isEmpty && !$0.reason.contains("user1") })
            _ = try await gateway.perform(EraseProductUser(customer: "granite", user: "kimberly"))
            let erased = try await gateway.perform(ShowUpgrade(installation: "g1"))
            #expect(erased.refused.count == view.refused.count && !erased.refused.contains { $0.user == "kimberly" })
            let kept = try upgrade.fixture.dump().joined()
            #expect(!kept.contains("kimberly") && !kept.contains("pc-of-kim"))
        }
    }
}
