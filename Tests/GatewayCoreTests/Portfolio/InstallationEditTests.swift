import AdapterKit
import Foundation
import GRDB
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

@Suite("Changing an installation")
struct InstallationEditTests {
    /// The newest record of a change.
    private func lastChange(_ gateway: Gateway) async throws -> AuditView {
        try #require(try await gateway.perform(ListAudit()).first { $0.act == "installations.set" })
    }

    @Test("With a new serial what is held stays in force; a refresh is due at once and asks for everything anew")
    func newSerial() async throws {
        try await EditFixture.with { test, gateway in
            #expect(try await gateway.refresh("n1").outcome == .updated)
            #expect(try await gateway.refresh("n1").outcome == .unchanged)
            let before = try await gateway.standing("n1")
            test.time.pass(hours: 5)
            let view = try await gateway.perform(SetInstallation(id: "n1", identity: ["account": "n1-2027"]))
            #expect(view.identity.map(\.value) == ["n1-2027", "…"], "the PIN stays")
            #expect(view.refreshDue == test.time.now && view.entitlement != nil && view.files.count == 1)
            let after = try await gateway.standing("n1")
            #expect(after.level == before.level && after.fullUntil == before.fullUntil && after.level == .licensed)
            #expect(try await gateway.refresh("n1", .login).outcome == .updated)
            #expect(test.asked == ["n1 nothing", "n1 r-n1", "n1-2027 nothing"])
            #expect(try await gateway.stored("n1").revision == "r-n1-2027")
            #expect(test.fixture.read(test.file("n1")) == "r-n1-2027")
            #expect(try await lastChange(gateway).detail == #"identity account: "n1" → "n1-2027""#)
        }
    }

    @Test("A new serial is tried at once although the old one was refused a moment ago")
    func afterRefusal() async throws {
        try await EditFixture.with(vendor: { request in
            request.account == "n1" ? .reply(500, "") : .reply(200, "r-\(request.account)")
        }) { test, gateway in
            #expect(try await gateway.refresh("n1").outcome == .unreachable)
            #expect(try await gateway.refresh("n1", .schedule).outcome == .notDue)
            let view = try await gateway.perform(SetInstallation(id: "n1", identity: ["account": "right"]))
            #expect(view.lastFailure == nil)
            #expect(try await gateway.refresh("n1", .schedule).outcome == .updated)
        }
    }

