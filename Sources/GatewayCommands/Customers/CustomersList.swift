import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse customers list`.
struct CustomersList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the customers.")

    @Flag(help: "Also those that are archived.")
    var archived = false

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let customers = try await options.withGateway { gateway, caller in
            try await gateway.perform(ListCustomers(archived: archived), by: caller)
        }
        if options.json { return try Console.json(customers) }
        if customers.isEmpty {
            return Console.print("No customers yet. Add one: gatehouse customers add ID --name … --time-zone …")
        }
        var table = Table("customer", "name", "time zone", "installations", archived ? "archived" : "")
        for customer in customers {
            table.add(
                .init(customer.id), .init(customer.name), .init(customer.timeZone), .init("\(customer.installations)"),
                .init(customer.archived?.short ?? ""))
        }
        table.print(width: Console.width, color: Console.hasColor)
    }
}
