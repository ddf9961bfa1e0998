import AdapterKit
import Foundation
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

@Suite("Watching an upgrade that is done")
struct UpgradeWatchTests {
    @Test("While it is watched everything can be put back: files, identity, seats; and seats of before are given out")
    func rollBack() async throws {
        try await UpgradeFixture.with { upgrade, gateway in
            _ = try await gateway.upgrade()
            let upgraded = upgrade.time.now
            _ = try await gateway.perform(ObserveUpgrade(installation: "g1", note: "printing is slow"))
            #expect(try await gateway.perform(ListTodo()).contains { $0.installation == "g1" })
            upgrade.time.pass(hours: 30)
            let view = try await gateway.perform(RollBackUpgrade(installation: "g1"))
            #expect(view.phase == "rolledBack" && view.message.contains("rolled back by local:1000"), "\(view.message)")
            for file in upgrade.files() {
                #expect(upgrade.fixture.read(file) == UpgradeFixture.Keys.eight.registration)
            }
            #expect(try await gateway.usersInForce() == 8)
            #expect(try await gateway.letsIn())
            #expect(view.after.isEmpty, "\(view.after)")
            let history = try await gateway.perform(ShowHistory(installation: "g1")).events
            let delivered = history.filter { $0.what == "delivered" }.map(\.at)
            #expect(delivered.count == 3 && delivered.allSatisfy { $0 == upgraded }, "\(history)")
            #expect(history.contains { $0.kind == .step && $0.what == "seen" && $0.detail == "printing is slow" })
            for (host, file) in zip(["server", "ts1", "ts2"], upgrade.files()) {
                let told = history.filter { $0.what == "put back" && $0.detail.hasPrefix("\(host): \(file): ") }
                #expect(told.map(\.at) == [upgrade.time.now] && told.map(\.kind) == [.delivery], "\(history)")
            }
            #expect(history.allSatisfy { $0.kind != .step || $0.what == "seen" }, "\(history)")
            // Which keys had been tried, and what they granted, stays on record.
            for (title, value) in [("Serial Number", "1047926"), ("Users", "12"), ("User Key", "********")] {
                #expect(view.tried.contains { $0.title == title && $0.value == value }, "\(view.tried)")
            }
            let tried = "identity serialNumber: \"1047733\" → \"1047926\""
            #expect(view.steps.contains { $0.kind == "activate" && $0.detail.contains(tried) }, "\(view.steps)")
            #expect(try await gateway.store.sealedAnswers().isEmpty, "nothing of it is kept")
            let again = await callError { _ = try await gateway.perform(RollBackUpgrade(installation: "g1")) }
            #expect(again?.code == .conflict)
        }
    }