    @Test("The vendor's word that nothing changed is not taken where nothing was told to be held")
    func nothingTold() async throws {
        try await TestGateway.with(
            ScriptedAdapter.any { facts in
                Transition(
                    ScriptState(step: "done"),
                    .finish(facts.held == nil ? .granted("r1", facts) : .unchanged(.test(facts))))
            }
        ) { _ in
            .hangUp
        } _: { test in
            let always = ScriptedAdapter.any { facts in
                Transition(ScriptState(step: "done"), .finish(.unchanged(.test(facts))))
            }
            try await test.open(
                ScriptedAdapter.any { facts in
                    Transition(ScriptState(step: "done"), .finish(.granted("r1", facts)))
                }
            ) { gateway async throws in #expect(try await gateway.refresh("n1").outcome == .updated) }
            try await test.open(always) { gateway in
                #expect(try await gateway.refresh("n1").outcome == .unchanged)
                _ = try await gateway.perform(SetInstallation(id: "n1", identity: ["account": "x"]))
                let result = try await gateway.refresh("n1")
                #expect(result.outcome == .failed && result.message.contains("told that nothing is held"))
            }
        }
    }

    @Test("After a move files go to the new place; what stands at the old one is left, and blocks nobody")
    func movedServer() async throws {
        try await EditFixture.with { test, gateway in
            #expect(try await gateway.refresh("n1").outcome == .updated)
            let new = try test.fixture.site("new")
            let view = try await gateway.perform(SetInstallation(id: "n1", site: ["shared": [new]]))
            #expect(view.files.isEmpty && view.site == ["shared": [new]] && view.refreshDue == test.time.now)
            try Data("changed by the new owner".utf8).write(to: URL(filePath: test.file("n1")))
            #expect(try await gateway.refresh("n1", .login).outcome == .updated)
            #expect(test.fixture.read(test.file("new")) == "r-n1")
            #expect(test.fixture.read(test.file("n1")) == "changed by the new owner")
            #expect(try await gateway.refresh("n1").outcome == .unchanged)
            #expect(test.fixture.read(test.file("n1")) == "changed by the new owner")
            // Another installation may have the old place; the file there is a stranger's to it.
            try await test.add("n2", to: gateway, site: "n1")
            #expect(try await gateway.refresh("n2").message.contains("--adopt"))
            #expect(try await gateway.refresh("n2", adopt: true).outcome == .updated)
            #expect(test.fixture.read(test.file("n1")) == "r-n2")
        }
    }

    @Test("A move that is taken back finds its file again")
    func movedBack() async throws {
        try await EditFixture.with { test, gateway in
            #expect(try await gateway.refresh("n1").outcome == .updated)
            let old = try test.fixture.site("n1")
            for site in [try test.fixture.site("wrong"), old] {
                _ = try await gateway.perform(SetInstallation(id: "n1", site: ["shared": [site]]))
            }
            #expect(try await gateway.perform(ShowInstallation(id: "n1")).files.map(\.path) == [test.file("n1")])
            #expect(try await gateway.refresh("n1").outcome == .updated)
            #expect(test.fixture.read(test.file("n1")) == "r-n1")
        }
    }

    @Test("A move that is taken back after somebody else came to the place leaves that one's file alone")
    func movedBackTooLate() async throws {
        try await EditFixture.with { test, gateway in
            #expect(try await gateway.refresh("n1").outcome == .updated)
            let old = try test.fixture.site("n1")
            _ = try await gateway.perform(SetInstallation(id: "n1", site: ["shared": [test.fixture.site("new")]]))
            try await test.add("n2", to: gateway, site: "n1")
            #expect(try await gateway.refresh("n2", adopt: true).outcome == .updated)
            let view = try await gateway.perform(SetInstallation(id: "n1", site: ["shared": [old]]))
            #expect(view.files.isEmpty)
            let result = try await gateway.refresh("n1", adopt: true)
            #expect(result.outcome == .failed && result.message.contains("n2"))
            #expect(test.fixture.read(test.file("n1")) == "r-n2")
        }
    }

    @Test("With a profile of another protocol nothing is held until a refresh, and the history stays")
    func otherProtocol() async throws {
        try await EditFixture.with { test, gateway in
            #expect(try await gateway.refresh("n1").outcome == .updated)
            let view = try await gateway.perform(
                SetInstallation(id: "n1", profile: "other", identity: ["client": "C-1"]))
            #expect(view.profile == "other" && view.entitlement == nil && view.lastContact == nil)
            #expect(view.identity.map(\.name) == ["client"], "nothing is carried over, not even a name that both know")
            let row = try await gateway.standing("n1")
            #expect(row.level == .unlicensed && row.access == .none && row.seats.pools.isEmpty && row.fullUntil == nil)
            #expect(row.messages.first?.contains("gatehouse refresh n1") == true)
            #expect(
                try await lastChange(gateway).detail
                    == #"profile: "test" → "other"; identity account: "n1" → none; identity client: none → "C-1"; "#
                    + "identity pin cleared; what was held is no longer in force")
            #expect(try await gateway.refresh("n1", .schedule).outcome == .updated)
            #expect(test.asked.last == "C-1 nothing")
            #expect(test.fixture.read(test.file("n1")) == "r-C-1", "the same place, so still its own file")
            let operations = try await gateway.perform(ListOperations(installation: "n1"))
            #expect(operations.count == 2)
            let granted = try test.fixture.raw { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM entitlements") }
            #expect(granted == 2)
        }
    }

    @Test("With another profile of the same protocol what is held stays in force, and is asked for anew")
    func sameProtocol() async throws {
        try await EditFixture.with { test, gateway in
            #expect(try await gateway.refresh("n1").outcome == .updated)
            let view = try await gateway.perform(SetInstallation(id: "n1", profile: "test-2"))
            #expect(view.entitlement != nil && view.identity.map(\.value) == ["n1", "…"] && view.files.count == 1)
            #expect(try await gateway.standing("n1").level == .licensed)
            #expect(try await gateway.refresh("n1", .login).outcome == .updated)
            #expect(test.asked.last == "n1 nothing")
        }
    }

    @Test("Where the profile is gone another of the same protocol takes its place, and the identity stays")
    func lostProfile() async throws {
        try await EditFixture.with { test, gateway in
            #expect(try await gateway.refresh("n1").outcome == .updated)
            try FileManager.default.removeItem(atPath: test.fixture.profiles + "/test.yaml")
            try await test.open { later in
                // What the vendor knows it by can't be checked without a profile; what people record can be changed.
                let error = await callError {
                    _ = try await later.perform(SetInstallation(id: "n1", identity: ["account": "x"]))
                }
                #expect(error?.code == .notFound && error?.message.contains("test-2") == true)
                #expect(
                    try await later.perform(SetInstallation(id: "n1", facts: FactChanges(owner: "Ann"))).facts.owner
                        == "Ann")
                let view = try await later.perform(SetInstallation(id: "n1", profile: "test-2"))
                #expect(view.identity.map(\.value) == ["n1", "…"] && view.entitlement != nil)
                #expect(try await lastChange(later).detail == #"profile: "test" → "test-2""#)
            }
        }
    }

