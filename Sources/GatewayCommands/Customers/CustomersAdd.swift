import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse customers add`.
struct CustomersAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "add", abstract: "Add a customer.")

    @Argument(help: "The ID: lower-case letters, digits, dots, hyphens and underscores.")
    var id: String

    @Option(help: "The name that people know.")
    var name: String

    @Option(help: "The IANA time zone, such as America/Toronto: dates count there.")
    var timeZone: String

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let customer = try await options.withGateway { gateway, caller in
            try await gateway.perform(AddCustomer(id: id, displayName: name, timeZone: timeZone), by: caller)
        }
        if options.json { return try Console.json(customer) }
        if !options.quiet { Console.print("Added customer \(customer.id) (\(customer.name), \(customer.timeZone)).") }
    }
}
