import AdapterKit
import MarkedText
import MarkedYAML

/// Reads a profile's `countdowns`, and keeps the places of their parts for what is found wrong later.
struct CountdownShape {
    /// The adapter whose dates the countdowns run from; nil where that is not known.
    let adapter: AdapterDescriptor?

    /// A countdown with the places of its parts.
    struct Placed {
        var countdown: Countdown
        var name: Mark
        var from: [Mark]
        var whole: Mark
        var stages: [PlacedStage]
        /// Whether what it runs from could be read. What could not is told already; something else stands in for it.
        var hasDates: Bool
        /// Whether all stages are there, each with its level.
        var hasLevels: Bool
    }

    /// A stage with the places of its parts.
    struct PlacedStage {
        var stage: Countdown.Stage
        var at: Mark
        var level: Mark
        /// Whether its level could be read.
        var hasLevel: Bool
        var message: Scalar?
        /// Whether its offset could be read; what stands in for it is in order.
        var hasOffset: Bool
    }

    var list: Shape<[Placed]> { Shape<[Member<Body>]>.map(of: body).map(Self.placed) }

    private static func placed(_ members: [Member<Body>]) -> [Placed] {
        members.map { member in
            Placed(
                countdown: Countdown(
                    name: member.key.text, from: member.value.from.map(\.value), optional: member.value.optional,
                    stages: member.value.stages.map(\.stage)),
                name: member.key.mark, from: member.value.from.map(\.mark), whole: member.value.mark,
                stages: member.value.stages, hasDates: member.value.hasDates, hasLevels: member.value.hasLevels)
        }
    }

    /// The rules that the countdowns make; nil where they are wrong, which is told at each place.
    ///
    /// - Parameter hasPlace: Whether the profile says where in the product its license is seen.
    static func rules(
        _ placed: [Placed], dateFormat: String, dates: [String]?, hasPlace: Bool, in fields: inout Fields
    ) -> CountdownRules? {
        do {
            return try CountdownRules(
                placed.map(\.countdown), dateFormat: dateFormat, knownDates: dates, hasPlace: hasPlace)
        } catch {
            let wrongDates = Set(error.problems.filter(\.isOfDate).map(\.countdown))
            for problem in error.problems
            where !fields.diagnostics.isHopeless && !followsFromOther(problem, placed, wrongDates) {
                let mark = mark(of: problem, placed) ?? fields.mark(of: "dateFormat")
                let (message, help) = Self.told(problem.message)
                fields.error(message, at: mark, help: help)
            }
            return nil
        }
    }

    /// A sentence as diagnostics are written: what is wrong, and what to do about it.
    private static func told(_ sentence: String) -> (message: String, help: String?) {
        var sentence = sentence
        if sentence.hasSuffix(".") { sentence.removeLast() }
        let first = sentence.prefix { $0 != " " }
        if ["A", "The", "This", "There"].contains(first) {
            sentence = first.lowercased() + sentence.dropFirst(first.count)
        }
        guard let end = sentence.firstRange(of: "; ") else { return (sentence, nil) }
        return (String(sentence[..<end.lowerBound]), String(sentence[end.upperBound...]))
    }

    /// Whether a problem is there only because of something else that is told: what stands in for a value that could
    /// not be read, or what can't be known without it.
    private static func followsFromOther(
        _ problem: CountdownProblem, _ placed: [Placed], _ wrongDates: Set<Int?>
    ) -> Bool {
        guard let index = problem.countdown else { return false }
        switch problem.part {
        case .at: return problem.stage.map { !isKnownOrder($0, of: placed[index].stages) } ?? false
        case .placeholder("module"): return wrongDates.contains(index) || !placed[index].hasDates
        case .placeholder("where"): return false
        case .placeholder, .stages: return !placed[index].hasLevels
        default: return false
        }
    }

    /// Whether a stage's offset, and any of one before it, could be read.
    private static func isKnownOrder(_ index: Int, of stages: [PlacedStage]) -> Bool {
        stages[index].hasOffset && stages[..<index].contains(where: \.hasOffset)
    }

    private static func mark(of problem: CountdownProblem, _ placed: [Placed]) -> Mark? {
        guard let index = problem.countdown, placed.indices.contains(index) else { return nil }
        let countdown = placed[index]
        if let index = problem.stage, countdown.stages.indices.contains(index) {
            let stage = countdown.stages[index]
            switch problem.part {
            case .level: return stage.level
            case .message, .placeholder: return stage.message.map { place(problem.offset, in: $0) } ?? stage.at
            default: return stage.at
            }
        }
        switch problem.part {
        case .name: return countdown.name
        case .from(let index?): return countdown.from.indices.contains(index) ? countdown.from[index] : countdown.whole
        case .from(nil): return countdown.from.first ?? countdown.whole
        default: return countdown.whole
        }
    }

    /// The place of a mistake within a message.
    private static func place(_ offset: Int?, in message: Scalar) -> Mark {
        guard let offset else { return message.mark }
        let before = String(decoding: message.text.utf8.prefix(offset), as: UTF8.self)
        return message.mark(ofScalar: before.unicodeScalars.count)
    }

