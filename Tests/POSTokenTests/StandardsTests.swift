import AdapterKit
import Foundation
import Testing

@testable import POSToken

/// A conversation as a test leads it.
private struct Talk {
    let adapter = POSToken()
    var facts: Facts
    private(set) var state: POSToken.State?
    private(set) var step: Step?

    init(
        _ issuer: String = "https://id.example/realms/pos", settings: [String: String] = [:],
        identity: [String: String] = [:]
    ) {
        facts = Facts(
            operation: "01981f00-0000-7000-8000-000000000001", now: Instant(milliseconds: 1_795_000_000_000),
            nonce: "00112233445566778899aabbccddeeff", identity: identity, settings: settings, vendor: issuer)
    }

    mutating func begin(_ act: Act) throws {
        let transition =
            switch act {
            case .authorize: try adapter.authorize(facts)
            case .deauthorize: try adapter.deauthorize(facts)
            default: try adapter.refresh(facts)
            }
        (state, step) = (transition.state, transition.step)
    }

    mutating func go(_ event: Event) throws {
        let transition = try adapter.resume(try #require(state), with: event, facts: facts)
        (state, step) = (transition.state, transition.step)
    }

    mutating func answer(_ object: [String: Any], status: Int = 200, withheld: [String] = []) throws {
        let body = Array(try JSONSerialization.data(withJSONObject: object))
        facts.withheld = Set(facts.withheld + withheld).sorted()
        try go(.answer(Response(status: status, body: body, withheld: withheld)))
    }

    var request: Request {
        get throws {
            guard case .send(let request)? = step else { throw AdapterError(.malformed, "No request: \(step as Any).") }
            return request
        }
    }

    var grant: Grant {
        get throws {
            guard case .finish(.updated(let grant))? = step else {
                throw AdapterError(.malformed, "No grant: \(step as Any).")
            }
            return grant
        }
    }

    static var metadata: [String: Any] {
        [
            "issuer": "https://id.example/realms/pos", "token_endpoint": "https://id.example/t",
            "device_authorization_endpoint": "https://id.example/d", "jwks_uri": "https://id.example/k",
            "revocation_endpoint": "https://id.example/r",
        ]
    }

    /// Leads it to the point where the tokens came.
    mutating func acquire(tokens: [String]) throws {
        try begin(.authorize)
        try answer(Self.metadata)
        try answer(
            ["user_code": "AB-CD", "verification_uri": "https://id.example/u", "expires_in": 60],
            withheld: ["device_code"])
        facts.now = facts.now.adding(seconds: 5)
        try go(.time)
        try answer(["token_type": "Bearer", "expires_in": 3600], withheld: tokens)
    }

    /// Answers the question for the keys.
    mutating func prove(_ claims: [String: Any], by name: String = "access_token") throws {
        let json = Array(try JSONSerialization.data(withJSONObject: claims))
        try go(.answer(Response(status: 200, body: Array("{\"keys\":[]}".utf8), claims: [name: json])))
    }
}

@Suite("Any server that keeps to the standards can stand on the other side")
struct StandardsTests {
    @Test("The endpoints are looked for where the standards have them, one after the other")
    func metadata() throws {
        var talk = Talk()
        try talk.begin(.authorize)
        #expect(try talk.request.endpoint == "https://id.example/.well-known/oauth-authorization-server/realms/pos")
        try talk.answer([:], status: 404)
        #expect(try talk.request.endpoint == "https://id.example/realms/pos/.well-known/oauth-authorization-server")
        try talk.answer([:], status: 404)
        #expect(try talk.request.endpoint == "https://id.example/realms/pos/.well-known/openid-configuration")
        var found = talk
        try found.answer(Talk.metadata)
        #expect(try found.request.endpoint == "https://id.example/d")
        let error = #expect(throws: AdapterError.self) { try talk.answer([:], status: 404) }
        #expect(error?.code == .malformed && error?.message.contains("openid-configuration") == true)
        var bare = Talk("https://id.example:8443")
        try bare.begin(.authorize)
        #expect(try bare.request.endpoint == "https://id.example:8443/.well-known/oauth-authorization-server")
        try bare.answer([:], status: 404)
        #expect(try bare.request.endpoint == "https://id.example:8443/.well-known/openid-configuration")
    }

