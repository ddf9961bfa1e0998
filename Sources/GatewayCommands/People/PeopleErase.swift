import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse people erase`.
struct PeopleErase: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase", abstract: "Erase a person's name; what they did stays in the trail, under their ID.",
        discussion: """
            Who acted keeps the ID without a name; a contact is removed. The store's file is then written anew, so that \
            the name is gone from the disk too. Backups hold it until they are replaced.
            """)

    @Argument(help: "The person's ID, as `gatehouse people list` shows it.")
    var id: String

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let report = try await options.withGateway { gateway, caller in
            try await gateway.perform(ErasePerson(id: id), by: caller)
        }
        if options.json {
            try Console.json(report)
        } else if !options.quiet {
            Console.print("\(report.id): erased.")
            if !report.backups.isEmpty {
                Console.print(
                    "Stores that are kept beside it still hold the name: \(report.backups.joined(separator: ", "))")
            }
        }
        guard report.isOffDisk else {
            Console.errorText(
                "Another process reads an older state of the store, so the name is not gone from its files yet: run this "
                    + "again when that has ended.")
            throw ExitCode(1)
        }
    }
}
