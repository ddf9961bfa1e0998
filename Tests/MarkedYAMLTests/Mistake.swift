import MarkedText
import MarkedYAML
import Testing

/// A document with one mistake, and what is told about it.
struct Mistake: CustomTestStringConvertible {
    static let noAnchor = "remove the anchor; put a text that starts with & in quotes"
    static let noAlias = "write the value out here; put a text that starts with * in quotes"
    static let noTag = "remove the tag, each field has its own type; put a text that starts with ! in quotes"
    static let oneValue = "a file holds exactly one value: check the indentation and the quotes above"
    static let noToken = "found character that cannot start any token while scanning for the next token"
    static let variable = "write ${NAME} or ${NAME:-default}, or $$ for a dollar itself"
    static let unset = "set UNSET, or give a default: ${UNSET:-value}"

    var bytes: [UInt8]
    /// The whole of what is told.
    var told: String

    init(_ yaml: String, _ place: String, _ message: String, _ help: String) {
        self.init(bytes: Array(yaml.utf8), place, message, help)
    }

    init(bytes: [UInt8], _ place: String, _ message: String, _ help: String) {
        self.bytes = bytes
        told = "f.yaml:\(place): error: \(message)\n    help: \(help)"
    }

    var testDescription: String { String(decoding: bytes, as: UTF8.self).debugDescription }

    func parse() throws(DiagnosticsError) -> Node {
        try MarkedYAML.parse(bytes, file: "f.yaml")
    }
}
