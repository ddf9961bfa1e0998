import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse seats recount`.
struct SeatsRecount: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recount", abstract: "Count an installation's seats anew, where `gatehouse doctor` says so.")

    @Argument(help: "The installation's ID.")
    var id: String

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let found = try await options.withGateway { gateway, caller in
            try await gateway.perform(RecountSeats(installation: id), by: caller)
        }
        if options.json { return try Console.json(found) }
        guard !options.quiet else { return }
        if found.isEmpty { return Console.print("All was counted as it is.") }
        for line in found { Console.print(line) }
        Console.print("It is put right.")
    }
}
