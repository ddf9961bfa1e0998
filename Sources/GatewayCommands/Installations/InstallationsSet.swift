import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse installations set`.
struct InstallationsSet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Change an installation: all that is given, or nothing.",
        discussion: """
            An empty value clears what may be empty: --notes "", --identity pin=.

            After a new identity, site or profile a refresh is due at once, and asks the vendor for everything anew; \
            until then what is held stays in force by its dates. Files go to the new site with that refresh; what \
            stands at the old one is left alone. A profile of another protocol needs the whole identity of that \
            protocol in the same command, and what was held is then no longer in force.

            What was and what is stands in `gatehouse audit list`: of secrets, owners, plans and notes only that they \
            changed.
            """)

    @Argument(help: "The installation's ID.")
    var id: String

    @Option(help: "The profile's name: `gatehouse profiles list` shows them.")
    var profile: String?

    @Option(
        help: ArgumentHelp(
            "What the vendor knows it by; repeatable. What is not named stays.", valueName: "key=value"))
    var identity: [KeyValue] = []

    @Option(
        help: ArgumentHelp(
            "A named place of the site; repeatable, and given twice a list. What is not named stays.",
            valueName: "key=value"))
    var site: [KeyValue] = []

    @OptionGroup(title: "Facts") var facts: FactOptions

    @OptionGroup var options: GlobalOptions

    mutating func validate() throws {
        try requireOneEach(identity)
        guard profile != nil || !identity.isEmpty || !site.isEmpty || facts.changes != FactChanges() else {
            throw ValidationError("Say what is to change: `gatehouse help installations set` tells what can.")
        }
    }

    func run() async throws {
        let call = SetInstallation(
            id: id, profile: profile,
            identity: Dictionary(identity.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first }),
            site: Dictionary(grouping: site, by: \.key).mapValues { $0.map(\.value) }, facts: facts.changes)
        let (before, after) = try await options.withGateway { gateway, caller in
            let before = try await gateway.perform(ShowInstallation(id: id), by: caller)
            return (before, try await gateway.perform(call, by: caller))
        }
        if Self.isAskedAnew(before, after) {
            for warning in after.warnings { Console.warning(warning) }
        }
        if options.json { return try Console.json(after) }
        if !options.quiet { Console.print(Self.text(before, after)) }
    }

    /// Whether the vendor is asked for everything anew.
    private static func isAskedAnew(_ before: InstallationView, _ after: InstallationView) -> Bool {
        before.identity != after.identity || before.site != after.site || before.profile != after.profile
    }

    /// What came of it, and what comes next.
    private static func text(_ before: InstallationView, _ after: InstallationView) -> String {
        guard before != after else { return "\(after.id) is so already; nothing was changed." }
        var lines = ["Changed \(after.id)."]
        let left = before.files.map(\.path).filter { path in !after.files.contains { $0.path == path } }
        if !left.isEmpty { lines.append("Left alone from now on: \(left.joined(separator: ", ")).") }
        if before.entitlement != nil, after.entitlement == nil { lines.append("Nothing is held any more.") }
        if isAskedAnew(before, after) {
            lines.append("Next: \(after.next)")
        }
        return lines.joined(separator: "\n")
    }
}
