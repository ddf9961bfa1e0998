import AdapterKit
import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse operations show`.
struct OperationsShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show an operation's steps.")

    @Argument(help: "The operation's ID.")
    var id: String

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let operation = try await options.withGateway { gateway, caller in
            try await gateway.perform(ShowOperation(id: id), by: caller)
        }
        if options.json { return try Console.json(operation) }
        Console.print("\(operation.id): \(operation.act.rawValue) of \(operation.installation) (\(operation.customer))")
        let ended = operation.ended.map { ", ended \($0.short)" } ?? ""
        Console.print("\(operation.status), begun \(operation.started.short) by \(operation.caller)\(ended)")
        if let message = operation.message { Console.print(message) }
        Console.print("")
        var table = Table("step", "at", "kind", "detail")
        for step in operation.steps {
            table.add(.init("\(step.number)"), .init(step.at.description), .init(step.kind), .init(step.detail))
        }
        table.print(width: Console.width, color: Console.hasColor)
    }
}
