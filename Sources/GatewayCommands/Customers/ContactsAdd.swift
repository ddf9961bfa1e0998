import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse customers contacts add`.
struct ContactsAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add a contact.",
        discussion: """
            Roles: owner decides at the customer's, and pays; technical looks after the machines there; provider looks \
            after the customer at yours; support is to be asked at the vendor's or a reseller's.
            """)

    @Argument(help: "The customer's ID.")
    var customer: String

    @Option(help: "What the person is asked about.")
    var role: ContactRole

    @Option(help: "The person's name.")
    var name: String

    @Option(help: "The mail address.")
    var email = ""

    @Option(help: "The telephone number.")
    var phone = ""

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let contact = try await options.withGateway { gateway, caller in
            try await gateway.perform(
                AddContact(customer: customer, role: role, personName: name, email: email, phone: phone), by: caller)
        }
        if options.json { return try Console.json(contact) }
        if !options.quiet { Console.print("Added contact \(contact.id) of \(customer): \(contact.role.rawValue).") }
    }
}
