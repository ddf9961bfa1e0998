import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse keyfile rotate`.
struct KeyfileRotate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Make a new key, and seal everything that is sealed with it.",
        discussion: "Others may go on working meanwhile. Cut short, it is finished by running it again.")

    @Flag(help: "The key is lost for good: give up what was sealed with it.")
    var lost = false

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let rotation = try await options.withGateway { gateway, caller in
            try await gateway.perform(RotateKeyFile(lost: lost), by: caller)
        }
        if options.json { return try Console.json(rotation) }
        guard !options.quiet else { return }
        Console.print("\(rotation.file): key \(rotation.key), \(rotation.resealed) sealed anew.")
        if rotation.givenUp > 0 {
            Console.print(
                "\(rotation.givenUp) given up: the next refresh asks the vendors what became of those operations.")
        }
    }
}
