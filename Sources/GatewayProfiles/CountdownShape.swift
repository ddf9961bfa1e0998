import AdapterKit
import MarkedText
import MarkedYAML

/// Reads a profile's `countdowns`, and keeps the places of their parts for what is found wrong later.
enum CountdownShape {
    /// A countdown with the places of its parts.
    struct Placed {
        var countdown: Countdown
        var name: Mark
        var from: [Mark]
        var whole: Mark
        var stages: [PlacedStage]
        /// Whether all of it could be read. What could not is told already, and what is missing for it is no mistake.
        var isComplete: Bool
    }

    /// A stage with the places of its parts.
    struct PlacedStage {
        var stage: Countdown.Stage
        var at: Mark
        var level: Mark
        var message: Mark
    }

    static let list = Shape<[Member<Body>]>.map(of: body).map { members in
        members.map { member in
            Placed(
                countdown: Countdown(
                    name: member.key.text, from: member.value.from.map(\.value), optional: member.value.optional,
                    stages: member.value.stages.map(\.stage)),
                name: member.key.mark, from: member.value.from.map(\.mark), whole: member.value.mark,
                stages: member.value.stages, isComplete: member.value.isComplete)
        }
    }

    /// The rules that the countdowns make; nil where they are wrong, which is told at each place.
    static func rules(
        _ placed: [Placed], dateFormat: Marked<String>?, dates: [String], in fields: inout Fields
    ) -> CountdownRules? {
        let placed = placed.filter(\.isComplete)
        do {
            return try CountdownRules(
                placed.map(\.countdown), dateFormat: dateFormat?.value ?? "yyyy-MM-dd", knownDates: dates)
        } catch {
            for problem in error.problems {
                let mark = mark(of: problem, placed) ?? dateFormat?.mark ?? fields.mark
                fields.error(problem.message, at: mark)
            }
            return nil
        }
    }

    private static func mark(of problem: CountdownProblem, _ placed: [Placed]) -> Mark? {
        guard let index = problem.countdown, placed.indices.contains(index) else { return nil }
        let countdown = placed[index]
        if let index = problem.stage, countdown.stages.indices.contains(index) {
            let stage = countdown.stages[index]
            switch problem.part {
            case .level: return stage.level
            case .message: return stage.message
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

    /// What stands below a countdown's name.
    struct Body {
        var from: [Marked<String>]
        var optional: Bool
        var stages: [PlacedStage]
        var mark: Mark
        var isComplete: Bool
    }

    private static let body = Shape<Body>.mapping { fields in
        let before = fields.diagnostics.errorCount
        let from = fields.required("from", from)
        let optional = fields.optional("optional", .bool, default: false)
        let stages = fields.required("stages", .list(of: stage, atLeast: 1))
        guard let from, let stages else { return nil }
        return Body(
            from: from, optional: optional, stages: stages, mark: fields.mark,
            isComplete: fields.diagnostics.errorCount == before)
    }

    /// One date's name, or a list of them.
    private static let from = Shape<[Marked<String>]> { node, diagnostics in
        if node.sequence != nil {
            return Shape.list(of: .marked(.string), atLeast: 1).read(node, into: &diagnostics)
        }
        return Shape.marked(.string).read(node, into: &diagnostics).map { [$0] }
    }

    private static let stage = Shape<PlacedStage>.mapping { fields in
        let at = fields.required(
            "at", .text("an offset: calendar days such as -30d, or elapsed hours such as 48h", Countdown.Offset.init))
        let level = fields.required("level", .enumeration(Level.self))
        let label = fields.optional("label", .string)
        let message = fields.optional("message", .string)
        guard let at, let level else { return nil }
        return PlacedStage(
            stage: Countdown.Stage(at: at, level: level, label: label, message: message), at: fields.mark(of: "at"),
            level: fields.mark(of: "level"), message: fields.mark(of: "message"))
    }
}
