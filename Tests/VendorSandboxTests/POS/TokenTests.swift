import Foundation
import Testing
import VendorSandbox

@Suite("POS: tokens")
struct TokenTests {
    @Test("An access token carries the license, signed with a published key", arguments: ["EdDSA", "ES256", "RS256"])
    func claims(_ algorithm: String) async throws {
        try await RunningSandbox.with(POSBooks.one("algorithm: \(algorithm)")) { sandbox in
            let client = POSClient(sandbox)
            let reply = try await client.acquire()
            #expect(reply.headers["cache-control"] == "no-store" && reply.headers["pragma"] == "no-cache")
            try #expect(reply.text("token_type") == "Bearer" && reply.number("expires_in") == 604_800)
            #expect(reply.object["id_token"] == nil && reply.object["scope"] == nil)
            let keys = try await client.get("/pos/jwks")
            let token = try CheckedToken(reply.accessToken, by: keys)
            #expect(token.header["typ"] as? String == "at+jwt" && token.header["alg"] as? String == algorithm)
            #expect(token.text("iss") == POSClient.issuer && token.text("aud") == "pos")
            #expect(token.text("sub") == POSBooks.store && token.text("server_id") == POSBooks.store)
            #expect(token.number("iat") == 1_795_341_600 && token.number("exp") == 1_795_341_600 + 604_800)
            #expect(token.text("client_id") == "gatehouse" && token.text("jti")?.isEmpty == false)
            #expect(token.text("organization") == "Maple & Ridge <Retail>")
            #expect(token.text("device") == "Front Street \"East\"" && token.text("edition") == "Store")
            #expect(token.claims["features"] as? [String] == ["xms"])
            #expect(token.text("hub_name") == "Maple Corporate")
            #expect(token.text("hub_url") == "https://hub.maple.example:8443")
            #expect(token.text("renews_on") == "2027-03-31")
            let cloud = try await CheckedToken(client.acquire(POSBooks.cloud).accessToken, by: keys)
            #expect(cloud.claims["features"] as? [String] == ["xms", "giftcards"])
            #expect(cloud.claims["hub_name"] == nil && cloud.claims["renews_on"] == nil)
            #expect(cloud.text("jti") != token.text("jti"))
            #expect(!keys.text.contains("\"d\"") && keys.object["keys"] is [[String: Any]])
        }
    }

