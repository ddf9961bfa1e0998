import AdapterKit
import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse adapters show`.
struct AdaptersShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show what an adapter needs and reports: its reference documentation.")

    @Argument(help: "The protocol that it speaks, as profiles name it.")
    var name: String

    @Flag(help: "Print Markdown.")
    var markdown = false

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let reference = try await options.withGateway { gateway, caller in
            try await gateway.perform(ShowAdapter(protocolName: name), by: caller)
        }
        if options.json { return try Console.json(reference) }
        if markdown { return Console.write(Array(Self.markdown(reference).utf8)) }
        Console.print("\(reference.protocolName): \(reference.title) \(reference.version)")
        Console.print("capabilities  \(reference.capabilities.map(\.rawValue).joined(separator: ", "))")
        for section in Self.sections(reference) {
            Console.print("\n\(section.title)")
            var table = Table("name", "title", "", "value", "help")
            for row in section.rows {
                table.add(.init(row.name), .init(row.title), .init(row.marks), .init(row.value), .init(row.help))
            }
            table.print(width: Console.width, color: Console.hasColor)
        }
    }

    /// What is told in one table.
    private struct Section {
        var title: String
        var rows: [Row]
    }

    private struct Row {
        var name: String
        var title: String
        /// Whether it may be left out, whether it is never shown.
        var marks: String
        /// What is taken.
        var value: String
        var help: String

        init(_ field: Field) {
            name = field.isFamily ? field.name + ".NAME" : field.name
            title = field.title
            marks = [field.required ? nil : "optional", field.secret ? "secret" : nil].compactMap { $0 }
                .joined(separator: ", ")
            value = field.expectation ?? field.pattern ?? "any text"
            help = field.help
        }

        init(_ date: AdapterDescriptor.DateDescription) {
            (name, title, value, help) = (date.name, "", "", date.help)
            marks = date.optional ? "optional" : ""
        }
    }

    private static func sections(_ reference: AdapterReference) -> [Section] {
        let fields = [
            ("Identity: what the vendor knows an installation by (--identity NAME=VALUE)", reference.identity),
            ("Site: the places that its files need (--site NAME=PATH)", reference.site),
            ("Settings: what a profile may set (settings: NAME: VALUE)", reference.settings),
            ("Keys: what an upgrade brings (upgrade --keys FILE, or --key NAME=VALUE)", reference.keys),
            ("Deliveries: the files it brings (deliver: NAME: TEMPLATE)", reference.deliveries),
        ].map { title, fields in Section(title: title, rows: fields.map { Row($0) }) }
        let dates = reference.dates.map { Row($0) }
        let all = fields + [Section(title: "Dates: what countdowns run from (from: NAME)", rows: dates)]
        return all.filter { !$0.rows.isEmpty }
    }

    private static func markdown(_ reference: AdapterReference) -> String {
        var lines = [
            "# \(reference.title)", "",
            "Made by `gatehouse adapters show \(reference.protocolName) --markdown`.", "",
            "- Protocol: `\(reference.protocolName)`", "- Adapter version: \(reference.version)",
            "- Capabilities: \(reference.capabilities.map { "`\($0.rawValue)`" }.joined(separator: ", "))",
        ]
        for section in sections(reference) {
            lines += [
                "", "## \(section.title)", "", "| name | title | | value | help |", "| --- | --- | --- | --- | --- |",
            ]
            lines += section.rows.map { row in
                let cells = [row.title, row.marks, row.value, row.help].map { $0.replacing("|", with: "\\|") }
                return "| `\(row.name)` | \(cells.joined(separator: " | ")) |"
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
