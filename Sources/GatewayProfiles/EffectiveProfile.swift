import Foundation
public import MarkedText
public import MarkedYAML

/// A profile as it takes effect: everything that it says and inherits, and what holds where nothing is said, each
/// value with the place it comes from. Secrets are masked.
public struct EffectiveProfile: Sendable {
    /// A value, and where it comes from.
    public struct Value: Sendable {
        /// Its keys and positions: `countdowns.subscription.stages[0].at`.
        public var path: String
        /// The value; masked where it is secret.
        public var text: String
        /// Whether it is masked.
        public var isMasked: Bool
        /// Where it stands; nil for what holds because nothing is said.
        public var mark: Mark?
        /// The variables of the environment that it holds.
        public var variables: [Scalar.Variable]
    }

    /// The profile's name.
    public let name: String
    /// The files it comes from, its own first.
    public private(set) var files: [String]
    /// The values in the order of ``yaml``.
    public private(set) var values: [Value] = []
    /// The profile as a file that extends no other and names no variable, each value with a comment that tells where
    /// it comes from. It is a profile itself and says the same, as far as no secret had to be masked.
    public var yaml: String {
        var head = ["# \(printable(name)) as it takes effect; behind each value stands where it comes from."]
        head += files.map { "#   \(shortName(of: $0)) is \(printable($0))" }
        return (head + lines).joined(separator: "\n") + "\n"
    }

    /// What stands in a secret's place.
    static let mask = "********"
    private var lines: [String] = []

    init(name: String, tree: Node, form: Form) {
        self.name = name
        files = [tree.mark.file]
        write(tree.mapping ?? [], form, at: "", indent: 0)
    }

    // MARK: - Writing

    private mutating func write(_ entries: [Node.Entry], _ form: Form, at path: String, indent: Int) {
        for entry in entries where !(path.isEmpty && entry.key.text == "extends") {
            let key = YAMLText.plain(entry.key.text) + ":"
            let path = path.isEmpty ? entry.key.text : path + "." + entry.key.text
            write(key, entry.value, form[entry.key.text] ?? .anything, at: path, indent: indent)
        }
        for key in form.keys ?? [] where !entries.contains(where: { $0.key.text == key.name }) {
            guard let fallback = key.fallback else { continue }
            values.append(
                Value(
                    path: path.isEmpty ? key.name : path + "." + key.name, text: fallback, isMasked: false, mark: nil,
                    variables: []))
            lines.append(
                blank(indent) + YAMLText.plain(key.name) + ": " + YAMLText.plain(fallback) + "  # not set: the default")
        }
    }

    /// Writes a value behind its key, or behind the dash of a list.
    private mutating func write(_ head: String, _ node: Node, _ form: Form, at path: String, indent: Int) {
        switch node.content {
        case .scalar(let scalar):
            lines.append(blank(indent) + head + " " + written(scalar, form, at: path))
        case .sequence(let elements):
            guard !elements.isEmpty else { return lines.append(blank(indent) + head + " []  # " + place(node.mark)) }
            lines.append(blank(indent) + head)
            for (index, element) in elements.enumerated() {
                write("-", element, form.element ?? .anything, at: "\(path)[\(index)]", indent: indent + 2)
            }
        case .mapping(let entries):
            guard !entries.isEmpty else { return lines.append(blank(indent) + head + " {}  # " + place(node.mark)) }
            if head != "-" { lines.append(blank(indent) + head) }
            let first = lines.count
            write(entries, form, at: path, indent: indent + 2)
            if head == "-" { lines[first] = blank(indent) + "- " + lines[first].dropFirst(indent + 2) }
        }
    }

    private mutating func written(_ scalar: Scalar, _ form: Form, at path: String) -> String {
        var value = Value(
            path: path, text: scalar.text, isMasked: false, mark: scalar.mark, variables: scalar.variables)
        var text = YAMLText.of(scalar, isNumber: form.isNumber)
        var comment = place(scalar.mark)
        let names = scalar.variables.map { $0.isDefault ? "default of \($0.name)" : $0.name }
        if !names.isEmpty { comment += ", " + names.joined(separator: ", ") }
        if form.isSecret || scalar.text.holdsPassword {
            value.text = Self.mask
            value.isMasked = true
            // A variable alone is named again: that shows nothing, and says the same.
            text = scalar.onlyVariable.map { "\"${\($0)}\"" } ?? "\"\(Self.mask)\""
            comment += ", secret"
        }
        values.append(value)
        return text + "  # " + comment
    }

    private mutating func place(_ mark: Mark) -> String {
        if !files.contains(mark.file) { files.append(mark.file) }
        return "\(shortName(of: mark.file)):\(mark.line)"
    }

    /// A file's name without its folder: the head of the text gives it in full.
    private func shortName(of file: String) -> String {
        printable(String(file.split(separator: "/").last ?? ""))
    }

    private func blank(_ count: Int) -> String { String(repeating: " ", count: count) }
}

extension Form {
    fileprivate var isNumber: Bool {
        switch unnamed {
        case .integer, .boolean: true
        default: false
        }
    }
}

extension Scalar {
    /// The variable whose value is the whole text; nil for any other text.
    fileprivate var onlyVariable: String? {
        guard variables.count == 1, let variable = variables.first, !variable.isDefault,
            written.hasPrefix("${\(variable.name)"), written.firstIndex(of: "}") == written.indices.last
        else { return nil }
        return variable.name
    }
}

extension String {
    /// Whether it is a URL with a name and a password before the host, as proxies have them.
    fileprivate var holdsPassword: Bool {
        guard let scheme = range(of: "://") else { return false }
        let authority = self[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        return authority.contains("@")
    }
}
