import ArgumentParser

/// `gatehouse sandbox`.
struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox",
        abstract: "The stand-in vendor: answers from a book anyone can edit.",
        discussion: "`gatehouse sandbox --book FILE` is `gatehouse sandbox run --book FILE`.",
        subcommands: [SandboxRun.self, SandboxAnswer.self, SandboxApprove.self, SandboxToken.self],
        defaultSubcommand: SandboxRun.self)
}