    @Test("One upgrade after the other is put back to what the one before it had put in place")
    func several() async throws {
        try await UpgradeFixture.with { upgrade, gateway in
            _ = try await gateway.upgrade(.twelve)
            upgrade.time.pass(hours: 1)
            _ = try await gateway.upgrade(.eight)
            let eight = upgrade.fixture.read(upgrade.serverFile)
            upgrade.time.pass(hours: 1)
            _ = try await gateway.upgrade(.twelve)
            _ = try await gateway.perform(RollBackUpgrade(installation: "g1"))
            for file in upgrade.files() { #expect(upgrade.fixture.read(file) == eight) }
            #expect(try await gateway.usersInForce() == 8)
            #expect(try await gateway.store.deliveredFiles(of: "g1").count == 3)
            // The one that is in place again is whole: a refresh finds its files, and puts back what is changed.
            #expect(try await gateway.refresh("g1").outcome == .unchanged)
            try Data("gone".utf8).write(to: URL(filePath: upgrade.files()[2]))
            #expect(try await gateway.refresh("g1").outcome == .restored)
            #expect(upgrade.fixture.read(upgrade.files()[2]) == eight)
            // What the first one was granted can't come back any more, and is not kept.
            let grants = try await gateway.store.sealedAnswers().filter { $0.name == SealedAnswer.grant }
            #expect(grants.count == 1, "\(grants.map(\.operation))")
            // Keys that fail before anything is delivered change nothing of that.
            var wrong = UpgradeFixture.Keys.twelve
            wrong.userKey = "U7Q4-20MC-91XX"
            #expect(try await gateway.upgrade(wrong).phase == "rolledBack")
            #expect(try await gateway.refresh("g1").outcome == .unchanged)
        }
    }

    @Test(
        "Notes are kept in order; once it is closed nothing is noted or put back, and what was there before is given up"
    )
    func closed() async throws {
        try await UpgradeFixture.with { upgrade, gateway in
            _ = try await gateway.upgrade()
            _ = try await gateway.perform(ObserveUpgrade(installation: "g1", note: "Printing works."))
            upgrade.time.pass(hours: 1)
            let empty = await callError { _ = try await gateway.perform(ObserveUpgrade(installation: "g1", note: " ")) }
            #expect(empty?.code == .invalid)
            let view = try await gateway.perform(
                ObserveUpgrade(installation: "g1", note: "All is well.", closes: true))
            let seen = view.observations.map(\.detail)
            #expect(
                seen.count == 2 && seen[0].hasSuffix("Printing works.") && seen[1].hasSuffix("All is well."), "\(seen)")
            #expect(view.closed != nil)
            #expect(try await gateway.store.sealedAnswers().count == 1, "what was granted, to put files back with")
            for call in [{ _ = try await gateway.perform(ObserveUpgrade(installation: "g1", note: "late")) }]
                as [() async throws -> Void]
            {
                let late = await callError(call)
                #expect(late?.code == .conflict)
            }
            let late = await callError { _ = try await gateway.perform(RollBackUpgrade(installation: "g1")) }
            #expect(late?.code == .conflict)
            #expect(try await gateway.perform(ListTodo()).allSatisfy { $0.installation != "g1" })
        }
    }

