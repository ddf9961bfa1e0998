import AdapterKit
import GatewayAPI
import GatewayStore
import Synchronization
import Testing
import VendorSandbox

@testable import GatewayCore

@Suite("Of answers that are lost, none costs a license that could be kept")
struct LostAnswerTests {
    private static let lost = TokenFixture.Book(faults: "lost: true, path: /token")

    /// Runs a test with a license whose last refresh was answered, and the answer lost.
    ///
    /// - Parameter body: Gets the token that the refresh was asked with.
    private func whenLost(_ body: (TokenFixture, Gateway, String) async throws -> Void) async throws {
        try await TokenFixture.with { tokens in
            try await tokens.open { gateway in
                try await tokens.add("hq", "store12", to: gateway)
                try await tokens.acquire("hq", as: "SRV-1", gateway)
                try await tokens.acquire("store12", as: "SRV-12", gateway)
                let before = try await tokens.token("refresh_token", of: "hq", gateway)
                try tokens.write(Self.lost)
                tokens.time.forgetPauses()
                #expect(try await gateway.refresh("hq").outcome == .unreachable)
                try await body(tokens, gateway, before)
            }
        }
    }

    @Test("A refresh that goes on with one that was interrupted asks once: the request that was lost may still arrive")
    func once() async throws {
        try await whenLost { tokens, gateway, before in
            try tokens.write(.init())
            tokens.time.pass(seconds: 5)
            let result = try await gateway.refresh("hq")
            #expect(result.outcome == .updated)
            let after = try await tokens.token("refresh_token", of: "hq", gateway)
            #expect(after != before)
            tokens.time.pass(seconds: 5)
            #expect(try await tokens.use(before) == 200, "the request that was lost arrives")
            // Nor does the next command use what came just now, or another process.
            try await tokens.open { other in
                let again = try await other.refresh("hq")
                #expect(again.outcome == .updated && again.operation == result.operation)
                #expect(again.message.contains("from 2026-11-22T10:01:15Z on"), "\(again)")
            }
            #expect(try await tokens.token("refresh_token", of: "hq", gateway) == after)
            #expect(try await tokens.use(before) == 200)
            tokens.time.pass(seconds: 60)
            #expect(try await gateway.refresh("hq").outcome == .updated)
            #expect(try await tokens.token("refresh_token", of: "hq", gateway) != after)
        }
    }

    @Test("It is asked for again for nearly as long as servers mostly give it, and whoever watches is told")
    func forLong() async throws {
        try await whenLost { tokens, gateway, _ in
            let pauses = tokens.time.pauses
            #expect((20_000...30_000).contains(pauses.reduce(0, +)), "\(pauses)")
            #expect(pauses.count >= 5 && zip(pauses, pauses.dropFirst()).allSatisfy { $0 < $1 }, "\(pauses)")
            // Nobody is left alone for it: the next command asks at once.
            try tokens.write(.init())
            #expect(try await gateway.refresh("hq").outcome == .updated)
        }
        try await TokenFixture.with { tokens in
            try await tokens.open { gateway in
                try await tokens.add("hq", to: gateway)
                try await tokens.acquire("hq", as: "SRV-1", gateway)
                try tokens.write(Self.lost)
                let told = Told()
                let call = Refresh(selection: .installations(["hq"]))
                _ = try await gateway.perform(call, by: .msp) { told.add($0.latest) }
                #expect(told.all.contains("answer lost, asking again: hq"), "\(told.all)")
            }
        }
    }

    @Test("An answer that comes back within the window is taken, however late")
    func late() async throws {
        try await TokenFixture.with { tokens in
            try await tokens.open { gateway in
                try await tokens.add("hq", to: gateway)
                try await tokens.acquire("hq", as: "SRV-1", gateway)
                try tokens.write(Self.lost)
                tokens.time.forgetPauses()
                let book = tokens.book
                tokens.time.whenPausing { [time = tokens.time] in
                    // Time passes as the pauses say; the network is whole again after twelve seconds.
                    time.pass(milliseconds: time.pauses.last ?? 0)
                    if time.pauses.reduce(0, +) > 12_000 { try? TokenFixture.write(.init(), to: book) }
                }
                #expect(try await gateway.refresh("hq").outcome == .updated)
                tokens.time.whenPausing(nil)
                #expect(try await gateway.stored("hq").authorizeAgain == nil)
            }
        }
    }

    @Test("Until it came, todo and the license page say that it is missed, and by which command it is asked for")
    func told() async throws {
        try await whenLost { tokens, gateway, _ in
            let command = "gatehouse refresh hq"
            let page = try await gateway.perform(ShowTokens(installation: "hq"))
            #expect(page.lostAnswer?.contains("`\(command)`") == true && page.lostAnswer?.contains("run --due") == true)
            let todo = try await gateway.perform(ListTodo())
            #expect(todo.contains { $0.installation == "hq" && $0.command == command && $0.what.contains("lost") })
            #expect(try await gateway.perform(ListTodo(customer: "maple")).count == todo.count)
            let again = try await gateway.refresh("hq")
            #expect(again.outcome == .unreachable && again.message.contains("`\(command)`"), "\(again)")
            try tokens.write(.init())
            #expect(try await gateway.refresh("hq").outcome == .updated)
            #expect(try await gateway.perform(ShowTokens(installation: "hq")).lostAnswer == nil)
            #expect(try await gateway.perform(ListTodo()).isEmpty)
        }
    }

    @Test("What a run finds lost for good it tells as a failure, whatever else it was about")
    func badEnd() async throws {
        for selection in [Refresh.Selection.due, .all, .installations(["store12"])] {
            try await whenLost { tokens, gateway, _ in
                try tokens.write(.init())
                tokens.time.pass(hours: 1)
                let report = try await gateway.perform(Refresh(selection: selection, trigger: .schedule))
                let failures = report.results.filter(\.outcome.isFailure)
                #expect(failures.map(\.installation) == ["hq"], "\(selection): \(report)")
                #expect(failures.first?.message.contains("acquired again") == true, "\(report)")
                #expect(report.counts.filter(\.key.isFailure).values.reduce(0, +) == 1, "\(report)")
                let next = try await gateway.perform(Refresh(selection: .due, trigger: .schedule))
                #expect(!next.results.contains { $0.outcome.isFailure }, "told once: \(next)")
            }
        }
    }

    @Test("A run that finds the server silent still tells that, too")
    func stillSilent() async throws {
        try await whenLost { tokens, gateway, _ in
            let report = try await gateway.perform(Refresh(selection: .due, trigger: .schedule))
            #expect(report.counts == [.unreachable: 1], "\(report)")
        }
    }
}

/// What was told, in order.
private final class Told: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    func add(_ line: String) { lines.withLock { $0.append(line) } }
}
