import MarkedText
import MarkedYAML

/// How a profile takes over what it does not say itself from the one that it extends.
enum Inheritance {
    /// How many profiles may extend one another in a row.
    static let longestChain = 16
    /// What is each profile's own.
    private static let own: Set = ["name", "extends"]

    /// A profile's tree over the one that it extends: mappings are merged key by key, in the order of what is
    /// inherited; whatever else there is replaces it; `~` removes it. Everything keeps the place at which it stands.
    static func merged(_ child: Node, over parent: Node, into diagnostics: inout Diagnostics) -> Node {
        guard let entries = parent.mapping else { return child }
        let inherited = Node(.mapping(entries.filter { !own.contains($0.key.text) }), mark: parent.mark)
        return merge(child, over: inherited, into: &diagnostics)
    }

    /// A tree as it is by itself, where it is not known what it inherits.
    static func withoutRemovals(_ tree: Node) -> Node {
        guard let entries = tree.mapping else { return tree }
        let kept = entries.filter { !$0.value.isRemoval }
        return Node(.mapping(kept.map { .init(key: $0.key, value: withoutRemovals($0.value)) }), mark: tree.mark)
    }

    private static func merge(_ child: Node, over parent: Node, into diagnostics: inout Diagnostics) -> Node {
        guard let entries = child.mapping, let inherited = parent.mapping else { return child }
        let places = Dictionary(
            entries.enumerated().map { ($1.key.text, $0) }, uniquingKeysWith: { first, _ in first })
        var taken: Set<String> = []
        var merged: [Node.Entry] = []
        for entry in inherited {
            guard let place = places[entry.key.text] else {
                merged.append(entry)
                continue
            }
            taken.insert(entry.key.text)
            let mine = entries[place]
            if mine.value.isRemoval { continue }
            merged.append(.init(key: mine.key, value: merge(mine.value, over: entry.value, into: &diagnostics)))
        }
        for entry in entries where !taken.contains(entry.key.text) {
            if entry.value.isRemoval {
                diagnostics.error(
                    "nothing is inherited that ~ could remove", at: entry.value.mark,
                    help: "remove this line, or check the key")
            } else {
                merged.append(entry)
            }
        }
        return Node(.mapping(merged), mark: child.mark)
    }
}

extension Node {
    /// What stands for the absence of what is inherited. In quotes it is a text.
    fileprivate var isRemoval: Bool {
        guard let scalar else { return false }
        return scalar.style == .plain && scalar.text == "~" && !scalar.isSubstituted
    }
}
