import AdapterKit
import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse timeline`.
struct TimelineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "timeline", abstract: "What happens to an installation when, drawn from top to bottom.")

    @Argument(help: "The installation's ID.")
    var id: String

    @Option(help: ArgumentHelp("When \"now\" is: a date, or an RFC 3339 time.", valueName: "date"))
    var at: PointInTime = .now

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let timeline = try await options.withGateway { gateway, caller in
            try await gateway.perform(ShowTimeline(installation: id, at: at), by: caller)
        }
        if options.json { return try Console.json(timeline) }
        Console.print(Self.text(timeline, width: Console.width, color: Console.hasColor))
    }

    /// A line a change, joined by a bar in the color of the level that holds between them.
    static func text(_ timeline: TimelineView, width: Int?, color: Bool) -> String {
        var lines = ["\(timeline.installation), times in \(timeline.timeZone)"]
        var level = timeline.initialLevel
        var told = false
        func paint(_ text: String, _ level: Level) -> String {
            color ? "\u{1B}[\(level.style.rawValue)m\(text)\u{1B}[0m" : text
        }
        func tellNow() {
            told = true
            lines.append("\(paint("▶", timeline.level)) now               \(timeline.level.rawValue)")
        }
        for change in timeline.changes {
            if !told, change.at > timeline.now { tellNow() }
            lines.append(paint("│", level))
            level = change.level
            let head = "\(change.local)  \(change.level.rawValue)"
            let label = change.label == "Licensed" ? "" : ", \(change.label)"
            lines.append("\(paint("●", level)) \(head)\(label) (\(change.cause))")
            guard let message = change.message else { continue }
            for part in Table.wrap(message, max(24, (width ?? 100) - 6)) {
                lines.append("\(paint("│", level))     \(part)")
            }
        }
        if !told { tellNow() }
        return lines.joined(separator: "\n")
    }
}
