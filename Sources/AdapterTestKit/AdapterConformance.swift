public import AdapterKit

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
        var failures = DescriptorCheck(descriptor: erased.descriptor).failures()
        failures += FieldCheck(descriptor: erased.descriptor, facts: facts).failures()
        failures += capabilities()
        if let refreshing = adapter as? any OnlineRefreshing {
            failures += missingFields(refreshing)
            for scenario in scenarios { failures += play(scenario, refreshing) }
        }
        return failures
    }

    /// Throws everything that the adapter does wrong.
    ///
    /// - Throws: ``ConformanceFailures``.
    public func check() throws(ConformanceFailures) {
        let failures = failures()
        if !failures.isEmpty { throw ConformanceFailures(failures) }
    }

    private func capabilities() -> [ConformanceFailure] {
        guard !erased.capabilities.isEmpty else {
            return [ConformanceFailure(.capability, "adapter", "it adopts no capability, so nothing can use it")]
        }
        var failures: [ConformanceFailure] = []
        if !scenarios.contains(where: { $0.expected == .updated }) {
            failures.append(
                ConformanceFailure(.capability, "scenarios", "none expects an update, so nothing proves a refresh"))
        }
        if !scenarios.contains(where: { if case .error = $0.expected { true } else { false } }) {
            failures.append(
                ConformanceFailure(.capability, "scenarios", "none expects an error, so nothing proves refusals"))
        }
        for name in Set(scenarios.map(\.name)).sorted() where scenarios.count(where: { $0.name == name }) > 1 {
            failures.append(ConformanceFailure(.capability, "scenarios", "two are named \"\(name)\""))
        }
        return failures
    }

    /// An adapter that is begun without a part of its identity sends nothing.
    private func missingFields(_ refreshing: some OnlineRefreshing) -> [ConformanceFailure] {
        var failures: [ConformanceFailure] = []
        for field in erased.descriptor.identity where field.required {
            var facts = facts
            facts.identity[field.name] = nil
            if (try? refreshing.refresh(facts)) != nil {
                failures.append(
                    ConformanceFailure(
                        .fields, "identity \(field.name)", "is missing, and a refresh begins all the same"))
            }
        }
        return failures
    }

    private func play(_ scenario: VendorScenario, _ refreshing: some OnlineRefreshing) -> [ConformanceFailure] {
        var first = ConversationPlayer(refreshing, erased, scenario, facts: scenario.facts ?? facts)
        var second = ConversationPlayer(refreshing, erased, scenario, facts: scenario.facts ?? facts)
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
