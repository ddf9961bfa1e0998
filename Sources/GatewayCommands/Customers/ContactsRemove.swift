import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse customers contacts remove`.
struct ContactsRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a contact: no record keeps the person's name.")

    @Argument(help: "The customer's ID.")
    var customer: String

    @Argument(help: "The contact's ID, as `gatehouse customers contacts list` shows it.")
    var contact: String

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let removed = try await options.withGateway { gateway, caller in
            try await gateway.perform(RemoveContact(customer: customer, contact: contact), by: caller)
        }
        if options.json { return try Console.json(removed) }
        if !options.quiet { Console.print("Removed contact \(removed.id) of \(customer): \(removed.name).") }
    }
}
