import ArgumentParser

/// `gatehouse profiles`.
struct Profiles: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profiles", abstract: "The products' behavior, as profile files give it.",
        subcommands: [ProfilesList.self, ProfilesShow.self, ProfilesLint.self, ProfilesSchema.self])
}
