import AdapterKit
import Foundation
import GRDB
import GatewayAPI
import GatewayStore
import Testing
import VendorSandbox

@testable import GatewayCore

@Suite("Tokens are checked without asking anybody")
struct TokenVerificationTests {
    private static func verify(_ token: String, at installation: String, _ gateway: Gateway) async throws
        -> TokenVerdict
    {
        try await gateway.perform(VerifyToken(installation: installation, token: token))
    }

    @Test("A server takes its own, its hub's, and those of whom it is the hub; no other, and says why")
    func whose() async throws {
        try await TokenFixture.with { tokens in
            try await tokens.open { gateway in
                try await tokens.add("hq", "store12", "store13", "depot", to: gateway)
                try await tokens.acquire("hq", as: "SRV-1", gateway)
                try await tokens.acquire("store12", as: "SRV-12", gateway)
                try await tokens.acquire("store13", as: "SRV-13", gateway)
                let begun = try await gateway.perform(BeginAuthorization(installation: "depot"))
                try await tokens.type(try #require(begun.notice).code, for: "SRV-90", login: ("finn", "beacon"))
                tokens.time.pass(seconds: 5)
                _ = try await gateway.perform(CompleteAuthorization(installation: "depot"))
                // Nobody is asked from here on.
                try tokens.write(.init(faults: "down: true"))
                func verdict(of presented: String, at server: String) async throws -> TokenVerdict {
                    try await Self.verify(try await tokens.token(of: presented, gateway), at: server, gateway)
                }
                let own = try await verdict(of: "hq", at: "hq")
                #expect(own.isTaken && own.token?.serverID == "SRV-1")
                let page = try await gateway.perform(ShowTokens(installation: "hq"))
                #expect(own.until == page.tokenExpires?.instant)
                #expect(try await verdict(of: "store12", at: "hq").isTaken)
                #expect(try await verdict(of: "hq", at: "store12").isTaken)
                let beside = try await verdict(of: "store13", at: "store12")
                #expect(beside.refusal?.check == .hub && beside.refusal?.message.contains("Store 12") == true)
                // Its hub has the same name, in another organization.
                #expect(try await verdict(of: "depot", at: "hq").refusal?.check == .hub)
            }
        }
    }

    @Test("Whatever is changed in a token, or is another's, is refused with the reason")
    func refused() async throws {
        try await TokenFixture.with { tokens in
            try await tokens.open { gateway in
                try await tokens.add("hq", "store12", to: gateway)
                try await tokens.acquire("hq", as: "SRV-1", gateway)
                let token = try await tokens.token(of: "hq", gateway)
                func check(_ token: String, at server: String = "hq") async throws -> TokenRefusal.Check? {
                    let refusal = try await Self.verify(token, at: server, gateway).refusal
                    let isTold = token.utf8.count > 16 && refusal?.message.contains(token) == true
                    #expect(refusal?.message.hasSuffix(".") ?? true && !isTold)
                    return refusal?.check
                }
                #expect(try await check(token) == nil)
                let parts = token.split(separator: ".").map(String.init)
                func changed(_ index: Int, _ change: (inout [String: Any]) -> Void) throws -> String {
                    var parts = parts
                    let json = try #require(Self.decoded(parts[index]))
                    var object = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
                    change(&object)
                    parts[index] = Self.encoded(try JSONSerialization.data(withJSONObject: object))
                    return parts.joined(separator: ".")
                }
                #expect(try await check(changed(1) { $0["edition"] = "Cloud" }) == .signature)
                #expect(try await check(changed(0) { $0["alg"] = "none" }) == .signature)
                #expect(try await check(changed(0) { $0["alg"] = "HS256" }) == .signature)
                #expect(try await check(changed(0) { $0["alg"] = "RS256" }) == .signature)
                #expect(try await check(changed(0) { $0["kid"] = "another" }) == .signature)
                #expect(try await check(changed(0) { $0["crit"] = ["b64"] }) == .format)
                #expect(try await check(changed(0) { $0["typ"] = "logout+jwt" }) == .format)
                #expect(try await check(parts[0] + "." + parts[1] + ".") == .signature)
                #expect(try await check(parts[0] + "." + parts[1]) == .format)
                #expect(try await check(String(token.dropLast(4)) + "AAAA") == .signature)
                for text in [
                    "", ".", "..", "a.b.c", "opaque", "\u{0}.\u{1}.\u{2}", String(repeating: "a.", count: 20_000),
                ] {
                    #expect(try await check(text) == .format)
                }
                #expect(try await check(token, at: "store12") == .format)
                tokens.time.pass(hours: 168)
                #expect(try await check(token) == .time)
            }
        }
    }

    @Test(
        "Of a token that is signed well, issuer, audience, edition and the time from which it is good are checked too")
    func claims() async throws {
        try await TokenFixture.with { tokens in
            try await tokens.open { gateway in
                try await tokens.add("hq", to: gateway)
                try await tokens.acquire("hq", as: "SRV-1", gateway)
                let token = try await tokens.token(of: "hq", gateway)
                /// Verifies the same token after the ground that it is checked on was changed.
                func check(_ change: (inout TokenTerms) -> Void) async throws -> TokenRefusal.Check? {
                    let ground = try #require(try await gateway.store.tokenGround(of: "hq", in: .portfolio))
                    var terms = try #require(ground.terms)
                    change(&terms)
                    let text = String(decoding: try JSONEncoder().encode(terms), as: UTF8.self)
                    let before = String(decoding: try JSONEncoder().encode(ground.terms), as: UTF8.self)
                    func put(_ text: String) throws {
                        try tokens.fixture.raw { db in
                            try db.execute(sql: "UPDATE token_terms SET terms = ?", arguments: [text])
                            try db.execute(sql: "UPDATE token_epoch SET epoch = epoch + 1")
                        }
                    }
                    try put(text)
                    defer { try? put(before) }
                    return try await Self.verify(token, at: "hq", gateway).refusal?.check
                }
                #expect(try await check { _ in } == nil)
                #expect(try await check { $0.issuer += "/" } == .issuer)
                #expect(try await check { $0.audiences = ["another"] } == .audience)
                // Of whom it is to the issuer nothing is known then.
                #expect(try await check { $0.audiences = [] } == .audience)
                tokens.time.pass(hours: -1)
                #expect(try await check { _ in } == .time)
            }
        }
    }

    @Test("Editions are those that the profile takes, from when an installation has it")
    func editions() async throws {
        try await TokenFixture.with { tokens in
            try tokens.fixture.write(
                profile: "all",
                """
                extends: stores
                name: all
                settings: { editions: any }
                """)
            try tokens.fixture.write(
                profile: "stores",
                """
                name: stores
                product: POS server
                protocol: device-token
                vendor: { address: "${GATEHOUSE_VENDOR_URL}", path: /pos }
                settings: { editions: "Store, Cloud" }
                countdowns:
                  token: { from: tokenExpires, stages: [{ at: 0h, level: stopped, label: Token expired, message: ended }] }
                """)
            try await tokens.open(profiles: [tokens.fixture.profiles]) { gateway in
                _ = try await gateway.perform(AddCustomer(id: "maple", displayName: "Maple", timeZone: "UTC"))
                for id in ["hq", "store12"] {
                    _ = try await gateway.perform(
                        AddInstallation(id: id, customer: "maple", profile: "stores", identity: [:], site: [:]))
                }
                try await tokens.acquire("hq", as: "SRV-1", gateway)
                try await tokens.acquire("store12", as: "SRV-12", gateway)
                let corporate = try await Self.verify(try await tokens.token(of: "hq", gateway), at: "store12", gateway)
                #expect(corporate.refusal?.check == .edition)
                #expect(
                    try await Self.verify(try await tokens.token(of: "store12", gateway), at: "hq", gateway).isTaken)
                _ = try await gateway.perform(SetInstallation(id: "store12", profile: "all"))
                let token = try await tokens.token(of: "hq", gateway)
                #expect(try await Self.verify(token, at: "store12", gateway).isTaken)
                _ = try await gateway.perform(SetInstallation(id: "store12", profile: "stores"))
                #expect(try await Self.verify(token, at: "store12", gateway).refusal?.check == .edition)
            }
        }
    }

