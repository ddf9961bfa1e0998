/// What a shape takes, as data: what schemas and reference documentation are made of. It comes with the shape, so
/// that what is documented is what is read.
public indirect enum Form: Hashable, Sendable {
    /// Whatever a function reads that tells nothing about it.
    case anything
    /// A text.
    case text(Text)
    /// A whole number.
    case integer(ClosedRange<Int>)
    /// `true` or `false`.
    case boolean
    /// One of a few words.
    case words([String])
    /// A list of elements that all have one form.
    case list(Form, atLeast: Int)
    /// A mapping with keys of the writer's choice, whose values all have one form.
    case map(Form)
    /// A mapping with declared keys.
    case mapping([Key])
    /// Any of several forms.
    case either([Form])
    /// A form with a name of its own, to be described once.
    case named(String, Form)

    /// What a text must be.
    public struct Text: Hashable, Sendable {
        /// What is expected, with its article: `a date such as 2026-03-31`.
        public var what: String
        /// A regular expression that the whole text matches, in the syntax that Swift and ECMA-262 share; `nil` for
        /// none. It may let pass what the reading refuses, but not the other way round.
        public var pattern: String?
        /// Whether it must never be shown.
        public var isSecret: Bool

        /// Makes a text's form.
        public init(_ what: String, pattern: String? = nil, isSecret: Bool = false) {
            self.what = what
            self.pattern = pattern
            self.isSecret = isSecret
        }
    }

    /// A key that a mapping declares.
    public struct Key: Hashable, Sendable {
        /// The key itself.
        public var name: String
        /// What its value is for, in one or two sentences; empty where nothing is said.
        public var help: String
        /// Whether it must be there.
        public var isRequired: Bool
        /// The text that stands for it where it is left out; `nil` where that is nothing.
        public var fallback: String?
        /// The value's form.
        public var form: Form
    }

    /// The form without its name.
    public var unnamed: Form {
        if case .named(_, let form) = self { form.unnamed } else { self }
    }

    /// The declared keys, if the form is a mapping that has some, or may be one.
    public var keys: [Key]? {
        switch unnamed {
        case .mapping(let keys): keys
        case .either(let forms): forms.lazy.compactMap(\.keys).first
        default: nil
        }
    }

    /// The form below a key of a mapping.
    public subscript(key: String) -> Form? {
        switch unnamed {
        case .mapping(let keys): keys.first { $0.name == key }?.form
        case .map(let form): form
        case .either(let forms): forms.lazy.compactMap { $0[key] }.first
        default: nil
        }
    }

    /// The form of a list's elements.
    public var element: Form? {
        switch unnamed {
        case .list(let element, _): element
        case .either(let forms): forms.lazy.compactMap(\.element).first
        default: nil
        }
    }

    /// Whether a text of this form must never be shown.
    public var isSecret: Bool {
        if case .text(let text) = unnamed { text.isSecret } else { false }
    }
}
