import AdapterKit
import Foundation
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

@Suite("Tokens of licenses that have ended are refused, and what can't be known offline is found out soon")
struct TokenEndTests {
    private static func verify(
        _ token: String, _ gateway: Gateway, at installation: String = "hq"
    ) async throws -> TokenVerdict {
        try await gateway.perform(VerifyToken(installation: installation, token: token))
    }

    /// The claims of a store's token, for a week from now.
    private static func claims(_ server: PlayedServer, _ more: [String: Any] = [:]) -> [String: Any] {
        let now = server.time.now.milliseconds / 1000
        return [
            "iss": server.issuer, "sub": "SRV-12", "aud": "pos", "iat": now, "exp": now + 604_800, "edition": "Store",
            "device": "Store 12", "hub_name": "Head Office",
        ].merging(more) { $1 }
    }

    @Test(
        "A token is refused from the end of the day on by which its license had to be renewed, in the customer's zone")
    func renewal() async throws {
        try await PlayedServer.with { server, test in
            try await test.acquire()
            let token = server.token(Self.claims(server, ["renews_on": "2026-11-23"]))
            let verdict = try await Self.verify(token, test.gateway)
            #expect(verdict.isTaken && verdict.until == Instant("2026-11-24T00:00:00Z"), "\(verdict)")
            try test.fixture.time.set("2026-11-23T23:59:59Z")
            #expect(try await Self.verify(token, test.gateway).isTaken)
            try test.fixture.time.set("2026-11-24T00:00:00Z")
            let late = try await Self.verify(token, test.gateway)
            #expect(late.refusal?.check == .time && late.refusal?.message.contains("2026-11-23") == true, "\(late)")
            let spoilt = server.token(Self.claims(server, ["renews_on": "soon"]))
            #expect(try await Self.verify(spoilt, test.gateway).refusal?.check == .format)
        }
    }

    @Test("Where the server has ended a license its tokens of before are refused, until it is acquired anew")
    func removed() async throws {
        try await TokenFixture.with { tokens in
            try await tokens.open { gateway in
                try await tokens.add("hq", "store12", to: gateway)
                try await tokens.acquire("hq", as: "SRV-1", gateway)
                try await tokens.acquire("store12", as: "SRV-12", gateway)
                let token = try await tokens.token(of: "store12", gateway)
                let spent = try await tokens.token("refresh_token", of: "store12", gateway)
                tokens.time.pass(seconds: 1)
                #expect(try await gateway.refresh("store12").outcome == .updated)
                #expect(try await Self.verify(token, gateway).isTaken)
                // Somebody else has the token: the server ends the license.
                tokens.time.pass(hours: 1)
                #expect(try await tokens.use(spent) == 400)
                #expect(try await gateway.refresh("store12").outcome == .failed)
                let refused = try await Self.verify(token, gateway)
                #expect(refused.refusal?.check == .revoked && refused.refusal?.message.contains("issuer") == true)
                tokens.time.pass(seconds: 2)
                try await tokens.acquire("store12", as: "SRV-12", gateway)
                #expect(try await Self.verify(try await tokens.token(of: "store12", gateway), gateway).isTaken)
                #expect(try await Self.verify(token, gateway).refusal?.check == .revoked)
            }
        }
    }

    @Test("Where only an answer was lost nobody's tokens are refused for it: they are good until they end")
    func lost() async throws {
        try await TokenFixture.with { tokens in
            try await tokens.open { gateway in
                try await tokens.add("hq", to: gateway)
                try await tokens.acquire("hq", as: "SRV-1", gateway)
                let token = try await tokens.token(of: "hq", gateway)
                try tokens.write(.init(faults: "lost: true, path: /token"))
                #expect(try await gateway.refresh("hq").outcome == .unreachable)
                try tokens.write(.init())
                tokens.time.pass(hours: 1)
                #expect(try await gateway.refresh("hq").outcome == .rejected)
                #expect(try await gateway.stored("hq").authorizeAgain != nil)
                #expect(try await Self.verify(token, gateway).isTaken)
            }
        }
    }

