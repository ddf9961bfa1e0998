import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse profiles list`.
struct ProfilesList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the profiles.")

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let (profiles, problems) = try await options.withGateway { gateway, caller in
            (try await gateway.perform(ListProfiles(), by: caller), gateway.profileProblems)
        }
        if options.json {
            try Console.json(profiles)
        } else {
            var table = Table("profile", "product", "protocol", "installations", "file")
            for profile in profiles {
                table.add(
                    .init(profile.name), .init(profile.product), .init(profile.protocolName),
                    .init("\(profile.installations)"), .init(profile.file))
            }
            table.print(width: Console.width, color: Console.hasColor)
        }
        for problem in problems { Console.errorText(problem) }
        if !problems.isEmpty { throw ExitCode(1) }
    }
}
