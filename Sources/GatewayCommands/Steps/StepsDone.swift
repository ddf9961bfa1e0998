import AdapterKit
import ArgumentParser
import Foundation
import GatewayAPI
import GatewayCore

/// `gatehouse steps done`.
struct StepsDone: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "done", abstract: "Say that a step was done, with what was brought back.",
        discussion: """
            Everything is checked before anything changes: what is refused leaves the step open. Attached files are \
            kept with the operation and in backups: the documents that the step wants, known by their names, and \
            whatever else belongs to it, such as screenshots and mails, up to 10 MiB each.

            What a person records is marked as unverified wherever it shows. Where the license is as it was, give no \
            values at all.
            """)

    @Argument(help: "The operation's ID.")
    var operation: String

    @Argument(help: "The number of the step, as `gatehouse steps list` shows it.")
    var step: Int

    @Option(help: ArgumentHelp("A file that was brought back; repeatable.", valueName: "file"))
    var attach: [String] = []

    @Option(
        help: ArgumentHelp(
            "A value that was looked up, as `gatehouse steps show` names them; repeatable.", valueName: "key=value"))
    var value: [KeyValue] = []

    @Option(help: "What there is to say of it.")
    var note = ""

    @Option(help: ArgumentHelp("When it was done: now, or a time such as 2026-11-22T09:30:00Z.", valueName: "time"))
    var at: PointInTime = .now

    @Flag(help: "Replace files that Gatehouse did not write; each original is kept for good.")
    var adopt = false

    @OptionGroup var options: GlobalOptions

    mutating func validate() throws {
        for (key, group) in Dictionary(grouping: value, by: \.key) where group.count > 1 {
            throw ValidationError("--value \(key) is given \(group.count) times.")
        }
    }

    func run() async throws {
        let files = try attach.map { path in
            AttachedFile(
                name: URL(fileURLWithPath: path).lastPathComponent,
                contents: Array(try NamedFile(path: path).read(most: AttachedFile.mostBytes)))
        }
        let values = Dictionary(value.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
        let (result, upgrade) = try await options.withGateway { gateway, caller in
            let result = try await gateway.perform(
                CompleteStep(
                    operation: operation, step: step, files: files, values: values, note: note, at: at, adopt: adopt),
                by: caller)
            guard result.outcome.isFailure else { return (result, UpgradeView?.none) }
            // Where it was a step of an upgrade, it is said who helps.
            let call = ShowUpgrade(installation: result.installation, operation: result.operation ?? operation)
            return (result, try? await gateway.perform(call, by: caller))
        }
        defer { if !options.json, let upgrade { UpgradeText.whomToAsk(upgrade) } }
        try StepResult.show(result, options)
    }
}
