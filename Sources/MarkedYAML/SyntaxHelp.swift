/// What to do about a mistake that libyaml found.
///
/// - Parameters:
///   - problem: libyaml's words, which are constants of its `scanner.c` and `parser.c`.
///   - last: the byte before that at which it stopped.
///   - next: the byte at which it stopped.
func syntaxHelp(for problem: String, after last: UInt8?, before next: UInt8?) -> String {
    if last == UInt8(ascii: "$"), next == UInt8(ascii: "{") {
        return "inside [ ] or { } put a text that holds ${ in quotes"
    }
    return switch (problem, next) {
    case ("found character that cannot start any token", UInt8(ascii: "\t")),
        ("found a tab character that violates indentation", _),
        ("found a tab character where an indentation space is expected", _):
        "indent with spaces, not with tabs"
    case ("found character that cannot start any token", _):
        "put a text that starts with this character in quotes"
    case ("mapping values are not allowed in this context", _):
        "check the indentation; put a text that holds a colon and a space in quotes"
    case ("found unknown escape character", _), ("did not find expected hexdecimal number", _):
        "in double quotes write \\\\ for a backslash, or use single quotes"
    case ("found unexpected end of stream", _), ("found unexpected document indicator", _):
        "close the quote"
    case ("did not find expected ',' or ']'", _): "put a comma between the elements, or close the list with ]"
    case ("did not find expected ',' or '}'", _): "put a comma between the entries, or close the mapping with }"
    case ("could not find expected ':'", _): "write a colon and a space behind the key, or check the indentation"
    case ("did not find expected key", _), ("did not find expected '-' indicator", _):
        "check the indentation of this line and of the one above, and its quotes"
    case ("block sequence entries are not allowed in this context", _):
        "start the list on a line of its own; put a text that starts with a dash in quotes"
    default: "check the indentation, quotes and brackets of this line and of the one above"
    }
}
