public import MarkedText

/// A text in a YAML file: what it says, how it was written, and where.
public struct Scalar: Sendable {
    /// How a text is written.
    public enum Style: Sendable {
        /// Without quotes.
        case plain
        /// In single or double quotes.
        case quoted
        /// As a block, after `|` or `>`.
        case block
    }

    /// A variable of the environment that a text names.
    public struct Variable: Sendable, Hashable {
        /// The variable's name.
        public var name: String
        /// Whether its default stands in the text, as it is unset or empty.
        public var isDefault: Bool
    }

    /// What became of the variables in a text.
    enum Substitution: Sendable {
        case none
        /// The text holds values of variables; this is how it was written, and which they are.
        case replaced(written: String, variables: [Variable])
        /// The text could not be made, which is already reported.
        case failed
    }

    /// What the text says, with its escapes and variables resolved.
    public internal(set) var text: String
    /// How the text is written.
    public let style: Style
    /// Where the text stands; it stays what it was when variables are substituted.
    public let mark: Mark
    var substitution = Substitution.none

    /// Makes a text that holds no variables.
    public init(_ text: String, style: Style = .plain, mark: Mark) {
        self.text = text
        self.style = style
        self.mark = mark
    }

    /// Whether the text holds what came from the environment. Such text may be secret: messages name the
    /// variable instead.
    public var isSubstituted: Bool {
        if case .replaced = substitution { true } else { false }
    }

    /// The variables that the text holds, in the order in which they are written.
    public var variables: [Variable] {
        if case .replaced(_, let variables) = substitution { variables } else { [] }
    }

    /// The text as it was written, with its variables' names.
    public var written: String {
        if case .replaced(let written, _) = substitution { written } else { text }
    }

    /// The place of a character of the text: exact where each of its characters stands for itself on one line, else
    /// the place of the text.
    ///
    /// - Parameter offset: counted from 0, in Unicode scalars.
    public func mark(ofScalar offset: Int) -> Mark {
        let quotes = style == .quoted ? 1 : 0
        let count = written.unicodeScalars.count + 2 * quotes
        guard style != .block, mark.endColumn == mark.column + count, !isSubstituted else { return mark }
        let column = mark.column + quotes + offset
        return Mark(in: mark.source, start: .init(line: mark.line, column: column))
    }

    /// Nothing at all was written, as behind the colon of `key:`.
    var isAbsent: Bool {
        if case .none = substitution { style == .plain && text.isEmpty } else { false }
    }

    var isUnresolved: Bool {
        if case .failed = substitution { true } else { false }
    }

    /// The text as messages show it.
    var shown: String {
        if case .replaced(let written, _) = substitution { return "the value of \(quoted(written))" }
        return isAbsent ? "nothing" : quoted(text)
    }
}
