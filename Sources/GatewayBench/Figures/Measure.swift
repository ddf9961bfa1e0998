import ArgumentParser
import Foundation

/// Measures everything and prints the figures.
struct Measure: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "measure",
        abstract: "Measure, and print each figure beside its ceiling.",
        discussion: """
            Ours (A) and the ceiling (B) run in turn, A B A B …; what is compared is their medians. Wall time counts; \
            processor time stands beside it, since other work on the machine disturbs it less.
            """)

    @Option(help: "Only these: \(Part.allCases.map(\.rawValue).joined(separator: ", ")); repeatable.")
    var only: [Part] = []

    @Option(help: "Multiplies every size, such as 0.1; the targets are those of size 1.")
    var scale = 1.0

    @Option(help: "How often each of A and B is run; twice as often where it is quick.")
    var rounds = 5

    @Option(help: "How many installations a refresh asks about at once, and the bare loop too.")
    var concurrency = 64

    @Option(help: ArgumentHelp("Also write the figures to a file, as JSON.", valueName: "file"))
    var json: String?

    @Option(help: ArgumentHelp("The folder to work below; by default the one of this program.", valueName: "dir"))
    var folder: String?

    @Option(help: ArgumentHelp("The program to measure; by default the one beside this.", valueName: "file"))
    var gatehouse: String?

    @Option(help: ArgumentHelp("The folder of the profiles.", valueName: "dir"))
    var profiles = "profiles"

    @Flag(help: "Keep the folder that was worked in.")
    var keep = false

    @Flag(help: "Exit with 1 where a target is missed.")
    var strict = false

    /// What can be measured by itself.
    enum Part: String, CaseIterable, ExpressibleByArgument {
        case refresh, status, start, explain, importing = "import", standings, backup, seats, forecast, upgrade, tokens
    }

    mutating func validate() throws {
        guard scale > 0, scale <= 100 else { throw ValidationError("--scale is a number above 0, at most 100.") }
        guard (1...100).contains(rounds) else { throw ValidationError("--rounds is a number from 1 to 100.") }
        guard (1...256).contains(concurrency) else { throw ValidationError("--concurrency is a number from 1 to 256.") }
    }

    func run() async throws {
        let workspace = try Workspace(folder: folder, gatehouse: gatehouse, profiles: profiles)
        defer { if !keep { workspace.remove() } }
        var figures: [Figure] = []
        for part in Part.allCases where only.isEmpty || only.contains(part) {
            Self.tell("measuring \(part.rawValue) …")
            switch part {
            case .refresh: figures += try RefreshFigures(workspace: workspace, options: self).figures()
            case .status: figures += try StatusFigures(workspace: workspace, options: self).figures()
            case .start: figures += try StartFigures(workspace: workspace, options: self).figures()
            case .explain: figures += try ExplainFigures(workspace: workspace, options: self).figures()
            case .importing: figures += try ImportFigures(workspace: workspace, options: self).figures()
            case .standings: figures += try StandingFigures(workspace: workspace, options: self).figures()
            case .forecast: figures += try ForecastFigures(workspace: workspace, options: self).figures()
            case .seats: figures += try SeatFigures(workspace: workspace, options: self).figures()
            case .upgrade: figures += try UpgradeFigures(workspace: workspace, options: self).figures()
            case .tokens: figures += try TokenFigures(workspace: workspace, options: self).figures()
            case .backup: figures += try BackupFigures(workspace: workspace, options: self).figures()
            }
        }
        print(FigureTable.text(figures))
        if let json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            encoder.nonConformingFloatEncodingStrategy = .convertToString(
                positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
            try encoder.encode(figures).write(to: URL(fileURLWithPath: json))
        }
        if strict, !figures.allSatisfy(\.met) { throw ExitCode(1) }
    }

    /// A size, scaled; never so small that nothing is left.
    func scaled(_ size: Int) -> Int { max(10, Int(Double(size) * scale)) }

    /// Says on standard error how far it has come.
    static func tell(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }
}
