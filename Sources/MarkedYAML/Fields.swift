public import MarkedText

/// The fields of a mapping while it is read. Asking for a key declares it; when the reading ends, every key
/// that was not asked for is reported with the nearest one that was, and so is every required key that is
/// missing. So ask for all of them before giving up on any.
public struct Fields {
    /// Where the mapping stands.
    public let mark: Mark
    /// Takes the problems found on the way, this mapping's and those of what stands in it.
    public internal(set) var diagnostics = Diagnostics()

    private let entries: [Node.Entry]
    private let places: [String: Int]
    private var known: [String] = []
    private var asked: Set<String> = []
    private var missing: [(key: String, help: String)] = []
    private var leavesRest = false
    /// What was declared, where that is all that is wanted; else `nil`.
    private var declared: [Form.Key]?

    init(_ entries: [Node.Entry], mark: Mark) {
        self.entries = entries
        self.mark = mark
        places = Dictionary(entries.enumerated().map { ($1.key.text, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The form of the mapping that a reading asks for.
    static func form<Value>(_ read: (inout Fields) -> Value?) -> Form {
        var fields = Fields([], mark: Mark(file: "", start: .init(line: 1, column: 1)))
        fields.declared = []
        _ = read(&fields)
        return .mapping(fields.declared ?? [])
    }

    /// The value of a key that must be there. It is `nil` if an error was reported.
    ///
    /// - Parameter help: what the value is for, for documentation and for who left it out.
    public mutating func required<Value>(_ key: String, _ shape: Shape<Value>, help: String = "") -> Value? {
        declare(key, shape, help, isRequired: true)
        guard let node = node(key) else {
            missing.append((key, help))
            return nil
        }
        return shape.read(node, into: &diagnostics)
    }

    /// The value of a key that may be left out. It is `nil` if it was, or if an error was reported.
    ///
    /// - Parameter help: what the value is for, for documentation.
    public mutating func optional<Value>(_ key: String, _ shape: Shape<Value>, help: String = "") -> Value? {
        declare(key, shape, help)
        return node(key).flatMap { shape.read($0, into: &diagnostics) }
    }

    /// The value of a key that may be left out, or the default if it was or if an error was reported.
    ///
    /// - Parameter help: what the value is for, for documentation.
    public mutating func optional<Value>(
        _ key: String, _ shape: Shape<Value>, default value: Value, help: String = ""
    ) -> Value {
        let fallback = (value as? any LosslessStringConvertible)?.description ?? ""
        declare(key, shape, help, fallback: fallback.isEmpty ? nil : fallback)
        return node(key).flatMap { shape.read($0, into: &diagnostics) } ?? value
    }

    private mutating func declare<Value>(
        _ key: String, _ shape: Shape<Value>, _ help: String, isRequired: Bool = false, fallback: String? = nil
    ) {
        guard declared != nil else { return }
        declared?.append(
            Form.Key(name: key, help: help, isRequired: isRequired, fallback: fallback, form: shape.form))
    }

    /// Whether a key is there, read or not; this does not declare it.
    public func has(_ key: String) -> Bool { places[key] != nil }

    /// Where a key's value stands, or the mapping if the key is missing; this does not declare it.
    public func mark(of key: String) -> Mark { places[key].map { entries[$0].value.mark } ?? mark }

    /// Reports an error of this mapping; at the value of a key, if one is named.
    public mutating func error(_ message: String, at key: String? = nil, help: String? = nil) {
        error(message, at: key.map(mark(of:)) ?? mark, help: help)
    }

    /// Reports an error at a place that a reading kept.
    public mutating func error(_ message: String, at mark: Mark, help: String? = nil) {
        diagnostics.error(message, at: mark, help: help)
    }

    /// Reports a warning of this mapping; at the value of a key, if one is named.
    public mutating func warning(_ message: String, at key: String? = nil, help: String? = nil) {
        diagnostics.warning(message, at: key.map(mark(of:)) ?? mark, help: help)
    }

    /// Lets the keys that were not asked for pass: for when it can't be known which ones there may be, since
    /// the field that decides it is wrong. That field must have been reported.
    public mutating func leaveRest() { leavesRest = true }

    private mutating func node(_ key: String) -> Node? {
        if asked.insert(key).inserted { known.append(key) }
        return places[key].map { entries[$0].value }
    }

    mutating func finish() {
        var meant: Set<String> = []
        for entry in entries where !leavesRest && !asked.contains(entry.key.text) && !diagnostics.isHopeless {
            let absent = known.filter { places[$0] == nil && !meant.contains($0) }
            // A key of another file, which this one varies, may be given here too.
            let inherited = known.filter { name in
                places[name].map { entries[$0].key.mark.file != entry.key.mark.file } ?? false
            }
            let near = nearest(to: entry.key.text, among: absent) ?? nearest(to: entry.key.text, among: inherited)
            if let near { meant.insert(near) }
            let list = known.isEmpty ? "none" : known.joined(separator: ", ")
            diagnostics.error(
                "unknown key \(entry.key.shown)", at: entry.key.mark,
                help: near.map { "did you mean \(quoted($0))?" } ?? "keys known here: \(list)")
        }
        // A misspelled key is one mistake, not two.
        for (key, help) in missing where !meant.contains(key) {
            guard !diagnostics.passesMissing else {
                diagnostics.silence()
                continue
            }
            let help = help.isEmpty ? "" : ": " + help
            diagnostics.error("missing key \(quoted(key))", at: mark, help: "add it to this mapping" + help)
        }
    }
}
