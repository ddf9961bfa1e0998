import AdapterKit
import AdapterTestKit
import Testing

@Suite("The conformance suite")
struct AdapterConformanceTests {
    typealias Check = ConformanceFailure.Check

    static let facts = Facts(
        operation: "019abc5e-7c00-7a3e-9d11-4f2a6b8c0d1e", now: Instant(milliseconds: 1_795_341_599_000),
        nonce: "5f0c1d2e3a4b59687786a5b4c3d2e1f0", identity: ["account": "12", "key": "sesame"],
        held: Facts.Held(revision: "1", issued: Instant(milliseconds: 0)))

    static var fresh: Facts {
        var facts = facts
        facts.held = nil
        return facts
    }

    static let scenarios = [
        answered("grant", "new\n", .updated), answered("no change", "same\n", .unchanged),
        answered("refused", "no\n", .error(.rejected, field: "account")),
        answered("gibberish", "?\n", .error(.malformed)),
        answered("no change where nothing is held", "same\n", .error(.malformed), facts: fresh),
    ]

    @Test("An adapter that keeps the contract has no failures")
    func good() throws {
        let suite = AdapterConformance(Probe(), facts: Self.facts, scenarios: Self.scenarios)
        #expect(suite.failures() == [])
        try suite.check()
    }

    /// What each flaw must be caught as, and words of what is said of it.
    static let caught: [(Flaw, Check, String)] = [
        (.protocolName, .descriptor, "protocolName: \"Probe Protocol\" must be lower-case words"),
        (.title, .descriptor, "title: is empty"),
        (.version, .descriptor, "version: \"new\" must be numbers"),
        (.contract, .descriptor, "contract: is 99; the core speaks 1"),
        (.noIdentity, .descriptor, "identity: names no field"),
        (.nothingRequired, .descriptor, "identity: requires no field"),
        (.fieldName, .descriptor, "identity Account Number: the name must be letters"),
        (.fieldTwice, .descriptor, "identity account: the name stands there twice"),
        (.fieldTitle, .descriptor, "identity account: the title is empty"),
        (.fieldHelp, .descriptor, "deliveries file: the help must be a whole sentence"),
        (.pattern, .descriptor, "identity account: the pattern [0-9 is broken"),
        (.expectation, .descriptor, "identity account: a pattern needs its expectation"),
        (.loosePattern, .fields, "identity account: is nothing that a pattern should take and nothing is said"),
        (.dateTwice, .descriptor, "date expires: the name stands there twice"),
        (.dateHelp, .descriptor, "date expires: the help must be a whole sentence"),
        (.purposeText, .descriptor, "purpose a purpose: must hold only"),
        (.purposeTwice, .descriptor, "purpose probe/answer: stands there twice"),
        (.missingField, .fields, "identity account: is missing, and the act refresh begins all the same"),
        (.beginsBadly, .expectation, "it ended with error rejected (No.) where updated is expected"),
        (.method, .step, "\"get\" is no method"),
        (.relativePath, .step, "the path \"v1/hello\" must begin with one /"),
        (.otherHost, .step, "the path \"//elsewhere.example/v1\" must begin with one /"),
        (.rawPath, .step, "the path \"/v1/hello world\" must begin with one /"),
        (.dotPath, .step, "the path \"/v1/../admin\" must begin with one /"),
        (.headerSplit, .step, "the header \"X-Account\" is not legal"),
        (.transportHeader, .step, "the header Host belongs to the transport"),
        (.waitsBack, .step, "which is not ahead of"),
        (.noKey, .step, "does not hold the operation's ID"),
        (.purpose, .trust, "the purpose \"other/answer\" is not among those"),
        (.noNonce, .trust, "does not hold the nonce of its facts"),
        (.never, .length, "has not ended after 32 steps"),
        (.subjectLacks, .outcome, "the answer's subject lacks the identity's account"),
        (.subjectStranger, .outcome, "the answer's subject names \"reseller\""),
        (.falseGreen, .outcome, "it says unchanged where nothing is held"),
        (.noRevision, .outcome, "the grant has no revision"),
        (.otherDelivery, .outcome, "the grant delivers \"elsewhere\", which the descriptor does not declare"),
        (.deliveryTwice, .outcome, "the grant delivers \"file\" twice"),
        (.emptyFile, .outcome, "the grant delivers an empty \"file\""),
        (.otherDate, .outcome, "the grant has the date \"someday\""),
        (.missingDate, .outcome, "the grant lacks the date \"expires\""),
        (.negativeSeats, .outcome, "the pool \"users\" has fewer than no seats"),
        (.poolTwice, .outcome, "the pool \"users\" comes twice"),
        (.moduleTwice, .outcome, "the module \"GL\" comes twice"),
        (.moduleCode, .outcome, "a module has no code"),
        (.errorWords, .error, "must be whole sentences, and is \"E1234\""),
        (.errorField, .error, "the error is about \"color\", which is no field"),
        (.errorSecret, .error, "the error's message holds the secret key"),
        (.errorCode, .expectation, "it ended with error unreachable about account"),
        (.stateForgets, .state, "the state is not the same after encoding and decoding"),
        (.stateSecret, .state, "the state holds the secret key"),
        (.stateLarge, .state, "keep it small"),
        (.remembers, .determinism, "gave another step"),
        (.inspectsByChance, .inspection, "a step and an error"),
        (.inspectsOnce, .inspection, "itself not repeatable"),
    ]