    @Test("Another issuer's metadata are not taken; a slash at its end is no other")
    func issuer() throws {
        var talk = Talk()
        try talk.begin(.authorize)
        var other = Talk.metadata
        other["issuer"] = "https://id.example/realms/other"
        let error = #expect(throws: AdapterError.self) { try talk.answer(other) }
        #expect(error?.code == .untrusted)
        other["issuer"] = "https://id.example/realms/pos/"
        try talk.answer(other)
        #expect(try talk.request.endpoint == "https://id.example/d")
    }

    @Test("What the metadata leave out the profile may name, as an address or behind the issuer")
    func namedEndpoints() throws {
        var talk = Talk(settings: [
            "deviceAuthorizationEndpoint": "/device-authorization/", "revocationEndpoint": "https://id.example/revoke",
        ])
        var short = Talk.metadata
        short["device_authorization_endpoint"] = nil
        short["revocation_endpoint"] = nil
        try talk.begin(.authorize)
        try talk.answer(short)
        #expect(try talk.request.endpoint == "https://id.example/realms/pos/device-authorization/")
        talk.facts.withheld = ["refresh_token"]
        try talk.begin(.deauthorize)
        try talk.answer(short)
        #expect(try talk.request.endpoint == "https://id.example/revoke")
        #expect(try talk.request.form?["token"] == .withheld("refresh_token"))
        var none = Talk()
        try none.begin(.authorize)
        let error = #expect(throws: AdapterError.self) { try none.answer(short) }
        #expect(error?.message.contains("deviceAuthorizationEndpoint") == true)
    }

    @Test("A public client names itself in the form, a confidential one in its header alone")
    func client() throws {
        var talk = Talk(settings: ["clientID": "shop", "scope": "license offline_access"])
        try talk.begin(.authorize)
        try talk.answer(Talk.metadata)
        #expect(
            try talk.request.form == ["client_id": .text("shop"), "scope": .text("license offline_access")])
        #expect(try talk.request.client == nil)
        talk = Talk(settings: ["clientID": "shop", "clientSecret": "********"])
        try talk.begin(.authorize)
        try talk.answer(Talk.metadata)
        #expect(try talk.request.form == [:])
        #expect(try talk.request.client == .init(id: "shop", secretSetting: "clientSecret"))
    }

    @Test("The interval is the server's, 5 seconds where it names none, and longer with slow_down and silence")
    func interval() throws {
        var talk = Talk()
        try talk.begin(.authorize)
        try talk.answer(Talk.metadata)
        try talk.answer(
            ["user_code": "AB-CD", "verification_uri": "https://id.example/u", "expires_in": 600],
            withheld: ["device_code"])
        func until() throws -> Int {
            guard case .show(_, let until)? = talk.step else { throw AdapterError(.malformed, "Nothing is shown.") }
            return Int(until.milliseconds - talk.facts.now.milliseconds) / 1000
        }
        #expect(try until() == 5)
        for (event, seconds) in [
            ("slow_down", 10), ("authorization_pending", 10), ("slow_down", 15), ("", 30), ("", 60), ("", 60),
        ] {
            talk.facts.now = talk.facts.now.adding(seconds: try until())
            try talk.go(.time)
            #expect(try talk.request.once && talk.request.mayGoUnanswered)
            if event.isEmpty { try talk.go(.unanswered) } else { try talk.answer(["error": event], status: 400) }
            #expect(try until() == seconds)
        }
    }

