/// Strict CSV with positions: rows of plain texts, as spreadsheets write them.
///
/// What RFC 4180 and the spreadsheets agree on is read: cells between separators, in quotes where they hold a
/// separator, a line break or a doubled quote; lines that end with CRLF, LF or CR. What they disagree on is found out
/// from the file, as ``CSVEncoding`` and ``CSVReader`` say, and what remains doubtful is refused at its place. No cell
/// has a type: each is the text that stands there.
public enum MarkedCSV {
    /// How many bytes a file may have: 64 MB.
    public static let byteLimit = 64 << 20
    /// How many bytes of text a cell may hold; a spreadsheet's own limit is 32,767 characters.
    public static let cellLimit = 64 << 10
    /// How many bytes of text a row may hold.
    public static let rowLimit = 1 << 20
    /// How many cells a row may have.
    public static let columnLimit = 1000
}

enum Byte {
    static let tab = UInt8(ascii: "\t")
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
    static let quote = UInt8(ascii: "\"")
    static let comma = UInt8(ascii: ",")
    static let semicolon = UInt8(ascii: ";")
    static let equals = UInt8(ascii: "=")

    /// Whether it is a control character that no cell holds: any but the tab and the ends of lines.
    @inline(__always)
    static func isControl(_ byte: UInt8) -> Bool { byte < 0x20 && byte != tab || byte == 0x7F }

    @inline(__always)
    static func isLineEnd(_ byte: UInt8) -> Bool { byte == lineFeed || byte == carriageReturn }
}
