import AdapterKit
import AdapterTestKit
import Foundation
import POSToken
import Testing

/// An authorization server's answers, as the conformance suite plays them.
private struct Server {
    static let issuer = "https://licenses.example/pos"

    static func json(_ object: [String: Any]) -> [UInt8] {
        Array((try? JSONSerialization.data(withJSONObject: object, options: .sortedKeys)) ?? Data())
    }

    static var metadata: VendorReply {
        .payload(
            json([
                "issuer": issuer, "token_endpoint": "\(issuer)/token", "jwks_uri": "\(issuer)/jwks",
                "device_authorization_endpoint": "\(issuer)/device", "revocation_endpoint": "\(issuer)/revoke",
            ]))
    }

    static var code: VendorReply {
        .payload(
            json([
                "device_code": "secret-device-code", "user_code": "BDWP-HQPK", "verification_uri": "\(issuer)/type",
                "expires_in": 600, "interval": 5,
            ]))
    }

    static func tokens(_ number: Int = 1) -> VendorReply {
        .payload(
            json([
                "access_token": "secret.access.\(number)", "refresh_token": "secret-refresh-\(number)",
                "token_type": "Bearer", "expires_in": 604800,
            ]))
    }

    static func keys(_ facts: Facts) -> VendorReply {
        let claims: [String: Any] = [
            "iss": issuer, "sub": "SRV-1", "aud": "pos", "iat": facts.now.milliseconds / 1000,
            "exp": facts.now.milliseconds / 1000 + 604800, "jti": "t-1", "edition": "Store", "features": ["xms"],
            "device": "Store 12", "hub_name": "Head Office", "renews_on": "2027-12-31",
        ]
        return .keySet(json(["keys": [Any]()]), claims: ["access_token": json(claims)])
    }

    static func refusal(_ error: String) -> VendorReply { .status(400, body: json(["error": error])) }

    /// What a server answers that is never asked the wrong thing.
    static func answer(
        _ request: Request, _ facts: Facts, token: (Int) -> VendorReply, _ sent: Int
    ) -> VendorReply {
        guard let endpoint = request.endpoint else { return .status(404) }
        if endpoint.contains("/.well-known/") { return metadata }
        switch endpoint {
        case "\(issuer)/device": return code
        case "\(issuer)/token": return token(sent)
        case "\(issuer)/jwks": return keys(facts)
        case "\(issuer)/revoke": return .status(200)
        default: return .status(404)
        }
    }
}

@Suite("The POS adapter holds to the contract")
struct ConformanceTests {
    private static var facts: Facts {
        Facts(
            operation: "01981f00-0000-7000-8000-000000000001",
            now: Instant("2026-11-26T09:00:00Z") ?? Instant(milliseconds: 0),
            nonce: "00112233445566778899aabbccddeeff", identity: [:], vendor: Server.issuer)
    }

    private static var licensed: Facts {
        var facts = facts
        facts.identity = ["serverID": "SRV-1"]
        facts.withheld = ["access_token", "refresh_token"]
        facts.held = Facts.Held(revision: "t-0", issued: facts.now.adding(hours: -1))
        return facts
    }

    @Test("in every conversation that the standards know")
    func conforms() throws {
        let scenarios = [
            VendorScenario("typed at once", act: .authorize, expected: .updated) { request, facts, sent in
                Server.answer(request, facts, token: { _ in Server.tokens() }, sent)
            },
            VendorScenario("typed after a while", act: .authorize, expected: .updated) { request, facts, sent in
                Server.answer(
                    request, facts,
                    token: {
                        $0 < 4
                            ? Server.refusal("authorization_pending")
                            : $0 == 4 ? Server.refusal("slow_down") : Server.tokens()
                    }, sent)
            },
            VendorScenario("a question unanswered", act: .authorize, losesAnswer: true, expected: .updated) {
                request, facts, sent in Server.answer(request, facts, token: { _ in Server.tokens() }, sent)
            },
            VendorScenario("denied", act: .authorize, expected: .error(.rejected)) { request, facts, sent in
                Server.answer(request, facts, token: { _ in Server.refusal("access_denied") }, sent)
            },
            VendorScenario("ended at the server", act: .authorize, expected: .error(.expired)) { request, facts, sent in
                Server.answer(request, facts, token: { _ in Server.refusal("expired_token") }, sent)
            },
            VendorScenario("refreshed", act: .refresh, facts: Self.licensed, expected: .updated) {
                request, facts, sent in
                Server.answer(request, facts, token: { Server.tokens($0) }, sent)
            },
            VendorScenario(
                "refreshed, the answer lost", act: .refresh, facts: Self.licensed, losesAnswer: true, expected: .updated
            ) { request, facts, sent in Server.answer(request, facts, token: { _ in Server.tokens(2) }, sent) },
            VendorScenario("refreshed no more", act: .refresh, facts: Self.licensed, expected: .error(.expired)) {
                request, facts, sent in
                Server.answer(request, facts, token: { _ in Server.refusal("invalid_grant") }, sent)
            },
            VendorScenario("nothing to refresh with", act: .refresh, expected: .error(.expired)) { _, _, _ in
                .status(500)
            },
            VendorScenario("given back", act: .deauthorize, facts: Self.licensed, expected: .removed) {
                request, facts, sent in Server.answer(request, facts, token: { _ in .status(500) }, sent)
            },
            VendorScenario("nothing to give back", act: .deauthorize, expected: .removed) { _, _, _ in .status(500) },
            VendorScenario("not given back", act: .deauthorize, facts: Self.licensed, expected: .error(.rejected)) {
                request, facts, sent in
                request.endpoint == "\(Server.issuer)/revoke"
                    ? Server.refusal("invalid_client")
                    : Server.answer(request, facts, token: { _ in .status(500) }, sent)
            },
        ]
        try AdapterConformance(POSToken(), facts: Self.facts, scenarios: scenarios).check()
    }
}
