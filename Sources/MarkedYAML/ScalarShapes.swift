import MarkedText

extension Shape {
    /// A text that a function reads, such as a date or an address.
    ///
    /// - Parameters:
    ///   - what: names what is expected, with its article: `a date such as 2026-03-31`.
    ///   - pattern: a regular expression for the whole text, for the shape's ``form`` only: `parse` decides.
    ///   - parse: makes the value of the text; it gives `nil` for a wrong text, or throws an error whose
    ///     description is told as help.
    public static func text(
        _ what: String, pattern: String? = nil, _ parse: @escaping @Sendable (String) throws -> Value?
    ) -> Shape {
        Shape(as: .text(.init(what, pattern: pattern))) { node, diagnostics in
            guard let scalar = node.scalar, !scalar.isAbsent else {
                diagnostics.expected(what, found: node, help: node.isAbsent ? "write a value, or remove the key" : nil)
                return nil
            }
            do {
                if let value = try parse(scalar.text) { return value }
                diagnostics.expected(what, found: node)
            } catch {
                diagnostics.expected(what, found: node, help: "\(error)")
            }
            return nil
        }
    }

    /// One of an enumeration's raw values.
    public static func enumeration(_ type: Value.Type = Value.self) -> Shape
    where Value: CaseIterable & RawRepresentable<String> & Sendable {
        word(of: type.allCases.map(\.rawValue), Value.init(rawValue:))
    }

    fileprivate static func word(
        of words: [String], as form: Form? = nil, _ parse: @escaping @Sendable (String) -> Value?
    ) -> Shape {
        Shape(as: form ?? .words(words)) { node, diagnostics in
            if let scalar = node.scalar, !scalar.isAbsent, let value = parse(scalar.text) { return value }
            let list = words.map { quoted($0) }.joined(separator: ", ")
            let what = words.count == 1 ? list : "one of " + list
            // What a variable holds may be secret, so nothing is told of what it is near to.
            let typed = node.scalar.flatMap { $0.isSubstituted ? nil : $0.text } ?? ""
            let near = nearest(to: typed, among: words)
            diagnostics.expected(what, found: node, help: near.map { "did you mean \(quoted($0))?" })
            return nil
        }
    }
}

extension Shape where Value == String {
    /// Any text. Writing nothing at all is an error; an empty text is written `""`.
    public static var string: Shape { .text("a text") { $0 } }

    /// One of a few words that are known only when the program runs.
    public static func choice(of words: [String]) -> Shape {
        word(of: words) { words.contains($0) ? $0 : nil }
    }
}

extension Shape where Value == Scalar {
    /// A text with all that is known of it, for who tells mistakes inside it or asks for its variables.
    public static var scalar: Shape {
        let string = Shape<String>.string
        return Shape(as: string.form) { node, diagnostics in
            string.read(node, into: &diagnostics).flatMap { _ in node.scalar }
        }
    }
}

extension Shape where Value == Bool {
    /// `true` or `false`, and no other spelling.
    public static var bool: Shape { .word(of: ["true", "false"], as: .boolean) { Bool($0) } }
}

extension Shape where Value == Int {
    /// A whole number in plain decimal digits.
    public static var int: Shape { int(in: .min ... .max, as: "a whole number") }

    /// A whole number in plain decimal digits, within a range.
    public static func int(in range: ClosedRange<Int>) -> Shape {
        int(in: range, as: "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }

    /// A whole number in plain decimal digits that is not less than a bound.
    public static func int(in range: PartialRangeFrom<Int>) -> Shape {
        int(in: range.lowerBound ... .max, as: "a whole number from \(range.lowerBound)")
    }

    private static func int(in range: ClosedRange<Int>, as what: String) -> Shape {
        Shape(as: .integer(range)) { node, diagnostics in
            let text = node.scalar?.text ?? ""
            let digits = text.utf8.drop { $0 == UInt8(ascii: "-") }
            let isPlain =
                text.utf8.count - digits.count <= 1 && !digits.isEmpty
                && digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
                && (digits.first != UInt8(ascii: "0") || text == "0")
            if isPlain, let value = Int(text), range.contains(value) { return value }
            let isNumber = isPlain || node.scalar == nil || node.isAbsent
            diagnostics.expected(
                what, found: node,
                help: isNumber ? nil : "write decimal digits only, without leading zeros, signs or separators")
            return nil
        }
    }
}

extension Node {
    /// Nothing was written.
    var isAbsent: Bool { scalar?.isAbsent ?? false }
}
