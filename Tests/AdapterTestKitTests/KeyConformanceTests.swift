import AdapterKit
import AdapterTestKit
import Testing

@Suite("The conformance suite: keys")
struct KeyConformanceTests {
    typealias Check = ConformanceFailure.Check

    static let scenarios = [
        answered("activated", "yes\n", .updated), answered("wrong code", "no\n", .error(.rejected, field: "code")),
        answered("wrong module", "module\n", .error(.rejected, field: "moduleKey.GL")),
        answered("lost and activated", "yes\n", .updated, loses: true),
        answered("lost and never there", "never\n", .error(.rejected), loses: true),
    ]

    private static func answered(
        _ name: String, _ words: String, _ expected: VendorScenario.Expectation, loses: Bool = false
    ) -> VendorScenario {
        VendorScenario(name, keys: KeyProbe.keys, losesAnswer: loses, expected: expected) { _, _, _ in
            .payload(Array(words.utf8))
        }
    }

    @Test("An adapter that keeps the contract has no failures")
    func good() {
        let suite = AdapterConformance(KeyProbe(), facts: KeyProbe.facts, scenarios: Self.scenarios)
        #expect(suite.failures() == [])
    }

    /// What each flaw must be caught as, and words of what is said of it.
    static let caught: [(KeyFlaw, Check, String)] = [
        (.keyHelp, .descriptor, "keys code: the help must be a whole sentence"),
        (.keyTwice, .descriptor, "keys code: the name stands there twice"),
        (.looseKey, .fields, "keys code: is nothing that a pattern should take and nothing is said"),
        (.noKeys, .capability, "it has keys activated, and its descriptor declares none"),
        (.familyElsewhere, .descriptor, "identity account: only a key can stand for many values"),
        (.refusesAll, .scenario, "its keys are refused before the vendor is asked: No key is good enough."),
        (.problemWords, .error, "a problem's message must be whole sentences, and is \"E12\""),
        (.problemField, .error, "a problem is about \"color\", which is no key"),
        (.problemSecret, .secret, "a problem's message holds the secret"),
        (.missingField, .fields, "identity account: is missing, and the act upgrade begins all the same"),
        (.stateSecret, .state, "the state holds the secret code"),
        (.stateGroup, .state, "the state holds the secret code"),
        (.pathSecret, .secret, "a secret stands in its path or a header"),
        (.headerSecret, .secret, "a secret stands in its path or a header"),
        (.notSecret, .secret, "the body holds the secret code, and the request does not say so"),
        (.repeated, .secret, "a request that holds secrets is made once"),
        (.noOperation, .step, "does not hold the operation's ID"),
        (.inspectsNothing, .expectation, "it ended with error malformed (Nobody knows.) where updated is expected"),
        (.inspectsOnce, .inspection, "itself not repeatable"),
        (.inspectsWithout, .trust, "does not hold the nonce of its facts"),
        (.otherSubject, .outcome, "the answer is for another account than the keys bring"),
        (.remarkSecret, .secret, "a remark holds the secret code"),
        (.detailSecret, .secret, "what is granted holds the secret code"),
        (.errorSecret, .error, "the error's message holds the secret code"),
        (.errorField, .error, "the error is about \"color\", which is no field"),
        (.unreadableFile, .registration, "no file of the grant is a registration that it can read"),
        (.takesAnything, .registration, "a file that holds nothing is taken for a registration"),
        (.otherRefusal, .registration, "a file that holds no text is refused as conflict"),
        (.noLines, .registration, "it reads nothing in \"file\""),
        (.noTitle, .registration, "a line of \"file\" has no title or no value"),
        (.lineSecret, .secret, "what it reads in \"file\" holds the secret code"),
    ]

    @Test("Each wrong adapter is caught for what it does wrong", arguments: caught)
    func flawed(_ flaw: KeyFlaw, _ check: Check, _ words: String) {
        let failures = AdapterConformance(KeyProbe(flaw: flaw), facts: KeyProbe.facts, scenarios: Self.scenarios)
            .failures()
        #expect(
            failures.contains { $0.check == check && $0.description.contains(words) },
            "\(failures.map(\.description).joined(separator: "\n"))")
    }

    @Test("Every flaw there is has its row")
    func complete() {
        #expect(Set(Self.caught.map(\.0)) == Set(KeyFlaw.allCases))
    }

    @Test("Scenarios that lose no answer, or bring no keys, are told")
    func scenarios() {
        var kept = Self.scenarios.filter { !$0.losesAnswer }
        let suite = AdapterConformance(KeyProbe(), facts: KeyProbe.facts, scenarios: kept)
        #expect(suite.failures().map(\.message) == ["none loses an answer, so nothing proves that it can be asked for"])
        kept[1].keys = [:]
        let failures = AdapterConformance(KeyProbe(), facts: KeyProbe.facts, scenarios: kept).failures()
        #expect(failures.contains { $0.check == .scenario && $0.message == "brings no keys" })
    }

    @Test("Keys of an adapter that has none activated are told")
    func unused() {
        let suite = AdapterConformance(Unused(), facts: KeyProbe.facts, scenarios: [])
        #expect(suite.failures().contains { $0.check == .capability && $0.place == "keys" })
    }

    /// An adapter that declares keys and can do nothing with them.
    struct Unused: OnlineRefreshing {
        var descriptor: AdapterDescriptor { KeyProbe().descriptor }

        func refresh(_ facts: Facts) throws(AdapterError) -> Transition<Int> {
            throw AdapterError(.unreachable, "Nobody is there.")
        }

        func resume(_ state: Int, with event: Event, facts: Facts) throws(AdapterError) -> Transition<Int> {
            throw AdapterError(.malformed, "Nothing was asked.")
        }
    }
}
