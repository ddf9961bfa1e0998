import MarkedText

/// Writes texts so that they are read again as they are.
public enum YAMLText {
    /// A text for a value: without quotes where it was written without, else in double quotes. A dollar is doubled,
    /// so that no variable is seen where none is meant.
    ///
    /// - Parameter isNumber: whether it is a number or a truth value, which other readers know only without quotes.
    public static func of(_ scalar: Scalar, isNumber: Bool = false) -> String {
        let text = scalar.text.replacing("$", with: "$$")
        return isNumber || scalar.style == .plain && !scalar.isSubstituted ? plain(text) : quoted(text)
    }

    /// A text without quotes where that is safe in a block, else in double quotes.
    public static func plain(_ text: String) -> String {
        let scalars = text.unicodeScalars
        guard let first = scalars.first, let last = scalars.last else { return "\"\"" }
        let isWord = { (scalar: Unicode.Scalar) in
            scalar.properties.isAlphabetic || scalar.properties.numericType != nil
        }
        let isStart = isWord(first) || first == "." || first == "/" || first == "$" || first == "<" || first == "("
        let isNegative = first == "-" && scalars.dropFirst().first.map(isWord) ?? false
        guard isStart || isNegative, last != " ", last != ":", !text.contains(": "), !text.contains(" #"),
            text != "...", scalars.allSatisfy({ $0 == " " || !mustEscape($0) })
        else { return quoted(text) }
        return text
    }

    /// A text in double quotes.
    public static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\" + String(scalar)
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case _ where mustEscape(scalar):
                let digits = String(scalar.value, radix: 16, uppercase: true)
                result += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    private static func mustEscape(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate: true
        default: false
        }
    }
}
