import AdapterKit
import Crypto
import Foundation
import GatewayAPI
import GatewayStore
import Synchronization

@testable import GatewayCore

/// An authorization server that a test plays: sound, but for what the test has it answer.
final class PlayedServer: Sendable {
    typealias Answer = TestVendor.Answer

    private struct State {
        var url = ""
        var others: [String: Answer] = [:]
        var claims: @Sendable (inout [String: Any]) -> Void = { _ in }
        var tokens: @Sendable (inout [String: Any]) -> Void = { _ in }
        var count = 0
    }

    let time: TestTime
    private let key = Curve25519.Signing.PrivateKey()
    private let state = Mutex(State())

    private init(_ time: TestTime) { self.time = time }

    /// Runs a test with one installation that has no license yet.
    static func with(_ body: (PlayedServer, TokenlessFixture) async throws -> Void) async throws {
        try await GatewayFixture.with { fixture in
            let server = PlayedServer(fixture.time)
            try await TestVendor.with({ server.answer($0) }) { vendor in
                server.state.withLock { $0.url = vendor.url }
                try await fixture.withGateway(
                    shippedAdapters, profiles: [GatewayFixture.repository + "/profiles"],
                    environment: ["GATEHOUSE_VENDOR_URL": vendor.url]
                ) { gateway in
                    _ = try await gateway.perform(AddCustomer(id: "maple", displayName: "Maple", timeZone: "UTC"))
                    _ = try await gateway.perform(
                        AddInstallation(id: "hq", customer: "maple", profile: "pos-token", identity: [:], site: [:]))
                    try await body(server, TokenlessFixture(gateway: gateway, fixture: fixture))
                }
            }
        }
    }

    var issuer: String { state.withLock { $0.url } + "/pos" }

    /// Answers otherwise at a path below the issuer from now on; nil as before.
    func answer(_ path: String, _ answer: Answer?) { state.withLock { $0.others[path] = answer } }

    /// Changes what tokens say, and the answers that they come with, from now on.
    func change(
        claims: @escaping @Sendable (inout [String: Any]) -> Void = { _ in },
        tokens: @escaping @Sendable (inout [String: Any]) -> Void = { _ in }
    ) {
        state.withLock { ($0.claims, $0.tokens) = (claims, tokens) }
    }

    // MARK: What is sound

    private func answer(_ request: TestVendor.Request) -> Answer {
        let path = Self.place(request.path)
        if let other = state.withLock({ $0.others[path] }) { return other }
        switch path {
        case "metadata": return .json(metadata)
        case "device": return .json(code)
        case "token": return .json(tokens)
        case "jwks": return .json(["keys": [jwk]])
        case "revoke": return .reply(200, "")
        default: return .reply(404, "")
        }
    }

    private static func place(_ path: String) -> String {
        path.contains(".well-known") ? "metadata" : String(path.split(separator: "/").last ?? "")
    }

    var metadata: [String: Any] {
        [
            "issuer": issuer, "token_endpoint": "\(issuer)/token", "jwks_uri": "\(issuer)/jwks",
            "device_authorization_endpoint": "\(issuer)/device", "revocation_endpoint": "\(issuer)/revoke",
        ]
    }

    var code: [String: Any] {
        [
            "device_code": "secret-device-\(next)", "user_code": "BDWP-HQPK", "verification_uri": "\(issuer)/type",
            "expires_in": 600, "interval": 1,
        ]
    }

    var jwk: [String: Any] {
        ["kty": "OKP", "crv": "Ed25519", "kid": "k", "x": Self.encoded(Array(key.publicKey.rawRepresentation))]
    }

    private var next: Int {
        state.withLock {
            $0.count += 1
            return $0.count
        }
    }

    private var tokens: [String: Any] {
        let seconds = time.now.milliseconds / 1000
        var claims: [String: Any] = [
            "iss": issuer, "sub": "SRV-1", "aud": "pos", "iat": seconds, "exp": seconds + 604_800, "jti": "t\(next)",
            "edition": "Store", "device": "Head Office",
        ]
        let (changeClaims, changeTokens) = state.withLock { ($0.claims, $0.tokens) }
        changeClaims(&claims)
        var answer: [String: Any] = [
            "access_token": token(claims), "refresh_token": "secret-refresh-\(next)", "token_type": "Bearer",
            "expires_in": 604_800,
        ]
        changeTokens(&answer)
        return answer
    }

    /// A token, signed by the server's key or by another.
    func token(_ claims: [String: Any], header: [String: Any] = [:], isForged: Bool = false) -> String {
        let header = ["alg": "EdDSA", "kid": "k", "typ": "at+jwt"].merging(header) { $1 }
        let signed = "\(Self.encoded(Answer.bytes(header))).\(Self.encoded(Answer.bytes(claims)))"
        let key = isForged ? Curve25519.Signing.PrivateKey() : key
        let signature = (try? key.signature(for: Array(signed.utf8))).map { Array($0) } ?? []
        return "\(signed).\(Self.encoded(signature))"
    }

    static func encoded(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}

extension TestVendor.Answer {
    static func json(_ object: [String: Any], status: Int = 200) -> Self {
        .reply(status, String(decoding: bytes(object), as: UTF8.self))
    }

    static func bytes(_ object: [String: Any]) -> [UInt8] {
        Array((try? JSONSerialization.data(withJSONObject: object, options: .sortedKeys)) ?? Data())
    }
}

/// A gateway with an installation at a ``PlayedServer``.
struct TokenlessFixture: Sendable {
    let gateway: Gateway
    let fixture: GatewayFixture

    func begin() async throws -> AuthorizationView {
        try await gateway.perform(BeginAuthorization(installation: "hq", anew: true))
    }

    /// Asks whether the code was typed, which it was.
    func complete() async throws -> AuthorizationView {
        fixture.time.pass(seconds: 120)
        return try await gateway.perform(CompleteAuthorization(installation: "hq"))
    }

    func acquire() async throws {
        guard try await begin().notice != nil, try await complete().result?.outcome == .updated else {
            throw TestFailure("no license was acquired")
        }
    }

    func giveBack() async throws { _ = try await gateway.perform(Deauthorize(installation: "hq")) }

    var names: [String] { get async throws { try await gateway.store.withheldNames(of: "hq") } }
}
