public import AdapterKit
import VendorFormats

extension Sage100 {
    /// The keys that the vendor sends with an order.
    enum Key {
        static let user = "userKey"
        static let product = "productKey"

        /// All of them, as tab 3 of System Configuration asks for them.
        static let fields: [Field] = [
            IdentityField.serialNumber.field(
                help: "It stands in the vendor's letter with the keys; often another than before."),
            IdentityField.customerNumber.field(
                help: "It stands in the vendor's letter with the keys; most often the same as before."),
            Field(
                name: user, title: "User Key", pattern: "[A-Z0-9]{4,32}(-[A-Z0-9]{4,32}){0,7}",
                expectation: "capital letters and digits, with or without dashes between groups of at least 4",
                secret: true, help: "It stands in the vendor's letter and says for how many users the keys are."),
            Field(
                name: product, title: "Product Key", pattern: "[A-Z0-9]{3,10}(-[A-Z0-9]{3,10}){4}",
                expectation: "five groups of capital letters and digits with dashes between", secret: true,
                help: "It stands in the vendor's letter in five groups; all five are one key."),
        ]
    }

    /// What can be known of keys without asking the vendor: whether one was entered in place of another, and whether one
    /// is no more than an example. Whether they are right stands in the vendor's record alone.
    public func problems(with keys: [String: String], _ facts: Facts) -> [FieldProblem] {
        var problems: [FieldProblem] = []
        for (one, other) in [
            (IdentityField.customerNumber, IdentityField.serialNumber), (.serialNumber, .customerNumber),
        ] where keys[one.rawValue] != nil && keys[one.rawValue] == facts.identity[other.rawValue] {
            problems.append(
                FieldProblem(
                    field: one.rawValue,
                    message:
                        "The key \(one.rawValue) is the \(other.rawValue) that is in force: the two may have been "
                        + "entered in each other's place. Compare them with the vendor's letter."))
        }
        for (index, field) in Key.fields.enumerated() {
            guard let key = keys[field.name] else { continue }
            if let twin = Key.fields[..<index].first(where: { keys[$0.name] == key }) {
                problems.append(
                    FieldProblem(
                        field: field.name,
                        message:
                            "The key \(field.name) is the same text as \(twin.name): one of them was entered twice. "
                            + "Compare them with the vendor's letter."))
            } else if field.secret, KeySet.isPlaceholder(key) {
                problems.append(KeySet.placeholder(field.name))
            }
        }
        return problems
    }
}
