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

    /// By scalars: a quote with an accent behind it is one character, and a quote all the same.
    private static func field(_ text: String) -> String {
        var field = String.UnicodeScalarView()
        var needsQuotes = false
        for scalar in text.unicodeScalars {
            if scalar == "\"" { field.append(scalar) }
            if scalar == "\"" || scalar == "," || scalar == "\n" || scalar == "\r" { needsQuotes = true }
            field.append(scalar)
        }
        if let first = text.unicodeScalars.first, "=+-@\t\r".unicodeScalars.contains(first), Int(text) == nil {
            field.insert("'", at: field.startIndex)
        }
        return needsQuotes ? "\"\(String(field))\"" : String(field)
    }
}
