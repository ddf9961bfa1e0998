import ArgumentParser

/// `gatehouse keyfile`.
struct Keyfile: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keyfile", abstract: "The key that secrets are sealed with.",
        subcommands: [KeyfileShow.self, KeyfileRotate.self])
}
