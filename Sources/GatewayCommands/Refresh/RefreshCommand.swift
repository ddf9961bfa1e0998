import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse refresh`.
struct RefreshCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "refresh",
        abstract: "Ask the vendors what installations are entitled to, and deliver what changed.",
        discussion: """
            Exit codes: 0 where all went well, 3 where every failure is a vendor that could not be reached, else 1.
            """)

    @Argument(help: "The installations' IDs.")
    var installations: [String] = []

    @Option(help: "All installations of this customer.")
    var customer: String?

    @Flag(help: "All whose refresh is due.")
    var due = false

    @Flag(help: "All installations.")
    var all = false

    @Option(help: "Why it happens: asked, always; login and schedule, only what is due.")
    var trigger: Refresh.Trigger?

    @Option(help: "How many at once, 1 to 256.")
    var concurrency = 16

    @Flag(help: "Only say what would be asked.")
    var dryRun = false

    @Flag(help: "Replace files that Gatehouse did not write; each original is kept for good.")
    var adopt = false

    @OptionGroup var options: GlobalOptions

    mutating func validate() throws {
        let ways = [!installations.isEmpty, customer != nil, due, all].filter { $0 }.count
        guard ways == 1 else {
            throw ValidationError("Name installations, or give one of --customer ID, --due and --all.")
        }
        guard (1...256).contains(concurrency) else {
            throw ValidationError("--concurrency is a number from 1 to 256.")
        }
    }

    func run() async throws {
        let bar = ProgressBar(quiet: options.quiet)
        let call = Refresh(
            selection: selection, trigger: trigger ?? (due ? .schedule : .asked), concurrency: concurrency,
            dryRun: dryRun, adopt: adopt)
        let report: RefreshReport
        do {
            report = try await options.withGateway { gateway, caller in
                try await gateway.perform(call, by: caller) { bar.show($0) }
            }
            bar.finish()
        } catch {
            bar.finish()
            throw error
        }
        if options.json {
            try Console.json(report)
        } else {
            Self.show(report, quiet: options.quiet)
        }
        try Self.exit(report)
    }

    private var selection: Refresh.Selection {
        if let customer { return .customer(customer) }
        if due { return .due }
        return all ? .all : .installations(installations)
    }

    /// Shows what of note came of a refresh, and how many ended how.
    static func show(_ report: RefreshReport, quiet: Bool) {
        for result in report.results where result.outcome.isFailure || !quiet {
            let line = "\(result.installation): \(result.outcome.rawValue): \(result.message)"
            if result.outcome.isFailure { Console.errorText(line) } else { Console.print(line) }
        }
        if report.omitted > 0 { Console.errorText("… and \(report.omitted) more: gatehouse operations list --failed") }
        guard !quiet else { return }
        let counts = RefreshResult.Outcome.allCases.compactMap { outcome in
            report.counts[outcome].map { "\($0) \(outcome.rawValue)" }
        }
        let orders =
            switch report.ordersApplied {
            case 0: ""
            case 1: " 1 order applied."
            case let count: " \(count) orders applied."
            }
        Console.print(counts.isEmpty ? "Nothing to refresh." : counts.joined(separator: ", ") + ".\(orders)")
    }

    /// Ends with the exit code that goes with a report.
    static func exit(_ report: RefreshReport) throws {
        let failures = report.counts.filter { $0.key.isFailure && $0.value > 0 }
        guard !failures.isEmpty else { return }
        throw ExitCode(failures.keys.allSatisfy { $0 == .unreachable } ? 3 : 1)
    }
}
