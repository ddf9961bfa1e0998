import GRDB
import AdapterKit
import Foundation
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

/// What must not be repeated: an activation, a rotating token.
@Suite("Requests that are made once")
struct OnceTests {
    private static let dead = "6f1d2c3b-0000-4000-8000-000000000000"

    /// Asks once, and can ask what became of it.
    private static func inspecting(_ whenResumed: @escaping @Sendable () -> Void = {}) -> AnyAdapter {
        AnyAdapter(
            InspectingAdapter(
                base: ScriptedAdapter(
                    begin: { facts in
                        Transition(ScriptState(step: "asked"), .send(.test(facts, path: "/activate", once: true)))
                    },
                    resume: { (state, event, facts) throws(AdapterError) in
                        whenResumed()
                        return try ScriptedAdapter.answered(state, event, facts)
                    }),
                inspection: { facts in
                    Transition(ScriptState(step: "inspecting"), .send(.test(facts, path: "/what-became-of")))
                }))
    }

    @Test(
        "The intent is committed before it leaves, and the raw answer is sealed and committed before the adapter sees it"
    )
    func order() async throws {
        try await GatewayFixture.with { fixture in
            let atVendor = Seen<String>()
            let atAdapter = Seen<Data>()
            let adapter = Self.inspecting {
                let answer = try? fixture.raw { try Data.fetchOne($0, sql: "SELECT answer FROM operations") }
                atAdapter.add(answer ?? Data())
            }
            try await TestVendor.with { _ in
                let step = try? fixture.raw { db in
                    try String.fetchOne(
                        db,
                        sql: """
                            SELECT status || ' ' || substr(notes, instr(notes, char(9)) + 1) FROM operations
                            WHERE step IS NOT NULL
                            """)
                }
                atVendor.add(step ?? "nothing")
                return .reply(200, "token-4711")
            } _: { vendor in
                try fixture.write(profile: "test", ScriptedAdapter.profile(address: vendor.url))
                let test = TestGateway(fixture: fixture, vendor: vendor)
                try await test.open(adapter) { gateway async throws in
                    _ = try await gateway.perform(AddCustomer(id: "north", displayName: "North", timeZone: "UTC"))
                    try await test.add("n1", to: gateway)
                    let result = try await gateway.refresh("n1")
                    #expect(result.outcome == .updated)
                    #expect(atVendor.all == ["running send\tPOST /activate, once\n"])
                    let sealed = try #require(atAdapter.all.first)
                    #expect(sealed.firstRange(of: Data("token".utf8)) == nil && sealed.count > 28)
                    let operation = try #require(result.operation)
                    let opened = try gateway.sealer.open(sealed, for: "answer \(operation)")
                    let answer = try JSONDecoder().decode(RawAnswer.self, from: Data(opened))
                    #expect(answer.status == 200 && answer.body == Array("token-4711".utf8))
                    // Nothing of it is kept when the operation has ended.
                    #expect(try fixture.raw { try Data.fetchOne($0, sql: "SELECT answer FROM operations") } == nil)
                    let view = try await gateway.perform(ShowOperation(id: operation))
                    #expect(view.steps.map(\.kind) == ["send", "answer", "answer", "finish"])
                    #expect(view.steps[1].detail == "kept, sealed")
                }
            }
        }
    }

    @Test("Killed after the answer was kept: the next process goes on from it, and the vendor is not asked again")
    func killedAfter() async throws {
        try await TestGateway.with(Self.inspecting()) { _ in
            .reply(500, "not to be asked")
        } _: { test in
            let operation = try await test.open(Self.inspecting()) { gateway in
                let left = try await gateway.leaveOpen("n1", by: Self.dead, at: test.time.now) { facts in
                    try Self.inspecting().begin(.refresh, facts: facts)
                }
                let answer = try JSONEncoder().encode(RawAnswer(status: 200, body: Array("r7".utf8)))
                try await gateway.store.keepAnswer(
                    gateway.sealer.seal(Array(answer), for: "answer \(left.operation)"), of: left.operation,
                    note: StepNote(at: test.time.now, kind: "answer", detail: "kept, sealed"))
                return left.operation
            }
            test.time.pass(hours: 72)
            try await test.open(Self.inspecting()) { gateway in
                _ = try await gateway.perform(Refresh(selection: .due, trigger: .schedule))
                #expect(test.vendor.requests.isEmpty)
                let view = try await gateway.perform(ShowOperation(id: operation))
                #expect(view.status == "done" && view.outcome == "updated")
                #expect(view.steps.map(\.kind) == ["send", "answer", "resume", "finish"])
                #expect(try await gateway.stored("n1").revision == "r7")
            }
        }
    }

    @Test("Killed before the answer came: the vendor is asked what became of it, and nothing is repeated")
    func killedBefore() async throws {
        try await TestGateway.with(Self.inspecting()) { request in
            request.path == "/what-became-of" ? .reply(200, "r8") : .reply(500, "repeated")
        } _: { test in
            let operation = try await test.open(Self.inspecting()) { gateway in
                try await gateway.leaveOpen("n1", by: Self.dead, at: test.time.now) { facts in
                    try Self.inspecting().begin(.refresh, facts: facts)
                }.operation
            }
            try await test.open(Self.inspecting()) { gateway in
                _ = try await gateway.perform(Refresh(selection: .due, trigger: .schedule))
                #expect(test.vendor.requests.map(\.path) == ["/what-became-of"])
                // The operation is the key under which the vendor knows the act.
                #expect(test.vendor.requests.first?.text == "\(operation) n1")
                let view = try await gateway.perform(ShowOperation(id: operation))
                #expect(view.status == "done" && view.steps.map(\.kind).prefix(3) == ["send", "inspect", "send"])
                #expect(try await gateway.stored("n1").revision == "r8")
            }
        }
    }