    @Test("With openid there is an ID token, which carries the license where the book says so")
    func idTokens() async throws {
        try await RunningSandbox.with(POSBooks.one("claimsIn: id")) { sandbox in
            let client = POSClient(sandbox)
            let reply = try await client.acquire(scope: "openid offline_access unheard-of")
            try #expect(reply.text("scope") == "openid offline_access")
            let keys = try await client.get("/pos/jwks")
            let id = try CheckedToken(reply.text("id_token"), by: keys)
            #expect(id.header["typ"] as? String == "JWT" && id.text("aud") == "gatehouse")
            #expect(id.text("sub") == POSBooks.store && id.text("edition") == "Store")
            let access = try CheckedToken(reply.accessToken, by: keys)
            #expect(access.text("edition") == nil && access.text("scope") == "openid offline_access")
            let next = try await client.refresh(reply.refreshToken, scope: "openid")
            try #expect(CheckedToken(next.text("id_token"), by: keys).text("edition") == "Store")
            try await #expect(
                client.refresh(next.refreshToken, scope: "openid offline_access").status == 200)
        }
    }

    @Test("An opaque access token says nothing by itself; introspection says it")
    func opaque() async throws {
        try await RunningSandbox.with(POSBooks.one("tokens: opaque")) { sandbox in
            let client = POSClient(sandbox)
            let token = try await client.acquire().accessToken
            #expect(!token.contains("."))
            let told = try await client.introspect(token)
            #expect(told.object["active"] as? Bool == true)
            try #expect(told.text("edition") == "Store" && told.text("server_id") == POSBooks.store)
            try #expect(told.number("exp") == 1_795_341_600 + 604_800 && told.text("token_type") == "Bearer")
        }
    }

    // MARK: Refreshing

    @Test("A refresh brings a new refresh token; the spent one is answered the same for a while, byte for byte")
    func reuseWindow() async throws {
        try await RunningSandbox.with(POSBooks.one()) { sandbox in
            let client = POSClient(sandbox)
            let first = try await client.acquire().refreshToken
            try sandbox.clock.set("2026-11-23T10:00:00Z")
            let answer = try await client.refresh(first)
            try #expect(answer.status == 200 && answer.refreshToken != first)
            try sandbox.clock.set("2026-11-23T10:00:29Z")
            for _ in 1...3 { try await #expect(client.refresh(first).body == answer.body) }
            let next = try await client.refresh(answer.refreshToken)
            #expect(next.status == 200, "what was answered again is good")
            try await #expect(client.refresh(answer.refreshToken).body == next.body)
            let old = try await client.refresh(first)
            #expect(old.isError("invalid_grant"), "two steps back is reuse, whenever")
        }
    }

    @Test("A spent refresh token that comes again after the window ends the whole family")
    func reuse() async throws {
        try await RunningSandbox.with(POSBooks.one()) { sandbox in
            let client = POSClient(sandbox)
            let first = try await client.acquire().refreshToken
            let second = try await client.refresh(first)
            try sandbox.clock.set("2026-11-22T10:00:30Z")
            let refused = try await client.refresh(first)
            #expect(refused.isError("invalid_grant") && refused.told.contains("used before"), "\(refused.text)")
            try await #expect(client.refresh(second.refreshToken).isError("invalid_grant"))
            try await #expect(client.introspect(second.accessToken).text == #"{"active":false}"#)
            _ = try await client.acquire()
        }
    }

    @Test("Without a window the first repetition is reuse")
    func noWindow() async throws {
        try await RunningSandbox.with(POSBooks.one("reuseWindow: 0s")) { sandbox in
            let client = POSClient(sandbox)
            let first = try await client.acquire().refreshToken
            let second = try await client.refresh(first)
            try await #expect(client.refresh(first).isError("invalid_grant"))
            try await #expect(client.refresh(second.refreshToken).isError("invalid_grant"))
        }
    }

    @Test("Two processes that refresh at once get one answer, and the family lives")
    func atOnce() async throws {
        try await RunningSandbox.with(POSBooks.one("algorithm: ES256")) { sandbox in
            let client = POSClient(sandbox)
            let first = try await client.acquire().refreshToken
            let bodies = try await withThrowingTaskGroup(of: [UInt8].self) { group in
                for _ in 1...10 { group.addTask { try await client.refresh(first).body } }
                return try await group.reduce(into: Set<[UInt8]>()) { $0.insert($1) }
            }
            #expect(bodies.count == 1)
        }
    }

    @Test("Fixed refresh tokens stay, and no other comes with a refresh")
    func fixed() async throws {
        try await RunningSandbox.with(POSBooks.one("refreshTokens: fixed")) { sandbox in
            let client = POSClient(sandbox)
            let token = try await client.acquire().refreshToken
            for hour in 10...14 {
                try sandbox.clock.set("2026-11-23T\(hour):00:00Z")
                let reply = try await client.refresh(token)
                #expect(reply.status == 200 && reply.object["refresh_token"] == nil)
            }
        }
    }

    @Test("More than was authorized is not granted by a refresh, and costs nothing")
    func moreScope() async throws {
        try await RunningSandbox.with(POSBooks.one()) { sandbox in
            let client = POSClient(sandbox)
            let token = try await client.acquire(scope: "offline_access").refreshToken
            try await #expect(client.refresh(token, scope: "openid").isError("invalid_scope"))
            try await #expect(client.refresh(token).status == 200)
        }
    }

    @Test("What is no refresh token of this server is refused, whatever was changed in it")
    func forged() async throws {
        try await RunningSandbox.with(POSBooks.one()) { sandbox in
            let client = POSClient(sandbox)
            let token = try await client.acquire().refreshToken
            for place in stride(from: 0, to: token.utf8.count, by: 3) {
                var letters = Array(token.utf8)
                letters[place] = letters[place] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
                let forged = String(decoding: letters, as: UTF8.self)
                try await #expect(client.refresh(forged).isError("invalid_grant"), "\(place)")
            }
            for other in [
                "x", token + "A", String(token.dropLast()), token + "==", "é", String(repeating: "A", count: 9_000),
            ] { try await #expect(client.refresh(other).isError("invalid_grant")) }
            try await #expect(client.refresh(token).status == 200, "none of them ended the license")
        }
    }

    // MARK: Taking back, and asking

    @Test("Revoking a refresh token ends the license; the device can be authorized again")
    func revokeRefresh() async throws {
        try await RunningSandbox.with(POSBooks.one()) { sandbox in
            let client = POSClient(sandbox)
            let tokens = try await client.acquire()
            try await #expect(
                client.post("/revoke", ["token": tokens.refreshToken, "token_type_hint": "access_token"]).status == 200)
            try await #expect(client.refresh(tokens.refreshToken).isError("invalid_grant"))
            try await #expect(client.introspect(tokens.accessToken).text == #"{"active":false}"#)
            try await #expect(client.post("/revoke", ["token": tokens.refreshToken]).status == 200)
            _ = try await client.acquire()
        }
    }

    @Test("Revoking an access token ends that one; an unknown token is as good as revoked")
    func revokeAccess() async throws {
        try await RunningSandbox.with(POSBooks.one()) { sandbox in
            let client = POSClient(sandbox)
            let tokens = try await client.acquire()
            let next = try await client.refresh(tokens.refreshToken)
            try await #expect(client.post("/revoke", ["token": tokens.accessToken]).status == 200)
            try await #expect(client.introspect(tokens.accessToken).text == #"{"active":false}"#)
            try await #expect(client.introspect(next.accessToken).object["active"] as? Bool == true)
            try await #expect(client.post("/revoke", ["token": "unheard-of"]).status == 200)
            try await #expect(client.post("/revoke", [:]).isError("invalid_request"))
            try await #expect(client.refresh(next.refreshToken).status == 200)
        }
    }

    @Test("Introspection says whether a token is good, and of one that is not nothing else")
    func introspection() async throws {
        try await RunningSandbox.with(POSBooks.one()) { sandbox in
            let client = POSClient(sandbox)
            let tokens = try await client.acquire(POSBooks.cloud)
            let told = try await client.introspect(tokens.accessToken)
            try #expect(told.text("client_id") == "gatehouse" && told.text("sub") == POSBooks.cloud)
            try #expect(told.text("iss") == POSClient.issuer && told.text("device") == "Cloud")
            try await #expect(client.introspect(tokens.refreshToken).object["active"] as? Bool == true)
            try sandbox.clock.set("2026-11-22T10:01:29Z")
            try await #expect(client.introspect(tokens.accessToken).object["active"] as? Bool == true)
            try sandbox.clock.set("2026-11-22T10:01:30Z")
            try await #expect(client.introspect(tokens.accessToken).text == #"{"active":false}"#)
            let next = try await client.refresh(tokens.refreshToken)
            try await #expect(client.introspect(tokens.refreshToken).text == #"{"active":false}"#)
            try await #expect(client.introspect(next.refreshToken).object["active"] as? Bool == true)
            try await #expect(client.introspect("unheard-of").text == #"{"active":false}"#)
            var stranger = client
            stranger.identity = [:]
            try await #expect(stranger.introspect(tokens.accessToken).isError("invalid_client", 401))
        }
    }

    // MARK: Keys

    @Test("Another key set signs with another key; the old one is published until the last token that it signed ends")
    func rotation() async throws {
        try await RunningSandbox.with(POSBooks.one()) { sandbox in
            let client = POSClient(sandbox)
            let old = try await client.acquire()
            let before = try await client.get("/pos/jwks")
            try sandbox.folder.write(POSBooks.one("keySet: 2"))
            let new = try await client.refresh(old.refreshToken)
            let keys = try await client.get("/pos/jwks")
            let oldToken = try CheckedToken(old.accessToken, by: keys)
            let newToken = try CheckedToken(new.accessToken, by: keys)
            #expect(oldToken.header["kid"] as? String != newToken.header["kid"] as? String)
            #expect((keys.object["keys"] as? [Any])?.count == 2 && (before.object["keys"] as? [Any])?.count == 1)
            try sandbox.clock.set("2026-11-29T09:59:59Z")
            _ = try await CheckedToken(old.accessToken, by: client.get("/pos/jwks"))
            try sandbox.clock.set("2026-11-29T10:00:00Z")
            let rest = try await client.get("/pos/jwks")
            #expect((rest.object["keys"] as? [Any])?.count == 1)
            _ = try CheckedToken(new.accessToken, by: rest)
        }
    }

    @Test("Another algorithm is another key, and a kid is never two keys")
    func algorithms() async throws {
        try await RunningSandbox.with(POSBooks.one()) { sandbox in
            let client = POSClient(sandbox)
            var refreshToken = try await client.acquire().refreshToken
            for algorithm in ["ES256", "RS256", "EdDSA", "RS256"] {
                try sandbox.folder.write(POSBooks.one("algorithm: \(algorithm)"))
                let reply = try await client.refresh(refreshToken)
                refreshToken = try reply.refreshToken
                _ = try await CheckedToken(reply.accessToken, by: client.get("/pos/jwks"))
            }
            let keys = try await client.get("/pos/jwks").object["keys"] as? [[String: Any]] ?? []
            #expect(keys.count == 3 && Set(keys.compactMap { $0["kid"] as? String }).count == 3)
        }
    }
}
