import AdapterKit
import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse explain`.
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Why an installation stands as it does, since when, what happens next, and what to do.",
        discussion: """
            With --user, for somebody who can't get in: standing, seats, refresh, delivery and vendor, a line each. \
            The standing is that of --at; files, vendor and operations are told as they are now. Whether something is \
            allowed, with an exit code, says `gatehouse allows`.
            """)

    @Argument(help: "The installation's ID.")
    var id: String

    @Option(help: "A user of the product who can't get in.")
    var user: String?

    @Option(help: ArgumentHelp("When: a date, or an RFC 3339 time.", valueName: "date"))
    var at: PointInTime = .now

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let explanation = try await options.withGateway { gateway, caller in
            try await gateway.perform(Explain(installation: id, user: user, at: at), by: caller)
        }
        if options.json { return try Console.json(explanation) }
        let text = try ExplanationText(explanation)
        for line in text.lines(width: Console.width, color: Console.hasColor) { Console.print(line) }
    }
}
