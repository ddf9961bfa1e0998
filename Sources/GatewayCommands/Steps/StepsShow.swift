import AdapterKit
import ArgumentParser
import Foundation
import GatewayAPI
import GatewayCore

/// `gatehouse steps show`.
struct StepsShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show what to do, what to take along and what to bring back.")

    @Argument(help: "The operation's ID.")
    var operation: String

    @Option(help: ArgumentHelp("Write the files to take along into this folder.", valueName: "dir"))
    var outputDir: String?

    @Flag(help: "Replace files that are there.")
    var force = false

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let detail = try await options.withGateway { gateway, caller in
            try await gateway.perform(ShowStep(operation: operation), by: caller)
        }
        if let outputDir, let what = detail.what {
            try NamedFile.makeFolder(outputDir)
            for file in what.hands {
                try NamedFile(path: "\(outputDir)/\(file.name)").write(Data(file.contents), replacing: force)
            }
        }
        if options.json { return try Console.json(detail) }
        for line in Self.lines(detail).text(width: Console.width) { Console.print(line) }
    }

    /// What to do, take along and bring back, and what is kept.
    static func lines(_ detail: StepDetail) -> LabeledLines {
        var lines = LabeledLines()
        let operation = detail.operation
        lines.add("Operation", "\(operation.id) (\(operation.act.rawValue)) of \(operation.installation)")
        if let item = detail.item, let what = detail.what {
            lines.add("Step", "\(item.step): \(what.title), since \(item.since.short)")
            if let sent = item.sent { lines.add("Sent", sent.short) }
            if item.fullUntil != nil { lines.add("Full until", "\(item.fullUntil.loss), if nothing is done") }
            lines.add("What to do", what.text)
            for file in what.hands { lines.add("Take along", "\(file.name), \(file.contents.count) bytes") }
            for document in what.brings.documents {
                lines.add(
                    "Bring back",
                    "\(document.title) (\(document.suffix))" + (document.required ? "" : ", if there is one"))
            }
            for value in what.brings.values {
                lines.add("Record", "\(value.name)\(value.required ? ", required" : ""): \(value.help)")
            }
            lines.add("Then", Self.then(item, what))
        } else {
            let ended = operation.ended.map { " \($0.short)" } ?? ""
            lines.add("Step", "none is open: the operation is \(operation.status)\(ended)")
        }
        for file in detail.attachments {
            lines.add(
                "Kept", "step \(file.step): \(file.name), \(file.size) bytes, \(file.at.short), by \(file.caller)")
        }
        return lines
    }

    private static func then(_ item: StepItem, _ what: PersonStep) -> String {
        if what.brings.documents.contains(where: { if case .signed = $0.trust { true } else { false } }) {
            return "gatehouse offline import \(item.installation) FILE"
        }
        return "gatehouse steps done \(item.operation) \(item.step) --value NAME=VALUE --attach FILE"
    }
}
