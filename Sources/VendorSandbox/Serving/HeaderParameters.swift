/// A header's value and the parameters behind it: `form-data; name="request"; filename="a.xml"`.
struct HeaderParameters: Sendable {
    /// What stands before the parameters, in lower case.
    let value: String
    /// The parameters, by their names in lower case.
    let values: [String: String]

    /// Takes a header apart; nil where it is not written as RFC 9110, section 5.6.6, has it, or names a parameter
    /// twice.
    init?(_ header: String) {
        var rest = Substring(header)
        value = Self.trimmed(rest.take { $0 != ";" }).lowercased()
        var values: [String: String] = [:]
        while !rest.isEmpty {
            rest.removeFirst()
            let name = Self.trimmed(rest.take { $0 != "=" && $0 != ";" }).lowercased()
            guard rest.first == "=", !name.isEmpty else { return nil }
            rest.removeFirst()
            guard let value = rest.first == "\"" ? Self.quoted(&rest) : Self.trimmed(rest.take { $0 != ";" }),
                values.updateValue(value, forKey: name) == nil
            else { return nil }
        }
        self.values = values
    }

    /// A value in quotes, and what may stand between it and the next parameter.
    private static func quoted(_ rest: inout Substring) -> String? {
        rest.removeFirst()
        var text = ""
        while let character = rest.popFirst() {
            switch character {
            case "\"": return trimmed(rest.take { $0 != ";" }).isEmpty ? text : nil
            case "\\" where rest.first == "\"" || rest.first == "\\": text.append(rest.removeFirst())
            default: text.append(character)
            }
        }
        return nil
    }

    private static func trimmed(_ text: Substring) -> String {
        let isSpace = { (character: Character) in character == " " || character == "\t" }
        let end = text.lastIndex { !isSpace($0) }.map { text.index(after: $0) } ?? text.startIndex
        return String(text[..<end].drop(while: isSpace))
    }
}

extension Substring {
    /// Takes off what stands at the beginning and is as asked.
    fileprivate mutating func take(while isWanted: (Character) -> Bool) -> Substring {
        let taken = prefix(while: isWanted)
        self = self[taken.endIndex...]
        return taken
    }
}