    @Test(
        "What does not fit is refused, all of it is told, and nothing is changed",
        arguments: [
            (SetInstallation(id: "n1", profile: "other"), ["client (Client) is missing"]),
            (
                SetInstallation(id: "n1", profile: "other", identity: ["account": "1"]),
                ["There is no identity value \"account\". There are: client, pin.", "client (Client) is missing"]
            ),
            (SetInstallation(id: "n1", profile: "none"), ["no profile \"none\"", "other, test, test-2"]),
            (SetInstallation(id: "n1", identity: ["account": ""]), ["account (Account) is missing"]),
            (
                SetInstallation(id: "n1", identity: ["account": " 1", "acount": "2"]),
                ["white space", "There is no identity value \"acount\""]
            ),
            (SetInstallation(id: "n1", site: ["shared": ["relative"]]), ["absolute path"]),
            (SetInstallation(id: "n1", site: ["elsewhere": ["/srv"]]), ["There is no site value \"elsewhere\""]),
            (SetInstallation(id: "n1", site: ["shared": [""]]), ["shared"]),
            (
                SetInstallation(
                    id: "n1", identity: ["account": "2"],
                    facts: FactChanges(name: "a\u{1B}b", term: "weekly", price: "1,200.00 EUR")),
                ["control characters", "monthly, annual, 3-year", "1200.00 EUR"]
            ),
            (SetInstallation(id: "n1"), ["what is to change"]),
            (SetInstallation(id: "n9", identity: ["account": "1"]), ["no installation \"n9\""]),
        ])
    func refused(_ row: (call: SetInstallation, says: [String])) async throws {
        try await EditFixture.with { _, gateway in
            #expect(try await gateway.refresh("n1").outcome == .updated)
            let before = try await gateway.stored("n1")
            let records = try await gateway.perform(ListAudit()).count
            let error = await callError { _ = try await gateway.perform(row.call) }
            for word in row.says { #expect(error?.message.contains(word) == true, "\(error as Any)") }
            #expect(try await gateway.stored("n1") == before)
            #expect(try await gateway.perform(ListAudit()).count == records)
        }
    }

    @Test("What is so already changes nothing, and nothing is written down")
    func same() async throws {
        try await EditFixture.with { test, gateway in
            _ = try await gateway.perform(SetInstallation(id: "n1", facts: FactChanges(term: "annual")))
            #expect(try await gateway.refresh("n1").outcome == .updated)
            let before = try await gateway.stored("n1")
            let records = try await gateway.perform(ListAudit()).count
            _ = try await gateway.perform(
                SetInstallation(
                    id: "n1", profile: "test", identity: ["account": "n1"], site: ["shared": [test.fixture.site("n1")]],
                    facts: FactChanges(term: "annual", notes: "")))
            #expect(try await gateway.stored("n1") == before)
            #expect(try await gateway.perform(ListAudit()).count == records)
            #expect(try await gateway.refresh("n1").outcome == .unchanged)
        }
    }

    @Test("A secret's change is told without the secret, and an optional value is taken away by an empty one")
    func secrets() async throws {
        try await EditFixture.with { _, gateway in
            _ = try await gateway.perform(SetInstallation(id: "n1", identity: ["pin": "hunter2"]))
            #expect(try await lastChange(gateway).detail == "identity pin changed")
            _ = try await gateway.perform(SetInstallation(id: "n1", identity: ["pin": ""]))
            #expect(try await lastChange(gateway).detail == "identity pin cleared")
            #expect(try await gateway.stored("n1").identity == ["account": "n1"])
            #expect(try await gateway.perform(ListAudit()).allSatisfy { !$0.detail.contains("hunter2") })
        }
    }

    @Test("While a refresh is under way what it was begun with can't be changed; what it does not touch can")
    func underWay() async throws {
        let asked = DispatchSemaphore(value: 0)
        let answer = DispatchSemaphore(value: 0)
        try await EditFixture.with(vendor: { _ in
            asked.signal()
            answer.wait()
            return .reply(200, "r1")
        }) { _, gateway in
            async let refreshed = gateway.refresh("n1")
            await asked.waitInTask()
            for call in [
                SetInstallation(id: "n1", identity: ["account": "2"]), SetInstallation(id: "n1", profile: "test-2"),
                SetInstallation(id: "n1", site: ["shared": ["/srv/other"]]),
            ] {
                let error = await callError { _ = try await gateway.perform(call) }
                #expect(error?.code == .conflict && error?.message.contains("Try again") == true)
            }
            let archived = await callError { _ = try await gateway.perform(ArchiveInstallation(id: "n1")) }
            #expect(archived?.code == .conflict)
            let customer = await callError { _ = try await gateway.perform(ArchiveCustomer(id: "north")) }
            #expect(customer?.code == .conflict && customer?.message.contains("n1") == true)
            let view = try await gateway.perform(SetInstallation(id: "n1", facts: FactChanges(notes: "busy")))
            #expect(view.facts.notes == "busy")
            answer.signal()
            #expect(try await refreshed.outcome == .updated)
            #expect(try await gateway.stored("n1").identity["account"] == "n1")
        }
    }

    @Test("A conversation that an ended process left must be finished first; the command for it is named")
    func leftOpen() async throws {
        try await EditFixture.with { test, gateway in
            let left = try await gateway.leaveOpen("n1", by: Self.dead, at: test.time.now) { facts in
                try gateway.profileAndAdapter("test").1.begin(.refresh, facts: facts)
            }
            let error = await callError {
                _ = try await gateway.perform(SetInstallation(id: "n1", identity: ["account": "2"]))
            }
            #expect(error?.code == .conflict && error?.message.contains("gatehouse refresh n1") == true)
            _ = try await gateway.refresh("n1")
            #expect(try await gateway.perform(ShowOperation(id: left.operation)).status == "done")
            _ = try await gateway.perform(SetInstallation(id: "n1", identity: ["account": "2"]))
        }
    }

    @Test("A delivery to a place that is never coming back is given up with the move, and blocks it no longer")
    func deadServer() async throws {
        try await SubscriptionFixture.with { test in
            try await test.open { gateway in
                let entry = SubscriptionFixture.Entry(id: "maple", expires: "2027-01-31")
                try await test.add(entry, to: gateway)
                let left = try await test.leaveDelivering("maple", by: Self.dead, "document", gateway)
                try FileManager.default.removeItem(atPath: test.fixture.sites + "/maple")
                #expect(try await gateway.refresh("maple").outcome == .interrupted)
                _ = try await gateway.perform(
                    SetInstallation(id: "maple", site: ["sharedData": [test.fixture.site("new")]]))
                let operation = try await gateway.perform(ShowOperation(id: left))
                #expect(operation.status == "done" && operation.steps.last?.kind == "given up")
                #expect(try await gateway.refresh("maple", .login).outcome == .updated)
                #expect(test.fixture.read(test.file("new"))?.contains("entitlement") == true)
            }
        }
    }

    @Test("A delivery that is open for a place that stays is finished after the change")
    func openDelivery() async throws {
        try await SubscriptionFixture.with { test in
            try await test.open { gateway in
                let entry = SubscriptionFixture.Entry(id: "maple", expires: "2027-01-31")
                try await test.add(entry, to: gateway)
                let left = try await test.leaveDelivering("maple", by: Self.dead, "document", gateway)
                _ = try await gateway.perform(
                    SetInstallation(id: "maple", identity: ["serialNumber": entry.serialNumber + "-X"]))
                #expect(try await gateway.perform(ShowOperation(id: left)).status == "delivering")
                #expect(try await gateway.refresh("maple").outcome == .rejected)
                #expect(try await gateway.perform(ShowOperation(id: left)).status == "done")
                #expect(test.fixture.read(test.file("maple")) == "document", "what is in force is in place")
            }
        }
    }

    private static let dead = "6f1d2c3b-0000-4000-8000-000000000000"
}

extension DispatchSemaphore {
    /// Waits on a thread of its own: with two processors one that tasks share would be half of all.
    func waitInTask() async {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { [self] in
                wait()
                continuation.resume()
            }
        }
    }
}
