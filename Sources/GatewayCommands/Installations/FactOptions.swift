import ArgumentParser
import GatewayAPI

/// What people record of an installation, as options.
struct FactOptions: ParsableArguments {
    @Option(help: "The name that people know it by.")
    var name: String?

    @Option(help: "For how long it is bought at a time: monthly, annual or 3-year.")
    var term: String?

    @Option(help: ArgumentHelp("What a term costs, such as \"1200.00 EUR\".", valueName: "amount currency"))
    var price: String?

    @Option(help: "Who is responsible for it.")
    var owner: String?

    @Option(help: "What to do when it fails and nobody can be asked.")
    var emergencyPlan: String?

    @Option(help: "Anything else.")
    var notes: String?

    /// The changes that they ask for.
    var changes: FactChanges {
        FactChanges(
            name: name, term: term, price: price, owner: owner, emergencyPlan: emergencyPlan, notes: notes)
    }
}

/// Makes sure that an identity has one value for each name.
func requireOneEach(_ identity: [KeyValue]) throws {
    var seen: Set<String> = []
    for pair in identity where !seen.insert(pair.key).inserted {
        throw ValidationError("--identity \(pair.key) is given twice; an identity has one value for each name.")
    }
}
