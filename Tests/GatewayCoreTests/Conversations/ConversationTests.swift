import GatewayProfiles
import AdapterKit
import Foundation
import GRDB
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

@Suite("Conversations between an adapter and its vendor")
struct ConversationTests {
    /// An adapter that sends so many requests, each naming its number, before it is done.
    private static func sending(_ count: Int) -> AnyAdapter {
        ScriptedAdapter.any { facts in
            Transition(ScriptState(step: "sent", count: 1), .send(.test(facts, path: "/1")))
        } resume: { (state, event, facts) throws(AdapterError) in
            guard state.count < count else { return try ScriptedAdapter.answered(state, event, facts) }
            let next = ScriptState(step: "sent", count: state.count + 1)
            return Transition(next, .send(.test(facts, path: "/\(next.count)")))
        }
    }

    @Test("Several requests go out one after the other, each journaled before and answered after")
    func several() async throws {
        try await TestGateway.with(Self.sending(4)) { _ in
            .reply(200, "r1")
        } _: { test in
            let operation = try await test.open(Self.sending(4)) { gateway in
                let result = try await gateway.refresh("n1")
                #expect(result.outcome == .updated && test.vendor.requests.map(\.path) == ["/1", "/2", "/3", "/4"])
                // The operation's ID is the same in all: the vendor's key to know a repetition by.
                let operation = try #require(result.operation)
                #expect(test.vendor.requests.allSatisfy { $0.text == "\(operation) n1" })
                return operation
            }
            try await test.open(Self.sending(4)) { gateway in
                let view = try await gateway.perform(ShowOperation(id: operation))
                #expect(view.status == "done" && view.outcome == "updated" && view.act == .refresh)
                #expect(
                    view.steps.map(\.kind)
                        == ["send", "answer", "send", "answer", "send", "answer", "send", "answer", "finish"])
                #expect(view.steps.map(\.number) == Array(1...9))
                #expect(view.steps.first?.detail == "POST /1" && view.steps[1].detail == "status 200, 2 bytes")
            }
        }
    }

    @Test("Each step has the time and a nonce of its own; the operation stays the same")
    func facts() async throws {
        let seen = Seen<Facts>()
        let adapter = ScriptedAdapter.any { facts in
            seen.add(facts)
            return Transition(ScriptState(step: "1"), .send(.test(facts)))
        } resume: { (state, event, facts) throws(AdapterError) in
            seen.add(facts)
            if state.step == "1" { return Transition(ScriptState(step: "2"), .send(.test(facts))) }
            return try ScriptedAdapter.answered(state, event, facts)
        }
        try await TestGateway.with(adapter) { _ in
            .reply(200, "r1")
        } _: { test in
            try await test.open(adapter) { gateway async throws in
                test.time.whenAsked { test.time.pass(milliseconds: 1) }
                #expect(try await gateway.refresh("n1").outcome == .updated)
            }
            let all = seen.all
            #expect(all.count == 3 && Set(all.map(\.operation)).count == 1 && Set(all.map(\.nonce)).count == 3)
            #expect(all.allSatisfy { $0.nonce.utf8.count == 32 && Hex.decode($0.nonce.utf8) != nil })
            #expect(all[0].now < all[1].now && all[1].now < all[2].now)
            #expect(all.allSatisfy { $0.identity == ["account": "n1"] && $0.held == nil })
        }
    }

    @Test("What is held is told to the adapter, which can say that it still holds")
    func held() async throws {
        try await TestGateway.with(ScriptedAdapter.asking()) { _ in
            .reply(200, "r1")
        } _: { test in
            try await test.open(ScriptedAdapter.asking()) { gateway in
                #expect(try await gateway.refresh("n1").outcome == .updated)
                test.time.pass(hours: 1)
                #expect(try await gateway.refresh("n1").outcome == .unchanged)
                let record = try await gateway.stored("n1")
                #expect(record.revision == "r1" && record.lastContact == test.time.now)
            }
        }
    }

    @Test("An adapter that never comes to an end is ended, and told by its name")
    func circle() async throws {
        let adapter = Self.sending(1_000_000)
        try await TestGateway.with(adapter) { _ in
            .reply(200, "r1")
        } _: { test in
            try await test.open(adapter) { gateway in
                let result = try await gateway.refresh("n1")
                #expect(result.outcome == .failed)
                #expect(result.message.contains("Test adapter") && result.message.contains("100 steps"))
                #expect(test.vendor.requests.count == Conversation.maximumSteps)
                #expect(try await gateway.store.openOperation(on: "n1") == nil)
            }
        }
    }

    @Test("An adapter that waits for what has passed in a circle is ended too")
    func circleOfWaits() async throws {
        let adapter = ScriptedAdapter.any { facts in
            Transition(ScriptState(step: "wait"), .wait(until: facts.now))
        } resume: { state, _, facts in
            Transition(state, .wait(until: facts.now))
        }
        try await TestGateway.with(adapter) { _ in
            .hangUp
        } _: { test in
            try await test.open(adapter) { gateway async throws in
                #expect(try await gateway.refresh("n1").outcome == .failed)
                #expect(try await gateway.store.openOperation(on: "n1") == nil)
            }
        }
    }

    @Test(
        "An adapter's error ends the operation as its kind says, and what is held stays in force",
        arguments: [
            (AdapterError.Code.unreachable, RefreshResult.Outcome.unreachable), (.rejected, .rejected),
            (.untrusted, .untrusted), (.malformed, .failed), (.expired, .failed), (.conflict, .failed),
        ])
    func errors(_ row: (code: AdapterError.Code, outcome: RefreshResult.Outcome)) async throws {
        let adapter = ScriptedAdapter.any { facts in
            Transition(ScriptState(step: "asked"), .send(.test(facts)))
        } resume: { (state, event, facts) throws(AdapterError) in
            if facts.held == nil { return try ScriptedAdapter.answered(state, event, facts) }
            throw AdapterError(row.code, "It can't go on.", field: row.code == .rejected ? "account" : nil)
        }
        try await TestGateway.with(adapter) { _ in
            .reply(200, "r1")
        } _: { test in
            try await test.open(adapter) { gateway in
                #expect(try await gateway.refresh("n1").outcome == .updated)
                let before = try await gateway.stored("n1")
                let contact = test.time.now
                test.time.pass(hours: 1)
                let result = try await gateway.refresh("n1")
                #expect(result.outcome == row.outcome && result.message == "It can't go on.")
                #expect(result.field == (row.code == .rejected ? "account" : nil))
                let operation = try await gateway.perform(ShowOperation(id: #require(result.operation)))
                #expect(operation.status == "failed" && operation.outcome == row.code.rawValue)
                #expect(operation.ended == test.time.now && operation.steps.last?.kind == "fail")
                let after = try await gateway.stored("n1")
                #expect(after.held && after.revision == "r1" && after.lastContact == contact)
                #expect(after.refreshDue == before.refreshDue && after.lastFailure == "It can't go on.")
                let next = try #require(after.nextTry).milliseconds - test.time.now.milliseconds
                let minutes: ClosedRange<Int64> = row.code == .unreachable ? 7...23 : 1440...1440
                #expect(minutes.contains(next / 60_000))
                #expect(try await gateway.standing("n1").level == .licensed)
                #expect(try await gateway.perform(ListAdapters()).first?.failuresLastDay == 1)
            }
        }
    }

    @Test("An adapter that can't even begin leaves no operation")
    func noBeginning() async throws {
        let adapter = ScriptedAdapter.any { (_) throws(AdapterError) in
            throw AdapterError(.rejected, "The account is closed.", field: "account")
        }
        try await TestGateway.with(adapter) { _ in
            .hangUp
        } _: { test in
            try await test.open(adapter) { gateway in
                let result = try await gateway.refresh("n1")
                #expect(result.outcome == .rejected && result.field == "account" && result.operation == nil)
                #expect(try await gateway.perform(ListOperations()).isEmpty)
            }
        }
    }

    @Test("A journaled state that another version wrote ends the operation, and does not crash it")
    func otherState() async throws {
        let adapter = ScriptedAdapter.asking()
        try await TestGateway.with(adapter) { _ in
            .reply(200, "r1")
        } _: { test in
            try await test.open(adapter) { gateway in
                try await gateway.leaveOpen("n1", by: UUID().uuidString.lowercased(), at: test.time.now) { facts in
                    ErasedTransition(state: Data("{\"other\":1}".utf8), step: .send(.test(facts)))
                }
                try await test.add("n2", to: gateway)
                // Whoever is asked about something else is told that it ended badly.
                let report = try await gateway.perform(Refresh(selection: .installations(["n2"])))
                #expect(report.counts == [.updated: 1, .failed: 1])
                let operation = try #require(
                    try await gateway.perform(ListOperations(installation: "n1")).first)
                #expect(operation.status == "failed" && operation.outcome == "malformed")
                #expect(report.results.contains { $0.operation == operation.id && $0.message == operation.message })
                #expect(operation.message?.contains("journaled state") == true)
                #expect(try await gateway.stored("n1").held == false)
            }
        }
    }

    @Test("An answer that must be signed and is not reaches no adapter", arguments: ["not signed", "badly signed"])
    func untrusted(_ how: String) async throws {
        let resumed = Seen<String>()
        let adapter = ScriptedAdapter.any { facts in
            var request = Request.test(facts)
            request.trust = .signed(purpose: WorkedExample.purpose)
            return Transition(ScriptState(step: "asked"), .send(request))
        } resume: { (_, _, _) throws(AdapterError) in
            resumed.add("resumed")
            throw AdapterError(.malformed, "not expected")
        }
        let reply =
            how == "not signed"
            ? "<entitlement/>\n" : String(decoding: try WorkedExample.block("changed"), as: UTF8.self)
        try await TestGateway.with(adapter) { _ in
            .reply(200, reply)
        } _: { test in
            try await test.open(adapter) { gateway in
                let result = try await gateway.refresh("n1")
                #expect(result.outcome == .untrusted && resumed.all.isEmpty)
                #expect(test.vendor.requests.count == 1)
                #expect(try await gateway.stored("n1").lastContact == nil)
            }
        }
    }
}

