/// Splits a text into what stands for itself and the variables in it.
struct Template {
    enum Part: Equatable {
        case text(String)
        /// A variable, its default, and the offset of its dollar in Unicode scalars.
        case variable(String, fallback: String?, offset: Int)
    }

    struct Problem: Error {
        /// In Unicode scalars from the start of the text.
        var offset: Int
        var message: String
        var help: String
    }

    private static let longestName = 100
    private let text: [Unicode.Scalar]
    private var index = 0

    init(_ text: String) {
        self.text = Array(text.unicodeScalars)
    }

    /// The next part; `nil` at the end.
    mutating func next() throws(Problem) -> Part? {
        guard index < text.count else { return nil }
        if starts(with: "${") { return try variable() }
        var part = String.UnicodeScalarView()
        while index < text.count, !starts(with: "${") { part.append(unescaped()) }
        return .text(String(part))
    }

    private mutating func variable() throws(Problem) -> Part {
        let offset = index
        index += 2
        var name = String.UnicodeScalarView()
        while index < text.count, Self.belongs(text[index], toNameAt: index - offset - 2) {
            name.append(text[index])
            index += 1
        }
        guard !name.isEmpty else {
            throw malformed(offset, "a variable's name must follow ${")
        }
        // Messages name the variable in full.
        guard name.count <= Self.longestName else { throw malformed(offset, "a variable's name is too long") }
        if starts(with: "}") {
            index += 1
            return .variable(String(name), fallback: nil, offset: offset)
        }
        guard starts(with: ":-") else {
            let isOpen = index == text.count
            throw malformed(offset, isOpen ? "${ is not closed" : "a variable's name must end with } or :-")
        }
        index += 2
        var fallback = String.UnicodeScalarView()
        while !starts(with: "}") {
            if index == text.count { throw malformed(offset, "${ is not closed") }
            if starts(with: "${") { throw malformed(index, "a default can't hold another variable") }
            fallback.append(unescaped())
        }
        index += 1
        return .variable(String(name), fallback: String(fallback), offset: offset)
    }

    /// The character at the index, which moves behind it; two dollars are one character.
    private mutating func unescaped() -> Unicode.Scalar {
        let scalar = text[index]
        index += starts(with: "$$") ? 2 : 1
        return scalar
    }

    private func starts(with prefix: String) -> Bool {
        text[index...].starts(with: prefix.unicodeScalars)
    }

    private func malformed(_ offset: Int, _ message: String) -> Problem {
        Problem(offset: offset, message: message, help: "write ${NAME} or ${NAME:-default}, or $$ for a dollar itself")
    }

    /// A name is ASCII letters, digits and underscores, not starting with a digit (POSIX.1, 3.216).
    private static func belongs(_ scalar: Unicode.Scalar, toNameAt position: Int) -> Bool {
        switch scalar {
        case "A"..."Z", "a"..."z", "_": true
        case "0"..."9": position > 0
        default: false
        }
    }
}
