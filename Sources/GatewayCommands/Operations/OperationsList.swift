import AdapterKit
import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse operations list`.
struct OperationsList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List operations, newest first.")

    @Option(help: "Only this installation's.")
    var installation: String?

    @Flag(help: "Only those that did not end well.")
    var failed = false

    @Option(help: "At most so many.")
    var limit = 50

    @OptionGroup var options: GlobalOptions

    mutating func validate() throws { try requireLimit(limit, upTo: 10_000) }

    func run() async throws {
        let list = try await options.withGateway { gateway, caller in
            try await gateway.perform(
                ListOperations(installation: installation, failed: failed, limit: limit), by: caller)
        }
        if options.json { return try Console.json(list) }
        if list.isEmpty { return Console.print("None.") }
        var table = Table("operation", "installation", "act", "started", "status", "outcome", "message")
        for operation in list {
            table.add(
                .init(operation.id), .init(operation.installation), .init(operation.act.rawValue),
                .init(operation.started.short), .init(operation.status), .init(operation.outcome ?? "–"),
                .init(operation.message ?? ""))
        }
        table.print(width: Console.width, color: Console.hasColor)
    }
}
