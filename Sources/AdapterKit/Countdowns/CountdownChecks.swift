/// Checks a profile's countdowns and compiles them, collecting everything that is wrong.
struct CountdownChecks {
    private let countdowns: [Countdown]
    private let dateFormat: String
    private let knownDates: [String]?
    private let hasPlace: Bool
    private var problems: [CountdownProblem] = []
    /// With so many problems nobody asks for more, and a hostile file costs no more time.
    private static let enough = 500

    init(_ countdowns: [Countdown], dateFormat: String, knownDates: [String]?, hasPlace: Bool) {
        self.countdowns = countdowns
        self.dateFormat = dateFormat
        self.hasPlace = hasPlace
        self.knownDates = knownDates.map { $0 + DateName.allCases.map(\.rawValue) }
    }

    func compile() throws(CountdownProblems) -> CountdownRules.Compiled {
        var checks = self
        return try checks.compiled()
    }

    private mutating func compiled() throws(CountdownProblems) -> CountdownRules.Compiled {
        var slots = DateName.allCases.map(\.rawValue)
        var rules: [CountdownRules.Rule] = []
        var stages: [CountdownRules.Stage] = []
        var texts: [CountdownRules.Text] = []
        var names: Set<String> = []
        for (index, countdown) in countdowns.enumerated() where problems.count < Self.enough {
            if countdown.name.isEmpty {
                report(index, .name, "A countdown needs a name.")
            } else if !names.insert(countdown.name).inserted {
                report(index, .name, "There are two countdowns named \(countdown.name).")
            }
            let isPerModule = countdown.from == [Countdown.moduleExpiry]
            checkDates(of: countdown, index)
            checkOrder(of: countdown, index)
            let positions = countdown.from.map { name in
                slots.firstIndex(of: name)
                    ?? {
                        slots.append(name); return slots.count - 1
                    }()
            }
            let first = stages.count
            let labels = Self.labels(of: countdown.stages)
            let losses = Self.losses(of: countdown.stages)
            for position in countdown.stages.indices where problems.count < Self.enough {
                var stage = compile(countdown, index, position, isPerModule: isPerModule)
                stage.hasLabel = labels[position] != nil
                stages.append(stage)
                let message = message(
                    countdown, index, position, hasLoss: losses[position] != nil, isPerModule: isPerModule)
                texts.append(
                    CountdownRules.Text(
                        label: labels[position] ?? "", message: message, loss: losses[position].map { first + $0 } ?? -1
                    ))
            }
            rules.append(
                CountdownRules.Rule(
                    firstSlot: positions.first ?? 0, otherSlots: Array(positions.dropFirst()),
                    isOptional: countdown.optional, isPerModule: isPerModule, firstStage: first,
                    endStage: stages.count,
                    firstLoss: stages[first...].firstIndex { $0.level.access > .full } ?? -1))
        }
        let format = parsed(dateFormat)
        guard let format, problems.isEmpty else { throw CountdownProblems(problems: problems) }
        return CountdownRules.Compiled(
            countdowns: countdowns, dateFormat: format, slotNames: slots, rules: rules, stages: stages, texts: texts)
    }

    private mutating func checkDates(of countdown: Countdown, _ index: Int) {
        if countdown.from.isEmpty {
            report(index, .from(nil), "A countdown runs from a date, and \"from\" names none.")
        }
        if countdown.from.count > 1, countdown.from.contains(Countdown.moduleExpiry) {
            report(
                index, .from(countdown.from.firstIndex(of: Countdown.moduleExpiry)),
                "\(Countdown.moduleExpiry) can't be mixed with other dates; give the modules a countdown of their own.")
        }
        for (position, name) in countdown.from.enumerated() where name != Countdown.moduleExpiry {
            if name.isEmpty {
                report(index, .from(position), "The name of a date is empty.")
            } else if countdown.from[..<position].contains(name) {
                report(index, .from(position), "\(name) is named twice.")
            } else if let knownDates, !knownDates.contains(name) {
                let nearest = Spelling.nearest(to: name, among: knownDates + [Countdown.moduleExpiry]).first
                let known = (knownDates + [Countdown.moduleExpiry]).reduce(into: [String]()) {
                    if !$0.contains($1) { $0.append($1) }
                }
                report(
                    index, .from(position),
                    "The adapter reports no date named \"\(name)\"; "
                        + (nearest.map { "did you mean \"\($0)\"?" } ?? "there are \(known.joined(separator: ", "))."))
            }
        }
    }

    /// Stages stand in order of time. Where days and hours meet, a day counts as 24 hours; on a day of
    /// another length a stage never begins before the one it stands after.
    private mutating func checkOrder(of countdown: Countdown, _ index: Int) {
        if countdown.stages.isEmpty { report(index, .stages, "A countdown needs at least one stage.") }
        for position in countdown.stages.indices.dropFirst() {
            let (before, stage) = (countdown.stages[position - 1], countdown.stages[position])
            let (earlier, later) = (Self.hours(before.at), Self.hours(stage.at))
            if later < earlier {
                report(
                    index, position, .at,
                    "\(stage.at) is earlier than \(before.at) of a stage before it; put the stages in order of time.")
            } else if later == earlier {
                report(index, position, .at, "\(stage.at) is the same time as \(before.at) of a stage before it.")
            }
        }
    }

