import ArgumentParser

/// `gatehouse people`.
struct PeopleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "people", abstract: "Whose names are kept, and erasing them.",
        subcommands: [PeopleList.self, PeopleErase.self])
}