    @Test(
        "A server's keys are changed without a break: old tokens are good until they end",
        arguments: ["EdDSA", "ES256", "RS256"])
    func rotation(algorithm: String) async throws {
        try await TokenFixture.with(.init(lines: ["algorithm: \(algorithm)"])) { tokens in
            try await tokens.open { gateway in
                try await tokens.add("hq", "store12", to: gateway)
                try await tokens.acquire("hq", as: "SRV-1", gateway)
                try await tokens.acquire("store12", as: "SRV-12", gateway)
                let old = try await tokens.token(of: "store12", gateway)
                #expect(try await Self.verify(old, at: "hq", gateway).isTaken)
                try tokens.write(.init(lines: ["algorithm: \(algorithm)", "keySet: 2"]))
                tokens.time.pass(hours: 1)
                #expect(try await gateway.refresh("store12").outcome == .updated)
                let new = try await tokens.token(of: "store12", gateway)
                // What one has fetched counts for all of the same issuer.
                #expect(try await Self.verify(new, at: "hq", gateway).isTaken)
                #expect(try await Self.verify(old, at: "hq", gateway).isTaken)
                let page = try await gateway.perform(ShowTokens(installation: "hq"))
                #expect(page.verification.contains("fetched \(tokens.time.now)"), "\(page.verification)")
                #expect(try await gateway.refresh("hq").outcome == .updated)
                #expect(try await Self.verify(new, at: "hq", gateway).isTaken)
                #expect(try await Self.verify(old, at: "hq", gateway).isTaken)
            }
        }
    }

