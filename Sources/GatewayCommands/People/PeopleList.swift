import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse people list`.
struct PeopleList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List who ever acted, and the customers' contacts.")

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let list = try await options.withGateway { gateway, caller in
            try await gateway.perform(ListPeople(), by: caller)
        }
        if options.json { return try Console.json(list) }
        if list.isEmpty { return Console.print("Nobody yet.") }
        var table = Table("id", "name", "customer", "role", "records")
        for person in list {
            table.add(
                .init(person.id), .init(person.name ?? "(erased)", person.name == nil ? .faint : nil),
                .init(person.customer ?? "–"), .init(person.role ?? "acts"), .init("\(person.records)"))
        }
        table.print(width: Console.width, color: Console.hasColor)
    }
}