extension ConversationTests {
    @Test(
        "An ending that could not be written is made up for by the next refresh",
        arguments: ["in the same process", "in the next process"])
    func notWritten(_ next: String) async throws {
        try await GatewayFixture.with(mostPauses: 100) { fixture in
            let adapter = ScriptedAdapter.asking()
            try await TestVendor.with { request in
                // As a disk does that fills up while the vendor answers: what comes into force can't be recorded.
                if request.number == 1 {
                    try? fixture.raw { try $0.execute(sql: "ALTER TABLE audit RENAME TO elsewhere") }
                }
                return .reply(200, "r1")
            } _: { vendor in
                try fixture.write(profile: "test", ScriptedAdapter.profile(address: vendor.url))
                let test = TestGateway(fixture: fixture, vendor: vendor)
                try await test.open(adapter) { gateway in
                    _ = try await gateway.perform(AddCustomer(id: "north", displayName: "North", timeZone: "UTC"))
                    try await test.add("n1", to: gateway)
                    let result = try await gateway.refresh("n1")
                    #expect(result.outcome == .failed && result.message.contains(fixture.store), "\(result)")
                    #expect(try await gateway.stored("n1").held == false)
                    try fixture.raw { try $0.execute(sql: "ALTER TABLE elsewhere RENAME TO audit") }
                    if next == "in the same process" {
                        let again = try await gateway.refresh("n1")
                        #expect(again.outcome == .updated || again.outcome == .unchanged, "\(again)")
                    }
                }
                try await test.open(adapter) { gateway in
                    let again = try await gateway.refresh("n1")
                    #expect(again.outcome == .updated || again.outcome == .unchanged, "\(again)")
                    #expect(try await gateway.stored("n1").revision == "r1")
                    #expect(try await gateway.store.openOperation(on: "n1") == nil)
                    #expect(try await gateway.perform(VerifyAudit()).problem == nil)
                }
            }
        }
    }
}

extension Gateway {
    /// Leaves an operation open, as a process does that is killed before its first step.
    @discardableResult
    func leaveOpen(
        _ installation: String, by owner: String, at now: Instant, _ first: (Facts) throws -> ErasedTransition
    ) async throws -> (operation: String, nonce: String) {
        let record = try await stored(installation)
        let (profile, _) = try profileAndAdapter(record.profile)
        let (operation, nonce) = (Identifiers.operation(at: now), Identifiers.nonce())
        let facts = Facts(record, profile, operation: operation, nonce: nonce, at: now)
        let claim = try await store.claim(
            NewOperation(
                id: operation, installation: installation, customer: record.customer,
                protocolName: profile.protocolName, act: .refresh, caller: "local:1000", owner: owner, started: now,
                basedOn: record.revision,
                first: try Conversation.journal(try first(facts), nonce: nonce, at: now)))
        guard case .claimed = claim else { throw TestFailure("\(installation) is taken") }
        return (operation, nonce)
    }
}
