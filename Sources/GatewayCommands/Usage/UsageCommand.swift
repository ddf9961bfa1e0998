import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse usage`.
struct UsageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "usage", abstract: "How many seats are used, day by day; and what was seen elsewhere.",
        discussion: "`gatehouse usage ID` is `gatehouse usage show ID`.",
        subcommands: [UsageShow.self, UsageRecord.self], defaultSubcommand: UsageShow.self)
}

/// `gatehouse usage show`.
struct UsageShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Draw the use of an installation's seats.",
        discussion: """
            Three numbers, which need not agree: purchased is what the license grants, registered is what is set up in \
            the product (or, in a named pool, what is somebody's), in use is what is taken. Days are the customer's.
            """)

    @Argument(help: "The installation's ID.")
    var id: String

    @Option(help: "How many days, today included.")
    var days = 30

    @Flag(help: "Print CSV (RFC 4180): a row for each pool and day.")
    var csv = false

    @OptionGroup var options: GlobalOptions

    mutating func validate() throws {
        if csv, options.json { throw ValidationError("Choose one of --csv and --json.") }
    }

    func run() async throws {
        let usage = try await options.withGateway { gateway, caller in
            try await gateway.perform(ShowUsage(installation: id, days: days), by: caller)
        }
        if options.json { return try Console.json(usage) }
        if csv { return Console.write(UsageText.csv(usage)) }
        for line in UsageText.lines(usage, width: Console.width ?? 100, color: Console.hasColor) { Console.print(line) }
    }
}

/// `gatehouse usage record`.
struct UsageRecord: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record", abstract: "Record how many seats were seen in use.",
        discussion: """
            Many products never ask a gateway: what their own console says is what there is. It counts for usage, \
            forecasts and reports as claims do. The greatest number of an hour is its peak; recording one twice changes \
            nothing. A day alone stands for its peak.

            --csv takes many: columns installation, pool, at, inUse and perhaps registered, in any order. All of the \
            file is recorded, or nothing.
            """)

    @Argument(help: "The installation's ID; not with --csv.")
    var id: String?

    @Option(help: "The pool, by the name that the license gives it; or module:CODE.")
    var pool = "users"

    @Option(help: "How many seats were in use.")
    var inUse: Int?

    @Option(help: "How many seats are set up in the product.")
    var registered: Int?

    @Option(help: ArgumentHelp("When: now, a date, or an RFC 3339 time.", valueName: "time"))
    var at: PointInTime = .now

    @Option(help: ArgumentHelp("A file with many.", valueName: "file"))
    var csv: String?

    @Flag(help: "In place of what is recorded for the hour, to correct a mistake.")
    var replace = false

    @OptionGroup var options: GlobalOptions

    mutating func validate() throws {
        if csv == nil, id == nil || inUse == nil {
            throw ValidationError("Name the installation and --in-use, or a file with --csv.")
        }
        if csv != nil, id != nil || inUse != nil || registered != nil {
            throw ValidationError("--csv goes without an installation's ID and its numbers: they stand in the file.")
        }
    }

    func run() async throws {
        let report = try await options.withGateway { gateway, caller in
            if let csv {
                return try await gateway.perform(
                    ImportUsage(contents: try NamedFile(path: csv).read(), file: csv, replace: replace), by: caller)
            }
            let observation = UsageObservation(
                installation: id ?? "", pool: pool, inUse: inUse ?? 0, registered: registered, at: at)
            return try await gateway.perform(RecordUsage([observation], replace: replace), by: caller)
        }
        if options.json { try Console.json(report) } else { show(report) }
        if !report.problems.isEmpty { throw ExitCode(1) }
    }

    private func show(_ report: UsageRecordReport) {
        for problem in report.problems { Console.errorText(problem.shown) }
        if report.omittedProblems > 0 { Console.errorText("… and \(report.omittedProblems) more") }
        guard report.problems.isEmpty else { return Console.errorText("Nothing of \(csv ?? "") was recorded.") }
        guard !options.quiet else { return }
        Console.print(
            report.recorded == 1
                ? "Recorded." : "Recorded \(report.recorded) observations of \(report.installations) installations.")
    }
}
