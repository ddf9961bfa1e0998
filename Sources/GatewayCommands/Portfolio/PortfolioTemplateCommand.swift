import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse portfolio template`.
struct PortfolioTemplateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "template", abstract: "Show the columns, or write a file that begins with them.")

    @Argument(help: "The file to write; without one, the columns are shown.")
    var file: String?

    @Option(help: "Only what this profile needs of identities and sites.")
    var profile: String?

    @Option(help: "What stands between cells: comma, semicolon or tab.")
    var separator: PortfolioSheet.Separator = .comma

    @Flag(help: "Replace the file where it exists.")
    var force = false

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let list = try await options.withGateway { gateway, caller in
            try await gateway.perform(PortfolioTemplate(profile: profile, separator: separator), by: caller)
        }
        if let file {
            try NamedFile(path: file).write(list.contents, replacing: force)
            if options.json { return try Console.json(list.columns) }
            if !options.quiet { Console.print("Wrote \(file): \(list.columns.count) columns, no rows.") }
            return
        }
        if options.json { return try Console.json(list.columns) }
        var table = Table("column", "needed", "holds")
        for column in list.columns {
            table.add(.init(column.name), .init(column.required ? "yes" : "–"), .init(column.help))
        }
        table.print(width: Console.width, color: Console.hasColor)
    }
}
