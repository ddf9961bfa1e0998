import AdapterKit

/// The secrets of one conversation: what the journal, messages and lists must never hold.
struct Secrets {
    private let values: [(name: String, value: String)]

    /// Those among the facts, and among the keys where any are brought.
    ///
    /// - Parameter withheld: what was withheld from the vendor's answers.
    init(
        _ descriptor: AdapterDescriptor, _ facts: Facts, keys: [String: String] = [:], withheld: [String: String] = [:]
    ) {
        var values = withheld.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
        for field in descriptor.identity + descriptor.settings where field.secret {
            if let value = facts.identity[field.name] ?? facts.settings[field.name] {
                values.append((field.name, value))
            }
        }
        for (name, value) in keys.sorted(by: { $0.key < $1.key })
        where descriptor.keys.contains(where: { $0.secret && $0.covers(name) }) {
            values.append((name, value))
            // A key in groups is given away by each of them.
            for group in value.split(separator: "-") where group.count > 4 && group.count < value.count {
                values.append((name, String(group)))
            }
        }
        self.values = values
    }

    /// The name of a secret that a text holds; nil where it holds none.
    func name(in text: String) -> String? { values.first { !$0.value.isEmpty && text.contains($0.value) }?.name }
}
