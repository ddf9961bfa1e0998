import AdapterKit
import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse adapters list`, and `gatehouse adapters` alone.
struct AdaptersList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the adapters, and how they fare.")

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let adapters = try await options.withGateway { gateway, caller in
            try await gateway.perform(ListAdapters(), by: caller)
        }
        if options.json { return try Console.json(adapters) }
        var table = Table(
            "protocol", "adapter", "capabilities", "profiles", "installations", "last contact", "failures/24h",
            "vendor hosts")
        for adapter in adapters {
            let levels = Level.allCases.compactMap { level in
                adapter.installations[level].map { "\($0) \(level.rawValue)" }
            }
            table.add(
                .init(adapter.protocolName), .init("\(adapter.title) \(adapter.version)"),
                .init(adapter.capabilities.map(\.rawValue).joined(separator: ", ")),
                .init(adapter.profiles.isEmpty ? "–" : adapter.profiles.joined(separator: ", ")),
                .init(levels.isEmpty ? "–" : levels.joined(separator: ", ")),
                .init(adapter.lastContact?.short ?? "never"),
                .init("\(adapter.failuresLastDay)", adapter.failuresLastDay > 0 ? .warning : nil),
                .init(adapter.hosts.isEmpty ? "none set" : adapter.hosts.map(Self.text).joined(separator: ", ")))
        }
        table.print(width: Console.width, color: Console.hasColor)
    }

    private static func text(_ host: AdapterView.HostView) -> String {
        let until = host.openUntil.map { " until \($0.short)" } ?? ""
        let failures = host.failures > 0 ? ", \(host.failures) failures" : ""
        return "\(host.host) (breaker \(host.breaker)\(until)\(failures))"
    }
}
