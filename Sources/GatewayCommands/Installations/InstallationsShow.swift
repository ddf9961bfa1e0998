import AdapterKit
import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse installations show`.
struct InstallationsShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show an installation with everything that is known of it.")

    @Argument(help: "The installation's ID.")
    var id: String

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let (view, standing) = try await options.withGateway { gateway, caller in
            let view = try await gateway.perform(ShowInstallation(id: id), by: caller)
            guard view.archived == nil, !options.json else { return (view, StatusRow?.none) }
            return (view, try await gateway.perform(Status(installation: id), by: caller).first)
        }
        if options.json { return try Console.json(view) }
        Console.print(Self.text(view, standing))
    }

    private static func text(_ view: InstallationView, _ standing: StatusRow?) -> String {
        var lines = [("installation", "\(view.id) of \(view.customer)")]
        if !view.facts.name.isEmpty { lines.append(("name", view.facts.name)) }
        if let archived = view.archived { lines.append(("archived", archived.short)) }
        lines.append(
            ("product", "\(view.product ?? "?") (profile \(view.profile), protocol \(view.protocolName ?? "?"))"))
        if let place = view.place, !place.isEmpty { lines.append(("where", place)) }
        if let standing {
            let label = standing.label + (standing.isUnverified ? ", unverified" : "")
            lines.append(
                ("standing", "\(label) (\(standing.level.rawValue), \(standing.access.rawValue) access)"))
            for message in standing.messages { lines.append(("", message)) }
        }
        for value in view.identity { lines.append((value.title, value.value)) }
        for (name, values) in view.site.sorted(by: { $0.key < $1.key }) {
            for value in values { lines.append(("site \(name)", value)) }
        }
        if let entitlement = view.entitlement {
            lines += Self.lines(entitlement)
            if entitlement.isUnverified {
                lines.append(("unverified", "a person recorded what is held, and no vendor proved it"))
            }
        }
        lines.append(("issued", view.issued?.short ?? "nothing held"))
        lines.append(("last contact", view.lastContact?.short ?? "never"))
        if view.archived == nil {
            lines.append(("refresh due", view.isRefreshed ? view.refreshDue?.short ?? "now" : "never: keys bring it"))
            if view.entitlement == nil { lines.append(("next", view.next)) }
        }
        for file in view.files {
            lines.append(("delivered", "\(file.path) (\(file.sha256.prefix(12))…, \(file.delivered.short))"))
        }
        for warning in view.warnings { lines.append(("warning", warning)) }
        if let failure = view.lastFailure { lines.append(("last failure", failure)) }
        lines += Self.lines(view.facts)
        let width = lines.map { CellText.width($0.0) }.max() ?? 0
        return lines.map { name, value in
            name + String(repeating: " ", count: width - CellText.width(name) + 2) + value
        }.joined(separator: "\n")
    }

    private static func lines(_ facts: RecordedFacts) -> [(String, String)] {
        let facts = [
            ("term", facts.term?.rawValue), ("price", facts.price?.description), ("owner", facts.owner),
            ("emergency plan", facts.emergencyPlan), ("notes", facts.notes),
        ]
        return facts.flatMap { name, text in
            (text ?? "").split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap {
                text == nil ? nil : ($0.offset == 0 ? name : "", String($0.element))
            }
        }
    }

    private static func lines(_ entitlement: Entitlement) -> [(String, String)] {
        var lines: [(String, String)] = []
        for (name, date) in entitlement.dates.sorted(by: { $0.key < $1.key }) { lines.append((name, "\(date)")) }
        if let status = entitlement.vendorStatus { lines.append(("vendor says", status.rawValue)) }
        if let edition = entitlement.edition { lines.append(("edition", edition)) }
        for pool in entitlement.seats { lines.append((pool.name, "\(pool.count)")) }
        for module in entitlement.modules {
            let end = module.expires.map { " until \($0)" } ?? ""
            lines.append(("module \(module.code)", module.name + end))
        }
        for (name, value) in entitlement.details.sorted(by: { $0.key < $1.key }) { lines.append((name, value)) }
        for remark in entitlement.remarks { lines.append(("remark", remark)) }
        return lines
    }
}
