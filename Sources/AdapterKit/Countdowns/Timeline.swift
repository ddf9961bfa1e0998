/// Everything that happens to an installation by the passing of time alone, past and to come.
public struct Timeline: Hashable, Sendable {
    /// The level before the first change.
    public let level: Level
    /// The label before the first change.
    public let label: String
    /// The changes in order of time; those of one instant in the order of the profile.
    public let changes: [Change]

    /// A countdown enters a stage.
    public struct Change: Hashable, Sendable {
        /// When.
        public let at: Instant
        /// The countdown's name; nil for the beginning that `validFrom` says.
        public let countdown: String?
        /// The module's code, for a countdown that runs per module.
        public let module: String?
        /// The stage's own level, whatever the others'.
        public let stageLevel: Level
        /// The installation's level before this instant and from it on.
        public let before: Level
        /// See ``before``.
        public let after: Level
        /// The installation's label from this instant on.
        public let label: String
        /// The stage's message as it reads at this instant; nil where it has none.
        public let message: String?
    }
}

extension CountdownRules {
    /// The stage changes of an installation, all of them.
    public func timeline(of facts: StandingFacts, in zone: Zone, naming names: MessageNames) -> Timeline {
        guard facts.held else {
            return Timeline(level: .unlicensed, label: Standing.unlicensedLabel, changes: [])
        }
        var entries: [(at: Int, pass: StagePass?)] = []
        if let begins = notYetValid(facts, at: Int.min, in: zone) { entries.append((begins, nil)) }
        eachPass(of: facts, at: Int.min, in: zone) { pass in
            guard let anchor = pass.anchor else { return }
            let starts = starts(pass.countdown, anchor, in: zone)
            for (index, at) in starts.enumerated() where index + 1 == starts.count || starts[index + 1] > at {
                var entry = pass
                entry.held = compiled.rules[pass.countdown].firstStage + index
                entries.append((at, entry))
            }
        }
        let ordered = entries.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
        let first = ordered.first?.element.at ?? 0
        let earliest = standing(of: facts, at: Instant(milliseconds: Int64(first) - 1), in: zone)
        var changes: [Timeline.Change] = []
        var before = earliest.level
        for (_, entry) in ordered {
            if let last = changes.last, Int(last.at.milliseconds) < entry.at { before = last.after }
            let at = Instant(milliseconds: Int64(entry.at))
            let standing = standing(of: facts, at: at, in: zone)
            changes.append(
                Timeline.Change(
                    at: at, countdown: entry.pass.map { compiled.countdowns[$0.countdown].name },
                    module: entry.pass.flatMap { $0.module < 0 ? nil : facts.modules[$0.module].code },
                    stageLevel: entry.pass.map { compiled.stages[$0.held].level } ?? .licensed,
                    before: before, after: standing.level, label: standing.label,
                    message: entry.pass.flatMap { standing.message(of: $0, naming: names) }))
        }
        return Timeline(level: earliest.level, label: earliest.label, changes: changes)
    }
}
