import AdapterKit
import GatewayAPI
import GatewayProfiles
import GatewayStore
import MarkedText

extension Explain {
    /// How an installation stands, since when and by which rules.
    static func standing(
        _ result: StandingDesk.Result?, _ timeline: Timeline?, _ explained: ExplainedRecord, _ profile: String,
        _ gateway: Gateway, isUnverified: Bool
    ) -> Explanation.StandingView {
        guard let result, let timeline else {
            return Explanation.StandingView(
                level: .unlicensed, label: StatusRow.withoutProfileLabel, access: .none, since: nil,
                heldSince: explained.taken, messages: [gateway.missingProfile(profile)], causes: [],
                isUnverified: isUnverified)
        }
        let standing = result.standing
        let began =
            timeline.since(level: standing.level, label: standing.label, at: result.at)
            ?? (result.facts.held ? explained.taken : explained.added)
        return Explanation.StandingView(
            level: standing.level, label: standing.label, access: standing.access,
            since: began.flatMap { $0 <= result.at ? $0 : nil }, heldSince: explained.taken,
            messages: result.messages, causes: result.causes(RulePlaces(of: profile, in: gateway.profiles)),
            isUnverified: isUnverified)
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
    func causes(_ places: RulePlaces) -> [Explanation.Cause] {
        guard facts.held else { return [] }
        var causes: [Explanation.Cause] = []
        for countdown in profile.rules.countdowns where !countdown.optional && isMissing(countdown.from) {
            causes.append(
                Explanation.Cause(
                    countdown: countdown.name, module: nil, from: countdown.from.joined(separator: " or "), date: nil,
                    stage: nil, level: .unlicensed, since: nil, rule: places[countdown.name, nil]))
        }
        if standing.label == Standing.notYetValidLabel {
            causes.append(
                Explanation.Cause(
                    countdown: DateName.validFrom.rawValue, module: nil, from: DateName.validFrom.rawValue,
                    date: facts[.validFrom], stage: nil, level: standing.level, since: nil, rule: nil))
        }
        return causes
            + standing.stages.map { held in
                Explanation.Cause(
                    countdown: held.countdown, module: held.module, from: held.from, date: held.date,
                    stage: held.offset.description, level: held.level, since: held.since,
                    rule: places[held.countdown, held.stage])
            }
    }

    private func isMissing(_ dates: [String]) -> Bool {
        dates != [Countdown.moduleExpiry]
            && dates.allSatisfy { profile.rules.slot(of: $0).flatMap { facts[$0] } == nil }
    }
}

/// Where the rules of a profile stand: a profile that extends another has some from there.
struct RulePlaces {
    private let places: [String: String]

    init(of profile: String, in profiles: ProfileSet) {
        let values = profiles.effective(profile)?.values ?? []
        places = Dictionary(
            values.compactMap { value in value.mark.map { (value.path, "\($0.file):\($0.start.line)") } },
            uniquingKeysWith: { first, _ in first })
    }

    /// The place of a countdown's stage, by its position, or of the dates that it runs from: `FILE:LINE`.
    subscript(countdown: String, stage: Int?) -> String? {
        let rule = "countdowns.\(countdown)"
        return stage.map { places["\(rule).stages[\($0)].at"] }
            ?? places["\(rule).from"] ?? places["\(rule).from[0]"]
    }
}
