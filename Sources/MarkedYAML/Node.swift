public import MarkedText

/// One value of a YAML file, with the place where it stands.
///
/// Nothing here is typed: `no`, `1e3` and `012` are the text that was written, until a ``Shape`` reads them.
public struct Node: Sendable {
    /// What a node holds.
    public indirect enum Content: Sendable {
        /// A single text.
        case scalar(Scalar)
        /// A list, in the order of the file.
        case sequence([Node])
        /// Keys and values, in the order of the file; no key comes twice.
        case mapping([Entry])
    }

    /// A key of a mapping with its value.
    public struct Entry: Sendable {
        /// The key, with its own mark.
        public var key: Scalar
        /// What stands behind the key.
        public var value: Node

        /// Makes an entry from a key and its value.
        public init(key: Scalar, value: Node) {
            self.key = key
            self.value = value
        }
    }

    /// What the node holds.
    public var content: Content
    /// Where the node stands.
    public var mark: Mark

    /// Makes a node from its content and the place where it stands.
    public init(_ content: Content, mark: Mark) {
        self.content = content
        self.mark = mark
    }

    /// The text, if the node is a scalar.
    public var scalar: Scalar? {
        if case .scalar(let scalar) = content { scalar } else { nil }
    }

    /// The elements, if the node is a list.
    public var sequence: [Node]? {
        if case .sequence(let elements) = content { elements } else { nil }
    }

    /// The entries, if the node is a mapping.
    public var mapping: [Entry]? {
        if case .mapping(let entries) = content { entries } else { nil }
    }

    /// The value of a key, if the node is a mapping that has it.
    public subscript(key: String) -> Node? {
        mapping?.first { $0.key.text == key }?.value
    }
}
