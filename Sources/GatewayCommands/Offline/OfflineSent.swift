import AdapterKit
import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse offline sent`.
struct OfflineSent: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sent", abstract: "Record that request files were mailed, so that their answers are waited for.")

    @Argument(help: "The installations' IDs.")
    var installations: [String]

    @Option(help: ArgumentHelp("When: now, or a time such as 2026-11-22T09:30:00Z.", valueName: "time"))
    var at: PointInTime = .now

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let items = try await options.withGateway { gateway, caller in
            try await gateway.perform(MarkOfflineSent(installations: installations, at: at), by: caller)
        }
        if options.json { return try Console.json(items) }
        guard !options.quiet else { return }
        for item in items {
            Console.print("\(item.installation): sent \(item.sent?.short ?? ""); its answer is waited for.")
        }
    }
}
