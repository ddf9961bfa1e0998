import MarkedText
import MarkedYAML
import Testing

/// What a document says, on one line, with the place of everything in it.
func outline(_ node: Node) -> String {
    let mark = "@\(node.mark.start)-\(node.mark.end)"
    switch node.content {
    case .scalar(let scalar): return "\(scalar.style) \(scalar.text.debugDescription)\(mark)"
    case .sequence(let elements): return "[" + elements.map(outline).joined(separator: ", ") + "]" + mark
    case .mapping(let entries):
        let entries = entries.map { "\($0.key.text)@\($0.key.mark.start)-\($0.key.mark.end): \(outline($0.value))" }
        return "{" + entries.joined(separator: ", ") + "}" + mark
    }
}

/// The diagnostics of what must fail, one or two lines each.
func problems(_ body: () throws -> Void) -> String {
    do {
        try body()
        return ""
    } catch {
        return "\(error)"
    }
}

func parse(_ text: String, file: String = "f.yaml") throws(DiagnosticsError) -> Node {
    try MarkedYAML.parse(text.utf8, file: file)
}

/// The text under a key.
func text(_ node: Node, _ key: String) throws -> String {
    try #require(node[key]?.scalar?.text)
}