    @Test("Whose tokens a server takes follows what it is: another hub counts from its next refresh on")
    func follows() async throws {
        try await TokenFixture.with { tokens in
            try await tokens.open { gateway in
                try await tokens.add("hq", "store12", to: gateway)
                try await tokens.acquire("hq", as: "SRV-1", gateway)
                try await tokens.acquire("store12", as: "SRV-12", gateway)
                // Refreshed once, it is known that its tokens rotate: from then on nothing else changes.
                tokens.time.pass(seconds: 1)
                #expect(try await gateway.refresh("store12").outcome == .updated)
                let token = try await tokens.token(of: "hq", gateway)
                #expect(try await Self.verify(token, at: "store12", gateway).isTaken)
                // At the authorization server the store is connected to another hub; the keys stay as they are.
                let moved = TokenFixture.Book().text.replacing(
                    "serverID: SRV-12, features: [xms], hubName: Head Office",
                    with: "serverID: SRV-12, features: [xms], hubName: Other Office")
                try Data(moved.utf8).write(to: URL(filePath: tokens.book))
                #expect(try await Self.verify(token, at: "store12", gateway).isTaken)
                tokens.time.pass(seconds: 1)
                #expect(try await gateway.refresh("store12").outcome == .updated)
                #expect(try await Self.verify(token, at: "store12", gateway).refusal?.check == .hub)
            }
        }
    }

    @Test(
        "What was checked is remembered, and forgotten with the end, a change of keys and a license that is given back")
    func remembers() async throws {
        try await TokenFixture.with { tokens in
            try await tokens.open { gateway in
                try await tokens.add("hq", "store12", to: gateway)
                try await tokens.acquire("hq", as: "SRV-1", gateway)
                try await tokens.acquire("store12", as: "SRV-12", gateway)
                let token = try await tokens.token(of: "store12", gateway)
                #expect(gateway.tokens.remembered == 0)
                for _ in 0..<3 { #expect(try await Self.verify(token, at: "hq", gateway).isTaken) }
                #expect(gateway.tokens.remembered == 1)
                // What is refused is not: anybody could fill the memory with it.
                #expect(try await !Self.verify(token + "x", at: "hq", gateway).isTaken)
                #expect(gateway.tokens.remembered == 1)
                // Another process gives the license back.
                try await tokens.open { other in
                    let removed = try await other.perform(Deauthorize(installation: "store12"))
                    #expect(removed.outcome == .removed)
                }
                let revoked = try await Self.verify(token, at: "hq", gateway)
                #expect(revoked.refusal?.check == .revoked && gateway.tokens.remembered == 0)
                // Acquired again, its new tokens are good, and the old ones are not.
                tokens.time.pass(seconds: 2)
                try await tokens.acquire("store12", as: "SRV-12", gateway)
                let new = try await tokens.token(of: "store12", gateway)
                #expect(try await Self.verify(new, at: "hq", gateway).isTaken)
                #expect(try await Self.verify(token, at: "hq", gateway).refusal?.check == .revoked)
                // And scope is looked at before memory.
                let stranger = await callError {
                    _ = try await gateway.perform(
                        VerifyToken(installation: "hq", token: new), by: .limited(to: "harbour"), progress: { _ in })
                }
                #expect(stranger?.code == .notFound)
                tokens.time.pass(hours: 169)
                #expect(try await Self.verify(new, at: "hq", gateway).refusal?.check == .time)
            }
        }
    }

    private static func decoded(_ text: String) -> Data? {
        var text = text.replacing("-", with: "+").replacing("_", with: "/")
        while text.utf8.count % 4 != 0 { text += "=" }
        return Data(base64Encoded: text)
    }

    private static func encoded(_ data: Data) -> String {
        data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}

extension DateValue {
    fileprivate var instant: Instant? { if case .instant(let instant) = self { instant } else { nil } }
}
