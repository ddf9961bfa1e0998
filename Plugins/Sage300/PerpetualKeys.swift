public import AdapterKit
import VendorFormats

extension Sage300Perpetual {
    /// The keys that the vendor sends with an order.
    enum Key {
        /// What stands before a module's code.
        static let activation = "activationKey"

        /// All of them.
        static let fields: [Field] = [
            IdentityField.serialNumber.field(help: "It stands in the vendor's letter with the keys."),
            IdentityField.release.field(
                help: "It is the release that the keys are for, as the vendor's letter names it."),
            Field(
                name: activation, title: "Activation Key", pattern: "[A-Z0-9]{4,32}(-[A-Z0-9]{4,32}){0,7}",
                expectation: "capital letters and digits, with or without dashes between groups of at least 4",
                secret: true, isFamily: true,
                help: "The vendor's letter has one for each module; each is given with the module's code: "
                    + "\(activation).GL."),
        ]

        /// The code of the module that a key is of; nil for the other keys.
        static func module(_ name: String) -> String? {
            name.hasPrefix(activation + ".") ? String(name.dropFirst(activation.count + 1)) : nil
        }
    }

    /// What can be known of keys without asking the vendor: whether a module that is held has none, whether two modules
    /// have one, and whether one is no more than an example. Whether they are right stands in the vendor's record alone.
    public func problems(with keys: [String: String], _ facts: Facts) -> [FieldProblem] {
        var problems: [FieldProblem] = []
        let given = Set(keys.keys.compactMap(Key.module))
        let missing = (facts.held?.modules ?? []).filter { !given.contains($0) }
        if !missing.isEmpty {
            let release = keys[IdentityField.release.rawValue]
            let why =
                if let release, release != facts.identity[IdentityField.release.rawValue] {
                    "A new release needs a complete new set: \(release) takes no key of another."
                } else {
                    "An activation takes the place of the whole set, so it names every module that is held."
                }
            problems.append(
                FieldProblem(
                    field: Key.activation,
                    message:
                        "The keys lack those of \(missing.joined(separator: ", ")). \(why) Ask the vendor for them, and "
                        + "give all of them at once."))
        }
        var seen: [String: String] = [:]
        for name in keys.keys.sorted() where Key.module(name) != nil {
            guard let key = keys[name] else { continue }
            if let first = seen.updateValue(name, forKey: key) {
                problems.append(
                    FieldProblem(
                        field: name,
                        message:
                            "The key \(name) is the same text as \(first): one of them was entered twice. Compare "
                            + "them with the vendor's letter."))
            } else if KeySet.isPlaceholder(key) {
                problems.append(KeySet.placeholder(name))
            }
        }
        return problems
    }
}
