import GatewayStore
import AdapterKit
import Foundation
import GatewayAPI
import Testing

@testable import GatewayCore

/// An outcome that an adapter might come to, and what is wrong with it.
struct BadOutcome: CustomTestStringConvertible, Sendable {
    var what: String
    var says: String
    var outcome: @Sendable (Facts) -> Outcome

    init(_ what: String, says: String, _ outcome: @escaping @Sendable (Facts) -> Outcome) {
        self.what = what
        self.says = says
        self.outcome = outcome
    }

    var testDescription: String { what }

    private static func granted(_ subject: [String: String]) -> @Sendable (Facts) -> Outcome {
        { facts in
            var facts = facts
            facts.identity = subject
            return .granted("r2", facts)
        }
    }

    static let all: [BadOutcome] = [
        BadOutcome("for another account", says: "account", granted(["account": "n2"])),
        BadOutcome("for no account", says: "account", granted([:])),
        BadOutcome("for an account in other letters", says: "account", granted(["account": "N1"])),
        BadOutcome("for an account with a space", says: "account", granted(["account": "n1 "])),
        BadOutcome("from the future", says: "still to come") {
            .granted("r2", $0, issued: $0.now.adding(minutes: 5, milliseconds: 1))
        },
        BadOutcome("older than what is held", says: "older than what is held") {
            .granted("r2", $0, issued: $0.held?.issued.adding(milliseconds: -1))
        },
        BadOutcome("unchanged, for another account", says: "account") { facts in
            .unchanged(Attestation(subject: ["account": "n2"], issued: facts.now))
        },
        BadOutcome("unchanged, from the future", says: "still to come") {
            .unchanged(.test($0, issued: $0.now.adding(hours: 1)))
        },
        BadOutcome("unchanged, older than what is held", says: "older than what is held") {
            .unchanged(.test($0, issued: $0.held?.issued.adding(seconds: -1)))
        },
    ]
}

@Suite("What is checked before an outcome is taken")
struct OutcomeTests {
    /// Grants at first, and then comes to another outcome.
    private static func adapter(_ outcome: @escaping @Sendable (Facts) -> Outcome) -> AnyAdapter {
        ScriptedAdapter.any { facts in
            Transition(
                ScriptState(step: "done"),
                .finish(facts.held == nil ? .granted("r1", facts) : outcome(facts)))
        }
    }

    @Test("An outcome that can't be right is a conflict, and what is held stays in force", arguments: BadOutcome.all)
    func bad(_ bad: BadOutcome) async throws {
        let adapter = Self.adapter(bad.outcome)
        try await TestGateway.with(adapter) { _ in
            .hangUp
        } _: { test in
            try await test.open(adapter) { gateway in
                #expect(try await gateway.refresh("n1").outcome == .updated)
                let before = try await gateway.stored("n1")
                test.time.pass(hours: 1)
                let result = try await gateway.refresh("n1")
                #expect(result.outcome == .failed && result.message.contains(bad.says), "\(result.message)")
                let operation = try await gateway.perform(ShowOperation(id: #require(result.operation)))
                #expect(operation.outcome == "conflict")
                let after = try await gateway.stored("n1")
                #expect(after.revision == "r1" && after.issued == before.issued && after.dates == before.dates)
                #expect(after.lastContact == before.lastContact && after.refreshDue == before.refreshDue)
            }
        }
    }

    @Test("Two spellings of an accented letter are two accounts")
    func unicode() async throws {
        let adapter = ScriptedAdapter.any { facts in
            var facts = facts
            facts.identity["account"] = "Cafe\u{301}"
            return Transition(ScriptState(step: "done"), .finish(.granted("r1", facts)))
        }
        try await TestGateway.with(adapter) { _ in
            .hangUp
        } _: { test in
            try await test.open(adapter) { gateway in
                _ = try await gateway.perform(
                    AddInstallation(
                        id: "cafe", customer: "north", profile: "test", identity: ["account": "Caf\u{E9}"], site: [:]))
                let result = try await gateway.refresh("cafe")
                #expect(result.outcome == .failed && result.field == "account")
                #expect(try await gateway.stored("cafe").held == false)
            }
        }
    }

    @Test("Unchanged where nothing is held is no outcome")
    func nothingHeld() async throws {
        let adapter = ScriptedAdapter.any { facts in
            Transition(ScriptState(step: "done"), .finish(.unchanged(.test(facts))))
        }
        try await TestGateway.with(adapter) { _ in
            .hangUp
        } _: { test in
            try await test.open(adapter) { gateway in
                let result = try await gateway.refresh("n1")
                #expect(result.outcome == .failed && result.message.contains("nothing is held"))
                #expect(try await gateway.stored("n1").lastContact == nil)
                #expect(try await gateway.standing("n1").level == .unlicensed)
            }
        }
    }

    @Test("Five minutes between two machines' clocks are no future, and an answer of the same time is not older")
    func edges() async throws {
        let adapter = Self.adapter { facts in
            facts.held?.revision == "r1"
                ? .granted("r2", facts, issued: facts.held?.issued)
                : .granted("r3", facts, issued: facts.now.adding(minutes: 5))
        }
        try await TestGateway.with(adapter) { _ in
            .hangUp
        } _: { test in
            try await test.open(adapter) { gateway async throws in
                for revision in ["r1", "r2", "r3"] {
                    #expect(try await gateway.refresh("n1").outcome == .updated)
                    #expect(try await gateway.stored("n1").revision == revision)
                }
            }
        }
    }

    @Test("A file for which the profile names no place is not delivered anywhere")
    func unknownDelivery() async throws {
        let adapter = Self.adapter { facts in
            .granted("r2", facts, files: [Grant.File(delivery: "elsewhere", contents: [65])])
        }
        try await TestGateway.with(adapter) { _ in
            .hangUp
        } _: { test in
            try await test.open(adapter) { gateway async throws in
                for _ in 1...2 { #expect(try await gateway.refresh("n1").outcome == .updated) }
                #expect(try FileManager.default.contentsOfDirectory(atPath: test.fixture.site("n1")).isEmpty)
                #expect(try await gateway.stored("n1").revision == "r2")
            }
        }
    }
}
