import AdapterKit
import Foundation
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

@Suite("Steps that people do")
struct StepCallTests {
    private func done(_ operation: String, step: Int = 1) -> CompleteStep {
        CompleteStep(operation: operation, step: step, values: ByHandValues.first)
    }

    @Test("A step waits across restarts and weeks, for whichever process the person comes to")
    func restart() async throws {
        try await ByHandFixture.with { test in
            let operation = try await test.open { gateway in
                try await test.addBoth(to: gateway)
                return try await gateway.ask("office")
            }
            test.time.pass(hours: 24 * 40)
            try await test.open { first in
                let item = try #require(try await first.perform(ListSteps(installation: "office")).first)
                #expect(item.operation == operation && item.since == test.time.now.adding(hours: -24 * 40))
                let result = try await test.open { second in try await second.perform(done(operation)) }
                #expect(result.outcome == .updated)
                #expect(try await first.perform(ListSteps()).isEmpty)
                #expect(try await first.standing("office").level == .licensed)
            }
        }
    }

    @Test("Another step's number is refused, and says for which the operation waits")
    func number() async throws {
        try await ByHandFixture.withGateway { test, gateway in
            let operation = try await gateway.ask("office")
            let before = try test.fixture.dump()
            for number in [0, 2] {
                let error = await callError { _ = try await gateway.perform(done(operation, step: number)) }
                #expect(error?.message.contains("waits for its step 1, not for \(number)") == true)
            }
            #expect(try test.fixture.dump() == before)
        }
    }

    @Test("A step is done once: of several at once one is taken, and again only says how it ended")
    func twice() async throws {
        try await ByHandFixture.withGateway { test, gateway in
            let operation = try await gateway.ask("office")
            let errors = try await test.open { second in
                await withTaskGroup(of: CallError?.self) { group in
                    for number in 1...4 {
                        let one = number.isMultiple(of: 2) ? gateway : second
                        group.addTask { await callError { _ = try await one.perform(done(operation)) } }
                    }
                    return await group.reduce(into: []) { $0.append($1) }
                }
            }
            #expect(errors.count { $0 == nil } == 1)
            let again = await callError { _ = try await gateway.perform(done(operation)) }
            #expect(again?.code == .conflict)
            #expect(
                again?.message.contains("waits for nobody: it ended \(test.time.now): Updated") == true,
                "\(again?.message ?? "")")
            #expect(try test.fixture.dump().count { $0.hasPrefix("entitlements:") } == 1)
        }
    }

    @Test("Given up, a step says who did so and why, can't be done any more, and the next refresh asks anew")
    func cancelled() async throws {
        try await ByHandFixture.withGateway { test, gateway in
            let operation = try await gateway.ask("office")
            let view = try await gateway.perform(CancelStep(operation: operation, note: "Not theirs."))
            #expect(view.status == "failed" && view.outcome == "givenUp")
            #expect(view.message == "It was given up by local:1000. Not theirs.")
            let mistakes = [
                await callError { _ = try await gateway.perform(done(operation)) },
                await callError { _ = try await gateway.perform(CancelStep(operation: operation)) },
            ]
            for error in mistakes { #expect(error?.message.contains("waits for nobody: it ended") == true) }
            #expect(try await gateway.ask("office") != operation)
            let audit = try await gateway.perform(ListAudit()).first { $0.act == "steps.cancel" }
            #expect(audit?.subject == "office" && audit?.detail == "operation \(operation)")
        }
    }

    @Test("What nobody knows and what waits for nobody is told as such")
    func unknown() async throws {
        try await OfflineFixture.withGateway { test, gateway in
            let operation = try #require(try await gateway.refresh("maple").operation)
            #expect(await callError { _ = try await gateway.perform(done("none")) }?.code == .notFound)
            #expect(
                await callError { _ = try await gateway.perform(ShowStep(operation: "none")) }?.code == .notFound)
            #expect(await callError { _ = try await gateway.perform(done(operation)) }?.code == .conflict)
            let detail = try await gateway.perform(ShowStep(operation: operation))
            #expect(detail.item == nil && detail.what == nil && detail.operation.outcome == "updated")
        }
    }

    @Test("The soonest loss of access comes first; owner, customer, installation and scope choose among them")
    func order() async throws {
        try await ByHandFixture.withGateway { test, gateway in
            try await gateway.record("plant", ["expires": "2026-11-30"])
            try await gateway.record("office", ByHandValues.first)
            test.time.pass(hours: 1)
            _ = try await gateway.ask("plant")
            test.time.pass(hours: 1)
            _ = try await gateway.ask("office")
            let steps = try await gateway.perform(ListSteps())
            // Sage 200 stops 35 days after the last contact, Sage 300 is read-only 45 days after its end.
            #expect(steps.map(\.installation) == ["office", "plant"])
            #expect(
                steps.compactMap(\.fullUntil).map(\.description) == ["2026-12-27T10:00:00Z", "2027-01-15T00:00:00Z"])
            _ = try await gateway.perform(SetInstallation(id: "plant", facts: FactChanges(owner: "kim")))
            #expect(try await gateway.perform(ListSteps(owner: "kim")).map(\.installation) == ["plant"])
            #expect(try await gateway.perform(ListSteps(customer: "office")).map(\.installation) == ["office"])
            #expect(try await gateway.perform(ListSteps(installation: "plant")).map(\.owner) == ["kim"])
            #expect(try await gateway.perform(ListSteps(), by: .limited(to: "plant")).map(\.installation) == ["plant"])
            #expect(await callError { _ = try await gateway.perform(ListSteps(customer: "elm")) }?.code == .notFound)
        }
    }

    @Test("Who may see one customer does its steps and no other's")
    func scope() async throws {
        try await ByHandFixture.withGateway { _, gateway in
            let operation = try await gateway.ask("office")
            for call in [
                { (caller: Caller) async throws in
                    _ = try await gateway.perform(ShowStep(operation: operation), by: caller)
                },
                { _ = try await gateway.perform(CancelStep(operation: operation), by: $0) },
                { _ = try await gateway.perform(done(operation), by: $0) },
            ] {
                #expect(await callError { try await call(.limited(to: "plant")) }?.code == .notFound)
            }
            #expect(try await gateway.perform(done(operation), by: .limited(to: "office")).outcome == .updated)
        }
    }
}
