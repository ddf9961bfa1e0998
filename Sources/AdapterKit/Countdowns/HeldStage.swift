/// A stage that holds, for people to read.
public struct HeldStage: Hashable, Sendable {
    /// The countdown's name.
    public let countdown: String
    /// The stage's position in the countdown, from 0.
    public let stage: Int
    /// The module's code, for a countdown that runs per module.
    public let module: String?
    /// The date that it runs from: its name, of several that of the earliest, and its value.
    public let from: String
    /// See ``from``.
    public let date: DateValue
    /// The stage's offset from that date.
    public let offset: Countdown.Offset
    /// The stage's level. For the installation, a module's counts at most as ``Level/grace``.
    public let level: Level
    /// The stage's label, or the one kept from the stage before it; nil for none.
    public let label: String?
    /// When it began.
    public let since: Instant
    /// Days since the countdown's date by the customer's calendar; negative before it.
    public let days: Int
}

/// How one module is licensed.
public struct ModuleStanding: Hashable, Sendable {
    /// The vendor's short code.
    public let code: String
    /// The name that people know.
    public let name: String
    /// The worse of the installation's level and the module's own. Other modules do not count.
    public let level: Level
    /// The label that goes with it.
    public let label: String

    /// What a user may do in the module.
    public var access: Access { level.access }
}

extension Standing {
    /// The stages that hold, worst first; those of one level in the order of the profile, then of the modules.
    public var stages: [HeldStage] {
        heldPasses.compactMap { pass in
            guard let anchor = pass.anchor, pass.held >= 0 else { return nil }
            let countdown = rules.compiled.countdowns[pass.countdown]
            let text = rules.compiled.texts[pass.held]
            let stage = pass.held - rules.compiled.rules[pass.countdown].firstStage
            return HeldStage(
                countdown: countdown.name, stage: stage,
                module: pass.module < 0 ? nil : facts.modules[pass.module].code,
                from: name(of: anchor, in: countdown), date: anchor.value, offset: countdown.stages[stage].at,
                level: rules.compiled.stages[pass.held].level, label: text.label.isEmpty ? nil : text.label,
                since: Instant(milliseconds: Int64(pass.since)), days: today - anchor.day)
        }
    }

    /// Which of a countdown's dates it runs from.
    private func name(of anchor: Anchor, in countdown: Countdown) -> String {
        countdown.from.first { name in
            rules.slot(of: name).flatMap { facts[$0] } == anchor.value
        } ?? countdown.from[0]
    }

    /// The standing of every module in the facts, in their order. A module without a date of its own stands as
    /// the installation does.
    public var modules: [ModuleStanding] {
        guard facts.held else {
            return facts.modules.map {
                ModuleStanding(code: $0.code, name: $0.name, level: level, label: label)
            }
        }
        var whole = facts
        whole.modules = []
        let base = rules.standing(of: whole, at: now, in: zone)
        let own = heldPasses
        return facts.modules.indices.map { index in
            var (level, label) = (base.level, base.label)
            var labeled = base.labelLevel
            for pass in own where pass.module == index && pass.held >= 0 {
                let stage = rules.compiled.stages[pass.held]
                level = max(level, stage.level)
                if stage.hasLabel, labeled.map({ stage.level > $0 }) ?? true {
                    label = rules.compiled.texts[pass.held].label
                    labeled = stage.level
                }
            }
            return ModuleStanding(
                code: facts.modules[index].code, name: facts.modules[index].name, level: level, label: label)
        }
    }

    /// The standing of the module with a code; nil where the facts have none.
    public func module(_ code: String) -> ModuleStanding? { modules.first { $0.code == code } }

