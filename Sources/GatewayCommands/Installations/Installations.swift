import ArgumentParser

/// `gatehouse installations`.
struct Installations: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "installations", abstract: "The products at the customers.",
        subcommands: [
            InstallationsAdd.self, InstallationsSet.self, InstallationsList.self, InstallationsShow.self,
            InstallationsArchive.self,
        ])
}
