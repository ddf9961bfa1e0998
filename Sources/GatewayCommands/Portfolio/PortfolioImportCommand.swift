import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse portfolio import`.
struct PortfolioImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Take customers and installations from a CSV file: all of it, or nothing.",
        discussion: """
            Without --update a file only adds, and repeats what is there. With it, what differs is changed: an empty \
            cell leaves the value on record, a cell that holds - clears it.
            """)

    @Argument(help: "The file, as a spreadsheet writes it: CSV in UTF-8, UTF-16 or Windows-1252.")
    var file: String

    @Flag(help: "Change what is on record where the file says otherwise.")
    var update = false

    @Flag(help: "Only check, and say what would be done.")
    var dryRun = false

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let contents = try NamedFile(path: file).read()
        let bar = ProgressBar(quiet: options.quiet)
        let report: PortfolioImportReport
        do {
            report = try await options.withGateway { gateway, caller in
                try await gateway.perform(
                    ImportPortfolio(contents: contents, file: file, update: update, dryRun: dryRun), by: caller
                ) { bar.show($0) }
            }
            bar.finish()
        } catch {
            bar.finish()
            throw error
        }
        if options.json { try Console.json(report) } else { show(report) }
        if report.outcome == .refused { throw ExitCode(1) }
    }

    private func show(_ report: PortfolioImportReport) {
        if !options.quiet { for remark in report.remarks { Console.errorText(remark.shown) } }
        guard report.outcome != .refused else {
            for problem in report.problems { Console.errorText(problem.shown) }
            if report.omittedProblems > 0 { Console.errorText("… and \(report.omittedProblems) more") }
            return Console.errorText("Nothing of \(file) was taken.")
        }
        guard !options.quiet else { return }
        if dryRun { showChanges(report) }
        let (customers, installations) = (Self.text(report.customers), Self.text(report.installations))
        Console.print(
            "\(dryRun ? "Would be taken" : "Taken"): customers \(customers); installations \(installations).")
    }

    private func showChanges(_ report: PortfolioImportReport) {
        for change in report.changes {
            guard !change.isNew else {
                Console.print("+ \(change.kind.rawValue) \(change.id) (line \(change.line))")
                continue
            }
            Console.print("~ \(change.kind.rawValue) \(change.id) (line \(change.line))")
            for value in change.values {
                Console.print("    \(value.column): \(Self.shown(value.was)) → \(Self.shown(value.now))")
            }
        }
        if report.omittedChanges > 0 { Console.print("… and \(report.omittedChanges) more") }
    }

    /// A value on one line.
    private static func shown(_ value: String) -> String {
        value.isEmpty
            ? "none"
            : "\"" + value.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: " ⏎ ") + "\""
    }

    private static func text(_ counts: PortfolioImportReport.Counts) -> String {
        "\(counts.added) added, \(counts.changed) changed, \(counts.unchanged) as they were"
    }
}
