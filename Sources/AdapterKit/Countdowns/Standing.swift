/// How an installation is licensed at an instant.
///
/// The level and the times are worked out at once; what people read is worked out when it is asked for.
public struct Standing: Sendable {
    /// The worst level of all countdowns; ``Level/unlicensed`` where no entitlement is held or a date that
    /// the rules need is absent.
    public let level: Level
    /// The label of the worst stage that has one, else `Licensed`. A module's stage names the module: `GL: Expired`.
    public let label: String
    /// Days since the date of the worst stage, by the customer's calendar: 1 on the first day after a
    /// date-only value, negative before. Nil where no stage holds.
    public let days: Int?
    /// The next instant at which any countdown enters another stage; nil where there is none.
    public let until: Instant?
    /// The first instant, past or to come, at which access is less than full; nil where that is not known
    /// to come, and where nothing is held or a date is missing. Modules do not count.
    public let fullUntil: Instant?

    /// The level of the stage that the label is from; nil where no stage has one.
    let labelLevel: Level?
    let rules: CountdownRules
    /// The facts that it was worked out from.
    public let facts: StandingFacts
    /// The instant that it is about.
    public let now: Instant
    /// The customer's time zone, in which days began and ended.
    public let zone: Zone

    /// The label of an installation about which there is nothing to say.
    public static let licensedLabel = "Licensed"
    /// The label of an installation without an entitlement.
    public static let unlicensedLabel = "Not licensed"
    /// The label before `validFrom`.
    public static let notYetValidLabel = "Not yet valid"

    /// What a user may do: the level decides it, and nothing else.
    public var access: Access { level.access }
}

/// The level and the times of a standing, without what it was worked out from: for a listing, most of whose rows have
/// nothing to say.
public struct StandingOutlook: Sendable {
    /// See ``Standing/level``.
    public let level: Level
    /// See ``Standing/label``.
    public let label: String
    /// See ``Standing/until``.
    public let until: Instant?
    /// See ``Standing/fullUntil``.
    public let fullUntil: Instant?
    /// Whether there is neither a message nor a remark; false where only the standing itself can tell.
    public let isSilent: Bool

    let days: Int?
    let labelLevel: Level?
}

extension CountdownRules {
    /// What the countdowns say of an installation at an instant.
    ///
    /// - Parameters:
    ///   - facts: Made by these rules (``facts(of:dates:)``).
    ///   - now: The instant that is asked about.
    ///   - zone: The customer's, in which days begin and end.
    public func standing(of facts: StandingFacts, at now: Instant, in zone: Zone) -> Standing {
        standing(outlook(of: facts, at: now, in: zone), of: facts, at: now, in: zone)
    }

    /// The standing that an outlook on the same facts, at the same instant and in the same zone, is part of.
    public func standing(
        _ outlook: StandingOutlook, of facts: StandingFacts, at now: Instant, in zone: Zone
    ) -> Standing {
        Standing(
            level: outlook.level, label: outlook.label, days: outlook.days, until: outlook.until,
            fullUntil: outlook.fullUntil, labelLevel: outlook.labelLevel, rules: self, facts: facts, now: now,
            zone: zone)
    }

    /// The level and the times of ``standing(of:at:in:)`` alone.
    public func outlook(of facts: StandingFacts, at now: Instant, in zone: Zone) -> StandingOutlook {
        guard facts.held else {
            return StandingOutlook(
                level: .unlicensed, label: Standing.unlicensedLabel, until: nil, fullUntil: nil, isSilent: false,
                days: nil, labelLevel: .unlicensed)
        }
        let moment = Int(now.milliseconds)
        var today: Int?
        var worst = Level.licensed
        var days: Int?
        var labeled: (level: Level, stage: Int, module: Int)?
        var next = Int.max
        var loss = Int.max
        var lacksDate = false
        eachPass(of: facts, at: moment, in: zone) { pass in
            guard let anchor = pass.anchor else {
                lacksDate = true
                return
            }
            next = min(next, pass.next)
            if pass.module < 0 { loss = min(loss, pass.loss) }
            guard pass.held >= 0 else { return }
            let stage = compiled.stages[pass.held]
            if days == nil || stage.counted > worst {
                worst = stage.counted
                let number = today ?? zone.localDay(of: now).number
                today = number
                days = number - anchor.day
            }
            if stage.hasLabel, labeled.map({ stage.counted > $0.level }) ?? true {
                labeled = (stage.counted, pass.held, pass.module)
            }
        }
        var label = Standing.licensedLabel
        var labelLevel = labeled?.level
        if let labeled {
            label = compiled.texts[labeled.stage].label
            if labeled.module >= 0 { label = "\(facts.modules[labeled.module].code): \(label)" }
        }
        if let begins = notYetValid(facts, at: moment, in: zone) {
            next = min(next, begins)
            (worst, label, days) = (.stopped, Standing.notYetValidLabel, nil)
            labelLevel = .stopped
        }
        if lacksDate {
            (worst, label, days, loss) = (.unlicensed, Standing.unlicensedLabel, nil, Int.max)
            labelLevel = .unlicensed
        }
        return StandingOutlook(
            level: worst, label: label, until: Self.instant(next), fullUntil: Self.instant(loss),
            isSilent: worst == .licensed && days == nil && facts.isUnremarkable(at: now), days: days,
            labelLevel: labelLevel)
    }

    /// The instant at which the entitlement begins to count, where that is still to come.
    func notYetValid(_ facts: StandingFacts, at now: Int, in zone: Zone) -> Int? {
        guard let validFrom = facts[.validFrom] else { return nil }
        let begins =
            switch validFrom {
            case .day(let day): Int(zone.firstInstant(of: day).milliseconds)
            case .instant(let instant): Int(Instant(clamping: Int(instant.milliseconds)).milliseconds)
            }
        return begins > now ? begins : nil
    }

    static func instant(_ milliseconds: Int) -> Instant? {
        milliseconds == Int.max ? nil : Instant(milliseconds: Int64(milliseconds))
    }
}
