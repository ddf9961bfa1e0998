import AdapterKit
import GatewayAPI
import GatewayProfiles
import GatewayStore

extension Explain {
    /// How an installation stands, since when and by which rules.
    ///
    /// - Parameter missing: What is said where the profile can't be used.
    static func standing(
        _ result: StandingDesk.Result?, _ timeline: Timeline?, _ explained: ExplainedRecord, missing: String
    ) -> Explanation.StandingView {
        guard let result, let timeline else {
            return Explanation.StandingView(
                level: .unlicensed, label: StatusRow.withoutProfileLabel, access: .none, since: nil,
                heldSince: explained.taken, messages: [missing], causes: [])
        }
        let standing = result.standing
        let began =
            timeline.since(level: standing.level, label: standing.label, at: result.at)
            ?? (result.facts.held ? explained.taken : explained.added)
        return Explanation.StandingView(
            level: standing.level, label: standing.label, access: standing.access,
            since: began.flatMap { $0 <= result.at ? $0 : nil }, heldSince: explained.taken,
            messages: result.messages, causes: result.causes)
    }
}

extension Timeline {
    /// When the level and label of an instant began to hold without a break; nil where they did from the first on.
    func since(level: Level, label: String, at now: Instant) -> Instant? {
        var began: Instant?
        var holds = self.level == level && self.label == label
        for change in changes where change.at <= now {
            let goesOn = change.after == level && change.label == label
            if goesOn, !holds { began = change.at }
            if !goesOn { began = nil }
            holds = goesOn
        }
        return began
    }
}

extension StandingDesk.Result {
    /// The rules that have something to say, the one that decides first.
    var causes: [Explanation.Cause] {
        guard facts.held else { return [] }
        var causes: [Explanation.Cause] = []
        for countdown in profile.rules.countdowns where !countdown.optional && isMissing(countdown.from) {
            causes.append(
                Explanation.Cause(
                    countdown: countdown.name, module: nil, from: countdown.from.joined(separator: " or "), date: nil,
                    stage: nil, level: .unlicensed, since: nil))
        }
        if standing.label == Standing.notYetValidLabel {
            causes.append(
                Explanation.Cause(
                    countdown: DateName.validFrom.rawValue, module: nil, from: DateName.validFrom.rawValue,
                    date: facts[.validFrom], stage: nil, level: standing.level, since: nil))
        }
        return causes
            + standing.stages.map { held in
                Explanation.Cause(
                    countdown: held.countdown, module: held.module, from: held.from, date: held.date,
                    stage: held.offset.description, level: held.level, since: held.since)
            }
    }

    private func isMissing(_ dates: [String]) -> Bool {
        dates != [Countdown.moduleExpiry]
            && dates.allSatisfy { profile.rules.slot(of: $0).flatMap { facts[$0] } == nil }
    }
}
