import AdapterKit
import Foundation
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

@Suite("Conversations that wait")
struct WaitingTests {
    /// An adapter whose vendor says "later" until an hour has passed.
    private static let adapter = ScriptedAdapter.any { facts in
        Transition(ScriptState(step: "asked"), .send(.test(facts, path: "/order")))
    } resume: { (state, event, facts) throws(AdapterError) in
        switch (state.step, event) {
        case ("asked", .answer):
            return Transition(ScriptState(step: "waiting"), .wait(until: facts.now.adding(hours: 1)))
        case ("waiting", .time): return Transition(ScriptState(step: "fetched"), .send(.test(facts, path: "/fetch")))
        default: return try ScriptedAdapter.answered(state, event, facts)
        }
    }

    private func withTest(_ body: (TestGateway) async throws -> Void) async throws {
        try await TestGateway.with(Self.adapter, mostPauses: 100) { _ in
            .reply(200, "r1")
        } _: {
            try await body($0)
        }
    }

    @Test("What waits is journaled, and goes on in another process when its time has come")
    func resumed() async throws {
        try await withTest { test in
            let until = test.time.now.adding(hours: 1)
            let operation = try await test.open(Self.adapter) { gateway in
                let result = try await gateway.refresh("n1")
                #expect(result.outcome == .notDue && result.message.contains("\(until)"))
                let view = try await gateway.perform(ShowOperation(id: #require(result.operation)))
                #expect(view.status == "waiting" && view.ended == nil)
                #expect(view.steps.map(\.kind) == ["send", "answer", "wait"])
                return view.id
            }
            // Too early: nothing is asked.
            test.time.pass(minutes: 59)
            try await test.open(Self.adapter) { gateway in
                let result = try await gateway.refresh("n1")
                #expect(result.outcome == .notDue && result.operation == operation)
                #expect(test.vendor.requests.map(\.path) == ["/order"])
            }
            test.time.pass(minutes: 1)
            try await test.open(Self.adapter) { gateway in
                let report = try await gateway.perform(Refresh(selection: .due, trigger: .schedule))
                #expect(report.counts[.unreachable] == nil && report.counts[.failed] == nil)
                #expect(test.vendor.requests.map(\.path) == ["/order", "/fetch"])
                let view = try await gateway.perform(ShowOperation(id: operation))
                #expect(view.status == "done" && view.outcome == "updated")
                #expect(
                    view.steps.map(\.kind) == ["send", "answer", "wait", "time", "send", "answer", "finish"])
                #expect(try await gateway.stored("n1").revision == "r1")
                #expect(test.vendor.requests.allSatisfy { $0.text == "\(operation) n1" })
            }
        }
    }

    @Test("What waits goes on in the same process too when its time has come")
    func sameProcess() async throws {
        try await withTest { test in
            try await test.open(Self.adapter) { gateway in
                #expect(try await gateway.refresh("n1").outcome == .notDue)
                test.time.pass(hours: 1)
                let result = try await gateway.refresh("n1", .login)
                #expect([.updated, .notDue].contains(result.outcome), "\(result)")
                #expect(test.vendor.requests.map(\.path) == ["/order", "/fetch"])
                #expect(try await gateway.stored("n1").revision == "r1")
            }
        }
    }

    @Test("A wait for a time that has passed is none")
    func passed() async throws {
        let adapter = ScriptedAdapter.any { facts in
            Transition(ScriptState(step: "waiting"), .wait(until: facts.now.adding(seconds: -1)))
        } resume: { state, _, facts in
            Transition(state, .finish(.granted("r1", facts)))
        }
        try await TestGateway.with(adapter) { _ in
            .hangUp
        } _: { test in
            try await test.open(adapter) { gateway async throws in
                #expect(try await gateway.refresh("n1").outcome == .updated)
            }
        }
    }

    @Test("Another installation is not held up by one that waits")
    func others() async throws {
        try await withTest { test in
            try await test.open(Self.adapter) { gateway in
                try await test.add("n2", to: gateway)
                let report = try await gateway.perform(Refresh(selection: .all))
                #expect(report.counts == [.notDue: 2])
                #expect(try await gateway.perform(ListOperations()).count == 2)
            }
        }
    }
}
