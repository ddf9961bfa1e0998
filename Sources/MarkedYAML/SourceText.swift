/// The bytes of a document, known to be short enough, valid UTF-8 and free of characters that don't belong
/// into text.
struct SourceText {
    let file: String
    /// The document without a byte order mark.
    let bytes: [UInt8]
    private let isASCII: Bool

    /// Checks the bytes; `nil` means that a problem was added.
    init?(_ input: some Collection<UInt8>, file: String, _ diagnostics: inout Diagnostics) {
        var bytes = Array(input.prefix(MarkedYAML.byteLimit + 1))
        var mark = Mark(file: file, start: .init(line: 1, column: 1))
        if bytes.count > MarkedYAML.byteLimit {
            diagnostics.error(
                "longer than \(MarkedYAML.byteLimit / 1024) kB", at: mark,
                help: "split the file, or check that it is the file you meant")
            return nil
        }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            diagnostics.error("not UTF-8: this looks like UTF-16", at: mark, help: "save the file as UTF-8")
            return nil
        }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        var isASCII = true
        var index = 0
        var line = 1
        var column = 1
        while index < bytes.count {
            let byte = bytes[index]
            if byte >= 0x20 && byte < 0x7F || byte == 0x09 {
                index += 1
                column += 1
                continue
            }
            if byte == 0x0A || byte == 0x0D {
                index += byte == 0x0D && index + 1 < bytes.count && bytes[index + 1] == 0x0A ? 2 : 1
                line += 1
                column = 1
                continue
            }
            let scalar = Self.scalar(in: bytes, at: index)
            let problem = scalar.map(Self.refusal) ?? ("not valid UTF-8", "save the file as UTF-8")
            if let problem {
                mark = Mark(file: file, start: .init(line: line, column: column))
                diagnostics.error(problem.message, at: mark, help: problem.help)
                return nil
            }
            if byte >= 0x80 { isASCII = false }
            index += scalar.map(UTF8.width) ?? 1
            column += 1
        }
        (self.file, self.bytes, self.isASCII) = (file, bytes, isASCII)
    }

    /// The character that starts at an index; `nil` if its bytes are not well formed.
    private static func scalar(in bytes: [UInt8], at index: Int) -> Unicode.Scalar? {
        var rest = bytes[index..<min(index + 4, bytes.count)].makeIterator()
        var decoder = UTF8()
        return if case .scalarValue(let scalar) = decoder.decode(&rest) { scalar } else { nil }
    }

    /// Why a character must not stand in a document as it is.
    ///
    /// YAML 1.2.2, section 5.1, allows the line separators and a byte order mark in some places. Readers
    /// disagree on them, and on what line a text then is, so they are refused as well.
    private static func refusal(of scalar: Unicode.Scalar) -> (message: String, help: String)? {
        switch scalar.value {
        case 0: return ("NUL character: this is not a text file", "check that it is the file you meant")
        case 0...0x1F, 0x7F...0x9F: break
        case 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF: break
        default: return nil
        }
        let digits = String(scalar.value, radix: 16, uppercase: true)
        let code = String(repeating: "0", count: 4 - digits.count) + digits
        return ("control character U+\(code)", "remove it, or write it as \"\\u\(code)\" in double quotes")
    }

    /// The first byte of the character with a number counted from 0, or the end.
    func offset(ofScalar index: Int) -> Int {
        if isASCII { return min(index, bytes.count) }
        var seen = -1
        for (offset, byte) in bytes.enumerated() where byte & 0xC0 != 0x80 {
            seen += 1
            if seen == index { return offset }
        }
        return bytes.count
    }
}
