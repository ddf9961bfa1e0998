import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse customers show`.
struct CustomersShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show a customer.")

    @Argument(help: "The customer's ID.")
    var id: String

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let (customer, installations) = try await options.withGateway { gateway, caller in
            let customer = try await gateway.perform(ShowCustomer(id: id), by: caller)
            let archived = customer.archived != nil
            return (
                customer, try await gateway.perform(ListInstallations(customer: id, archived: archived), by: caller)
            )
        }
        if options.json { return try Console.json(customer) }
        Console.print("\(customer.id): \(customer.name), \(customer.timeZone)")
        if let archived = customer.archived { Console.print("Archived \(archived.short).") }
        if !customer.notes.isEmpty { Console.print(customer.notes) }
        if installations.isEmpty {
            return Console.print("No installations yet. Add one: gatehouse installations add ID --customer \(id) …")
        }
        Console.print("")
        InstallationsList.table(installations).print(width: Console.width, color: Console.hasColor)
    }
}
