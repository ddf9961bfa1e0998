public import AdapterKit
import Foundation

/// What every adapter must hold to, whatever it speaks: run it from the adapter's own tests.
///
///     let suite = AdapterConformance(MyAdapter(), facts: facts, scenarios: scenarios)
///     let failures = suite.failures()      // empty, or each with what to do about it
///
/// It plays the core: it takes each step, answers as a scenario says, puts the state through JSON at every step as
/// the journal does, and does everything twice. It needs no test framework and reports failures as values.
///
/// It checks that
/// - the descriptor is sane: names, patterns, contract version, dates, purposes;
/// - the sample facts pass the descriptor's fields, and nothing is sent where a required field is missing;
/// - each conversation is well formed: legal requests whose signed purposes are declared and whose nonce is in
///   them, waits that lie ahead, an end within a bounded number of steps;
/// - each ends as the scenario expects, errors with a whole sentence and a field that exists;
/// - an outcome names the whole identity, and only declared deliveries and dates, every required date among them;
/// - the state survives encoding at every step, stays small, and holds no secret;
/// - what a request withholds stands in no state and no word, and is put into forms by name alone;
/// - keys stand in one request that says so and is made once, and in no word, remark or line of a registration; and it can
///   be asked what became of them from the state alone;
/// - the same facts give the same steps.
public struct AdapterConformance<Subject: Adapter>: Sendable {
    let adapter: Subject
    let facts: Facts
    let scenarios: [VendorScenario]
    let erased: AnyAdapter

    /// A suite.
    ///
    /// - Parameters:
    ///   - adapter: The adapter to check.
    ///   - facts: Facts that it can work with: a whole valid identity, settings where it needs any.
    ///   - scenarios: What the vendor answers, and what must come of it.
    public init(_ adapter: Subject, facts: Facts, scenarios: [VendorScenario]) {
        self.adapter = adapter
        self.facts = facts
        self.scenarios = scenarios
        erased = AnyAdapter(adapter)
    }

    /// Everything that the adapter does wrong; empty for a good one.
    public func failures() -> [ConformanceFailure] {
        var failures = DescriptorCheck(
            descriptor: erased.descriptor, tellsIdentity: erased.capabilities.contains(.deviceAuthorization)
        ).failures()
        failures += FieldCheck(descriptor: erased.descriptor, facts: facts).failures()
        failures += capabilities()
        for scenario in scenarios where !acts.contains(scenario.act) {
            failures.append(
                ConformanceFailure(
                    .scenario, "scenario \"\(scenario.name)\"",
                    "is of the act \(scenario.act.rawValue), which the adapter adopts no capability for"))
        }
        if let refreshing = adapter as? any OnlineRefreshing { failures += refresh(refreshing) }
        if let activating = adapter as? any OfflineActivating { failures += request(activating) }
        if let upgrading = adapter as? any KeyUpgrading { failures += upgrade(upgrading) }
        if let authorizing = adapter as? any DeviceAuthorizing { failures += authorize(authorizing) }
        return failures
    }

    /// Throws everything that the adapter does wrong.
    ///
    /// - Throws: ``ConformanceFailures``.
    public func check() throws(ConformanceFailures) {
        let failures = failures()
        if !failures.isEmpty { throw ConformanceFailures(failures) }
    }

    /// The acts that the adapter can begin.
    private var acts: [Act] {
        erased.capabilities.flatMap { capability -> [Act] in
            switch capability {
            case .onlineRefresh: [.refresh]
            case .offlineActivation: [.request]
            case .keyUpgrade: [.upgrade]
            case .deviceAuthorization: [.authorize, .deauthorize]
            // The one answers, and the other is only told.
            case .tokenVerification, .recording: []
            }
        }
    }

    private func refresh<Online: OnlineRefreshing>(_ adapter: Online) -> [ConformanceFailure] {
        play(.refresh, adapter, { facts throws(AdapterError) in try adapter.refresh(facts) }, inspection(adapter))
    }

    /// How it is asked what became of an act; nil where it can't be.
    private func inspection<Playing: Adapter>(_ adapter: Playing) -> ConversationPlayer<Playing>.Inspection? {
        guard adapter is any Inspecting else { return nil }
        return { [erased] state, facts throws(AdapterError) in
            do {
                let encoder = JSONEncoder()
                let transition = try erased.inspect(try encoder.encode(state), facts: facts)
                let restored = try JSONDecoder().decode(Playing.State.self, from: transition.state)
                return Transition(restored, transition.step)
            } catch let error as AdapterError {
                throw error
            } catch {
                throw AdapterError(.malformed, "The state can't be read again: \(error).")
            }
        }
    }

    /// Has a license acquired and given back, and an answer of each kind lost.
    private func authorize<Authorizing: DeviceAuthorizing>(_ adapter: Authorizing) -> [ConformanceFailure] {
        play(.authorize, adapter, { facts throws(AdapterError) in try adapter.authorize(facts) }, inspection(adapter))
            + play(
                .deauthorize, adapter, { facts throws(AdapterError) in try adapter.deauthorize(facts) },
                inspection(adapter))
    }

