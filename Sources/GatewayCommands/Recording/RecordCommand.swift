import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse record`.
struct RecordCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Record what is licensed, for a product that has no server to ask.",
        discussion: """
            Of installations whose profile has the protocol recorded. What is left out stays as it was; `none` takes away \
            what there is no more. The profile's countdowns, seats, usage and history then work as for any other license; \
            what was recorded is marked as unverified.

            --csv takes many: columns installation, the dates (expires, maintenanceEnds, lastCheck, lastRenewed), seats \
            (users=10;badges=4), modules (GL;AR=2026-12-31), edition and note, in any order. All of the file is recorded, \
            or nothing.
            """)

    @Argument(help: "The installation's ID; not with --csv.")
    var id: String?

    @Option(help: ArgumentHelp("The last day that the license covers: 2027-03-31, or a time.", valueName: "date"))
    var expires: String?

    @Option(
        help: ArgumentHelp(
            "Another date that its profile knows, such as lastCheck=2026-10-10T17:00:00Z; repeatable.",
            valueName: "name=value"))
    var date: [String] = []

    @Option(help: ArgumentHelp("Seats of a pool; repeatable.", valueName: "pool=number"))
    var seats: [String] = []

    @Option(
        help: ArgumentHelp(
            "A module by its code, perhaps with its own last day; repeatable. All that there are: others are taken away.",
            valueName: "code[=date]"))
    var module: [String] = []

    @Option(help: "The product's edition.")
    var edition: String?

    @Option(help: "What is to be said of it.")
    var note = ""

    @Option(help: ArgumentHelp("A file with many.", valueName: "file"))
    var csv: String?

    @Flag(help: "With --csv: only check the file.")
    var dryRun = false

    @OptionGroup var options: GlobalOptions

    mutating func validate() throws {
        if csv == nil, id == nil { throw ValidationError("Name the installation, or a file with --csv.") }
        let values = try values()
        if csv != nil, id != nil || !values.isEmpty || !note.isEmpty {
            throw ValidationError("--csv goes without an installation's ID and values: they stand in the file.")
        }
        if dryRun, csv == nil { throw ValidationError("--dry-run goes with --csv.") }
    }

    func run() async throws {
        if let csv { return try await record(csv) }
        let result = try await options.withGateway { gateway, caller in
            try await gateway.perform(
                RecordLicense(installation: id ?? "", values: try values(), note: note), by: caller)
        }
        try StepResult.show(result, options)
    }

    private func record(_ csv: String) async throws {
        let report = try await options.withGateway { gateway, caller in
            try await gateway.perform(
                ImportLicenses(contents: Array(try NamedFile(path: csv).read()), file: csv, dryRun: dryRun), by: caller)
        }
        if options.json {
            try Console.json(report)
        } else {
            for problem in report.problems { Console.errorText(problem.shown) }
            if report.omittedProblems > 0 { Console.errorText("… and \(report.omittedProblems) more") }
            if !report.problems.isEmpty {
                Console.errorText("Nothing of \(csv) was recorded.")
            } else if !options.quiet {
                Console.print(
                    dryRun
                        ? "Nothing is wrong with \(csv)."
                        : "Recorded \(report.results.count) \(report.results.count == 1 ? "license" : "licenses").")
            }
        }
        if !report.problems.isEmpty { throw ExitCode(1) }
    }

    private func values() throws -> [String: String] {
        var values: [String: String] = [:]
        func set(_ name: String, _ value: String) throws {
            guard values.updateValue(value, forKey: name) == nil else {
                throw ValidationError("\(name) is given twice.")
            }
        }
        if let expires { try set("expires", expires) }
        for pair in date {
            let (name, value) = try Self.pair(pair, "--date", "lastCheck=2026-10-10T17:00:00Z")
            try set(name, value)
        }
        for pair in seats {
            let (name, value) = try Self.pair(pair, "--seats", "users=10")
            try set("seats.\(name)", value)
        }
        if !module.isEmpty { try set("modules", module.joined(separator: ",")) }
        if let edition { try set("edition", edition) }
        return values
    }

    private static func pair(_ text: String, _ option: String, _ example: String) throws -> (String, String) {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty else {
            throw ValidationError("\(option) is written as NAME=VALUE, such as \(option) \(example).")
        }
        return (parts[0], parts[1])
    }
}
