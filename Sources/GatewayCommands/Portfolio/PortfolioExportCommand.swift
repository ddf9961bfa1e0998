import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse portfolio export`.
struct PortfolioExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write all customers and installations to a CSV file.",
        discussion: """
            Values that a spreadsheet would take for a number, a date or a formula are written so that it leaves them \
            alone: ="00123", '+1. Secret values are left empty. `gatehouse portfolio import --update` takes the file \
            back, edited or not.
            """)

    @Argument(help: "The file to write; - for standard output.")
    var file: String

    @Option(help: "Only this customer's.")
    var customer: String?

    @Option(help: "What stands between cells: comma, semicolon or tab.")
    var separator: PortfolioSheet.Separator = .comma

    @Flag(help: "Write every value as it is, for other programs than spreadsheets.")
    var plain = false

    @Flag(help: "Replace the file where it exists.")
    var force = false

    @OptionGroup var options: GlobalOptions

    mutating func validate() throws {
        guard file != "-" || !options.json else {
            throw ValidationError("With --json the file needs a name: standard output has the JSON.")
        }
    }

    /// What `--json` prints.
    private struct Summary: Encodable {
        var file: String
        var customers: Int
        var installations: Int
    }

    func run() async throws {
        let target = NamedFile(path: file)
        if file != "-" { try target.checkFree(replacing: force) }
        let sheet = try await options.withGateway { gateway, caller in
            try await gateway.perform(
                ExportPortfolio(customer: customer, separator: separator, plain: plain), by: caller)
        }
        if file == "-" { return Console.write(Array(sheet.contents)) }
        try target.write(sheet.contents, replacing: force)
        if options.json {
            return try Console.json(
                Summary(file: file, customers: sheet.customers, installations: sheet.installations))
        }
        if !options.quiet {
            Console.print("Wrote \(file): \(sheet.installations) installations of \(sheet.customers) customers.")
        }
    }
}