    private func request<Offline: OfflineActivating>(_ adapter: Offline) -> [ConformanceFailure] {
        play(.request, adapter) { facts throws(AdapterError) in try adapter.request(facts) }
    }

    /// Has keys activated, those of each scenario.
    private func upgrade<Upgrading: KeyUpgrading>(_ adapter: Upgrading) -> [ConformanceFailure] {
        let own = scenarios.filter { $0.act == .upgrade }
        guard let sample = own.first?.keys else { return [] }
        var failures = KeyCheck(adapter, facts: facts).failures(own)
        failures += missingFields(.upgrade) { facts throws(AdapterError) in try adapter.upgrade(facts, keys: sample) }
        for scenario in own {
            failures += play(
                scenario, adapter,
                { facts throws(AdapterError) in try adapter.upgrade(facts, keys: scenario.keys) },
                { state, facts throws(AdapterError) in try adapter.inspect(state, facts: facts) })
        }
        return failures
    }

    private func capabilities() -> [ConformanceFailure] {
        guard !erased.capabilities.isEmpty else {
            return [ConformanceFailure(.capability, "adapter", "it adopts no capability, so nothing can use it")]
        }
        var failures: [ConformanceFailure] = []
        for act in acts {
            let own = scenarios.filter { $0.act == act }
            if !own.contains(where: { $0.expected == (act == .deauthorize ? .removed : .updated) }) {
                failures.append(
                    ConformanceFailure(
                        .capability, "scenarios", "none expects an update, so nothing proves a \(act.rawValue)"))
            }
            if !own.contains(where: { if case .error = $0.expected { true } else { false } }) {
                failures.append(
                    ConformanceFailure(
                        .capability, "scenarios",
                        "none expects an error, so nothing proves refusals of a \(act.rawValue)"))
            }
        }
        if acts.contains(.upgrade), !scenarios.contains(where: { $0.act == .upgrade && $0.losesAnswer }) {
            failures.append(
                ConformanceFailure(
                    .capability, "scenarios", "none loses an answer, so nothing proves that it can be asked for"))
        }
        if acts.contains(.upgrade) == erased.descriptor.keys.isEmpty {
            failures.append(
                ConformanceFailure(
                    .capability, "keys",
                    erased.descriptor.keys.isEmpty
                        ? "it has keys activated, and its descriptor declares none"
                        : "its descriptor declares keys, and it adopts no capability to have them activated"))
        }
        for name in Set(scenarios.map(\.name)).sorted() where scenarios.count(where: { $0.name == name }) > 1 {
            failures.append(ConformanceFailure(.capability, "scenarios", "two are named \"\(name)\""))
        }
        return failures
    }

    /// Plays every scenario of an act.
    private func play<Playing: Adapter>(
        _ act: Act, _ adapter: Playing, _ begin: @escaping ConversationPlayer<Playing>.Beginning,
        _ inspection: ConversationPlayer<Playing>.Inspection? = nil
    ) -> [ConformanceFailure] {
        var failures = missingFields(act, begin)
        for scenario in scenarios where scenario.act == act {
            failures += play(scenario, adapter, begin, inspection)
        }
        return failures
    }

    /// An adapter that is begun without a part of its identity asks nobody.
    private func missingFields<State>(
        _ act: Act, _ begin: (Facts) throws(AdapterError) -> Transition<State>
    ) -> [ConformanceFailure] {
        var failures: [ConformanceFailure] = []
        for field in erased.descriptor.identity where field.required {
            var facts = facts
            facts.identity[field.name] = nil
            if (try? begin(facts)) != nil {
                failures.append(
                    ConformanceFailure(
                        .fields, "identity \(field.name)",
                        "is missing, and the act \(act.rawValue) begins all the same"))
            }
        }
        return failures
    }

    private func play<Playing: Adapter>(
        _ scenario: VendorScenario, _ adapter: Playing, _ begin: @escaping ConversationPlayer<Playing>.Beginning,
        _ inspection: ConversationPlayer<Playing>.Inspection? = nil
    ) -> [ConformanceFailure] {
        let facts = scenario.facts ?? facts
        var first = ConversationPlayer(
            adapter, erased, scenario, facts: facts, begin: begin, inspection: inspection)
        var second = ConversationPlayer(
            adapter, erased, scenario, facts: facts, begin: begin, inspection: inspection)
        first.play()
        second.play()
        var failures = first.failures
        if first.transcript != second.transcript {
            let step = zip(first.transcript, second.transcript).prefix { $0 == $1 }.count + 1
            failures.append(
                ConformanceFailure(
                    .determinism, "scenario \"\(scenario.name)\", step \(step)",
                    "the same facts gave another step the second time"))
        }
        return failures
    }
}