    /// What is to be said, worst first; stages without a message say nothing.
    ///
    /// A date that is missing and a beginning that is still to come are said too. Without an entitlement
    /// there is nothing to say here: the steps to get one are the profile's.
    public func messages(naming names: MessageNames) -> [String] {
        // Where no stage holds and nothing is missing, most rows of a long list, nothing need be looked at again.
        guard facts.held, level != .licensed || days != nil else { return [] }
        var missing: [String] = []
        var messages: [(level: Level, text: String)] = []
        if let begins = rules.notYetValid(facts, at: Int(now.milliseconds), in: zone) {
            let day = zone.localDay(of: Instant(milliseconds: Int64(begins)))
            let text =
                "\(names.product) for \(names.customer) is not valid before \(rules.compiled.dateFormat.text(day))."
            messages.append((.stopped, text))
        }
        rules.eachPass(of: facts, at: Int(now.milliseconds), in: zone) { pass in
            if pass.anchor == nil {
                missing.append(self.missing(rules.compiled.countdowns[pass.countdown].from, names))
            } else if let text = message(of: pass, naming: names) {
                messages.append((rules.compiled.stages[pass.held].counted, text))
            }
        }
        if messages.count > 1 {
            // Stable: what is equally bad stays in the order of the profile.
            messages = messages.enumerated().sorted {
                ($1.element.level, $0.offset) < ($0.element.level, $1.offset)
            }.map(\.element)
        }
        return missing + messages.map(\.text)
    }

    private func missing(_ dates: [String], _ names: MessageNames) -> String {
        let date = dates.count == 1 ? "the date \"\(dates[0])\"" : "a date (\(dates.joined(separator: " or ")))"
        return "\(names.product) for \(names.customer) is not licensed: its entitlement lacks \(date). "
            + "Refresh it, or ask the vendor why it is missing."
    }

    /// The passes with a stage that holds or a missing date, worst first.
    private var heldPasses: [StagePass] {
        guard facts.held else { return [] }
        var passes: [(level: Level, pass: StagePass)] = []
        rules.eachPass(of: facts, at: Int(now.milliseconds), in: zone) { pass in
            if pass.anchor == nil {
                passes.append((.unlicensed, pass))
            } else if pass.held >= 0 {
                passes.append((rules.compiled.stages[pass.held].counted, pass))
            }
        }
        return passes.enumerated().sorted {
            ($1.element.level, $0.offset) < ($0.element.level, $1.offset)
        }.map(\.element.pass)
    }

    private var today: Int { zone.localDay(of: now).number }

    /// A pass's message as of this standing's instant; nil where its stage has none.
    func message(of pass: StagePass, naming names: MessageNames) -> String? {
        guard let anchor = pass.anchor, pass.held >= 0,
            let template = rules.compiled.texts[pass.held].message
        else { return nil }
        // The day of the loss stands in a message up to twice.
        var known: LocalDay?
        func lossDay() -> LocalDay {
            if let known { return known }
            let loss = rules.begins(pass.countdown, stage: rules.compiled.texts[pass.held].loss, anchor, in: zone)
            let day = zone.localDay(of: loss.map { Instant(milliseconds: Int64($0)) } ?? now)
            known = day
            return day
        }
        return template.rendered { placeholder in
            switch placeholder {
            case .product: names.product
            case .customer: names.customer
            case .installation: names.installation
            case .where: names.where
            case .days: MessageTemplate.days(today - anchor.day)
            case .daysToDate: MessageTemplate.days(firstDayAfter(anchor) - today)
            case .daysToLoss: MessageTemplate.days(lossDay().number - today)
            case .lossDate: rules.compiled.dateFormat.text(lossDay())
            case .date: rules.compiled.dateFormat.text(LocalDay(number: anchor.day))
            case .module: pass.module < 0 ? "" : moduleName(pass.module)
            }
        }
    }

    private func firstDayAfter(_ anchor: Anchor) -> Int {
        switch anchor.value {
        case .day(let last): last.number + 1
        case .instant: anchor.day
        }
    }

    private func moduleName(_ index: Int) -> String {
        facts.modules[index].name.isEmpty ? facts.modules[index].code : facts.modules[index].name
    }
}
