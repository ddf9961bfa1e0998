import AdapterKit
import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse offline list`.
struct OfflineList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show what waits for whom.",
        discussion: """
            due: somebody makes a request. requested: somebody mails it. sent: the vendor's support answers. \
            unanswered: no answer came within the profile's days, so somebody asks after it. current, with --all: the \
            next request is not due yet.
            """)

    @Option(help: "Only this customer's.")
    var customer: String?

    @Flag(help: "List those too for which nothing is to be done.")
    var all = false

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let items = try await options.withGateway { gateway, caller in
            try await gateway.perform(ListOffline(customer: customer, all: all), by: caller)
        }
        if options.json { return try Console.json(items) }
        if items.isEmpty { return Console.print("None.") }
        var table = Table(
            "installation", "customer", "state", "waits for", "requested", "sent", "activated", "next due")
        for item in items {
            table.add(
                .init(item.installation), .init(item.customerName), .init(item.state.rawValue, item.state.style),
                .init(Self.waitsFor(item)), .init(item.requested?.short ?? "–"), .init(item.sent?.short ?? "–"),
                .init(item.activated?.short ?? "–"), .init(item.due?.short ?? "now"))
        }
        table.print(width: Console.width, color: Console.hasColor)
    }

    private static func waitsFor(_ item: OfflineItem) -> String {
        switch item.state {
        case .current: "–"
        case .due, .requested, .unanswered: item.owner ?? "somebody of ours"
        case .sent: "the vendor's support"
        }
    }
}

extension OfflineItem.State {
    /// How it looks where there is color.
    fileprivate var style: Table.Style {
        switch self {
        case .current: .good
        case .due, .requested, .sent: .notice
        case .unanswered: .bad
        }
    }
}
