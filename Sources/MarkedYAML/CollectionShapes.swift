import MarkedText

extension Shape {
    /// A list of values that all have one shape.
    ///
    /// - Parameters:
    ///   - element: the shape of each element. Elements that can't be read are reported and left out.
    ///   - count: how many elements there must be at least.
    public static func list<Element>(of element: Shape<Element>, atLeast count: Int = 0) -> Shape
    where Value == [Element] {
        Shape(as: .list(element.form, atLeast: count)) { node, diagnostics in
            guard let elements = node.sequence else {
                diagnostics.expected("a list", found: node, help: node.isAbsent ? "write [] for an empty list" : nil)
                return nil
            }
            if elements.count < count {
                let what = count == 1 ? "an element" : "\(count) elements"
                diagnostics.error("expected a list of at least \(what), found \(elements.count)", at: node.mark)
                return nil
            }
            var values: [Element] = []
            for node in elements where !diagnostics.isHopeless {
                if let value = element.read(node, into: &diagnostics) { values.append(value) }
            }
            return values
        }
    }

    /// A mapping whose keys are names of the writer's choice, and whose values all have one shape; in the
    /// order of the file.
    ///
    /// - Parameters:
    ///   - value: the shape of each value. Entries that can't be read are reported and left out.
    ///   - keyProblem: says in one line what is wrong with a key, or `nil` if it is right.
    public static func map<Element>(
        of value: Shape<Element>, keyProblem: @escaping @Sendable (String) -> String? = { _ in nil }
    ) -> Shape where Value == [Member<Element>] {
        Shape(as: .map(value.form)) { node, diagnostics in
            guard let entries = node.mapping else {
                diagnostics.expectedMapping(found: node)
                return nil
            }
            var members: [Member<Element>] = []
            for entry in entries where !diagnostics.isHopeless {
                let value = value.read(entry.value, into: &diagnostics)
                if let message = keyProblem(entry.key.text) {
                    diagnostics.error(message, at: entry.key.mark)
                } else if let value {
                    members.append(Member(key: entry.key, value: value))
                }
            }
            return members
        }
    }

    /// A mapping with declared keys.
    ///
    /// - Parameter read: asks `fields` for every key that there may be, and makes the value; it gives `nil`
    ///   where a required field was. A key that it did not ask for is reported as unknown afterwards. To learn
    ///   the shape's ``form`` it is called with fields of which none is there.
    public static func mapping(_ read: @escaping @Sendable (inout Fields) -> Value?) -> Shape {
        Shape(as: Fields.form(read)) { node, diagnostics in
            guard let entries = node.mapping else {
                diagnostics.expectedMapping(found: node)
                return nil
            }
            // The fields hold the collection while they are read, so that no problem is copied.
            var fields = Fields(entries, mark: node.mark)
            swap(&fields.diagnostics, &diagnostics)
            let value = read(&fields)
            fields.finish()
            swap(&fields.diagnostics, &diagnostics)
            return value
        }
    }
}

extension Shape where Value == Node {
    /// Anything, as it stands; for what is read later, when its fields are known.
    public static var node: Shape { Shape { node, _ in node } }
}

extension Diagnostics {
    fileprivate mutating func expectedMapping(found node: Node) {
        let hasColon = node.scalar?.text.utf8.contains(UInt8(ascii: ":")) ?? false
        let help = hasColon ? "write each entry as KEY: VALUE, with a space behind the colon" : nil
        expected("a mapping", found: node, help: node.isAbsent ? "write {} for an empty one" : help)
    }
}

/// An entry of a mapping whose keys the writer chose.
public struct Member<Value> {
    /// The key, with its place.
    public var key: Scalar
    /// The value.
    public var value: Value

    /// Makes a member from its key and value.
    public init(key: Scalar, value: Value) {
        self.key = key
        self.value = value
    }
}

extension Member: Sendable where Value: Sendable {}
