import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse installations add`.
struct InstallationsAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add an installation: one product at one customer.",
        discussion: """
            What its identity and site need, the profile's adapter says: `gatehouse adapters`. A name that is given \
            twice for --site makes a list.
            """)

    @Argument(help: "The ID: lower-case letters, digits, dots, hyphens and underscores.")
    var id: String

    @Option(help: "The customer's ID.")
    var customer: String

    @Option(help: "The profile's name: `gatehouse profiles list` shows them.")
    var profile: String

    @Option(
        help: ArgumentHelp(
            "What the vendor knows it by; repeatable. A value with spaces needs quotes.", valueName: "key=value"))
    var identity: [KeyValue] = []

    @Option(help: ArgumentHelp("A named place of the site; repeatable.", valueName: "key=value"))
    var site: [KeyValue] = []

    @OptionGroup(title: "Facts") var facts: FactOptions

    @OptionGroup var options: GlobalOptions

    mutating func validate() throws { try requireOneEach(identity) }

    func run() async throws {
        let call = AddInstallation(
            id: id, customer: customer, profile: profile,
            identity: Dictionary(identity.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first }),
            site: Dictionary(grouping: site, by: \.key).mapValues { $0.map(\.value) }, facts: facts.changes)
        let installation = try await options.withGateway { gateway, caller in
            try await gateway.perform(call, by: caller)
        }
        for warning in installation.warnings { Console.warning(warning) }
        if options.json { return try Console.json(installation) }
        if !options.quiet {
            Console.print(
                "Added installation \(id): \(installation.product ?? profile) for \(customer). Next: \(installation.next)"
            )
        }
    }
}
