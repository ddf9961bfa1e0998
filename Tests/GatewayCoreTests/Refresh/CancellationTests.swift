import GatewayStore
import AdapterKit
import Foundation
import GatewayAPI
import Synchronization
import Testing

@testable import GatewayCore

@Suite("A refresh that is cancelled")
struct CancellationTests {
    private static let descriptor = ScriptedAdapter.descriptor(
        deliveries: [Field(name: "license", title: "License", help: "It is the license file.")])
    private static let deliver = #"deliver: { license: "{site.shared}/license.txt" }"#

    /// Asks for a file, perhaps once; it can ask what became of that.
    private static func adapter(once: Bool) -> AnyAdapter {
        AnyAdapter(
            InspectingAdapter(
                base: ScriptedAdapter(
                    descriptor: descriptor,
                    begin: { facts in
                        Transition(ScriptState(step: "asked"), .send(.test(facts, path: "/ask", once: once)))
                    },
                    resume: { (state, event, facts) throws(AdapterError) in
                        guard case .answer(let response) = event, response.status == 200 else {
                            throw AdapterError(.malformed, "no answer")
                        }
                        if facts.held?.revision == "r1" { return Transition(state, .finish(.unchanged(.test(facts)))) }
                        let file = Grant.File(delivery: "license", contents: response.body)
                        return Transition(state, .finish(.granted("r1", facts, files: [file])))
                    }),
                inspection: { facts in
                    Transition(ScriptState(step: "inspecting"), .send(.test(facts, path: "/inspect")))
                }))
    }

    /// Cancels a task at one of the moments at which something outside it is asked for.
    private final class Canceller: Sendable {
        private struct State {
            var task: Task<Void, Never>?
            var moments = 0
            var at: Int?
        }

        private let state = Mutex(State())

        var moments: Int { state.withLock { $0.moments } }
        var isReady: Bool { state.withLock { $0.task != nil } }

        func begin(_ task: Task<Void, Never>) { state.withLock { $0.task = task } }

        func arm(at moment: Int?) { state.withLock { $0 = State(task: nil, moments: 0, at: moment) } }

        /// One more moment has come.
        func moment() {
            let task = state.withLock { state -> Task<Void, Never>? in
                state.moments += 1
                return state.moments == state.at ? state.task : nil
            }
            task?.cancel()
        }
    }

    private func run(
        _ gateway: Gateway, _ installation: String, _ canceller: Canceller, at moment: Int?
    ) async {
        canceller.arm(at: moment)
        let task = Task {
            while !canceller.isReady { await Task.yield() }
            _ = try? await gateway.refresh(installation)
        }
        canceller.begin(task)
        await task.value
        canceller.arm(at: nil)
    }

    @Test(
        "At whatever moment it is cancelled, nothing is left half done: the next refresh ends with the file in place",
        arguments: [false, true])
    func moments(_ once: Bool) async throws {
        let canceller = Canceller()
        let adapter = Self.adapter(once: once)
        try await TestGateway.with(adapter, deliver: Self.deliver) { _ in
            canceller.moment()
            return .reply(200, "license")
        } _: { test in
            test.time.whenAsked { canceller.moment() }
            try await test.open(adapter) { gateway in
                await run(gateway, "n1", canceller, at: nil)
                // Counted again without a cancellation, on an installation that is fresh too.
                try await test.add("n2", to: gateway)
                canceller.arm(at: nil)
                _ = try await gateway.refresh("n2")
                let moments = canceller.moments
                #expect(moments > 5)
                for moment in 1...moments {
                    let installation = "m\(moment)"
                    try await test.add(installation, to: gateway)
                    await run(gateway, installation, canceller, at: moment)
                    let path = try test.fixture.site(installation) + "/license.txt"
                    let cancelled = try await gateway.stored(installation)
                    if cancelled.held, try await gateway.store.openOperation(on: installation) == nil {
                        #expect(test.fixture.read(path) == "license", "in force without its file, moment \(moment)")
                    }
                    #expect(cancelled.nextTry == nil || cancelled.held, "put off by a cancellation, moment \(moment)")
                    let selection: Refresh.Selection = once ? .due : .installations([installation])
                    _ = try await gateway.perform(Refresh(selection: selection))
                    #expect(test.fixture.read(path) == "license", "moment \(moment)")
                    #expect(try await gateway.stored(installation).revision == "r1", "moment \(moment)")
                    #expect(try await gateway.store.openOperation(on: installation) == nil, "moment \(moment)")
                    if once {
                        let asked = test.vendor.requests.count {
                            $0.path == "/ask" && $0.text.hasSuffix(" \(installation)")
                        }
                        #expect(asked == 1, "asked \(asked) times, moment \(moment)")
                    }
                }
            }
        }
    }

    @Test("A cancelled call over many ends with the word, begins nothing more, and leaves nothing open")
    func many() async throws {
        let canceller = Canceller()
        let adapter = Self.adapter(once: false)
        try await TestGateway.with(adapter, deliver: Self.deliver) { request in
            if request.number == 3 { canceller.moment() }
            return .reply(200, "license")
        } _: { test in
            try await test.open(adapter) { gateway in
                for number in 2...30 { try await test.add("n\(number)", to: gateway) }
                canceller.arm(at: 1)
                let failure = Seen<CallError.Code?>()
                let task = Task {
                    while !canceller.isReady { await Task.yield() }
                    failure.add(
                        await callError { _ = try await gateway.perform(Refresh(selection: .all, concurrency: 2)) }?
                            .code)
                }
                canceller.begin(task)
                await task.value
                #expect(failure.all == [.cancelled])
                #expect(test.vendor.requests.count <= 5)
                #expect(try await gateway.store.unfinishedOperations(in: .portfolio, now: test.time.now).isEmpty)
                let report = try await gateway.perform(Refresh(selection: .due, trigger: .schedule))
                #expect((report.counts[.updated] ?? 0) >= 25 && report.counts.values.reduce(0, +) <= 30)
                for number in 1...30 {
                    #expect(test.fixture.read(try test.fixture.site("n\(number)") + "/license.txt") == "license")
                }
            }
        }
    }
}