    @Test("Where the license's own token names no audience, one that does is for somebody else")
    func audience() async throws {
        try await PlayedServer.with { server, test in
            server.change(claims: { $0["aud"] = nil })
            try await test.acquire()
            var claims = Self.claims(server)
            for audience in ["another", ["pos", "another"], ""] as [Any] {
                claims["aud"] = audience
                let verdict = try await Self.verify(server.token(claims), test.gateway)
                #expect(verdict.refusal?.check == .audience, "\(audience): \(verdict)")
            }
            for audience in [nil, []] as [[String]?] {
                claims["aud"] = audience
                #expect(try await Self.verify(server.token(claims), test.gateway).isTaken, "\(audience as Any)")
            }
        }
    }

    @Test(
        "A token by a key that is not known makes the installation due, so that the keys are fetched; once in a minute")
    func unknownKey() async throws {
        try await PlayedServer.with { server, test in
            let gateway = test.gateway
            try await test.acquire()
            let due = try await gateway.stored("hq").refreshDue
            func present(_ more: [String: Any] = [:], key: String? = "k2") async throws -> TokenRefusal? {
                let header = key.map { ["kid": $0] } ?? [:]
                let token = server.token(Self.claims(server, more), header: header, isForged: key == nil)
                return try await Self.verify(token, gateway).refusal
            }
            // Fetched just now, they can't have changed.
            #expect(try await present()?.message.contains("not the issuer's") == true)
            test.fixture.time.pass(seconds: 61)
            #expect(try await present(["iss": "https://elsewhere.example"])?.check == .signature)
            #expect(try await present(key: nil)?.check == .signature)
            #expect(try await gateway.stored("hq").refreshDue == due, "neither is of an unknown key of the issuer's")
            let refusal = try #require(try await present())
            #expect(refusal.check == .signature && refusal.message.contains("`gatehouse run --due`"), "\(refusal)")
            #expect(try await gateway.stored("hq").refreshDue == test.fixture.time.now)
            let key = server.jwk
            server.answer("jwks", .json(["keys": [key, key.merging(["kid": "k2"]) { $1 }]]))
            #expect(try await gateway.perform(Refresh(selection: .due, trigger: .schedule)).counts == [.updated: 1])
            #expect(try await present() == nil)
            // One that nobody knows has nothing fetched that was fetched just now.
            let next = try await gateway.stored("hq").refreshDue
            test.fixture.time.pass(seconds: 59)
            _ = try await present(key: "k3")
            #expect(try await gateway.stored("hq").refreshDue == next)
        }
    }

    @Test("A key that the issuer has withdrawn is trusted nowhere any more once one installation has fetched the set")
    func withdrawn() async throws {
        try await PlayedServer.with { server, test in
            let gateway = test.gateway
            try await test.acquire()
            let token = server.token(Self.claims(server))
            #expect(try await Self.verify(token, gateway).isTaken)
            let terms = try #require(try await gateway.store.tokenGround(of: "hq", in: .portfolio)?.terms)
            var kept = try #require(try await gateway.store.keys(of: terms.issuer, trust: ""))
            #expect(kept.keySet == terms.keySet)
            // Another customer's installation at the same issuer.
            _ = try await gateway.perform(AddCustomer(id: "harbour", displayName: "Harbour", timeZone: "UTC"))
            _ = try await gateway.perform(
                AddInstallation(id: "depot", customer: "harbour", profile: "pos-token", identity: [:], site: [:]))
            server.answer("jwks", .json(["keys": [server.jwk.merging(["kid": "k2"]) { $1 }]]))
            let answer = server.token(Self.claims(server, ["sub": "SRV-90"]), header: ["kid": "k2"])
            server.change(tokens: { $0["access_token"] = answer })
            _ = try await gateway.perform(BeginAuthorization(installation: "depot"))
            test.fixture.time.pass(seconds: 5)
            let done = try await gateway.perform(CompleteAuthorization(installation: "depot"))
            #expect(done.result?.outcome == .updated, "\(done)")
            kept = try #require(try await gateway.store.keys(of: terms.issuer, trust: ""))
            #expect(kept.keySet != terms.keySet)
            #expect(try await Self.verify(token, gateway).refusal?.check == .signature)
        }
    }
}