    @Test(
        "While the vendor can't be asked what became of it, it stays unknown: it is asked again, and nothing is repeated"
    )
    func inspectingFails() async throws {
        try await TestGateway.with(Self.inspecting()) { request in
            guard request.path == "/what-became-of" else { return .reply(500, "repeated") }
            return request.number <= VendorLine.attempts ? .hangUp : .reply(200, "r9")
        } _: { test in
            try await test.open(Self.inspecting()) { gateway in
                let operation = try await gateway.leaveOpen("n1", by: Self.dead, at: test.time.now) { facts in
                    try Self.inspecting().begin(.refresh, facts: facts)
                }.operation
                // So long ago that nothing is gained by asking again and again.
                test.time.pass(minutes: 1)
                _ = try await gateway.perform(Refresh(selection: .due, trigger: .schedule))
                #expect(test.vendor.requests.count == VendorLine.attempts)
                test.time.pass(minutes: 30)
                _ = try await gateway.perform(Refresh(selection: .due, trigger: .schedule))
                #expect(test.vendor.requests.allSatisfy { $0.path == "/what-became-of" })
                #expect(test.vendor.requests.allSatisfy { $0.text == "\(operation) n1" })
                #expect(try await gateway.stored("n1").revision == "r9")
            }
        }
    }

    @Test("An answer that is lost on the way is asked about by the next command, and the request is not repeated")
    func lost() async throws {
        try await TestGateway.with(Self.inspecting()) { request in
            request.path == "/what-became-of" ? .reply(200, "r10") : .hangUp
        } _: { test in
            try await test.open(Self.inspecting()) { gateway in
                let result = try await gateway.refresh("n1")
                #expect(result.outcome == .unreachable && result.operation != nil)
                #expect(test.vendor.requests.map(\.path) == ["/activate"])
                _ = try await gateway.perform(Refresh(selection: .due, trigger: .schedule))
                #expect(test.vendor.requests.map(\.path) == ["/activate", "/what-became-of"])
                let view = try await gateway.perform(ShowOperation(id: #require(result.operation)))
                #expect(view.status == "done" && view.outcome == "updated")
                #expect(try await gateway.stored("n1").revision == "r10")
            }
        }
    }

    @Test("Where the vendor can't be asked what became of it, a person is: it fails, and is not repeated by itself")
    func noInspection() async throws {
        try await TestGateway.with(ScriptedAdapter.asking(once: true)) { _ in
            .hangUp
        } _: { test in
            try await test.open(ScriptedAdapter.asking(once: true)) { gateway in
                let result = try await gateway.refresh("n1")
                #expect(result.outcome == .unreachable && test.vendor.requests.count == 1)
                _ = try await gateway.perform(Refresh(selection: .due, trigger: .schedule))
                let view = try await gateway.perform(ShowOperation(id: #require(result.operation)))
                #expect(view.status == "failed" && view.outcome == "conflict")
                #expect(view.message?.contains("Look at the vendor's record") == true)
                test.time.pass(hours: 23)
                _ = try await gateway.perform(Refresh(selection: .due, trigger: .schedule))
                #expect(test.vendor.requests.count == 1)
            }
        }
    }

    @Test("A refusal is an answer: it was made once, and is over")
    func refused() async throws {
        try await TestGateway.with(Self.inspecting()) { _ in
            .reply(409, "used up")
        } _: { test in
            try await test.open(Self.inspecting()) { gateway in
                let result = try await gateway.refresh("n1")
                #expect(result.outcome == .rejected && result.message == "used up")
                #expect(test.vendor.requests.count == 1)
                #expect(try await gateway.store.openOperation(on: "n1") == nil)
            }
        }
    }

    @Test("A kept answer whose key is gone is not thrown away: the operation stays open and says which file is wrong")
    func keyGone() async throws {
        try await TestGateway.with(Self.inspecting(), mostPauses: 100) { _ in
            .reply(500, "not to be asked")
        } _: { test in
            try await test.open(Self.inspecting()) { gateway in
                let left = try await gateway.leaveOpen("n1", by: Self.dead, at: test.time.now) { facts in
                    try Self.inspecting().begin(.refresh, facts: facts)
                }
                let answer = try JSONEncoder().encode(RawAnswer(status: 200, body: Array("r7".utf8)))
                try await gateway.store.keepAnswer(
                    gateway.sealer.seal(Array(answer), for: "answer \(left.operation)"), of: left.operation,
                    note: StepNote(at: test.time.now, kind: "answer", detail: "kept, sealed"))
            }
            let key = test.fixture.store + ".key"
            let kept = try Data(contentsOf: URL(filePath: key))
            try FileManager.default.removeItem(atPath: key)
            try await test.open(Self.inspecting()) { gateway in
                let result = try await gateway.refresh("n1")
                #expect(result.outcome == .failed && result.message.contains(key), "\(result)")
                #expect(try await gateway.store.openOperation(on: "n1")?.answer != nil)
            }
            try kept.write(to: URL(filePath: key))
            try await test.open(Self.inspecting()) { gateway in
                _ = try await gateway.perform(Refresh(selection: .due, trigger: .schedule))
                #expect(try await gateway.stored("n1").revision == "r7" && test.vendor.requests.isEmpty)
            }
        }
    }
}