    @Test("Keys that are active already are taken again, and everything stays as it is")
    func sameKeys() async throws {
        try await UpgradeFixture.with { upgrade, gateway in
            let next = try await gateway.perform(ShowInstallation(id: "g1")).next
            #expect(
                next.hasPrefix("gatehouse refresh g1, ") && next.contains("upgrade begin g1 --keys FILE"), "\(next)")
            for _ in 1...2 {
                let view = try await gateway.upgrade(.eight)
                #expect(view.phase == "done", "\(view.message)")
                #expect(try await gateway.usersInForce() == 8)
            }
            #expect(try await gateway.perform(RollBackUpgrade(installation: "g1")).phase == "rolledBack")
            #expect(try await gateway.usersInForce() == 8)
        }
    }

    @Test("A failed upgrade is told as one, and as no failed refresh")
    func failure() async throws {
        try await UpgradeFixture.with { upgrade, gateway in
            var wrong = UpgradeFixture.Keys.twelve
            wrong.userKey = "U7Q4-20MC-91XX"
            upgrade.time.pass(hours: 1)
            #expect(try await gateway.upgrade(wrong).phase == "rolledBack")
            let shown = try await gateway.perform(ShowInstallation(id: "g1"))
            #expect(shown.lastFailure?.hasPrefix("Upgrade of the license keys: ") == true, "\(shown.lastFailure ?? "")")
            var explanation = try await gateway.perform(Explain(installation: "g1"))
            #expect(explanation.refresh.failure == nil && explanation.refresh.operation == nil)
            #expect(explanation.steps.contains { $0.contains("gatehouse upgrade show g1") }, "\(explanation.steps)")
            _ = try await gateway.upgrade { if $0.hasPrefix("deliver") { try? upgrade.lose("ts2") } }
            explanation = try await gateway.perform(Explain(installation: "g1"))
            let steps = explanation.steps
            #expect(
                steps.contains { $0.contains("gatehouse upgrade resume g1") } && !"\(steps)".contains("refresh"),
                "\(steps)")
        }
    }

    @Test("One that came to nothing stands in what is to be done until it is closed or another is begun")
    func listed() async throws {
        try await UpgradeFixture.with { upgrade, gateway in
            _ = try await gateway.upgrade(start: "2026-11-24T01:00:00Z")
            #expect(try await gateway.perform(ListTodo()).isEmpty)
            try upgrade.lose("ts2")
            try upgrade.time.set("2026-11-24T01:00:00Z")
            let report = try await gateway.perform(RunDue())
            #expect(report.upgrades.map(\.phase) == ["failed"], "\(report)")
            let todo = try await gateway.perform(ListTodo())
            #expect(todo.map(\.kind) == [.upgrade] && todo.first?.command == "gatehouse upgrade show g1", "\(todo)")
            #expect(todo.first?.what.contains("gatehouse upgrade close g1") == true)
            let closed = try await gateway.perform(ObserveUpgrade(installation: "g1", note: "Repaired.", closes: true))
            #expect(
                closed.closed != nil && closed.observations.first?.detail.hasSuffix(": Repaired.") == true,
                "\(closed.observations)")
            #expect(try await gateway.perform(ListTodo()).isEmpty)
            let error = await callError {
                _ = try await gateway.perform(ObserveUpgrade(installation: "g1", note: "", closes: true))
            }
            #expect(error?.code == .conflict)
            // One that somebody took back before it began needs nobody.
            try upgrade.bringBack("ts2")
            _ = try await gateway.upgrade(start: "2026-11-25T01:00:00Z")
            _ = try await gateway.perform(RollBackUpgrade(installation: "g1"))
            #expect(try await gateway.perform(ListTodo()).isEmpty)
        }
    }

    @Test("What superseded upgrades were granted is given up when the one that is watched is closed")
    func grants() async throws {
        try await UpgradeFixture.with { upgrade, gateway in
            func grants() async throws -> [String] {
                try await gateway.store.sealedAnswers().filter { $0.name == SealedAnswer.grant }.map(\.operation)
            }
            let first = try await gateway.upgrade(.twelve)
            upgrade.time.pass(hours: 1)
            let second = try await gateway.upgrade(.eight)
            #expect(try await grants() == [first.operation, second.operation], "the first may come back")
            _ = try await gateway.perform(ObserveUpgrade(installation: "g1", closes: true))
            #expect(try await grants() == [second.operation])
        }
    }

    @Test("A tampered copy is put back by a refresh from what is sealed; without the key file it is told what to do")
    func putBack() async throws {
        try await UpgradeFixture.with { upgrade, gateway in
            _ = try await gateway.upgrade()
            let new = try #require(upgrade.fixture.read(upgrade.serverFile))
            for file in upgrade.files() {
                try Data("[RegInfo]\r\nSerial=0\r\n".utf8).write(to: URL(filePath: file))
                let result = try await gateway.refresh("g1")
                #expect(result.outcome == .restored && result.message.contains(file), "\(result)")
                #expect(upgrade.fixture.read(file) == new)
            }
            let stored = try upgrade.fixture.dump().joined()
            for key in ["U7Q4-20MC-91XK", "7KQ2M", "HX4RT"] { #expect(!stored.contains(key), "a key is in the store") }
            _ = try await gateway.perform(RotateKeyFile())
            try FileManager.default.removeItem(atPath: upgrade.files()[1])
            #expect(try await gateway.refresh("g1").outcome == .restored)
            try FileManager.default.removeItem(atPath: gateway.configuration.keyFile)
            try Data("x".utf8).write(to: URL(filePath: upgrade.files()[1]))
            let stuck = try await gateway.refresh("g1")
            #expect(stuck.outcome.isFailure && stuck.message.contains(".key"), "\(stuck)")
        }
    }
}
