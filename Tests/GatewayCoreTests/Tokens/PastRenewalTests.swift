import AdapterKit
import GatewayAPI
import Testing

@testable import GatewayCore

@Suite("A license that is past its renewal date is renewed, given back and acquired again, and every text says so")
struct PastRenewalTests {
    private static let remove = "gatehouse deauthorize hq"
    private static let acquire = "gatehouse authorize hq"

    private static func names(_ text: String?) -> Bool {
        guard let text, let first = text.firstRange(of: "`\(remove)`"), let second = text.firstRange(of: "`\(acquire)`")
        else { return false }
        return first.lowerBound < second.lowerBound
    }

    /// Runs a test with a license whose last day is 25 November, in Chicago.
    private func withLicense(_ body: (TokenFixture, Gateway) async throws -> Void) async throws {
        try await TokenFixture.with(.init(renewsOn: "2026-11-25")) { tokens in
            try await tokens.open { gateway in
                try await tokens.add("hq", to: gateway)
                try await tokens.acquire("hq", as: "SRV-1", gateway)
                try await body(tokens, gateway)
            }
        }
    }

    @Test("Before the server was asked, and while the last day lasts, a refresh is still told")
    func explained() async throws {
        try await withLicense { tokens, gateway in
            try tokens.time.set("2026-11-26T05:59:59Z")
            let before = try await gateway.perform(Explain(installation: "hq"))
            #expect(before.steps.contains { $0.contains("then `gatehouse refresh hq`") }, "\(before.steps)")
            let renewal = try await gateway.perform(ListTodo()).first { $0.kind == .renewal }
            #expect(renewal?.command?.contains("orders add") == true)
            try tokens.time.set("2026-11-26T06:00:00Z")
            let after = try await gateway.perform(Explain(installation: "hq"))
            #expect(Self.names(after.steps.first), "\(after.steps)")
            #expect(!after.steps.contains { $0.contains("then `gatehouse refresh hq`") }, "\(after.steps)")
            let ended = try await gateway.perform(ListTodo()).first { $0.kind == .renewal }
            #expect(ended?.command == Self.remove && Self.names(ended?.what), "\(String(describing: ended))")
        }
    }

    @Test("Once the server has refused it, too; and what is told works")
    func refused() async throws {
        try await withLicense { tokens, gateway in
            try tokens.time.set("2026-11-27T00:00:00Z")
            let first = try await gateway.refresh("hq")
            #expect(first.outcome == .failed && Self.names(first.message), "\(first)")
            let second = try await gateway.refresh("hq")
            #expect(second.outcome == .rejected && Self.names(second.message), "\(second)")
            let page = try await gateway.perform(ShowTokens(installation: "hq"))
            #expect(Self.names(page.authorizeAgain), "\(page)")
            let item = try await gateway.perform(ListTodo()).first { $0.kind == .authorization }
            #expect(item?.command == Self.remove && Self.names(item?.what), "\(String(describing: item))")
            let steps = try await gateway.perform(Explain(installation: "hq")).steps
            #expect(
                steps.contains { Self.names($0) } && !steps.contains { $0.contains("`gatehouse refresh") }, "\(steps)")
            // As it is told.
            try tokens.write(.init())
            #expect(try await gateway.perform(Deauthorize(installation: "hq")).outcome == .removed)
            #expect(try await tokens.acquire("hq", as: "SRV-1", gateway).outcome == .updated)
            #expect(try await gateway.standing("hq").level == .licensed)
        }
    }

    @Test("A license that ended otherwise is acquired again, and given back where the server's page wants that")
    func otherwise() async throws {
        try await PlayedServer.with { server, test in
            try await test.acquire()
            server.answer("token", .reply(400, #"{"error": "invalid_grant"}"#))
            let refused = try await test.gateway.refresh("hq")
            let first = refused.message.firstRange(of: Self.acquire)
            let second = refused.message.firstRange(of: Self.remove)
            #expect(try #require(first).lowerBound < #require(second).lowerBound, "\(refused)")
        }
    }
}
