import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse keyfile show`.
struct KeyfileShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show where the key file is and what is sealed, without the key.")

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let view = try await options.withGateway { gateway, caller in
            try await gateway.perform(ShowKeyFile(), by: caller)
        }
        if options.json { return try Console.json(view) }
        let keys =
            view.keys.isEmpty
            ? "not there yet: it is made when something is first sealed" : "key \(view.keys.joined(separator: ", "))"
        Console.print("\(view.file): \(keys)")
        Console.print(
            "\(view.sealed) sealed" + (view.unopened > 0 ? ", of which no key here opens \(view.unopened)" : ""))
    }
}
