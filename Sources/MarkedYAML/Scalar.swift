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

    /// What became of the variables in a text.
    enum Substitution: Sendable {
        case none
        /// The text holds values of variables; this is how it was written.
        case replaced(written: String)
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

    /// Nothing at all was written, as behind the colon of `key:`.
    var isAbsent: Bool {
        if case .none = substitution { style == .plain && text.isEmpty } else { false }
    }

    var isUnresolved: Bool {
        if case .failed = substitution { true } else { false }
    }

    /// The text as messages show it.
    var shown: String {
        if case .replaced(let written) = substitution { return "the value of \(quoted(written))" }
        return isAbsent ? "nothing" : quoted(text)
    }
}
