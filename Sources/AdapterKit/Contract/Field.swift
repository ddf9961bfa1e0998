/// One named value that an adapter needs from people: part of an identity, a setting, or a key.
///
/// One description serves the diagnostics of profiles, `--help`, forms, reference documentation and the
/// masking of secrets.
public struct Field: Codable, Hashable, Sendable {
    /// The name in YAML, on the command line and in JSON: `clientID`.
    public var name: String
    /// The words that the product uses for it: `Client ID`.
    public var title: String
    /// A regular expression that the whole value matches; nil takes any text.
    public var pattern: String?
    /// What the pattern asks for, in words for the person who got it wrong.
    public var expectation: String?
    /// Whether there is no going on without it.
    public var required: Bool
    /// Whether it is never shown in full.
    public var secret: Bool
    /// Whether it stands for many values, each under this name, a dot and a name of its own: `activationKey.GL`.
    public var isFamily: Bool
    /// Where a person finds it, in one sentence.
    public var help: String

    /// A field; required and not secret unless said otherwise.
    public init(
        name: String, title: String, pattern: String? = nil, expectation: String? = nil, required: Bool = true,
        secret: Bool = false, isFamily: Bool = false, help: String
    ) {
        self.name = name
        self.title = title
        self.pattern = pattern
        self.expectation = expectation
        self.required = required
        self.secret = secret
        self.isFamily = isFamily
        self.help = help
    }

    /// Whether a value of this name is this field's.
    public func covers(_ name: String) -> Bool {
        guard isFamily else { return name == self.name }
        let own = name.dropFirst(self.name.count + 1)
        return name.hasPrefix(self.name + ".") && (1...32).contains(own.utf8.count)
            && own.utf8.allSatisfy { byte in
                switch byte {
                case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "_"): true
                default: false
                }
            }
    }

    /// The longest value of any field, in UTF-8 bytes.
    public static let maximumLength = 512

    /// What is wrong with a value, as the end of a sentence; nil where nothing is.
    public func problem(with value: String) -> String? { FieldCheck(self).problem(with: value) }
}

/// The check of a field's values, for many of them: its pattern is compiled once.
public struct FieldCheck {
    /// The field.
    public let field: Field
    private let expression: Regex<AnyRegexOutput>?

    /// The check of a field.
    public init(_ field: Field) {
        self.field = field
        expression = field.pattern.flatMap { try? Regex($0) }
    }

    /// What is wrong with a value, as the end of a sentence; nil where nothing is.
    public func problem(with value: String) -> String? {
        if value.isEmpty { return "is empty" }
        if value.utf8.count > Field.maximumLength { return "is longer than \(Field.maximumLength) bytes" }
        if value.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            return "holds a control character"
        }
        if value.first?.isWhitespace == true || value.last?.isWhitespace == true {
            return "begins or ends with white space"
        }
        guard let pattern = field.pattern else { return nil }
        guard let expression else { return "can't be checked: its pattern \(pattern) is broken" }
        if (try? expression.wholeMatch(in: value)) == nil {
            return field.expectation.map { "must be \($0)" } ?? "does not match \(pattern)"
        }
        return nil
    }
}

/// Something wrong with one of the values given for an adapter's fields.
public struct FieldProblem: Error, Codable, Hashable, Sendable, CustomStringConvertible {
    /// The field's name.
    public var field: String
    /// The whole sentence.
    public var message: String

    /// A problem with the named field.
    public init(field: String, message: String) {
        self.field = field
        self.message = message
    }

    /// The message.
    public var description: String { message }
}

extension [Field] {
    /// Everything that is wrong with the values given for these fields: unknown, missing and malformed ones,
    /// each with what to do.
    ///
    /// - Parameter kind: What the fields are, for the sentences: `identity`; `key` for keys, which are no parts of one
    ///   thing.
    public func problems(with values: [String: String], kind: String) -> [FieldProblem] {
        var problems: [FieldProblem] = []
        var meant: Set<String> = []
        func subject(_ name: String) -> String { kind == "key" ? "The key \(name)" : "The \(kind)'s \(name)" }
        for name in values.keys.sorted() where !contains(where: { $0.covers(name) }) {
            let near = Spelling.nearest(to: name, among: map(\.name).filter { !meant.contains($0) }).first
            if let near { meant.insert(near) }
            let known = map { $0.isFamily ? $0.name + ".NAME" : $0.name }.joined(separator: ", ")
            let hint = near.map { ": did you mean \"\($0)\"?" } ?? "."
            // What is no name at all may be a key whose name was forgotten: names are words.
            let isWord = name.utf8.allSatisfy {
                UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 | 0x20 || $0 == UInt8(ascii: ".")
            }
            let shown = kind == "key" && near == nil && !isWord ? "\(name.prefix(2))…" : name
            let message =
                "There is no \(kind == "key" ? kind : "\(kind) value") \"\(shown)\"\(hint) There are: \(known.isEmpty ? "none" : known)."
            problems.append(FieldProblem(field: shown, message: message))
        }
        for field in self where field.isFamily {
            let members = values.keys.filter(field.covers).sorted()
            if members.isEmpty, field.required {
                let message = "\(subject(field.name + ".NAME")) (\(field.title)) is missing. \(field.help)"
                problems.append(FieldProblem(field: field.name, message: message))
            }
            for name in members {
                guard let problem = field.problem(with: values[name] ?? "") else { continue }
                let message = "\(subject(name)) (\(field.title)) \(problem). \(field.help)"
                problems.append(FieldProblem(field: name, message: message))
            }
        }
        for field in self where !field.isFamily {
            guard let value = values[field.name] else {
                // A misspelled name is one mistake, not two.
                if field.required, !meant.contains(field.name) {
                    let message = "\(subject(field.name)) (\(field.title)) is missing. \(field.help)"
                    problems.append(FieldProblem(field: field.name, message: message))
                }
                continue
            }
            if let problem = field.problem(with: value) {
                let message = "\(subject(field.name)) (\(field.title)) \(problem). \(field.help)"
                problems.append(FieldProblem(field: field.name, message: message))
            }
        }
        return problems
    }
}
