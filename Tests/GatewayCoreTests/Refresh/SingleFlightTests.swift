import AdapterKit
import Foundation
import GatewayAPI
import Synchronization
import Testing

@testable import GatewayCore

/// Which of several callers a task works for.
enum Flight {
    @TaskLocal static var number = 0
}

@Suite("One conversation at a time")
struct SingleFlightTests {
    @Test(
        "Of many callers at once one asks the vendor, and the others take its answer",
        arguments: [Refresh.Trigger.asked, .login])
    func callers(_ trigger: Refresh.Trigger) async throws {
        let callers = 8
        let waiting = Seen<Int>()
        try await TestGateway.with(ScriptedAdapter.asking()) { _ in
            // The answer is held back until all others wait for it.
            let end = Date(timeIntervalSinceNow: 60)
            while Set(waiting.all).count < callers - 1, Date() < end { sched_yield() }
            return .reply(200, "r1")
        } _: { test in
            test.time.whenPausing { waiting.add(Flight.number) }
            try await test.open(ScriptedAdapter.asking()) { gateway in
                let results = try await withThrowingTaskGroup(of: RefreshResult.self) { group in
                    for number in 1...callers {
                        group.addTask {
                            try await Flight.$number.withValue(number) { try await gateway.refresh("n1", trigger) }
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(test.vendor.requests.count == 1)
                #expect(results.count == callers && results.allSatisfy { $0.outcome == .updated })
                #expect(Set(results.map(\.operation)).count == 1)
                #expect(try await gateway.perform(ListOperations()).count == 1)
            }
        }
    }

    @Test("A failure is shared too: nobody asks a vendor again that just did not answer")
    func failure() async throws {
        let waiting = Seen<Int>()
        try await TestGateway.with(ScriptedAdapter.asking()) { _ in
            let end = Date(timeIntervalSinceNow: 60)
            while Set(waiting.all).count < 3, Date() < end { sched_yield() }
            return .reply(404, "no such account")
        } _: { test in
            test.time.whenPausing { waiting.add(Flight.number) }
            try await test.open(ScriptedAdapter.asking()) { gateway in
                let results = try await withThrowingTaskGroup(of: RefreshResult.self) { group in
                    for number in 1...4 {
                        group.addTask {
                            try await Flight.$number.withValue(number) { try await gateway.refresh("n1") }
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(test.vendor.requests.count == 1)
                #expect(results.allSatisfy { $0.outcome == .rejected && $0.message == "no such account" })
            }
        }
    }

    @Test("Two gateways on one store share a flight as two processes do")
    func twoGateways() async throws {
        let waiting = Seen<Int>()
        try await TestGateway.with(ScriptedAdapter.asking()) { _ in
            let end = Date(timeIntervalSinceNow: 60)
            while waiting.count == 0, Date() < end { sched_yield() }
            return .reply(200, "r1")
        } _: { test in
            test.time.whenPausing { waiting.add(0) }
            try await test.open(ScriptedAdapter.asking()) { first in
                try await test.open(ScriptedAdapter.asking()) { second in
                    async let one = first.refresh("n1", .login)
                    async let other = second.refresh("n1", .login)
                    let results = try await [one, other]
                    #expect(test.vendor.requests.count == 1)
                    #expect(results.allSatisfy { $0.outcome == .updated })
                    #expect(Set(results.map(\.operation)).count == 1)
                }
            }
        }
    }

    @Test("Different installations go at once, no more of them than was said", arguments: [1, 3, 8])
    func concurrency(_ concurrency: Int) async throws {
        let underWay = UnderWay()
        try await TestGateway.with(ScriptedAdapter.asking()) { _ in
            underWay.enter()
            let end = Date(timeIntervalSinceNow: 30)
            while underWay.most < concurrency, Date() < end { sched_yield() }
            underWay.leave()
            return .reply(200, "r1")
        } _: { test in
            try await test.open(ScriptedAdapter.asking()) { gateway in
                for number in 2...12 { try await test.add("n\(number)", to: gateway) }
                let report = try await gateway.perform(Refresh(selection: .all, concurrency: concurrency))
                #expect(report.counts == [.updated: 12] && report.results.count == 12)
                #expect(test.vendor.requests.count == 12)
                #expect(underWay.most == concurrency)
            }
        }
    }

    /// How many are under way at once.
    private final class UnderWay: Sendable {
        private let state = Mutex((now: 0, most: 0))

        var most: Int { state.withLock { $0.most } }

        func enter() {
            state.withLock {
                $0.now += 1
                $0.most = max($0.most, $0.now)
            }
        }

        func leave() { state.withLock { $0.now -= 1 } }
    }
}