    @Test("Claims may have other names, stand in objects, and be written in the usual other ways")
    func claims() throws {
        var talk = Talk(settings: [
            "claimServerID": "license.id", "claimEdition": "https://pos.example/edition", "claimFeatures": "modules",
            "claimRenewsOn": "license.until", "claimHubName": "hub.name",
        ])
        try talk.acquire(tokens: ["access_token", "refresh_token"])
        let seconds = talk.facts.now.milliseconds / 1000
        try talk.prove([
            "iss": "x", "sub": "someone", "aud": ["pos", "account"], "iat": seconds, "exp": seconds + 3600,
            "license": ["id": 4711, "until": "2027-03-31T12:00:00Z"], "https://pos.example/edition": "Store",
            "modules": "xms, gift", "hub": ["name": "HQ"],
        ])
        let grant = try talk.grant
        #expect(grant.attestation.subject == ["serverID": "4711"])
        #expect(grant.entitlement.edition == "Store")
        #expect(grant.entitlement.modules.map(\.code) == ["xms", "gift"])
        #expect(grant.entitlement.details["hubName"] == "HQ")
        #expect(grant.entitlement.dates["renewsOn"] == DateValue("2027-03-31T12:00:00Z"))
        #expect(grant.tokens?.audiences == ["pos", "account"] && grant.tokens?.rotates == nil)
        #expect(grant.refreshAt == Instant(milliseconds: (seconds + 1800) * 1000))
        try talk.acquire(tokens: ["access_token", "refresh_token"])
        let error = #expect(throws: AdapterError.self) {
            try talk.prove(["exp": seconds + 60, "license": ["id": "a", "until": "soon"]])
        }
        #expect(error?.message.contains("license.until") == true)
    }

    @Test("An audience that the profile names is the access tokens': an ID token is for the client, and checked so")
    func audiences() throws {
        for (claimsIn, audience) in [("id", "me"), ("access", "pos")] {
            var talk = Talk(settings: ["claimsIn": claimsIn, "audience": "pos", "clientID": "me"])
            try talk.acquire(tokens: ["access_token", "id_token", "refresh_token"])
            guard case .keySet(let check) = try talk.request.trust else { throw AdapterError(.malformed, "No keys.") }
            #expect(check.audiences == ["access_token": "pos", "id_token": "me"])
            try talk.prove(
                ["sub": "S", "aud": audience, "exp": talk.facts.now.milliseconds / 1000 + 60],
                by: claimsIn == "id" ? "id_token" : "access_token")
            #expect(try talk.grant.tokens?.audiences == [audience])
        }
    }

    @Test("Where a code's tokens lack the ID token that carries the license, a refresh is asked for it")
    func idToken() throws {
        var talk = Talk(settings: ["claimsIn": "id"])
        try talk.acquire(tokens: ["access_token", "refresh_token"])
        #expect(try talk.request.form?["grant_type"] == .text("refresh_token"))
        try talk.answer(["expires_in": 3600], withheld: ["access_token", "id_token", "refresh_token"])
        guard case .keySet(let check) = try talk.request.trust else { throw AdapterError(.malformed, "No key set.") }
        // An ID token is for the client.
        #expect(check.audiences == ["access_token": "", "id_token": "gatehouse"])
        try talk.prove(
            ["sub": "S", "exp": talk.facts.now.milliseconds / 1000 + 60, "edition": "Cloud"], by: "id_token")
        #expect(try talk.grant.entitlement.edition == "Cloud" && talk.grant.tokens?.license == "id_token")
        // An ID token need not come with a refresh: others' are checked as before.
        talk.facts.withheld = ["access_token", "id_token", "refresh_token"]
        try talk.begin(.refresh)
        try talk.answer(Talk.metadata)
        try talk.answer(["expires_in": 3600], withheld: ["access_token", "refresh_token"])
        var unproven = talk
        try talk.go(.answer(Response(status: 200, body: Array("{}".utf8))))
        let terms = try #require(try talk.grant.tokens)
        #expect(terms.audiences == ["gatehouse"] && terms.license == "id_token" && terms.keySet == Array("{}".utf8))
        #expect(terms.rotates == true)
        #expect(throws: AdapterError.self) { try unproven.go(.answer(Response(status: 200, body: []))) }
        // And where even that gives none, it is said what to look at.
        try talk.acquire(tokens: ["access_token"])
        let error = #expect(throws: AdapterError.self) {
            try talk.go(.answer(Response(status: 200, body: Array("{}".utf8))))
        }
        #expect(error?.message.contains("openid") == true)
    }

    @Test("A server without keys gives opaque tokens: what was known before stays known")
    func opaque() throws {
        var talk = Talk(identity: ["serverID": "S-1"])
        var short = Talk.metadata
        short["jwks_uri"] = nil
        try talk.begin(.authorize)
        try talk.answer(short)
        try talk.answer(
            ["user_code": "AB-CD", "verification_uri": "https://id.example/u", "expires_in": 60],
            withheld: ["device_code"])
        talk.facts.now = talk.facts.now.adding(seconds: 5)
        try talk.go(.time)
        try talk.answer(["expires_in": 3600], withheld: ["access_token", "refresh_token"])
        let grant = try talk.grant
        #expect(grant.tokens == nil && grant.entitlement.details["serverID"] == "S-1")
        #expect(grant.entitlement.dates["tokenExpires"] == .instant(talk.facts.now.adding(hours: 1)))
        #expect(grant.entitlement.remarks.count == 1)
    }
}
