import AdapterKit
import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse todo`.
struct TodoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "todo", abstract: "Show everything that needs a person, soonest loss of access first.",
        discussion: """
            Open steps, requests to make and to send, answers to ask after, overdue orders, identities that the vendor \
            refuses, upgrades of license keys that are to be put right or watched, reviews that are due, and licenses \
            that end within 30 days or ended without a renewal.
            """)

    @Option(help: "Only what is of installations that this person sees to.")
    var owner: String?

    @Option(help: "Only this customer's.")
    var customer: String?

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let items = try await options.withGateway { gateway, caller in
            try await gateway.perform(ListTodo(customer: customer, owner: owner), by: caller)
        }
        if options.json { return try Console.json(items) }
        if items.isEmpty { return Console.print("Nothing.") }
        Self.table(items).print(width: Console.width, color: Console.hasColor)
    }

    static func table(_ items: [TodoItem]) -> Table {
        var table = Table("full until", "installation", "customer", "owner", "since", "what")
        for item in items {
            table.add(
                .init(item.fullUntil.loss), .init(item.installation), .init(item.customerName),
                .init(item.owner ?? "–"), .init(item.since?.short ?? "–"),
                .init([item.what, item.command.map { "`\($0)`" }].compactMap { $0 }.joined(separator: " ")))
        }
        return table
    }
}
