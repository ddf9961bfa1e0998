import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse audit verify`.
struct AuditVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check that no record was changed or taken out: exit code 4 where one was.")

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let found = try await options.withGateway { gateway, caller in
            try await gateway.perform(VerifyAudit(), by: caller)
        }
        if options.json {
            try Console.json(found)
        } else if let problem = found.problem {
            Console.errorText(problem)
        } else if !options.quiet {
            Console.print("\(found.records) records, chain whole. Head: \(found.head.isEmpty ? "none" : found.head)")
        }
        if found.problem != nil { throw ExitCode(4) }
    }
}
