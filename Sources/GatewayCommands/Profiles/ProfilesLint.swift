import ArgumentParser
import Foundation
import GatewayAPI
import GatewayCore

/// `gatehouse profiles lint`.
struct ProfilesLint: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint",
        abstract: "Check profile files; without a path, those of the profiles' folder.")

    @Argument(help: "Files or folders.")
    var paths: [String] = []

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        guard let registry = Wiring.registry else {
            throw CallError(.failed, "This program was built without adapters.")
        }
        let configuration = options.configuration()
        let report = ProfileLint(registry: registry, environment: configuration.environment)
            .check(paths.isEmpty ? configuration.profiles : paths, extending: configuration.profiles)
        if options.json {
            try Console.json(report)
        } else {
            if !report.problems.isEmpty { Console.errorText(report.text) }
            if !options.quiet {
                let files = report.files == 1 ? "1 file" : "\(report.files) files"
                Console.print(report.problems.isEmpty ? "\(files), nothing wrong." : "\(files) checked.")
            }
        }
        if !report.problems.isEmpty { throw ExitCode(1) }
    }
}
