public import ArgumentParser
public import GatewayAPI

/// `gatehouse customers contacts`.
struct CustomersContacts: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "contacts", abstract: "The people who can be asked about a customer.",
        subcommands: [ContactsAdd.self, ContactsList.self, ContactsRemove.self])
}

extension ContactRole: ExpressibleByArgument {}
