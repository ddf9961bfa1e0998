import ArgumentParser

/// `gatehouse operations`.
struct Operations: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "operations", abstract: "What was done on installations, step by step.",
        subcommands: [OperationsList.self, OperationsShow.self])
}
