import ArgumentParser

/// `gatehouse customers`.
struct Customers: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "customers", abstract: "The customers that are looked after.",
        subcommands: [
            CustomersAdd.self, CustomersSet.self, CustomersList.self, CustomersShow.self, CustomersArchive.self,
            CustomersContacts.self, CustomersSheet.self,
        ])
}
