import ArgumentParser

/// `gatehouse audit`.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Who did what: an append-only trail.",
        subcommands: [AuditList.self, AuditVerify.self])
}
