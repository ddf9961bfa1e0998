import AdapterKit
import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse history`.
struct HistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Everything that happened to an installation, oldest first.",
        discussion: """
            From the audit trail, operations, entitlements (what changed from one to the next), deliveries and orders, \
            in the customer's time. --limit keeps the newest.
            """)

    @Argument(help: "The installation's ID.")
    var id: String

    @Option(help: "At most so many, the newest.")
    var limit = 100

    @Flag(help: "Print a Markdown table.")
    var markdown = false

    @Flag(help: "Print CSV (RFC 4180).")
    var csv = false

    @OptionGroup var options: GlobalOptions

    mutating func validate() throws {
        if [markdown, csv, options.json].count(where: { $0 }) > 1 {
            throw ValidationError("Choose one of --markdown, --csv and --json.")
        }
        try requireLimit(limit, upTo: 10_000)
    }

    func run() async throws {
        let history = try await options.withGateway { gateway, caller in
            try await gateway.perform(ShowHistory(installation: id, limit: limit), by: caller)
        }
        if options.json { return try Console.json(history) }
        if csv { return Console.write(Array(Self.csv(history).utf8)) }
        if markdown {
            Console.print(Self.markdown(history))
        } else if history.events.isEmpty {
            Console.print("Nothing yet.")
        } else {
            var table = Table("at", "what", "who", "detail")
            for event in history.events {
                table.add(
                    .init(event.local), .init("\(event.kind.rawValue) \(event.what)"), .init(event.who),
                    .init(event.detail))
            }
            table.print(width: Console.width, color: Console.hasColor)
        }
        if history.hasMore, !options.quiet {
            Console.errorText("There are older events: --limit shows more than the newest \(limit).")
        }
    }

    private static func csv(_ history: HistoryView) -> String {
        var csv = ReportCSV(["at", "local", "time_zone", "kind", "what", "who", "detail", "operation"])
        for event in history.events {
            csv.add([
                event.at.description, event.local, history.timeZone, event.kind.rawValue, event.what, event.who,
                event.detail, event.operation ?? "",
            ])
        }
        return csv.text
    }

    private static func markdown(_ history: HistoryView) -> String {
        var lines = [
            "# History of \(history.installation)", "", "Times in \(history.timeZone).", "",
            "| at | what | who | detail |", "| --- | --- | --- | --- |",
        ]
        for event in history.events {
            let cells = [event.local, "\(event.kind.rawValue) \(event.what)", event.who, event.detail]
            lines.append("| \(cells.map(MarkdownText.cell).joined(separator: " | ")) |")
        }
        return lines.joined(separator: "\n")
    }
}
