/// A report as CSV (RFC 4180): comma, CRLF, quotes where a field needs them, and a line of headings.
///
/// It is for people's spreadsheets, and nothing reads it back: a text that a spreadsheet would take for a formula, which
/// a vendor's answer might hold, gets an apostrophe before it.
struct ReportCSV {
    private(set) var text: String

    /// - Parameter headings: Without them, it goes on with a report that has them.
    init(_ headings: [String] = []) {
        text = headings.isEmpty ? "" : headings.joined(separator: ",") + "\r\n"
    }

    mutating func add(_ fields: [String]) {
        text += fields.map(Self.field).joined(separator: ",") + "\r\n"
    }

    private static func field(_ text: String) -> String {
        var text = text
        if let first = text.unicodeScalars.first, "=+-@\t\r".unicodeScalars.contains(first), Int(text) == nil {
            text = "'" + text
        }
        let needsQuotes = text.utf8.contains { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }
        return needsQuotes ? "\"\(text.replacing("\"", with: "\"\""))\"" : text
    }
}
