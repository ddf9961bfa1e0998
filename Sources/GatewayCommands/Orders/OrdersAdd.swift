public import AdapterKit
public import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse orders add`.
struct OrdersAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Record an order that was placed with a vendor.",
        discussion: """
            It is applied once a refresh shows all that is named here: at least the day of --expires, at least the \
            seats (at most them, where there were more), every module. Where nothing is named, it is applied with the \
            first change of any kind.
            """)

    @Argument(help: "The installation's ID.")
    var installation: String

    @Option(
        help: ArgumentHelp(
            "When it was placed: now, or a time such as 2026-11-22T09:30:00-05:00; never a day alone, and nothing to come.",
            valueName: "time"))
    var placed: PointInTime

    @Option(help: ArgumentHelp("The last day that will be covered.", valueName: "date"))
    var expires: LocalDay?

    @Option(help: ArgumentHelp("The seats that there will be in all; repeatable.", valueName: "pool=count"))
    var seats: [KeyValue] = []

    @Option(help: ArgumentHelp("The code of a module that will be there; repeatable.", valueName: "code"))
    var module: [String] = []

    @Option(help: "The order's number, for whoever asks the vendor about it.")
    var reference = ""

    @OptionGroup var options: GlobalOptions

    mutating func validate() throws {
        for pair in seats where Int(pair.value) == nil {
            throw ValidationError("--seats \(pair.key)=\(pair.value): write a number of seats, such as \(pair.key)=12.")
        }
    }

    func run() async throws {
        let items = OrderedItems(
            expires: expires,
            seats: seats.compactMap { pair in
                Int(pair.value).map { Entitlement.SeatPool(name: pair.key, count: $0) }
            }, modules: module)
        let order = try await options.withGateway { gateway, caller in
            try await gateway.perform(
                AddOrder(installation: installation, placed: placed, items: items, reference: reference), by: caller)
        }
        if options.json { return try Console.json(order) }
        guard !options.quiet else { return }
        Console.print(
            "Added order \(order.id) for \(order.installation): \(order.state.rawValue), until \(order.until.short) at "
                + "the latest.")
    }
}

extension LocalDay: ExpressibleByArgument {
    /// `YYYY-MM-DD`.
    public init?(argument: String) { self.init(argument) }
}
