import AdapterKit
import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse allows`.
struct AllowsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "allows",
        abstract: "Whether a user may do something: exit code 0 for yes, 4 for no, with the reason.")

    @Argument(help: "The installation's ID.")
    var id: String

    @Argument(help: "What they want to do: view, report, enter or post.")
    var action: Action

    @Option(help: "In which module, by its code.")
    var module: String?

    @Option(help: ArgumentHelp("When: a date, or an RFC 3339 time.", valueName: "date"))
    var at: PointInTime = .now

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let answer = try await options.withGateway { gateway, caller in
            try await gateway.perform(
                Allows(installation: id, action: action, module: module, at: at), by: caller)
        }
        if options.json {
            try Console.json(answer)
        } else if !options.quiet {
            Console.print("\(answer.allowed ? "yes" : "no"): \(answer.reason)")
        }
        if !answer.allowed { throw ExitCode(4) }
    }
}
