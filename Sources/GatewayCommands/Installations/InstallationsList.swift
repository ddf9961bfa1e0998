import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse installations list`.
struct InstallationsList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the installations.")

    @Option(help: "Only this customer's.")
    var customer: String?

    @Flag(help: "Also those that are archived.")
    var archived = false

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let (list, away) = try await options.withGateway { gateway, caller in
            let list = try await gateway.perform(
                ListInstallations(customer: customer, archived: archived), by: caller)
            return (list, try await ArchivedCustomer(customer, isEmpty: list.isEmpty, gateway, caller))
        }
        if options.json { return try Console.json(list) }
        if let away { return Console.print(away.text) }
        if list.isEmpty { return Console.print("No installations yet. Add one: gatehouse installations add --help") }
        Self.table(list).print(width: Console.width, color: Console.hasColor)
    }

    static func table(_ list: [InstallationSummary]) -> Table {
        var table = Table("installation", "customer", "profile", "last contact", "refresh due", "name")
        for installation in list {
            let due =
                installation.archived != nil
                ? "archived" : installation.isRefreshed ? installation.refreshDue?.short ?? "now" : "never (by keys)"
            table.add(
                .init(installation.id), .init(installation.customer), .init(installation.profile),
                .init(installation.lastContact?.short ?? "never"), .init(due), .init(installation.facts.name))
        }
        return table
    }
}
