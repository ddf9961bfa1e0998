/// Writes rows as spreadsheets read them: UTF-8 behind a byte order mark, lines that end with CRLF.
public struct CSVWriter: Sendable {
    /// What was written.
    public private(set) var bytes: [UInt8]
    private let separator: UInt8
    private var isAtStart = true

    /// An empty file.
    ///
    /// - Parameter separator: a comma, a semicolon or a tab.
    public init(separator: Separator = .comma) {
        bytes = [0xEF, 0xBB, 0xBF]
        self.separator = separator.byte
    }

    /// What stands between cells.
    public enum Separator: String, Codable, Sendable, CaseIterable {
        /// `,`
        case comma
        /// `;`
        case semicolon
        /// The tab.
        case tab

        var byte: UInt8 {
            switch self {
            case .comma: Byte.comma
            case .semicolon: Byte.semicolon
            case .tab: Byte.tab
            }
        }
    }

    /// Appends a cell, in quotes where it needs them.
    public mutating func cell(_ text: String) {
        if !isAtStart { bytes.append(separator) }
        isAtStart = false
        var text = text
        text.withUTF8 { text in
            let needsQuotes = text.contains { byte in
                byte == separator || byte == Byte.quote || Byte.isLineEnd(byte)
            }
            guard needsQuotes else {
                bytes.append(contentsOf: text)
                return
            }
            bytes.append(Byte.quote)
            for byte in text {
                if byte == Byte.quote { bytes.append(Byte.quote) }
                bytes.append(byte)
            }
            bytes.append(Byte.quote)
        }
    }

    /// Ends the row.
    public mutating func endRow() {
        bytes.append(Byte.carriageReturn)
        bytes.append(Byte.lineFeed)
        isAtStart = true
    }
}