    private static func hours(_ offset: Countdown.Offset) -> Int {
        switch offset {
        case .days(let count): count.multipliedReportingOverflow(by: 24).partialValue
        case .hours(let count): count
        }
    }

    private mutating func compile(
        _ countdown: Countdown, _ index: Int, _ position: Int, isPerModule: Bool
    ) -> CountdownRules.Stage {
        let stage = countdown.stages[position]
        var compiled = CountdownRules.Stage(
            count: 0, isDays: true, level: stage.level,
            counted: isPerModule ? min(stage.level, .grace) : stage.level, hasLabel: false)
        switch stage.at {
        case .days(let count): compiled.count = count
        case .hours(let count): (compiled.count, compiled.isDays) = (count, false)
        }
        if !(-100_000...100_000).contains(compiled.count) {
            report(index, position, .at, "\(stage.at) is beyond 100,000.")
        }
        if stage.level == .unlicensed {
            report(
                index, position, .level,
                "\"unlicensed\" means that there is no entitlement; a stage that ends access is \"stopped\".")
        }
        return compiled
    }

    /// Each stage's label: its own, or that of the stage before it at the same level.
    private static func labels(of stages: [Countdown.Stage]) -> [String?] {
        var labels: [String?] = []
        for (position, stage) in stages.enumerated() {
            if let label = stage.label, !label.isEmpty {
                labels.append(label)
            } else {
                let isSame = position > 0 && stages[position - 1].level == stage.level
                labels.append(isSame ? labels[position - 1] : nil)
            }
        }
        return labels
    }

    /// For each stage the next one that lowers the access; nil for none.
    private static func losses(of stages: [Countdown.Stage]) -> [Int?] {
        var losses: [Int?] = Array(repeating: nil, count: stages.count)
        // The next stage at each access, from the back.
        var next: [Access: Int] = [:]
        for (position, stage) in stages.enumerated().reversed() {
            losses[position] = next.lazy.filter { $0.key > stage.level.access }.map(\.value).min()
            next[stage.level.access] = position
        }
        return losses
    }

    private mutating func message(
        _ countdown: Countdown, _ index: Int, _ position: Int, hasLoss: Bool, isPerModule: Bool
    ) -> MessageTemplate? {
        guard let message = countdown.stages[position].message else { return nil }
        do {
            let parsed = try MessageTemplate(message)
            check(parsed.uses, index, position, hasLoss: hasLoss, isPerModule: isPerModule)
            return parsed
        } catch {
            for mistake in error.all {
                report(index, position, .message, mistake.message, offset: mistake.offset)
            }
            check(error.uses, index, position, hasLoss: hasLoss, isPerModule: isPerModule)
            return nil
        }
    }

    private mutating func check(
        _ uses: [(placeholder: MessageTemplate.Placeholder, offset: Int)], _ index: Int, _ position: Int, hasLoss: Bool,
        isPerModule: Bool
    ) {
        for use in uses {
            if let reason = refusal(use.placeholder, hasLoss: hasLoss, isPerModule: isPerModule) {
                report(index, position, .placeholder(use.placeholder.rawValue), reason, offset: use.offset)
            }
        }
    }

    private func refusal(
        _ placeholder: MessageTemplate.Placeholder, hasLoss: Bool, isPerModule: Bool
    ) -> String? {
        switch placeholder {
        case .daysToLoss where !hasLoss, .lossDate where !hasLoss:
            "{\(placeholder.rawValue)} has no answer here: no later stage of this countdown lowers the access."
        case .module where !isPerModule:
            "{module} has a meaning only in a countdown from \(Countdown.moduleExpiry)."
        case .where where !hasPlace:
            "{where} has no answer here: the profile does not say where in the product its license is seen."
        default: nil
        }
    }

    private mutating func parsed(_ text: String) -> MessageDateFormat? {
        do {
            return try MessageDateFormat(text)
        } catch {
            for mistake in error.all {
                problems.append(
                    CountdownProblem(
                        countdown: nil, stage: nil, part: .dateFormat, offset: mistake.offset,
                        message: mistake.message))
            }
            return nil
        }
    }

    private mutating func report(_ countdown: Int, _ part: CountdownProblem.Part, _ message: String) {
        problems.append(
            CountdownProblem(countdown: countdown, stage: nil, part: part, offset: nil, message: message))
    }

    private mutating func report(
        _ countdown: Int, _ stage: Int, _ part: CountdownProblem.Part, _ message: String, offset: Int? = nil
    ) {
        problems.append(
            CountdownProblem(countdown: countdown, stage: stage, part: part, offset: offset, message: message))
    }
}
