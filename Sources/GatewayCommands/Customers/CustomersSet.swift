import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse customers set`.
struct CustomersSet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Change a customer's name, time zone or notes.",
        discussion: """
            With another time zone the same dates mean other instants, from then on. What was and what is stands in \
            `gatehouse audit list`; of notes only that they changed. A name that the vendor knows the customer by stands \
            with each installation: gatehouse installations set ID --identity …
            """)

    @Argument(help: "The customer's ID.")
    var id: String

    @Option(help: "The name that people know.")
    var name: String?

    @Option(help: "The IANA time zone, such as America/Toronto: dates count there.")
    var timeZone: String?

    @Option(help: "Notes; an empty text clears them.")
    var notes: String?

    @OptionGroup var options: GlobalOptions

    mutating func validate() throws {
        guard name != nil || timeZone != nil || notes != nil else {
            throw ValidationError("Say what is to change: --name, --time-zone or --notes.")
        }
    }

    func run() async throws {
        let customer = try await options.withGateway { gateway, caller in
            try await gateway.perform(
                SetCustomer(id: id, displayName: name, timeZone: timeZone, notes: notes), by: caller)
        }
        if options.json { return try Console.json(customer) }
        if !options.quiet { Console.print("\(customer.id) is now \(customer.name), \(customer.timeZone).") }
    }
}
