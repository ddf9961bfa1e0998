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

extension CountdownRules {
    /// What the countdowns say of an installation at an instant.
    ///
    /// - Parameters:
    ///   - facts: Made by these rules (``facts(of:dates:)``).
    ///   - now: The instant that is asked about.
    ///   - zone: The customer's, in which days begin and end.
    public func standing(of facts: StandingFacts, at now: Instant, in zone: Zone) -> Standing {
        guard facts.held else {
            return Standing(
                level: .unlicensed, label: Standing.unlicensedLabel, days: nil, until: nil, fullUntil: nil,
                labelLevel: .unlicensed, rules: self, facts: facts, now: now, zone: zone)
        }
        let moment = Int(now.milliseconds)
        let today = zone.localDay(of: now).number
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
                days = today - anchor.day
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
        return Standing(
            level: worst, label: label, days: days, until: Self.instant(next), fullUntil: Self.instant(loss),
            labelLevel: labelLevel, rules: self, facts: facts, now: now, zone: zone)
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
