import AdapterKit
import Foundation
import GRDB
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

@Suite("An authorization server that means ill, or answers nonsense")
struct HostileServerTests {
    /// What no answer may be, whatever was asked.
    static let nonsense: [(String, TestVendor.Answer)] = [
        ("nothing", .reply(200, "")), ("a page", .reply(200, "<html><body>Log in</body></html>")),
        ("a list", .reply(200, "[1, 2]")), ("a word", .reply(200, "\"yes\"")),
        ("no JSON", .reply(200, "{\"issuer\": ")),
        ("an empty object", .reply(200, "{}")),
        ("deep", .reply(200, String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000))),
        ("a deep member", .reply(200, "{\"a\":" + String(repeating: "{\"a\":", count: 20_000))),
        ("huge", .reply(200, "{\"a\":\"" + String(repeating: "a", count: 300_000) + "\"}")),
        ("elsewhere", .reply(302, "", headers: ["Location": "https://elsewhere.example/"])),
        ("not there", .reply(404, "<html>\u{1B}[31mNot found</html>")),
        ("an error of status 200", .reply(200, #"{"error": "invalid_client", "error_description": "Who?"}"#)),
        ("an error of other types", .reply(400, #"{"error": 7, "error_description": {}}"#)),
        ("an error in color", .reply(400, #"{"error": "\u001b[31mred", "error_description": "a\u0000\nb\u202Ec"}"#)),
        ("out of order", .reply(503, "down")), ("hanging up", .hangUp),
    ]

    /// That what is told is a sentence for a person, with no secret in it.
    private func expectTold(_ message: String?, _ place: String) {
        let message = message ?? ""
        let isPlain = message.unicodeScalars.allSatisfy {
            $0.properties.generalCategory != .control && $0.value != 0x202E
        }
        #expect(message.hasSuffix(".") && isPlain && !message.contains("secret-"), "\(place): \(message)")
    }

    /// Acquires a license and refreshes one while an endpoint answers so; nothing may come of either, nothing may be lost,
    /// and the next question must be answered.
    private func expectRefused(
        _ place: String, _ server: PlayedServer, _ test: TokenlessFixture, says: String? = nil, begins: Bool = true,
        spoil: () -> Void
    ) async throws {
        func isTold(_ message: String?) {
            expectTold(message, place)
            if let says { #expect(message?.contains(says) == true, "\(place): \(message ?? "")") }
        }
        let gateway = test.gateway
        spoil()
        let begun = try await test.begin()
        if begun.notice == nil {
            isTold(begun.result?.message)
        } else {
            #expect(begins, "\(place): a code is shown")
            let done = try await test.complete()
            // Where no answer came at all it is asked for again.
            if done.notice == nil { isTold(done.result?.message) }
            #expect(done.result?.outcome.isFailure ?? true, "\(place): \(done)")
        }
        #expect(try await gateway.standing("hq").level == .unlicensed, "\(place)")
        server.heal()
        test.fixture.time.pass(hours: 1)
        if try await test.names.contains("refresh_token") {
            #expect(try await gateway.refresh("hq").outcome == .updated, "\(place)")
        } else {
            try await test.acquire()
        }
        #expect(try await gateway.standing("hq").level == .licensed, "\(place)")
        if begins {
            let held = try await test.names
            spoil()
            let refused = try await gateway.refresh("hq")
            #expect(refused.outcome.isFailure, "\(place): \(refused)")
            isTold(refused.message)
            #expect(try await gateway.standing("hq").level == .licensed, "\(place)")
            #expect(try await test.names == held, "\(place)")
            server.heal()
            test.fixture.time.pass(hours: 1)
            #expect(try await gateway.refresh("hq").outcome == .updated, "\(place)")
        }
        try await test.giveBack()
        let open = try test.fixture.raw { db in
            try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM operations WHERE ended_at IS NULL") ?? -1
        }
        #expect(open == 0, "\(place)")
        test.fixture.time.pass(hours: 1)
    }

    @Test(
        "Nonsense ends with a clear error wherever it comes from", arguments: ["metadata", "device", "token", "jwks"])
    func nonsense(path: String) async throws {
        try await PlayedServer.with { server, test in
            for (name, answer) in Self.nonsense {
                try await expectRefused("\(path): \(name)", server, test, begins: path != "device") {
                    server.answer(path, answer)
                }
            }
        }
    }

    @Test("Metadata name this issuer, and endpoints that can be asked")
    func metadata() async throws {
        try await PlayedServer.with { server, test in
            let flaws: [(String, Any, String)] = [
                ("issuer", "https://elsewhere.example/pos", "calls itself"), ("issuer", 7, "issuer"),
                ("issuer", "https://elsewhere.example/\u{1B}[31m", "calls itself"),
                ("token_endpoint", 7, "token_endpoint"),
                ("token_endpoint", "http://192.0.2.1/token", "https"), ("token_endpoint", "", "token_endpoint"),
                ("token_endpoint", "https://user:password@pos.example/token", "token_endpoint"),
                ("token_endpoint", "https://pos.example/token\r\nHost: x", "token_endpoint"),
                ("token_endpoint", "file:///etc/passwd", "token_endpoint"),
                ("token_endpoint", "/token", "token_endpoint"),
                ("token_endpoint", "https://pos.example/token#part", "token_endpoint"),
                ("token_endpoint", "https://pos.example/" + String(repeating: "a", count: 3000), "token_endpoint"),
                ("jwks_uri", "http://192.0.2.1/jwks", "https"), ("jwks_uri", "javascript:alert(1)", "jwks_uri"),
            ]
            for (name, value, says) in flaws {
                nonisolated(unsafe) var metadata = server.metadata
                metadata[name] = value
                let answer = TestVendor.Answer.json(metadata)
                try await expectRefused("\(name) \(value)", server, test, says: says) {
                    server.answer("metadata", answer)
                }
            }
        }
    }

    @Test("A code is one that a person can type, at an address, in time")
    func code() async throws {
        try await PlayedServer.with { server, test in
            let flaws: [(String, Any?)] = [
                ("interval", -1), ("interval", "5"), ("interval", 4000), ("expires_in", 0), ("expires_in", -5),
                ("expires_in", nil), ("expires_in", "600"), ("expires_in", 1e18), ("user_code", nil), ("user_code", ""),
                ("user_code", "AB\u{1B}[31mCD"), ("user_code", "AB\nCD"), ("user_code", "AB\u{202E}CD"),
                ("user_code", 7),
                ("user_code", String(repeating: "A", count: 65)), ("verification_uri", nil),
                ("verification_uri", "javascript:alert(1)"), ("verification_uri", "https://pos.example/\u{1B}[31m"),
                ("verification_uri", "https://pos.example/ type"), ("verification_uri_complete", "data:text/html,a"),
                ("device_code", nil), ("device_code", ""), ("device_code", 7),
            ]
            for (name, value) in flaws {
                var code = server.code
                code[name] = value
                let answer = TestVendor.Answer.json(code)
                try await expectRefused("\(name) \(value ?? "missing")", server, test, begins: false) {
                    server.answer("device", answer)
                }
            }
            let endless = TestVendor.Answer.reply(
                200,
                #"{"device_code": "secret-device-0", "user_code": "A", "verification_uri": "https://a.example", "#
                    + #""expires_in": 600, "interval": 1e99}"#)
            try await expectRefused("interval 1e99", server, test, begins: false) { server.answer("device", endless) }
        }
    }

    @Test("A token is one of this issuer's, for this client, that has an end which is to come")
    func tokens() async throws {
        try await PlayedServer.with { server, test in
            typealias Change = @Sendable (inout [String: Any]) -> Void
            let claims: [(String, String, Change)] = [
                ("no end", "does not say when it ends", { $0["exp"] = nil }),
                ("a past end", "ended", { $0["exp"] = 1000 }),
                ("a negative end", "ended", { $0["exp"] = -1000 }),
                ("an end that is a text", "type", { $0["exp"] = "soon" }),
                ("no end in sight", "does not say when it ends", { $0["exp"] = 1e99 }),
                ("another issuer", "issued by", { $0["iss"] = "https://elsewhere.example" }),
                (
                    "from the future", "clock",
                    {
                        $0["iat"] = 2e9; $0["exp"] = 2.1e9
                    }
                ),
                ("no server", "names no server", { $0["sub"] = nil }), ("a list for a server", "", { $0["sub"] = [1] }),
                ("a day that is none", "no date", { $0["renews_on"] = "2027-02-31" }),
            ]
            for (name, says, change) in claims {
                try await expectRefused("a token with \(name)", server, test, says: says.isEmpty ? nil : says) {
                    server.change(claims: change)
                }
            }
            let now = server.time.now.milliseconds / 1000
            let good: [String: Any] = ["iss": server.issuer, "sub": "SRV-1", "exp": now + 900_000]
            let unsigned = server.token(good, header: ["alg": "none"])
            let forged = server.token(good, isForged: true)
            let other = server.token(good.merging(["aud": "somebody else"]) { $1 })
            let answers: [(String, String, Change)] = [
                ("an unsigned token", "not taken", { $0["access_token"] = unsigned }),
                ("a forged token", "signature", { $0["access_token"] = forged }),
                ("an ID token for somebody else", "for", { $0["id_token"] = other }),
                ("an empty token", "no access_token", { $0["access_token"] = "" }),
                ("a number for a token", "no access_token", { $0["access_token"] = 7 }),
                ("no token", "no access_token", { $0["access_token"] = nil }),
                ("a life that is a text", "expires_in", { $0["expires_in"] = "long" }),
                ("a negative life", "expires_in", { $0["expires_in"] = -1 }),
                ("a life without end", "expires_in", { $0["expires_in"] = 1e18 }),
                (
                    "an opaque token without an end", "expires_in",
                    {
                        $0["access_token"] = "secret-opaque"; $0["expires_in"] = nil
                    }
                ),
            ]
            for (name, says, change) in answers {
                try await expectRefused(name, server, test, says: says) { server.change(tokens: change) }
            }
        }
    }

    @Test("A key set holds at most 64 keys, of which one fits")
    func keys() async throws {
        try await PlayedServer.with { server, test in
            let short = PlayedServer.encoded(Array(repeating: 0xC3, count: 128))
            let sets: [(String, [[String: Any]])] = [
                ("no key", []), ("1,000 keys", Array(repeating: server.jwk, count: 1000)),
                ("a secret key", [["kty": "oct", "k": "c2VjcmV0", "kid": "k"]]),
                ("a short key", [["kty": "RSA", "n": short, "e": "AQAB", "kid": "k"]]),
                ("half a key", [["kty": "RSA", "e": "AQAB", "kid": "k"]]),
                ("no point of the curve", [["kty": "EC", "crv": "P-256", "x": "AAAA", "y": "AAAA", "kid": "k"]]),
                ("a key for something else", [server.jwk.merging(["use": "enc"]) { $1 }]),
                ("another's key", [server.jwk.merging(["kid": "other"]) { $1 }]),
                ("an algorithm of no signature", [server.jwk.merging(["alg": "none"]) { $1 }]),
                ("numbers", [["kty": 7]]),
            ]
            for (name, keys) in sets {
                let answer = TestVendor.Answer.json(["keys": keys])
                try await expectRefused(name, server, test) { server.answer("jwks", answer) }
            }
        }
    }

    @Test("What is not taken back is still there; only status 200 says that it was")
    func revocation() async throws {
        try await PlayedServer.with { server, test in
            let refusals = Self.nonsense.filter { _, answer in
                if case .reply(200, _, _) = answer { false } else { true }
            }
            for (name, answer) in refusals + [
                ("an echo", .reply(400, #"{"error": "a", "error_description": "secret-"}"#))
            ] {
                try await test.acquire()
                let held = try await test.names
                server.answer("revoke", answer)
                let refused = try await test.gateway.perform(Deauthorize(installation: "hq"))
                #expect(refused.outcome.isFailure, "\(name): \(refused)")
                if name != "an echo" { expectTold(refused.message, name) }
                #expect(try await test.gateway.standing("hq").level == .licensed)
                #expect(try await test.names == held)
                server.heal()
                test.fixture.time.pass(hours: 1)
                #expect(try await test.gateway.perform(Deauthorize(installation: "hq")).outcome == .removed)
                #expect(try await test.gateway.standing("hq").level == .unlicensed)
                test.fixture.time.pass(hours: 1)
            }
        }
    }

    @Test("A secret that a server repeats in its error is not told")
    func echoes() async throws {
        try await PlayedServer.with { server, test in
            try await test.acquire()
            let token = try #require(
                try await Withholding(gateway: test.gateway, installation: "hq").secret("refresh_token"))
            server.answer(
                "token", .reply(400, #"{"error": "invalid_grant", "error_description": "unknown: \#(token)"}"#))
            let refused = try await test.gateway.refresh("hq")
            #expect(refused.outcome.isFailure && refused.message.contains("unknown: ********"), "\(refused)")
            let page = try await test.gateway.perform(ShowTokens(installation: "hq"))
            #expect(page.authorizeAgain?.contains(token) == false)
        }
    }

    @Test(
        "Nor where the server writes it otherwise: as JSON may write any character, and as forms and pages do",
        arguments: ["slashes", "code points", "every character", "a form", "a page", "JSON in JSON"])
    func echoesOtherwise(how: String) async throws {
        try await PlayedServer.with { server, test in
            let token = "//4v+Zq/7x==-a&_.9"
            server.change(tokens: { $0["refresh_token"] = token })
            try await test.acquire()
            func written(_ change: (UInt8) -> String) -> String { token.utf8.map(change).joined() }
            func escaped(_ byte: UInt8) -> String { #"\u00"# + String(byte, radix: 16) }
            let said =
                switch how {
                case "slashes": token.replacing("/", with: #"\/"#)
                case "code points": token.replacing("/", with: #"\u002F"#)
                case "every character": written(escaped)
                case "a form": token.replacing("/", with: "%2F").replacing("+", with: "%2b").replacing("=", with: "%3D")
                case "a page": token.replacing("&", with: "&amp;").replacing("/", with: "&#x2F;")
                default: token.replacing("/", with: #"\\\/"#)
                }
            server.answer(
                "token", .reply(400, #"{"error": "invalid_grant", "error_description": "unknown: \#(said)"}"#))
            let refused = try await test.gateway.refresh("hq")
            #expect(
                refused.outcome.isFailure && refused.message.contains("(invalid_grant: unknown: ********)"),
                "\(refused)")
        }
    }

    @Test("Where no token comes to refresh with, the license is good until its token ends, and marked")
    func noRefreshToken() async throws {
        try await PlayedServer.with { server, test in
            try await test.acquire()
            server.answer("token", .reply(400, #"{"error": "invalid_grant"}"#))
            #expect(try await test.gateway.refresh("hq").outcome.isFailure)
            server.heal()
            // What was refreshed with before is of another license.
            server.change(tokens: { $0["refresh_token"] = nil })
            try await test.acquire()
            #expect(try await test.names == ["access_token"])
            #expect(try await test.gateway.standing("hq").level == .licensed)
            let page = try await test.gateway.perform(ShowTokens(installation: "hq"))
            #expect(page.authorizeAgain?.contains("no token to refresh it with") == true && page.refreshDue == nil)
            let refresh = try await test.gateway.refresh("hq")
            #expect(refresh.outcome == .rejected && refresh.message.contains("gatehouse authorize hq"), "\(refresh)")
            #expect(try await test.gateway.perform(ListTodo()).contains { $0.kind == .authorization })
            server.heal()
            try await test.acquire()
            #expect(try await test.gateway.stored("hq").authorizeAgain == nil)
        }
    }

    @Test("Parts of a second in a token's times are taken, and a license that comes without an ID token for us too")
    func fractions() async throws {
        try await PlayedServer.with { server, test in
            server.change(claims: {
                $0["exp"] = ($0["exp"] as? Int64).map { Double($0) + 0.75 }
                $0["iat"] = ($0["iat"] as? Int64).map { Double($0) + 0.25 }
            })
            try await test.acquire()
            #expect(try await test.gateway.standing("hq").level == .licensed)
        }
    }
}

extension PlayedServer {
    /// Answers as it should again.
    func heal() {
        for path in ["metadata", "device", "token", "jwks", "revoke"] { answer(path, nil) }
        change()
    }
}
