/// How a file's characters are written.
public enum CSVEncoding: String, Sendable, CaseIterable {
    /// UTF-8, with a byte order mark or without.
    case utf8 = "UTF-8"
    /// UTF-16 with the lower byte first; only behind its byte order mark.
    case utf16LittleEndian = "UTF-16LE"
    /// UTF-16 with the higher byte first; only behind its byte order mark.
    case utf16BigEndian = "UTF-16BE"
    /// The code page of a Western European Windows, taken for what has no byte order mark and is not UTF-8.
    case windows1252 = "Windows-1252"
}

/// The characters that Windows-1252 has where Latin-1 has control characters; 0 where it has none (the encoding's
/// table at the Unicode Consortium, `CP1252.TXT`).
private let windowsScalars: [UInt32] = [
    0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,
    0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E,
    0x0178,
]

extension CSVEncoding {
    /// The character of a byte in Windows-1252; nil where it has none.
    static func windowsScalar(_ byte: UInt8) -> Unicode.Scalar? {
        guard (0x80...0x9F).contains(byte) else { return Unicode.Scalar(byte) }
        let value = windowsScalars[Int(byte) - 0x80]
        return value == 0 ? nil : Unicode.Scalar(value)
    }
}

/// How many bytes the well-formed UTF-8 character at an index has; 0 where there is none (Unicode, table 3-7).
@inline(__always)
func scalarWidth(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> Int {
    let first = bytes[index]
    if first < 0x80 { return 1 }
    func continues(_ offset: Int, _ range: ClosedRange<UInt8> = 0x80...0xBF) -> Bool {
        index + offset < bytes.count && range.contains(bytes[index + offset])
    }
    switch first {
    case 0xC2...0xDF: return continues(1) ? 2 : 0
    case 0xE0: return continues(1, 0xA0...0xBF) && continues(2) ? 3 : 0
    case 0xED: return continues(1, 0x80...0x9F) && continues(2) ? 3 : 0
    case 0xE1...0xEF: return continues(1) && continues(2) ? 3 : 0
    case 0xF0: return continues(1, 0x90...0xBF) && continues(2) && continues(3) ? 4 : 0
    case 0xF1...0xF3: return continues(1) && continues(2) && continues(3) ? 4 : 0
    case 0xF4: return continues(1, 0x80...0x8F) && continues(2) && continues(3) ? 4 : 0
    default: return 0
    }
}
