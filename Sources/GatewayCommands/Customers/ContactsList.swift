import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse customers contacts list`.
struct ContactsList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List a customer's contacts.")

    @Argument(help: "The customer's ID.")
    var customer: String

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let contacts = try await options.withGateway { gateway, caller in
            try await gateway.perform(ListContacts(customer: customer), by: caller)
        }
        if options.json { return try Console.json(contacts) }
        if contacts.isEmpty {
            return Console.print(
                "No contacts yet. Add one: gatehouse customers contacts add \(customer) --role … --name …")
        }
        var table = Table("role", "name", "mail", "telephone", "contact")
        for contact in contacts {
            table.add(
                .init(contact.role.rawValue), .init(contact.name), .init(contact.email.isEmpty ? "–" : contact.email),
                .init(contact.phone.isEmpty ? "–" : contact.phone), .init(contact.id))
        }
        table.print(width: Console.width, color: Console.hasColor)
    }
}
