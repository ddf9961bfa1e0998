import ArgumentParser

/// `gatehouse installations`.
struct Installations: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The products at the customers.",
        subcommands: [InstallationsAdd.self, InstallationsList.self, InstallationsShow.self])
}
