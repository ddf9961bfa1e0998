import AdapterKit

/// What an adapter must say of sets of keys before the vendor is asked.
struct KeyCheck<Subject: KeyUpgrading> {
    private let adapter: Subject
    private let descriptor: AdapterDescriptor
    private let facts: Facts

    init(_ adapter: Subject, facts: Facts) {
        self.adapter = adapter
        descriptor = adapter.descriptor
        self.facts = facts
    }

    func failures(_ scenarios: [VendorScenario]) -> [ConformanceFailure] {
        var found: [ConformanceFailure] = []
        for scenario in scenarios {
            let place = "scenario \"\(scenario.name)\""
            let facts = scenario.facts ?? facts
            guard !scenario.keys.isEmpty else {
                found.append(ConformanceFailure(.scenario, place, "brings no keys"))
                continue
            }
            for problem in adapter.problems(with: scenario.keys, facts) {
                found.append(
                    ConformanceFailure(.scenario, place, "its keys are refused before the vendor is asked: \(problem)"))
            }
            for keys in oddSets(scenario.keys) { found += failures(keys, facts, place) }
        }
        if let sample = scenarios.first?.keys, !sample.isEmpty {
            found += FieldCheck(descriptor: descriptor, facts: facts).failures(keys: sample)
        }
        return found
    }

    /// Whatever is wrong with a set, it is told by a field, in a sentence, without a key, and in the same way each time.
    private func failures(_ keys: [String: String], _ facts: Facts, _ place: String) -> [ConformanceFailure] {
        var found: [ConformanceFailure] = []
        func require(_ check: ConformanceFailure.Check, _ holds: Bool, _ message: String) {
            if !holds { found.append(ConformanceFailure(check, place, message)) }
        }
        let secrets = Secrets(descriptor, facts, keys: keys)
        let problems = adapter.problems(with: keys, facts)
        require(.determinism, problems == adapter.problems(with: keys, facts), "the same keys are judged in two ways")
        for problem in problems {
            require(
                .error, descriptor.keys.contains { $0.covers(problem.field) || $0.name == problem.field },
                "a problem is about \"\(problem.field)\", which is no key")
            require(
                .error, problem.message.hasSuffix(".") && problem.message.contains(" "),
                "a problem's message must be whole sentences, and is \"\(problem.message)\"")
            if let name = secrets.name(in: problem.message) {
                require(.secret, false, "a problem's message holds the secret \(name)")
            }
        }
        return found
    }

    /// Sets as they come about by mistake: one key in the place of the others, one of each kind alone, and one that lacks
    /// a key.
    private func oddSets(_ keys: [String: String]) -> [[String: String]] {
        let secret = keys.keys.sorted().filter { name in descriptor.keys.contains { $0.secret && $0.covers(name) } }
        guard let first = secret.first, let key = keys[first] else { return [keys] }
        let same = keys.merging(secret.map { ($0, key) }) { $1 }
        let fewer = keys.filter { !secret.dropFirst().contains($0.key) }
        let lacking = keys.keys.sorted().map { name in keys.filter { $0.key != name } }
        return [keys, same, fewer, keys.merging(facts.identity.filter { keys[$0.key] != nil }) { $1 }] + lacking
    }
}
