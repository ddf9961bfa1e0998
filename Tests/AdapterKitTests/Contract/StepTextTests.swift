import AdapterKit
import Foundation
import Testing

@Suite("A step as JSON")
struct StepTextTests {
    static let steps: [Step] = [
        .send(Request(method: "GET", path: "/v1?a=b%20c", trust: .plain)),
        .send(
            Request(
                method: "POST", path: "/\"quoted\"\\and\u{01}\n\tcontrolled/é/👩‍🔧",
                headers: ["B": "2", "A": "1\"\r\n", "Ü": ""],
                body: Array(0...255), trust: .signed(purpose: "a/\"b\""), once: true)),
        .send(Request(get: "https://a.example/jwks")),
        .send(
            Request(
                get: "https://a.example/jwks",
                trust: .keySet(Request.TokenCheck(issuer: "https://a.example", audiences: ["id_token": "\"me\""])))),
        .send(keySet),
        .send(poll),
        .show(
            Notice(
                title: "Type \"it\"", text: "There.", code: "BDWP-HQPK", link: "https://a.example/é", completeLink: "b",
                expires: Instant(milliseconds: 1)), until: Instant(milliseconds: 2)),
        .ask(PersonStep(title: "Look", text: "Look at it.")),
        .wait(until: Instant(milliseconds: 1_795_480_000_123)),
        .finish(
            .unchanged(
                Attestation(subject: ["serial": "0\"1"], issued: Instant(milliseconds: 0), remarks: ["One.", "Two."]))),
        .finish(.removed(Removal(remarks: ["One."]))),
    ]

    /// Below the vendor's address, as it may be.
    private static let keySet = Request(
        method: "GET", path: "/jwks", trust: .keySet(Request.TokenCheck(issuer: "a", audiences: [:])))

    private static var poll: Request {
        var request = Request(
            post: ["a": .text("b"), "code": .withheld("device_code")], to: "https://a.example/token",
            client: Request.ClientCredentials(id: "me", secretSetting: "clientSecret"), withholds: ["access_token"],
            once: true)
        request.mayGoUnanswered = true
        return request
    }

    @Test("What is put together by hand reads back as it was, and says what JSONEncoder says", arguments: steps)
    func roundTrip(step: Step) throws {
        let json = try step.json()
        #expect(try JSONDecoder().decode(Step.self, from: json) == step)
        let ours = try JSONSerialization.jsonObject(with: json) as? NSDictionary
        let encoders = try JSONSerialization.jsonObject(with: JSONEncoder().encode(step)) as? NSDictionary
        #expect(ours != nil && ours == encoders)
    }

    @Test("The journal keeps a request that holds secrets without its body")
    func secret() throws {
        let request = Request(
            method: "POST", path: "/v1/activation", body: Array("userKey=U1".utf8), trust: .signed(purpose: "a"),
            once: true, isSecret: true)
        var kept = request
        kept.body = []
        #expect(try JSONDecoder().decode(Step.self, from: Step.send(request).json()) == .send(kept))
    }
}
