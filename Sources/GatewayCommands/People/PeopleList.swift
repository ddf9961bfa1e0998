import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse people list`.
struct PeopleList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List who ever acted, and the customers' contacts.")

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let (list, users) = try await options.withGateway { gateway, caller in
            (
                try await gateway.perform(ListPeople(), by: caller),
                try await gateway.perform(CountProductUsers(), by: caller)
            )
        }
        if options.json { return try Console.json(list) }
        defer { Self.tell(users) }
        if list.isEmpty { return Console.print("Nobody yet.") }
        var table = Table("id", "name", "customer", "role", "records")
        for person in list {
            table.add(
                .init(person.id), .init(person.name ?? "(erased)", person.name == nil ? .faint : nil),
                .init(person.customer ?? "–"), .init(person.role ?? "acts"), .init("\(person.records)"))
        }
        table.print(width: Console.width, color: Console.hasColor)
    }

    /// The users of customers' products are many: they are counted here, and listed by installation.
    private static func tell(_ users: [String: Int]) {
        guard !users.isEmpty else { return }
        let counts = users.sorted { $0.key < $1.key }.map { "\($0.value) of \($0.key)" }.joined(separator: ", ")
        Console.print("Names of products' users: \(counts) (`gatehouse seats users ID` lists them).")
    }
}