    /// What stands below a countdown's name.
    struct Body {
        var from: [Marked<String>]
        var optional: Bool
        var stages: [PlacedStage]
        var mark: Mark
        var hasDates: Bool
        var hasLevels: Bool
    }

    private var body: Shape<Body> {
        .mapping { fields in
            let from = fields.required(
                "from", from, help: "The date it runs from, or several of which the earliest counts.")
            let optional = fields.optional(
                "optional", .bool, default: false, help: "Whether an entitlement that is held may lack the date.")
            let stages = fields.required(
                "stages", Self.stages, help: "What holds from when on, in order of time.")
            // What could not be read is told already; what could be is checked all the same.
            return Body(
                from: from ?? [Marked(DateName.expires.rawValue, mark: fields.mark)], optional: optional,
                stages: Self.inOrder(stages?.read ?? []), mark: fields.mark, hasDates: from != nil,
                hasLevels: stages.map { $0.isWhole && $0.read.allSatisfy(\.hasLevel) } ?? false)
        }
    }

    /// The stages, with the offset of the one before where one could not be read: then the next that could be is
    /// compared with what stands in the file.
    private static func inOrder(_ stages: [PlacedStage]) -> [PlacedStage] {
        var stages = stages
        for index in stages.indices where !stages[index].hasOffset {
            stages[index].stage.at = index > 0 ? stages[index - 1].stage.at : .days(-100_000)
        }
        return stages
    }

    /// One date's name, or a list of them. Which names there are is checked with the rules.
    private var from: Shape<[Marked<String>]> {
        let name: Form =
            if let adapter {
                .words(Self.dates(of: adapter))
            } else {
                .text(.init("the name of a date"))
            }
        return Shape(as: .either([name, .list(name, atLeast: 1)])) { node, diagnostics in
            if let names = node.sequence {
                guard names.count <= Self.mostDates else {
                    diagnostics.error("a countdown runs from at most \(Self.mostDates) dates", at: node.mark)
                    return nil
                }
                return Shape.list(of: .marked(.string), atLeast: 1).read(node, into: &diagnostics)
            }
            return Shape.marked(.string).read(node, into: &diagnostics).map { [$0] }
        }
    }

    /// The dates that countdowns may run from: the adapter's, those that mean something to the gateway, the modules'.
    private static func dates(of adapter: AdapterDescriptor) -> [String] {
        let own = adapter.dates.map(\.name)
        return own + DateName.allCases.map(\.rawValue).filter { !own.contains($0) } + [Countdown.moduleExpiry]
    }

    /// The stages that could be read, and whether those are all.
    private static let stages: Shape<(read: [PlacedStage], isWhole: Bool)> = {
        let list = Shape<[PlacedStage]>.list(of: stage.named("stage"), atLeast: 1)
        return Shape(as: list.form) { node, diagnostics in
            list.read(node, into: &diagnostics).map { ($0, $0.count == node.sequence?.count) }
        }
    }()

    private static let stage = Shape<PlacedStage>.mapping { fields in
        let at = fields.required(
            "at",
            .text(
                "an offset: calendar days such as -30d, or elapsed hours such as 48h", pattern: "-?[0-9]{1,6}[dh]",
                Countdown.Offset.init),
            help: "How long after the date it begins: -30d in calendar days there, 48h in elapsed hours.")
        let level = fields.required("level", level, help: "How bad it is; it alone decides what is allowed.")
        let label = fields.optional("label", .string, help: "A word for it; without one that of the stage before.")
        let message = fields.optional("message", message, help: "What people are told. \(placeholders)")
        return PlacedStage(
            stage: Countdown.Stage(
                at: at ?? .hours(0), level: level ?? .licensed, label: label, message: message?.text),
            at: fields.mark(of: "at"), level: fields.mark(of: "level"), hasLevel: level != nil, message: message,
            hasOffset: at != nil)
    }

    /// A stage that is `unlicensed` is refused with the rules, which say what was meant instead.
    private static let level: Shape<Level> = {
        let choice = Shape.choice(of: Level.allCases.filter { $0 != .unlicensed }.map(\.rawValue))
        return Shape(as: choice.form) { node, diagnostics in
            if node.scalar?.text == Level.unlicensed.rawValue { return .unlicensed }
            return choice.read(node, into: &diagnostics).flatMap(Level.init(rawValue:))
        }
    }()

    private static let mostDates = 16
    private static let longestMessage = 4096

    private static let message = Shape<Scalar>.scalar.checked { scalar in
        scalar.text.utf8.count <= longestMessage ? nil : "a message is at most \(longestMessage) bytes long"
    }.described(
        as: .text(
            .init(
                "a message",
                pattern: #"([^{}]|\{\{|\}\}|\{("# + Countdown.placeholders.joined(separator: "|") + #")\})*"#)))

    private static let placeholders =
        "It may hold " + Countdown.placeholders.map { "{\($0)}" }.joined(separator: ", ") + "; {{ and }} are braces."
}

extension CountdownProblem {
    /// Whether it is a mistake in what the countdown runs from.
    fileprivate var isOfDate: Bool {
        if case .from = part { true } else { false }
    }
}
