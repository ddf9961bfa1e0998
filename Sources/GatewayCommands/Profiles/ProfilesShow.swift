import AdapterKit
import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse profiles show`.
struct ProfilesShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a profile as it was understood.")

    @Argument(help: "The profile's name.")
    var name: String

    @Flag(help: "Print it with all that it inherits, each value with the file and line it comes from.")
    var resolved = false

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        if resolved {
            let profile = try await options.withGateway { gateway, caller in
                try await gateway.perform(ResolveProfile(profile: name), by: caller)
            }
            if options.json { return try Console.json(profile) }
            return Console.write(Array(profile.yaml.utf8))
        }
        let view = try await options.withGateway { gateway, caller in
            try await gateway.perform(ShowProfile(profile: name), by: caller)
        }
        if options.json { return try Console.json(view) }
        Console.print("\(view.name): \(view.product), protocol \(view.protocolName)")
        Console.print("file       \(view.file)")
        if let parent = view.extends { Console.print("extends    \(parent)") }
        if !view.place.isEmpty { Console.print("where      \(view.place)") }
        Console.print("vendor     \(view.vendor ?? "not set")")
        Console.print("keys       \(view.keys.isEmpty ? "none" : view.keys.joined(separator: ", "))")
        Console.print("refresh    \(view.refreshEvery.map { "every \($0)" } ?? "never")")
        for (delivery, template) in view.deliveries.sorted(by: { $0.key < $1.key }) {
            Console.print("delivers   \(delivery) to \(template)")
        }
        for countdown in view.countdowns {
            let optional = countdown.optional ? " (optional)" : ""
            Console.print("")
            Console.print("countdown \(countdown.name) from \(countdown.from.joined(separator: " or "))\(optional)")
            var table = Table("at", "level", "label", "message")
            for stage in countdown.stages {
                table.add(
                    .init(stage.at.description), .init(stage.level.rawValue, stage.level.style),
                    .init(stage.label ?? "–"), .init(stage.message ?? "–"))
            }
            table.print(width: Console.width, color: Console.hasColor)
        }
    }
}
