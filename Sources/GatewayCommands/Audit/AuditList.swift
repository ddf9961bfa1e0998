import AdapterKit
import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse audit list`.
struct AuditList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the trail, newest first.")

    @Option(help: "At most so many.")
    var limit = 50

    @OptionGroup var options: GlobalOptions

    mutating func validate() throws { try requireLimit(limit, upTo: 100_000) }

    func run() async throws {
        let list = try await options.withGateway { gateway, caller in
            try await gateway.perform(ListAudit(limit: limit), by: caller)
        }
        if options.json { return try Console.json(list) }
        if list.isEmpty { return Console.print("Nothing yet.") }
        var table = Table("no.", "at", "who", "act", "customer", "subject", "detail")
        for record in list {
            table.add(
                .init("\(record.number)"), .init(record.at.description),
                .init(record.name ?? "\(record.actor) (erased)"), .init(record.act), .init(record.customer ?? "–"),
                .init(record.subject ?? "–"), .init(record.detail))
        }
        table.print(width: Console.width, color: Console.hasColor)
    }
}
