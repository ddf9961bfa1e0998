import Foundation

/// Reads the JSON objects of names and values that an installation's identity and site are stored as. A portfolio holds
/// many that say nothing in an unusual way: those are read without a decoder, which would take most of the time that a
/// page of installations takes.
enum NamedValues {
    /// `{"serial":"123"}`; nil where the text is no such object.
    static func strings(_ json: String) -> [String: String]? {
        var scan = PlainScan(json)
        return scan.object { $0.string() } ?? (try? JSONDecoder().decode([String: String].self, from: Data(json.utf8)))
    }

    /// `{"shared":["/srv/a","/srv/b"]}`; nil where the text is no such object.
    static func lists(_ json: String) -> [String: [String]]? {
        var scan = PlainScan(json)
        return scan.object { $0.list() } ?? (try? JSONDecoder().decode([String: [String]].self, from: Data(json.utf8)))
    }
}

/// Goes through JSON as Gatehouse writes it, where no escapes are needed. Of anything else it makes nothing.
private struct PlainScan {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = text[...].utf8 }

    mutating func object<Value>(_ value: (inout PlainScan) -> Value?) -> [String: Value]? {
        guard take("{") else { return nil }
        var values: [String: Value] = [:]
        if take("}") { return rest.isEmpty ? values : nil }
        repeat {
            guard let name = string(), take(":"), let value = value(&self) else { return nil }
            values[name] = value
        } while take(",")
        return take("}") && rest.isEmpty ? values : nil
    }

    mutating func list() -> [String]? {
        guard take("[") else { return nil }
        var values: [String] = []
        if take("]") { return values }
        repeat {
            guard let value = string() else { return nil }
            values.append(value)
        } while take(",")
        return take("]") ? values : nil
    }

    mutating func string() -> String? {
        guard take("\""), let end = rest.firstIndex(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }),
            rest[end] == UInt8(ascii: "\"")
        else { return nil }
        defer { rest = rest[rest.index(after: end)...] }
        return String(Substring(rest[..<end]))
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard let byte = rest.first, byte == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }
}
