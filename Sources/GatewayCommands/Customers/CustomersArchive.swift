import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse customers archive`.
struct CustomersArchive: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "archive", abstract: "Archive a customer with all installations, or bring them back.",
        discussion: """
            What is archived is in no list and no count, and is not refreshed. Nothing is deleted: the history stays, \
            delivered files stay where they are, and the IDs stay taken. --undo brings the customer back, with the \
            installations that were archived with it.
            """)

    @Argument(help: "The customer's ID.")
    var id: String

    @Flag(help: "Bring the customer back.")
    var undo = false

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let customer = try await options.withGateway { gateway, caller in
            try await gateway.perform(ArchiveCustomer(id: id, undo: undo), by: caller)
        }
        if options.json { return try Console.json(customer) }
        guard !options.quiet else { return }
        let count = customer.installations
        Console.print(
            undo
                ? "Brought back \(id), with \(count) installation\(count == 1 ? "" : "s")."
                : "Archived \(id) and all its installations. `gatehouse customers archive \(id) --undo` brings them back."
        )
    }
}