    @Test("Each wrong adapter is caught for what it does wrong", arguments: caught)
    func flawed(_ flaw: Flaw, _ check: Check, _ words: String) {
        let suite = AdapterConformance(Probe(flaw: flaw), facts: Self.facts, scenarios: Self.scenarios)
        let failures = suite.failures()
        #expect(
            failures.contains { $0.check == check && $0.description.contains(words) },
            "\(failures.map(\.description).joined(separator: "\n"))")
        #expect(throws: ConformanceFailures.self) { try suite.check() }
    }

    @Test("Every flaw there is has its row")
    func complete() {
        #expect(Set(Self.caught.map(\.0)) == Set(Flaw.allCases))
    }

    @Test("A scenario whose end is not the expected one is told with the error's words")
    func expectation() {
        let suite = AdapterConformance(
            Probe(), facts: Self.facts,
            scenarios: [
                Self.answered("grant", "no\n", .updated), Self.answered("refusal", "new\n", .error(.rejected)),
            ])
        #expect(
            suite.failures().map(\.description) == [
                "[expectation] scenario \"grant\", step 4: it ended with error rejected about account (The vendor "
                    + "refused.) where updated is expected",
                "[expectation] scenario \"refusal\", step 4: it ended with updated where error rejected is expected",
            ])
    }

    @Test("Scenarios that prove neither a grant nor a refusal, or share a name, are told")
    func scenarios() {
        let same = Self.answered("same", "same\n", .unchanged)
        let suite = AdapterConformance(Probe(), facts: Self.facts, scenarios: [same, same])
        #expect(suite.failures().map(\.check) == [.capability, .capability, .capability])
    }

    @Test("Sample facts that the descriptor itself refuses are told")
    func sampleFacts() {
        var facts = Self.facts
        facts.identity = ["account": "twelve", "color": "red"]
        let failures = AdapterConformance(Probe(), facts: facts, scenarios: Self.scenarios).failures()
        let places = failures.filter { $0.check == .fields && $0.message.contains("sample value") }.map(\.place)
        #expect(places == ["identity color", "identity account"])
    }

    @Test("An adapter that can do nothing is told so")
    func noCapability() {
        let failures = AdapterConformance(Idle(), facts: Self.facts, scenarios: []).failures()
        #expect(failures.map(\.message).contains { $0.contains("adopts no capability") })
    }

    @Test("Every call gets a nonce of its own, and the vendor that of the request it answers")
    func nonces() {
        let suite = AdapterConformance(
            Probe(), facts: Self.facts,
            scenarios: [
                Self.answered("refused", "no\n", .error(.rejected, field: "account")),
                VendorScenario("grant", expected: .updated) { request, facts, index in
                    guard index == 1 else { return .status(200) }
                    return .payload(Array((request.headers["X-Nonce"] == facts.nonce ? "new\n" : "no\n").utf8))
                },
            ])
        #expect(suite.failures() == [])
    }

    private static func answered(
        _ name: String, _ words: String, _ expected: VendorScenario.Expectation, facts: Facts? = nil
    ) -> VendorScenario {
        VendorScenario(name, facts: facts, expected: expected) { _, _, index in
            index == 0 ? .status(200, body: Array("hello".utf8)) : .payload(Array(words.utf8))
        }
    }

    /// An adapter without a capability.
    struct Idle: Adapter {
        var descriptor: AdapterDescriptor { Probe().descriptor }

        func resume(_ state: Int, with event: Event, facts: Facts) throws(AdapterError) -> Transition<Int> {
            throw AdapterError(.malformed, "Nothing was asked.")
        }
    }
}
