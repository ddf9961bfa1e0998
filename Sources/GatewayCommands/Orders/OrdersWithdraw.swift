import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse orders withdraw`.
struct OrdersWithdraw: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "withdraw", abstract: "Take back an order that was cancelled, or entered by mistake.")

    @Argument(help: "The order's ID, as `gatehouse orders list` shows it.")
    var id: String

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let order = try await options.withGateway { gateway, caller in
            try await gateway.perform(WithdrawOrder(id: id), by: caller)
        }
        if options.json { return try Console.json(order) }
        if !options.quiet { Console.print("Withdrew order \(order.id) for \(order.installation).") }
    }
}
