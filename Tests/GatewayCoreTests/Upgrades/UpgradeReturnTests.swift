import AdapterKit
import Foundation
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

@Suite("Who is in when an upgrade is put back or gone on with")
struct UpgradeReturnTests {
    private func claim(_ gateway: Gateway, _ users: ClosedRange<Int> = 1...1) async throws {
        for number in users {
            let claim = ClaimSeat(installation: "g1", user: "user\(number)", host: "pc\(number)", session: "s\(number)")
            #expect(try await gateway.perform(claim).granted)
        }
    }

    private func release(_ gateway: Gateway, _ users: ClosedRange<Int> = 1...1) async throws {
        for number in users { _ = try await gateway.perform(ReleaseSeat(SessionSelection(id: "s\(number)"))) }
    }

    @Test("What is watched is put back once everyone is out: nobody new is let in meanwhile, and every seat is tried")
    func watched() async throws {
        try await UpgradeFixture.with(rules: ["everyoneOut: 1h"]) { upgrade, gateway in
            _ = try await gateway.upgrade()
            try await claim(gateway, 1...12)
            let refused = Seen<String>()
            upgrade.time.whenPausing {
                upgrade.time.pass(seconds: 2)
                let ended = DispatchSemaphore(value: 0)
                Task.detached {
                    let answer = try? await gateway.perform(ClaimSeat(installation: "g1", user: "new"))
                    refused.add(answer?.granted == false ? answer?.reason ?? "" : "let in")
                    try? await release(gateway, 1...12)
                    ended.signal()
                }
                _ = ended.wait(timeout: .now() + 30)
            }
            let view = try await gateway.perform(RollBackUpgrade(installation: "g1"))
            #expect(refused.all.first?.contains("upgrade of the license keys") == true, "\(refused.all)")
            #expect(view.phase == "rolledBack" && view.message.contains("8 of 8 users were let in"), "\(view.message)")
            #expect(try await gateway.usersInForce() == 8)
        }
    }

