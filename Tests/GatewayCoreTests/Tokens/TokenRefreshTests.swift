import AdapterKit
import GatewayAPI
import GatewayStore
import POSToken
import Testing
import VendorSandbox

@testable import GatewayCore

@Suite("Tokens are refreshed long before they end, and never lost")
struct TokenRefreshTests {
    @Test("By the schedule from half of their life on, each time with the token that came last")
    func rotates() async throws {
        try await TokenFixture.with { tokens in
            try await tokens.open { gateway in
                try await tokens.add("hq", to: gateway)
                try await tokens.acquire("hq", as: "SRV-1", gateway)
                var refreshTokens: Set<String> = [try await tokens.token("refresh_token", of: "hq", gateway)]
                let began = tokens.time.now
                tokens.time.pass(hours: 83, minutes: 59)
                #expect(try await gateway.refresh("hq", .schedule).outcome == .notDue)
                for round in 1...3 {
                    tokens.time.set(began.adding(hours: 84 * round))
                    #expect(try await gateway.refresh("hq", .schedule).outcome == .updated)
                    refreshTokens.insert(try await tokens.token("refresh_token", of: "hq", gateway))
                    let page = try await gateway.perform(ShowTokens(installation: "hq"))
                    #expect(page.tokenExpires == .instant(tokens.time.now.adding(hours: 168)))
                }
                #expect(refreshTokens.count == 4)
            }
        }
    }

    @Test("A refresh is due from half of the life on, in elapsed hours whatever the zone does")
    func due() throws {
        // Rows E5.1 and E5.2: across the end of summer time in Chicago on 1 November 2026.
        let issued = try #require(Instant("2026-10-29T00:00:00Z"))
        let expires = try #require(Instant("2026-11-05T00:00:00Z"))
        #expect(POSToken.refreshTime(issued, expires) == Instant("2026-11-01T12:00:00Z"))
    }

    @Test("48 hours before the end there is a warning; ended without contact it stops, and a refresh repairs it")
    func ends() async throws {
        try await TokenFixture.with { tokens in
            try await tokens.open { gateway in
                try await tokens.add("hq", to: gateway)
                try await tokens.acquire("hq", as: "SRV-1", gateway)
                let end = tokens.time.now.adding(hours: 168)
                tokens.time.set(end.adding(hours: -48, milliseconds: -1))
                #expect(try await gateway.standing("hq").level == .licensed)
                tokens.time.set(end.adding(hours: -48))
                #expect(try await gateway.standing("hq").level == .warning)
                try tokens.write(.init(faults: "down: true"))
                tokens.time.set(end)
                #expect(try await gateway.refresh("hq").outcome == .unreachable)
                let stopped = try await gateway.standing("hq")
                #expect(stopped.level == .stopped && stopped.label == "Token expired")
                #expect(stopped.messages.first?.contains("connect it to the Internet") == true)
                // The page's own License Status is that of the renewal alone.
                #expect(try await gateway.perform(ShowTokens(installation: "hq")).status == "Licensed")
                try tokens.write(.init())
                #expect(try await gateway.refresh("hq").outcome == .updated)
                #expect(try await gateway.standing("hq").level == .licensed)
            }
        }
    }

