import AdapterKit
import AdapterTestKit
import Testing

@Suite("The conformance suite: what adapters ask people")
struct PersonStepCheckTests {
    typealias Check = ConformanceFailure.Check
    typealias Flaw = OfflineProbe.Flaw

    private static let facts = Facts(
        operation: "019abc5e-7c00-7a3e-9d11-4f2a6b8c0d1e", now: Instant(milliseconds: 1_795_341_599_000),
        nonce: "5f0c1d2e3a4b59687786a5b4c3d2e1f0", identity: ["account": "12", "key": "sesame"])

    private static func scenario(
        _ name: String, _ expected: VendorScenario.Expectation, _ documents: [String: String]
    ) -> VendorScenario {
        VendorScenario(name, act: .request, expected: expected) { _, _, _ in
            PersonReply(documents: documents.mapValues { Array($0.utf8) }, values: ["code": "7"])
        }
    }

    private static let scenarios = [
        scenario("grant", .updated, ["answer": "yes\n"]),
        scenario("grant with a receipt", .updated, ["answer": "yes\n", "receipt": "paid"]),
        scenario("refused", .error(.rejected, field: "account"), ["answer": "no\n"]),
    ]

    private func failures(_ flaw: Flaw?, _ scenarios: [VendorScenario] = scenarios) -> [ConformanceFailure] {
        AdapterConformance(OfflineProbe(flaw: flaw), facts: Self.facts, scenarios: scenarios).failures()
    }

    @Test("An adapter that asks people as it should has no failures")
    func good() {
        #expect(failures(nil) == [])
    }

    static let caught: [(Flaw, Check, String)] = [
        (.title, .step, "the person step has no title"),
        (.text, .step, "the person step's text must be whole sentences"),
        (.fileName, .step, "\"../request.txt\" is no plain name of a file to hand out"),
        (.hiddenFile, .step, "\".request\" is no plain name"),
        (.emptyFile, .step, "it hands out \"empty.txt\", which is empty"),
        (.fileTwice, .step, "it hands out \"request.txt\" twice"),
        (.noSuffix, .step, "the document \"answer\" has no suffix"),
        (.documentTwice, .step, "the document \"answer\" is asked for twice"),
        (.purpose, .trust, "the purpose \"other/file\" is not among those that the descriptor declares"),
        (.noNonce, .trust, "no file that it hands out holds the nonce of its facts"),
        (.noFile, .trust, "no file that it hands out holds the nonce of its facts"),
        (.valueName, .step, "a value that it asks for has no name"),
        (.titleSecret, .step, "the person step's words hold the secret key"),
        (.textSecret, .step, "the person step's words hold the secret key"),
        (.missingField, .fields, "identity account: is missing, and the act request begins all the same"),
        (.goesOn, .length, "has not ended after 32 steps"),
    ]

    @Test("Each wrong step is caught for what is wrong with it", arguments: caught)
    func flawed(_ flaw: Flaw, _ check: Check, _ words: String) {
        let failures = failures(flaw)
        #expect(
            failures.contains { $0.check == check && $0.description.contains(words) },
            "\(failures.map(\.description).joined(separator: "\n"))")
    }

    @Test("Every flaw there is has its row")
    func complete() {
        #expect(Set(Self.caught.map(\.0)) == Set(Flaw.allCases))
    }

    @Test("Scenarios that prove no grant or no refusal of an offline activation are told by the act")
    func unproven() {
        #expect(
            failures(nil, [Self.scenarios[0]]).map(\.description) == [
                "[capability] scenarios: none expects an error, so nothing proves refusals of a request"
            ])
        #expect(
            failures(nil, [Self.scenarios[2]]).map(\.description) == [
                "[capability] scenarios: none expects an update, so nothing proves a request"
            ])
    }

    @Test("A scenario of an act that the adapter can't begin is told, whichever it is")
    func otherAct() {
        let refresh = VendorScenario("online", expected: .updated) { _, _, _ in .status(200) }
        #expect(
            failures(nil, Self.scenarios + [refresh]).map(\.description) == [
                "[scenario] scenario \"online\": is of the act refresh, which the adapter adopts no capability for"
            ])
        let online = AdapterConformance(
            Probe(), facts: AdapterConformanceTests.facts,
            scenarios: AdapterConformanceTests.scenarios + [Self.scenarios[1]])
        #expect(online.failures().map(\.check) == [.scenario])
    }

    @Test("A scenario in which a person brings nothing that is required is told: the core would not hand it on")
    func nothingBrought() {
        let failures = failures(
            nil, Self.scenarios + [Self.scenario("nothing", .error(.malformed), ["receipt": "paid"])])
        #expect(
            failures.map(\.description) == [
                "[scenario] scenario \"nothing\", step 1: the person brings no \"answer\", which the step calls required"
            ])
    }
}
