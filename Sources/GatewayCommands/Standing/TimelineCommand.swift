public import AdapterKit
public import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse timeline`.
struct TimelineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "timeline", abstract: "What happens when: to an installation, or to many, soonest first.",
        discussion: """
            With an ID, all of one installation's past and future, drawn from top to bottom. Without one, what is coming \
            for a customer, or for all, in each customer's own time.
            """)

    @Argument(help: "The installation's ID; without one, those of a customer, or all.")
    var id: String?

    @Option(help: "Only this customer's installations.")
    var customer: String?

    @Option(
        help: ArgumentHelp(
            "How far ahead to look without an ID, such as 90d or 48h; 90d by default.", valueName: "time"))
    var within: Countdown.Offset?

    @Option(help: "Without an ID: at most so many, the soonest; 1000 by default.")
    var limit: Int?

    @Option(help: ArgumentHelp("When \"now\" is: a date, or an RFC 3339 time.", valueName: "date"))
    var at: PointInTime = .now

    @OptionGroup var options: GlobalOptions

    mutating func validate() throws {
        if id != nil, customer != nil { throw ValidationError("Name an installation or --customer, not both.") }
        if id != nil, within != nil || limit != nil {
            throw ValidationError("--within and --limit go without an installation's ID.")
        }
        try requireLimit(limit, upTo: 100_000)
    }

    func run() async throws {
        if let id { return try await show(id) }
        let within = within ?? .days(90)
        let (list, archived) = try await options.withGateway { gateway, caller in
            let list = try await gateway.perform(
                ListTimeline(customer: customer, within: within, at: at, limit: limit ?? 1000), by: caller)
            return (list, try await ArchivedCustomer(customer, isEmpty: list.changes.isEmpty, gateway, caller))
        }
        if options.json {
            return try await StreamedJSON.write(
                list.changes, opening: "{\"changes\":", closing: ",\"hasMore\":\(list.hasMore)}")
        }
        if let archived { return Console.print(archived.text) }
        if list.changes.isEmpty { return Console.print("Nothing changes within \(within).") }
        var table = Table("at", "customer", "installation", "product", "level", "label", "cause", "message")
        for change in list.changes {
            table.add(
                .init(change.local), .init(change.customer), .init(change.installation), .init(change.product),
                .init(change.level.rawValue, change.level.style), .init(change.label), .init(change.cause),
                .init(change.message ?? ""))
        }
        table.print(width: Console.width, color: Console.hasColor)
        if list.hasMore, !options.quiet {
            Console.errorText("There are later ones: --limit shows more than the soonest \(list.changes.count).")
        }
    }

    private func show(_ id: String) async throws {
        let timeline = try await options.withGateway { gateway, caller in
            try await gateway.perform(ShowTimeline(installation: id, at: at), by: caller)
        }
        if options.json { return try Console.json(timeline) }
        Console.print(Self.text(timeline, width: Console.width, color: Console.hasColor))
    }

    /// A line a change, joined by a bar in the color of the level that holds between them.
    static func text(_ timeline: TimelineView, width: Int?, color: Bool) -> String {
        let archived = timeline.archived == nil ? "" : ", archived"
        let unverified = timeline.isUnverified ? ", dates unverified" : ""
        var lines = ["\(timeline.installation), times in \(timeline.timeZone)\(unverified)\(archived)"]
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

extension Countdown.Offset: ExpressibleByArgument {
    /// Days or hours ahead: `90d`, `48h`.
    public init?(argument: String) {
        guard !argument.hasPrefix("-") else { return nil }
        self.init(argument)
    }
}
