import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse report`.
struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Reports over many installations.", subcommands: [ReportLicensesCommand.self])
}

/// `gatehouse report licenses`.
struct ReportLicensesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "licenses", abstract: "What is licensed, beside what is used.",
        discussion: """
            Tells seats of which more are used or set up than were bought, claims that were refused, seats that were never \
            needed (at most four in five used, on at least 20 days that saw anything), modules that nobody used where \
            the use of modules is seen at all, and named users who hold a seat and were not seen. It knows what was \
            claimed and what was recorded; of how many installations nothing is known stands below.
            """)

    @Option(help: "Only this customer's.")
    var customer: String?

    @Option(help: "How many days back the use counts.")
    var days = 90

    @Option(help: "From how many days on a named user counts as not seen.")
    var unseen = 60

    @Flag(help: "Print CSV (RFC 4180).")
    var csv = false

    @Flag(help: "Print Markdown.")
    var markdown = false

    @OptionGroup var options: GlobalOptions

    mutating func validate() throws {
        if [csv, markdown, options.json].count(where: { $0 }) > 1 {
            throw ValidationError("Choose one of --csv, --markdown and --json.")
        }
    }

    func run() async throws {
        let report = try await options.withGateway { gateway, caller in
            try await gateway.perform(ReportLicenses(customer: customer, days: days, unseen: unseen), by: caller)
        }
        if options.json { return try Console.json(report) }
        if csv { return Console.write(Array(Self.csv(report).utf8)) }
        if markdown { return Console.print(Self.markdown(report)) }
        if report.findings.isEmpty {
            Console.print("Nothing to tell of \(report.installations) installations.")
        } else {
            var table = Table(
                "customer", "installation", "finding", "of", "bought", "set up", "peak", "refused", "text")
            for finding in report.findings {
                table.add(
                    .init(finding.customer), .init(finding.installation),
                    .init(finding.kind.rawValue, finding.kind.style), .init(finding.subject),
                    .init(Self.text(finding.purchased)), .init(Self.text(finding.registered)),
                    .init("\(finding.peak)"), .init("\(finding.denials)"), .init(Self.sentence(finding)))
            }
            table.print(width: Console.width, color: Console.hasColor)
        }
        if report.unknown > 0, !options.quiet {
            Console.errorText(
                "Of the use of \(report.unknown) of \(report.installations) installations nothing is known: claims of "
                    + "their products, or `gatehouse usage record`, would tell.")
        }
    }

    private static func text(_ number: Int?) -> String { number.map(String.init) ?? "–" }

    private static func sentence(_ finding: LicenseReport.Finding) -> String {
        finding.users.isEmpty ? finding.text : "\(finding.text) \(finding.users.joined(separator: ", "))"
    }

    private static func csv(_ report: LicenseReport) -> String {
        var csv = ReportCSV([
            "customer", "installation", "product", "finding", "subject", "purchased", "registered", "peak", "refused",
            "text", "users",
        ])
        for finding in report.findings {
            csv.add([
                finding.customer, finding.installation, finding.product, finding.kind.rawValue, finding.subject,
                finding.purchased.map(String.init) ?? "", finding.registered.map(String.init) ?? "",
                "\(finding.peak)", "\(finding.denials)", finding.text, finding.users.joined(separator: "; "),
            ])
        }
        return csv.text
    }

    /// A table that a customer can be sent.
    private static func markdown(_ report: LicenseReport) -> String {
        var lines = [
            "# Licenses and their use", "", "Of \(report.at.short.prefix(10)), over \(report.days) days.", "",
            "| Customer | Installation | Finding | Of | Bought | Set up | Peak | Refused | |",
            "| --- | --- | --- | --- | ---: | ---: | ---: | ---: | --- |",
        ]
        for finding in report.findings {
            let cells = [
                finding.customer, finding.installation, finding.kind.rawValue, finding.subject,
                text(finding.purchased), text(finding.registered), "\(finding.peak)", "\(finding.denials)",
                sentence(finding),
            ]
            lines.append("| " + cells.map(MarkdownText.cell).joined(separator: " | ") + " |")
        }
        lines += [
            "",
            "\(report.installations) installations; of the use of \(report.unknown) of them nothing is known.",
        ]
        return lines.joined(separator: "\n")
    }
}

extension LicenseReport.Kind {
    /// How it looks where there is color.
    fileprivate var style: Table.Style {
        switch self {
        case .overUsed, .denied: .bad
        case .underUsed, .unusedModule, .unseenUsers: .notice
        }
    }
}
