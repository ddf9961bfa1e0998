/// A text from a file as messages show it: in quotes, short, and without characters that could steer a
/// terminal or reorder what is read.
public func quoted(_ text: String) -> String {
    let limit = 60
    var result = "\""
    for (index, scalar) in text.unicodeScalars.enumerated() {
        if index == limit {
            result += "…"
            break
        }
        if let escaped = escaped(scalar) { result += escaped } else { result.unicodeScalars.append(scalar) }
    }
    return result + "\""
}

/// A character as its number, in ASCII, if it could steer a terminal or reorder what is read; else `nil`.
func escaped(_ scalar: Unicode.Scalar) -> String? {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
        scalar == "\n" ? "\\n" : "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
    default: nil
    }
}

/// A text from outside without characters that could steer a terminal or reorder what is read.
public func printable(_ text: String) -> String {
    text.unicodeScalars.map { escaped($0) ?? String($0) }.joined()
}
