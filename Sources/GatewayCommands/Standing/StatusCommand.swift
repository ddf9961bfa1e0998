import AdapterKit
import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse status`.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "How installations stand, soonest loss of full access first.",
        discussion: """
            --at only ever reads: it answers for any day. A date without a time is the first instant of that day in \
            each customer's own time zone.
            """)

    @Option(help: "Only this customer's.")
    var customer: String?

    @Option(help: "Only at this level; repeatable.")
    var level: [Level] = []

    @Option(help: ArgumentHelp("When: a date, or an RFC 3339 time.", valueName: "date"))
    var at: PointInTime = .now

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let (rows, archived) = try await options.withGateway { gateway, caller in
            let rows = try await gateway.perform(Status(customer: customer, levels: level, at: at), by: caller)
            return (rows, try await ArchivedCustomer(customer, isEmpty: rows.isEmpty, gateway, caller))
        }
        // A hundred thousand rows take longer to be freed, one by one, than the program has to live.
        _ = Unmanaged.passRetained(UntilExit(rows))
        if options.json {
            await StatusJSON.write(rows)
        } else if let archived {
            Console.print(archived.text)
        } else if rows.isEmpty {
            Console.print(level.isEmpty ? "No installations yet: gatehouse installations add --help" : "None.")
        } else {
            await StatusTable(rows: rows).print(width: Console.width, color: Console.hasColor)
        }
    }
}

/// Keeps something for as long as the program runs.
private final class UntilExit {
    private let kept: StatusList

    init(_ kept: StatusList) { self.kept = kept }
}
