import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse installations archive`.
struct InstallationsArchive: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "archive", abstract: "Archive an installation, or bring it back.",
        discussion: """
            What is archived is in no list and no count, and is not refreshed. Nothing is deleted: the history stays, \
            delivered files stay where they are, and the ID stays taken.
            """)

    @Argument(help: "The installation's ID.")
    var id: String

    @Flag(help: "Bring it back.")
    var undo = false

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let installation = try await options.withGateway { gateway, caller in
            try await gateway.perform(ArchiveInstallation(id: id, undo: undo), by: caller)
        }
        if options.json { return try Console.json(installation) }
        guard !options.quiet else { return }
        Console.print(
            undo
                ? "Brought back \(id)."
                : "Archived \(id). `gatehouse installations archive \(id) --undo` brings it back.")
    }
}