    @Test("Past the renewal the server refreshes no more: it is said to remove the license and acquire it again")
    func lapsed() async throws {
        try await TokenFixture.with(.init(renewsOn: "2026-11-23")) { tokens in
            try await tokens.open { gateway in
                try await tokens.add("hq", to: gateway)
                try await tokens.acquire("hq", as: "SRV-1", gateway)
                #expect(try await gateway.perform(ShowTokens(installation: "hq")).status == "Requires Renewal")
                tokens.time.pass(hours: 72)
                #expect(
                    try await gateway.perform(ShowTokens(installation: "hq")).status == "Expired Requires Renewal")
                let refused = try await gateway.refresh("hq")
                #expect(refused.outcome == .failed && refused.message.contains("acquired again"))
                let record = try await gateway.stored("hq")
                #expect(record.authorizeAgain != nil && record.refreshDue == nil)
                // Nobody asks for it by itself any more, and whoever looks is told what to do.
                #expect(try await gateway.refresh("hq", .schedule).outcome == .notDue)
                let steps = try await gateway.perform(Explain(installation: "hq")).steps
                #expect(steps.contains { $0.contains("gatehouse authorize hq") })
                let todo = try await gateway.perform(ListTodo())
                #expect(todo.contains { $0.kind == .authorization && $0.installation == "hq" })
                // Renewed at the server, the license is acquired again.
                try tokens.write(.init())
                #expect(try await gateway.perform(Deauthorize(installation: "hq")).outcome == .removed)
                #expect(try await tokens.acquire("hq", as: "SRV-1", gateway).outcome == .updated)
                #expect(try await gateway.stored("hq").authorizeAgain == nil)
            }
        }
    }

    @Test("An answer that is lost on the wire is asked for again by the same token while the server allows it")
    func lostAnswer() async throws {
        try await TokenFixture.with { tokens in
            try await tokens.open { gateway in
                try await tokens.add("hq", to: gateway)
                try await tokens.acquire("hq", as: "SRV-1", gateway)
                let before = try await tokens.token("refresh_token", of: "hq", gateway)
                try tokens.write(.init(faults: "lost: true, path: /token"))
                tokens.time.pass(seconds: 1)
                #expect(try await gateway.refresh("hq").outcome == .unreachable)
                #expect(try await tokens.token("refresh_token", of: "hq", gateway) == before)
                try tokens.write(.init())
                tokens.time.pass(seconds: 5)
                // The next command goes on with it.
                #expect(try await gateway.refresh("hq").outcome == .updated)
                #expect(try await tokens.token("refresh_token", of: "hq", gateway) != before)
                tokens.time.pass(hours: 1)
                #expect(try await gateway.refresh("hq").outcome == .updated)
            }
        }
    }

    @Test("An answer that was lost is asked for again at once, while the server still gives it")
    func lostOnce() async throws {
        try await TokenFixture.with { tokens in
            try await tokens.open { gateway in
                try await tokens.add("hq", to: gateway)
                try await tokens.acquire("hq", as: "SRV-1", gateway)
                try tokens.write(.init(faults: "lost: true, path: /token, everyNth: 2"))
                // Counted from the reading of the book on: the second is lost.
                tokens.time.pass(seconds: 1)
                #expect(try await gateway.refresh("hq").outcome == .updated)
                tokens.time.forgetPauses()
                #expect(try await gateway.refresh("hq").outcome == .updated)
                #expect(tokens.time.pauses.count == 1)
                try tokens.write(.init())
                tokens.time.pass(hours: 1)
                #expect(try await gateway.refresh("hq").outcome == .updated)
            }
        }
    }

    @Test("Lost for longer than the server's window, the license must be acquired again, and that is said")
    func lostForGood() async throws {
        try await TokenFixture.with { tokens in
            try await tokens.open { gateway in
                try await tokens.add("hq", to: gateway)
                try await tokens.acquire("hq", as: "SRV-1", gateway)
                try tokens.write(.init(faults: "lost: true, path: /token"))
                #expect(try await gateway.refresh("hq").outcome == .unreachable)
                try tokens.write(.init())
                tokens.time.pass(hours: 1)
                let result = try await gateway.refresh("hq")
                #expect(result.outcome == .rejected && result.message.contains("acquired again"))
                #expect(try await gateway.stored("hq").authorizeAgain != nil)
                // What is held is good until its token ends: an outage lowers nobody's access.
                #expect(try await gateway.standing("hq").level == .licensed)
                // The server took it for a theft, and ended the license: it can be had again.
                #expect(try await tokens.acquire("hq", as: "SRV-1", gateway).outcome == .updated)
                #expect(try await gateway.stored("hq").authorizeAgain == nil)
            }
        }
    }

    @Test("Many that refresh at once, in several gateways, never use a token twice")
    func together() async throws {
        try await TokenFixture.with(.init(lines: ["reuseWindow: 0s"])) { tokens in
            try await tokens.open { first in
                try await tokens.add("hq", to: first)
                try await tokens.acquire("hq", as: "SRV-1", first)
                try await tokens.open { second in
                    for round in 1...3 {
                        tokens.time.pass(hours: 84)
                        let outcomes = try await withThrowingTaskGroup(of: RefreshResult.Outcome.self) { group in
                            for gateway in [first, second, first, second, first, second] {
                                group.addTask { try await gateway.refresh("hq").outcome }
                            }
                            return try await group.reduce(into: []) { $0.append($1) }
                        }
                        #expect(outcomes.allSatisfy { $0 == .updated }, "round \(round): \(outcomes)")
                    }
                }
                #expect(try await first.stored("hq").authorizeAgain == nil)
            }
        }
    }

    @Test("Killed once the answer was kept and before anything came of it, it goes on with what was kept")
    func goesOn() async throws {
        try await TokenFixture.with(.init(lines: ["reuseWindow: 0s"])) { tokens in
            try await tokens.open { gateway in
                try await tokens.add("hq", to: gateway)
                try await tokens.acquire("hq", as: "SRV-1", gateway)
                // Everything behind the answer fails: the keys can't be fetched, as if the process had ended.
                try tokens.write(.init(lines: ["reuseWindow: 0s"], faults: "down: true, path: /jwks"))
                let before = try await tokens.token("refresh_token", of: "hq", gateway)
                #expect(try await gateway.refresh("hq").outcome == .unreachable)
                #expect(try await tokens.token("refresh_token", of: "hq", gateway) != before)
            }
            try await tokens.open { gateway in
                try tokens.write(.init(lines: ["reuseWindow: 0s"]))
                tokens.time.pass(hours: 1)
                #expect(try await gateway.refresh("hq").outcome == .updated)
            }
        }
    }

    @Test("Opaque tokens are held and refreshed like any other, and it is said that they can't be checked here")
    func opaque() async throws {
        try await TokenFixture.with(.init(lines: ["tokens: opaque"])) { tokens in
            try await tokens.open { gateway in
                try await tokens.add("hq", to: gateway)
                try await tokens.acquire("hq", as: "SRV-1", gateway)
                tokens.time.pass(hours: 90)
                #expect(try await gateway.refresh("hq", .schedule).outcome == .updated)
                #expect(try await gateway.standing("hq").level == .licensed)
                let page = try await gateway.perform(ShowTokens(installation: "hq"))
                #expect(page.tokenExpires == .instant(tokens.time.now.adding(hours: 168)))
                #expect(page.verification.contains("opaque"))
                let token = try await tokens.token(of: "hq", gateway)
                let verdict = try await gateway.perform(VerifyToken(installation: "hq", token: token))
                #expect(verdict.refusal?.check == .format && verdict.refusal?.message.contains("opaque") == true)
            }
        }
    }

    @Test("The license may stand in the ID token, and need not come with every refresh")
    func idToken() async throws {
        try await TokenFixture.with(.init(lines: ["claimsIn: id", "tokens: opaque"])) { tokens in
            try tokens.fixture.write(
                profile: "ids",
                """
                name: ids
                product: POS server
                protocol: device-token
                vendor: { address: "${GATEHOUSE_VENDOR_URL}", path: /pos }
                settings: { claimsIn: id }
                countdowns:
                  token: { from: tokenExpires, stages: [{ at: 0h, level: stopped, label: Token expired, message: ended }] }
                """)
            try await tokens.open(profiles: [tokens.fixture.profiles]) { gateway in
                _ = try await gateway.perform(AddCustomer(id: "maple", displayName: "Maple", timeZone: "UTC"))
                _ = try await gateway.perform(
                    AddInstallation(id: "hq", customer: "maple", profile: "ids", identity: [:], site: [:]))
                #expect(try await tokens.acquire("hq", as: "SRV-1", gateway).outcome == .updated)
                #expect(try await gateway.perform(ShowTokens(installation: "hq")).license?.edition == "Corporate")
                let token = try await tokens.token("id_token", of: "hq", gateway)
                #expect(try await gateway.perform(VerifyToken(installation: "hq", token: token)).isTaken)
                tokens.time.pass(hours: 90)
                #expect(try await gateway.refresh("hq").outcome == .updated)
                #expect(try await gateway.perform(ShowTokens(installation: "hq")).license?.edition == "Corporate")
            }
        }
    }
}
