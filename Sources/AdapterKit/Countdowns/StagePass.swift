/// One countdown run against one date: where it stands at an instant.
struct StagePass {
    /// The countdown's position, and the module's for a countdown that runs per module (else -1).
    let countdown: Int
    let module: Int
    /// The date that it runs from; nil where an entitlement lacks a date that is not optional.
    let anchor: Anchor?
    /// The stage that holds, as a position among all stages; -1 before the first.
    var held = -1
    /// When the stage that holds began.
    var since = Int.min
    /// When the next stage begins, and when access is first less than full; `Int.max` for never.
    var next = Int.max
    var loss = Int.max
}

/// A date and what it is on the wall, from which stages are counted.
struct Anchor {
    let value: DateValue
    /// The day that `{days}` counts from: the date's own.
    let day: Int
    /// The wall time of the offset 0, and the milliseconds beyond the second. After a date-only value, the
    /// last covered day, that is the midnight which ends it.
    private let wall: Int
    private let fraction: Int

    init(_ value: DateValue, in zone: Zone) {
        self.value = value
        switch value {
        case .day(let last):
            day = last.number
            wall = (min(max(last.number, Instant.firstDay), Instant.lastDay) + 1) * ZoneTable.day
            fraction = 0
        case .instant(let instant):
            (wall, fraction) = zone.wallTime(of: instant)
            day = wall.dividedFlooring(by: ZoneTable.day)
        }
    }

    /// The instant of the offset 0, in milliseconds.
    func begins(in zone: Zone) -> Int {
        switch value {
        case .day(let last): Int(zone.firstInstant(of: last.adding(days: 1)).milliseconds)
        case .instant(let instant): Int(Instant(clamping: Int(instant.milliseconds)).milliseconds)
        }
    }

    /// The instant at which a stage begins, in milliseconds: calendar days in the zone, or elapsed hours.
    func begins(_ stage: CountdownRules.Stage, in zone: Zone) -> Int {
        guard stage.isDays else {
            return Int(Instant(clamping: begins(in: zone) + stage.count * 3_600_000).milliseconds)
        }
        switch value {
        case .day(let last):
            let day = min(max(last.number, Instant.firstDay), Instant.lastDay) + 1 + stage.count
            return Int(zone.firstInstant(of: LocalDay(number: day)).milliseconds)
        case .instant:
            return Int(zone.instant(atWall: wall, addingDays: stage.count, fraction: fraction).milliseconds)
        }
    }
}

extension CountdownRules {
    /// Calls `body` for every countdown in the order of the profile, once for each module with a date of its
    /// own where it runs per module. Countdowns that are silent (an optional date is absent) are left out.
    @inline(__always)
    func eachPass(of facts: StandingFacts, at now: Int, in zone: Zone, _ body: (StagePass) -> Void) {
        let compiled = compiled
        for index in compiled.rules.indices {
            if compiled.rules[index].isPerModule {
                for module in facts.modules.indices {
                    guard let expires = facts.modules[module].expires else { continue }
                    body(pass(index, module: module, Anchor(expires, in: zone), at: now, in: zone))
                }
            } else if let anchor = anchor(index, of: facts, in: zone) {
                body(pass(index, module: -1, anchor, at: now, in: zone))
            } else if !compiled.rules[index].isOptional {
                body(StagePass(countdown: index, module: -1, anchor: nil))
            }
        }
    }

    /// The earliest of the dates that a countdown runs from; nil where there is none.
    private func anchor(_ index: Int, of facts: StandingFacts, in zone: Zone) -> Anchor? {
        let first = facts[DateSlot(index: compiled.rules[index].firstSlot)].map { Anchor($0, in: zone) }
        if compiled.rules[index].otherSlots.isEmpty { return first }
        var earliest = first
        for slot in compiled.rules[index].otherSlots {
            guard let value = facts[DateSlot(index: slot)] else { continue }
            let anchor = Anchor(value, in: zone)
            if earliest.map({ anchor.begins(in: zone) < $0.begins(in: zone) }) ?? true { earliest = anchor }
        }
        return earliest
    }

    @inline(__always)
    private func pass(_ index: Int, module: Int, _ anchor: Anchor, at now: Int, in zone: Zone) -> StagePass {
        var pass = StagePass(countdown: index, module: module, anchor: anchor)
        let firstLoss = compiled.rules[index].firstLoss
        var begins = Int.min
        for stage in compiled.rules[index].firstStage..<compiled.rules[index].endStage {
            // Where days and hours meet, a day of 23 or 25 hours could turn the order round.
            begins = max(begins, anchor.begins(compiled.stages[stage], in: zone))
            if begins <= now {
                pass.held = stage
                pass.since = begins
            } else if pass.next == Int.max {
                pass.next = begins
            }
            if stage == firstLoss { pass.loss = begins }
            if pass.next != Int.max, stage >= firstLoss { break }
        }
        return pass
    }

    /// When one stage of a countdown begins, in milliseconds; nil for a position that is none of its stages'.
    func begins(_ index: Int, stage wanted: Int, _ anchor: Anchor, in zone: Zone) -> Int? {
        let rule = compiled.rules[index]
        guard (rule.firstStage..<rule.endStage).contains(wanted) else { return nil }
        var begins = Int.min
        for stage in rule.firstStage...wanted { begins = max(begins, anchor.begins(compiled.stages[stage], in: zone)) }
        return begins
    }

    /// When each stage of a countdown begins, in milliseconds.
    func starts(_ index: Int, _ anchor: Anchor, in zone: Zone) -> [Int] {
        var begins = Int.min
        return (compiled.rules[index].firstStage..<compiled.rules[index].endStage).map { stage in
            begins = max(begins, anchor.begins(compiled.stages[stage], in: zone))
            return begins
        }
    }
}
