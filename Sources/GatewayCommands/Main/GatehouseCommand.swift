public import ArgumentParser

/// The command line: `gatehouse NOUN VERB`.
public struct GatehouseCommand: AsyncParsableCommand {
    /// What `--help` says.
    public static let configuration = CommandConfiguration(
        commandName: "gatehouse",
        abstract: "Looks after the licenses of many customers across many products.",
        discussion: """
            Start with `gatehouse demo`, or read `gatehouse help status`.

            Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 the vendor could not be reached, 4 the answer \
            is no.
            """,
        version: "gatehouse \(version)",
        groupedSubcommands: [
            CommandGroup(
                name: "Portfolio",
                subcommands: [Customers.self, Installations.self, Orders.self, Portfolio.self]),
            CommandGroup(
                name: "Standing",
                subcommands: [
                    StatusCommand.self, AllowsCommand.self, ExplainCommand.self, TimelineCommand.self,
                    RenewalsCommand.self, HistoryCommand.self,
                ]),
            CommandGroup(
                name: "Seats", subcommands: [Seats.self, UsageCommand.self, ForecastCommand.self, ReportCommand.self]),
            CommandGroup(
                name: "Operation",
                subcommands: [
                    RefreshCommand.self, RecordCommand.self, AuthorizeCommand.self, DeauthorizeCommand.self,
                    TokensCommand.self,
                    HubsCommand.self, UpgradeCommand.self, Offline.self, Steps.self, TodoCommand.self, Reviews.self,
                    RunCommand.self, Operations.self, AuditCommand.self,
                ]),
            CommandGroup(
                name: "Product", subcommands: [Profiles.self, Adapters.self, SandboxCommand.self, Demo.self]),
            CommandGroup(
                name: "Safety",
                subcommands: [
                    BackupCommand.self, RestoreCommand.self, Keyfile.self, DoctorCommand.self, PeopleCommand.self,
                ]),
        ])

    /// The program's version.
    public static let version = "0.1.0"

    /// The command.
    public init() {}
}
