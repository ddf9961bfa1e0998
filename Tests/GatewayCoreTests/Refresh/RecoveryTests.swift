import AdapterKit
import Foundation
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

@Suite("Finishing what a dead process left open")
struct RecoveryTests {
    private static let dead = "6f1d2c3b-0000-4000-8000-000000000000"
    private static let entries = [
        SubscriptionFixture.Entry(id: "maple", expires: "2027-01-31"),
        SubscriptionFixture.Entry(id: "cedar", expires: "2027-01-31"),
    ]

    private func withTest(_ body: (SubscriptionFixture, Gateway) async throws -> Void) async throws {
        try await SubscriptionFixture.with(Self.entries) { test in
            try await test.open { gateway in
                for entry in Self.entries { try await test.add(entry, to: gateway) }
                try await body(test, gateway)
            }
        }
    }

    @Test("A delivery whose process is dead is finished by the next refresh, whatever that is about")
    func delivering() async throws {
        try await withTest { test, gateway in
            let operation = try await test.leaveDelivering("maple", by: Self.dead, "document", gateway)
            #expect(test.fixture.read(test.file("maple")) == nil)
            #expect(try await gateway.refresh("cedar").outcome == .updated)
            #expect(test.fixture.read(test.file("maple")) == "document")
            let view = try await gateway.perform(ShowOperation(id: operation))
            #expect(view.status == "done" && view.ended != nil && view.steps.last?.kind == "delivered")
            let files = try await gateway.perform(ShowInstallation(id: "maple")).files
            #expect(files.map(\.path) == [test.file("maple")])
        }
    }

    @Test("A refresh that only says what it would do finishes nothing, nor does a question")
    func questions() async throws {
        try await withTest { test, gateway in
            let operation = try await test.leaveDelivering("maple", by: Self.dead, "document", gateway)
            _ = try await gateway.perform(Refresh(selection: .all, dryRun: true))
            _ = try await gateway.perform(Status())
            _ = try await gateway.perform(ListOperations())
            #expect(try await gateway.perform(ShowOperation(id: operation)).status == "delivering")
            #expect(test.fixture.read(test.file("maple")) == nil)
        }
    }

    @Test("While its owner lives nobody touches a delivery; whoever waits for it finishes it once the owner is dead")
    func alive() async throws {
        try await withTest { test, gateway in
            let other = try OtherProcess(folder: test.fixture.store + "-owners")
            let operation = try await test.leaveDelivering("maple", by: other.id, "document", gateway)
            #expect(try await gateway.refresh("cedar").outcome == .updated)
            #expect(try await gateway.perform(ShowOperation(id: operation)).status == "delivering")
            #expect(test.fixture.read(test.file("maple")) == nil)
            test.time.forgetPauses()
            test.time.whenPausing { if test.time.pauses.count == 5 { other.end() } }
            let result = try await gateway.refresh("maple")
            #expect(result.outcome == .updated && result.operation == operation)
            #expect(test.time.pauses.count >= 5)
            #expect(test.fixture.read(test.file("maple")) == "document")
        }
    }

    @Test("A conversation that may be repeated goes on from its journal, under the same operation")
    func running() async throws {
        try await withTest { test, gateway in
            let left = try await gateway.leaveOpen("maple", by: Self.dead, at: test.time.now) { facts in
                try gateway.profileAndAdapter("sage300-subscription").1.begin(.refresh, facts: facts)
            }
            test.time.pass(hours: 5)
            _ = try await gateway.perform(Refresh(selection: .installations(["cedar"]), trigger: .login))
            let view = try await gateway.perform(ShowOperation(id: left.operation))
            #expect(view.status == "done" && view.outcome == "updated")
            #expect(try await gateway.stored("maple").lastContact == test.time.now)
            #expect(test.fixture.read(test.file("maple"))?.contains(left.nonce) == true)
        }
    }

    @Test("A caller who may see one customer finishes nothing of another's")
    func scope() async throws {
        try await withTest { test, gateway in
            let operation = try await test.leaveDelivering("maple", by: Self.dead, "document", gateway)
            _ = try await gateway.perform(Refresh(selection: .all), by: .limited(to: "cedar"))
            #expect(try await gateway.perform(ShowOperation(id: operation)).status == "delivering")
            _ = try await gateway.perform(Refresh(selection: .due), by: .limited(to: "maple"))
            #expect(try await gateway.perform(ShowOperation(id: operation)).status == "done")
        }
    }

    @Test(
        "What can't be put in place stays interrupted, says why, lowers nobody's access, and is finished when it can be"
    )
    func interrupted() async throws {
        try await withTest { test, gateway in
            let operation = try await test.leaveDelivering("maple", by: Self.dead, "document", gateway)
            let site = try test.fixture.site("maple")
            try FileManager.default.removeItem(atPath: site)
            _ = try await gateway.perform(Refresh(selection: .due, trigger: .schedule))
            var view = try await gateway.perform(ShowOperation(id: operation))
            #expect(view.status == "interrupted" && view.message?.contains(site) == true && view.ended == nil)
            #expect(try await gateway.standing("maple").level == .licensed)
            #expect(try await gateway.perform(ShowInstallation(id: "maple")).lastFailure?.contains(site) == true)
            #expect(try await gateway.perform(ListOperations(failed: true)).map(\.id) == [operation])

            _ = try test.fixture.site("maple")
            _ = try await gateway.perform(Refresh(selection: .due, trigger: .schedule))
            view = try await gateway.perform(ShowOperation(id: operation))
            #expect(view.status == "done" && view.outcome == "updated")
            #expect(test.fixture.read(test.file("maple")) == "document")
            #expect(try await gateway.perform(ShowInstallation(id: "maple")).lastFailure == nil)
        }
    }

    @Test("A file that a stranger put there meanwhile is not replaced until somebody says so, and then kept for good")
    func stranger() async throws {
        try await withTest { test, gateway in
            let operation = try await test.leaveDelivering("maple", by: Self.dead, "document", gateway)
            try Data("theirs".utf8).write(to: URL(filePath: test.file("maple")))
            _ = try await gateway.perform(Refresh(selection: .due, trigger: .schedule))
            #expect(try await gateway.perform(ShowOperation(id: operation)).status == "interrupted")
            #expect(test.fixture.read(test.file("maple")) == "theirs")
            // Adopted is only where the call asks for this very installation.
            _ = try await gateway.perform(Refresh(selection: .installations(["maple"]), adopt: true))
            #expect(try await gateway.perform(ShowOperation(id: operation)).status == "done")
            #expect(test.fixture.read(test.file("maple")) == "document")
            let kept = try test.fixture.site("maple") + "/\(House.name)/entitlements.xml.original"
            #expect(test.fixture.read(kept) == "theirs")
        }
    }

    @Test("Of several processes that find it open, one finishes it")
    func together() async throws {
        try await withTest { test, gateway in
            let operation = try await test.leaveDelivering("maple", by: Self.dead, "document", gateway)
            try await test.open { second in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 1...6 {
                        let one = number.isMultiple(of: 2) ? gateway : second
                        group.addTask { _ = try await one.perform(Refresh(selection: .due, trigger: .schedule)) }
                    }
                    try await group.waitForAll()
                }
            }
            let view = try await gateway.perform(ShowOperation(id: operation))
            #expect(view.status == "done" && view.steps.count { $0.kind == "delivered" } == 1)
            #expect(test.fixture.read(test.file("maple")) == "document")
        }
    }
}
