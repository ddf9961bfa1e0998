import AdapterKit
import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse customers sheet`.
struct CustomersSheet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sheet",
        abstract: "Print a customer's sheet for the emergency folder: plain text, 80 columns.",
        discussion: """
            Who to ask, how every installation stands, what happens when, where it is seen in the product, and the \
            emergency plan: for the day when nobody can ask Gatehouse. Secret values are masked.
            """)

    @Argument(help: "The customer's ID.")
    var id: String

    @Option(help: ArgumentHelp("When: a date, or an RFC 3339 time.", valueName: "date"))
    var at: PointInTime = .now

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let sheet = try await options.withGateway { gateway, caller in
            try await gateway.perform(ShowCustomerSheet(customer: id, at: at), by: caller)
        }
        if options.json { return try Console.json(sheet) }
        for line in try SheetText(sheet).lines { Console.print(line) }
    }
}
