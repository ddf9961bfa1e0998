public import ArgumentParser
public import GatewayAPI

/// `gatehouse portfolio`.
struct Portfolio: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "portfolio", abstract: "Customers and installations as a spreadsheet.",
        discussion: "A CSV file with a row for each installation: docs/portfolio-csv.md tells all of it.",
        subcommands: [PortfolioTemplateCommand.self, PortfolioExportCommand.self, PortfolioImportCommand.self])
}

extension PortfolioSheet.Separator: ExpressibleByArgument {}
