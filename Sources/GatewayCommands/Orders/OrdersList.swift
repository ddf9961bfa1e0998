import AdapterKit
import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse orders list`.
struct OrdersList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List orders, newest first.")

    @Option(help: "Only this customer's.")
    var customer: String?

    @Option(help: "Only this installation's, even where it is archived.")
    var installation: String?

    @Flag(help: "Only those that are still waited for.")
    var open = false

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let (orders, archived) = try await options.withGateway { gateway, caller in
            let orders = try await gateway.perform(
                ListOrders(customer: customer, installation: installation, open: open), by: caller)
            return (orders, try await ArchivedCustomer(customer, isEmpty: orders.isEmpty, gateway, caller))
        }
        if options.json { return try Console.json(orders) }
        if let archived { return Console.print(archived.text) }
        if orders.isEmpty { return Console.print("None.") }
        var table = Table("order", "installation", "state", "placed", "ordered", "reference", "since")
        for order in orders {
            table.add(
                .init(order.id), .init(order.installation), .init(order.state.rawValue, order.state.style),
                .init(order.placed.short), .init(Self.text(order.items)),
                .init(order.reference.isEmpty ? "–" : order.reference), .init(Self.since(order)))
        }
        table.print(width: Console.width, color: Console.hasColor)
    }

    static func text(_ items: OrderedItems) -> String {
        var parts: [String] = []
        if let expires = items.expires { parts.append("until \(expires)") }
        parts += items.seats.map { "\($0.count) \($0.name)" }
        parts += items.modules
        return parts.isEmpty ? "any change" : parts.joined(separator: ", ")
    }

    /// What there is to say of its time.
    private static func since(_ order: OrderView) -> String {
        switch order.state {
        case .propagating: "until \(order.until.short)"
        case .overdue: "since \(order.until.short): ask the vendor"
        case .applied: "\(order.applied?.short ?? "") by \(order.appliedBy ?? "")"
        case .withdrawn: order.withdrawn?.short ?? ""
        }
    }
}

extension OrderState {
    /// How it looks where there is color.
    fileprivate var style: Table.Style {
        switch self {
        case .propagating: .notice
        case .overdue: .bad
        case .applied: .good
        case .withdrawn: .faint
        }
    }
}
