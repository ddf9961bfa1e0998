import ArgumentParser

/// `gatehouse adapters`.
struct Adapters: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "adapters", abstract: "The adapters, and how they fare.",
        subcommands: [AdaptersList.self, AdaptersShow.self],
        defaultSubcommand: AdaptersList.self)
}
