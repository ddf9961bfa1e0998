import Foundation
import Glibc
import Testing

@Suite("Processes that are at one license on tokens at once", .serialized)
struct TokenProcessTests {
    /// The refresh tokens that the server was sent, in that order.
    private func sent(_ tokens: TokenEstate) -> [String] {
        tokens.tap.exchanges.filter { $0.path == "/pos/token" }.compactMap { exchange in
            exchange.sent.split(separator: "&").first { $0.hasPrefix("refresh_token=") }.map(String.init)
        }
    }

    @Test("Twenty that refresh never use a token twice, though the server gives no answer twice")
    func refreshes() async throws {
        try await TokenEstate.with(TokenEstate.book("reuseWindow: 0s")) { tokens in
            try await tokens.acquire()
            let ended = try await withThrowingTaskGroup(of: Finished.self) { group in
                for _ in 1...20 { group.addTask { try await tokens.estate.run("refresh", "hq") } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(ended.allSatisfy { $0.code == 0 }, "\(ended.filter { $0.code != 0 })")
            let used = sent(tokens)
            #expect(
                !used.isEmpty && Set(used).count == used.count,
                "\(used.count) were sent, \(Set(used).count) of them once")
            try await tokens.estate.must("refresh", "hq")
            #expect(try await tokens.expectWhole("after twenty") == (true, nil))
        }
    }

    @Test("Two that begin show one code")
    func begin() async throws {
        try await TokenEstate.with { tokens in
            let held = Held<Bool>()
            tokens.tap.watch { exchange in
                if exchange.path == "/pos/device_authorization", exchange.isAnswered { _ = held.wait() }
                return .on
            }
            let first = try tokens.estate.start(["authorize", "hq", "--begin", "--json"])
            let second = try tokens.estate.start(["authorize", "hq", "--begin", "--json"])
            // Whichever is at it, the other waits for it, and is not asked for a code of its own.
            let store = StoreFile(tokens.estate)
            while try store.number("SELECT count(*) FROM operations WHERE ended_at IS NULL") == 0 { await Task.yield() }
            held.set(true)
            let (one, two) = (try await first.finished(), try await second.finished())
            #expect(one.code == 0 && two.code == 0, "\(one)\n\(two)")
            #expect(try one.json["notice"] == two.json["notice"])
            #expect(tokens.tap.exchanges.count { $0.path == "/pos/device_authorization" } == 1)
            #expect(try await tokens.estate.json("steps", "list").array?.count == 1)
        }
    }

    @Test("While a refresh is under way nothing is acquired anew, and giving back waits for it")
    func besides() async throws {
        try await TokenEstate.with(TokenEstate.book("reuseWindow: 0s")) { tokens in
            try await tokens.acquire()
            let (held, asked) = (Held<Bool>(), Held<Bool>())
            tokens.tap.watch { exchange in
                if exchange.path == "/pos/token", exchange.isAnswered {
                    asked.set(true)
                    _ = held.wait()
                }
                return .on
            }
            let refresh = try tokens.estate.start(["refresh", "hq"])
            _ = await onThread { asked.wait() }
            let authorize = try await tokens.estate.run("authorize", "hq", "--begin")
            #expect(authorize.code == 1 && authorize.err.contains("has a license"), "\(authorize)")
            let back = try tokens.estate.start(["deauthorize", "hq"])
            held.set(true)
            let refreshed = try await refresh.finished()
            #expect(refreshed.code == 0, "\(refreshed)")
            let ended = try await back.finished()
            #expect(ended.code == 0, "\(ended)")
            #expect(try await tokens.expectWhole("given back") == (false, nil))
            // The server has taken it back too.
            try await tokens.acquire()
        }
    }

    @Test("Refreshes and one that gives the license back, begun together, end with no license and no token used twice")
    func race() async throws {
        try await TokenEstate.with(TokenEstate.book("reuseWindow: 0s")) { tokens in
            for round in 1...4 {
                try await tokens.acquire()
                let children = try ["refresh", "deauthorize", "refresh"].map { try tokens.estate.start([$0, "hq"]) }
                let back = try await children[1].finished()
                for child in [children[0], children[2]] { _ = try await child.finished() }
                #expect(back.code == 0, "round \(round): \(back)")
                #expect(try await tokens.expectWhole("round \(round)") == (false, nil))
            }
            let used = sent(tokens)
            #expect(Set(used).count == used.count)
        }
    }
}
