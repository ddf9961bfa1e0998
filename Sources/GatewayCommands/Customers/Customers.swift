import ArgumentParser

/// `gatehouse customers`.
struct Customers: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The customers that are looked after.",
        subcommands: [CustomersAdd.self, CustomersList.self, CustomersShow.self])
}