    @Test("Where somebody stays in nothing is put back: who it is is said, and it is watched on")
    func stayed() async throws {
        try await UpgradeFixture.with { upgrade, gateway in
            let done = try await gateway.upgrade()
            try await claim(gateway)
            let new = try #require(upgrade.fixture.read(upgrade.serverFile))
            upgrade.time.pass(hours: 1)
            let error = await callError { _ = try await gateway.perform(RollBackUpgrade(installation: "g1")) }
            #expect(
                error?.code == .conflict && error?.message.contains("user1 on pc1") == true, "\(error?.message ?? "")")
            let view = try await gateway.perform(ShowUpgrade(installation: "g1"))
            #expect(view.phase == "done" && view.status == "done" && view.ended == done.ended, "\(view)")
            #expect(view.monitoredUntil == done.monitoredUntil && !"\(view.steps)".contains("user1"))
            #expect(upgrade.fixture.read(upgrade.serverFile) == new)
            #expect(try await gateway.usersInForce() == 12)
            #expect(try await gateway.letsIn())
            try await release(gateway)
            #expect(try await gateway.perform(RollBackUpgrade(installation: "g1")).phase == "rolledBack")
        }
    }

    @Test("One that is watched is not closed while it is being put back")
    func closing() async throws {
        try await UpgradeFixture.with(rules: ["everyoneOut: 1h"]) { upgrade, gateway in
            _ = try await gateway.upgrade()
            try await claim(gateway)
            let errors = Seen<String>()
            upgrade.time.whenPausing {
                let ended = DispatchSemaphore(value: 0)
                Task.detached {
                    let call = ObserveUpgrade(installation: "g1", closes: true)
                    errors.add(await callError { _ = try await gateway.perform(call) }?.message ?? "closed")
                    try? await release(gateway)
                    ended.signal()
                }
                _ = ended.wait(timeout: .now() + 30)
            }
            #expect(try await gateway.perform(RollBackUpgrade(installation: "g1")).phase == "rolledBack")
            #expect(errors.all.first?.contains("is being rolled back") == true, "\(errors.all)")
        }
    }

    @Test("One that was interrupted is gone on with, and rolled back, only once everyone is out again")
    func interrupted() async throws {
        try await UpgradeFixture.with { upgrade, gateway in
            let view = try await gateway.upgrade { if $0.hasPrefix("deliver") { try? upgrade.lose("ts2") } }
            #expect(view.status == "interrupted", "\(view.message)")
            try upgrade.bringBack("ts2")
            try await claim(gateway)
            let calls: [() async throws -> Void] = [
                { _ = try await gateway.perform(ResumeUpgrade(installation: "g1")) },
                { _ = try await gateway.perform(RollBackUpgrade(installation: "g1")) },
            ]
            for call in calls {
                let error = await callError(call)
                #expect(error?.message.contains("user1 on pc1") == true, "\(error?.message ?? "gone on with")")
                let after = try await gateway.perform(ShowUpgrade(installation: "g1"))
                #expect(after.status == "interrupted" && after.message.contains("ts2"), "\(after.message)")
                #expect(try await gateway.letsIn())
            }
            try await release(gateway)
            #expect(try await gateway.perform(ResumeUpgrade(installation: "g1")).phase == "rolledBack")
        }
    }

    @Test("A timer waits for nobody who is in where one is interrupted, and keeps nobody else out or waiting")
    func due() async throws {
        try await UpgradeFixture.with(rules: ["everyoneOut: 15m"]) { upgrade, gateway in
            let view = try await gateway.upgrade { if $0.hasPrefix("deliver") { try? upgrade.lose("ts2") } }
            #expect(view.status == "interrupted", "\(view.message)")
            try upgrade.bringBack("ts2")
            upgrade.time.pass(hours: 24 * 8)
            try await claim(gateway)
            let before = upgrade.time.now
            let report = try await gateway.perform(RunDue())
            #expect(report.upgrades.map(\.status) == ["interrupted"], "\(report)")
            #expect(report.upgrades.first?.message.contains("Not everyone is out: ") == true, "\(report)")
            #expect(upgrade.time.now == before, "\(upgrade.time.pauses)")
            #expect(try await gateway.letsIn())
            // It is refreshed when the upgrade has ended.
            #expect(report.refreshes.results.isEmpty, "\(report.refreshes)")
            try await release(gateway)
            #expect(try await gateway.perform(RunDue()).upgrades.map(\.phase) == ["rolledBack"])
        }
    }

    @Test("Who asks why somebody can't get in is told that an upgrade is under way")
    func explained() async throws {
        try await UpgradeFixture.with { upgrade, gateway in
            let view = try await gateway.upgrade { if $0.hasPrefix("deliver") { try? upgrade.lose("ts2") } }
            #expect(view.status == "interrupted", "\(view.message)")
            let closed = "An upgrade of the license keys of g1 is under way"
            try await gateway.store.enter(
                .restart, of: try #require(view.operation), on: "g1",
                note: StepNote(at: upgrade.time.now, kind: "restart", detail: ""), closedFor: closed)
            let user = try #require(try await gateway.perform(Explain(installation: "g1", user: "bob")).user)
            let seats = try #require(user.lines.first { $0.topic == "seats" })
            #expect(seats.isTrouble && seats.text == closed, "\(user)")
        }
    }

    @Test("A rollback that waits for somebody and is cancelled leaves it watched")
    func cancelled() async throws {
        try await UpgradeFixture.with(rules: ["everyoneOut: 1h"]) { upgrade, gateway in
            _ = try await gateway.upgrade()
            try await claim(gateway)
            let waits = Task { try await gateway.perform(RollBackUpgrade(installation: "g1")) }
            upgrade.time.whenPausing { waits.cancel() }
            await #expect(throws: (any Error).self) { try await waits.value }
            let view = try await gateway.perform(ShowUpgrade(installation: "g1"))
            #expect(view.phase == "done" && view.status == "done", "\(view)")
            #expect(try await gateway.letsIn())
        }
    }
}
