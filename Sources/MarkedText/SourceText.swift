/// The bytes of a text file, known to be short enough, valid UTF-8 and free of characters that don't belong
/// into text. Marks refer to it, so that whoever tells a problem can show its line.
public final class SourceText: Sendable {
    /// The file as the caller named it.
    public let file: String
    /// The text without a byte order mark; of a file that was refused, what comes before the next line's end.
    public let bytes: [UInt8]
    /// Where each line begins, in bytes; none where the text is not at hand.
    private let lines: [Int]
    /// The number of the first of them.
    private let firstLine: Int
    private let isASCII: Bool

    private init(file: String, bytes: [UInt8], lines: [Int], firstLine: Int = 1, isASCII: Bool) {
        self.file = file
        self.firstLine = firstLine
        self.bytes = bytes
        self.lines = lines
        self.isASCII = isASCII
    }

    /// A file whose text is not at hand: its problems are told without their lines.
    public convenience init(unread file: String) {
        self.init(file: file, bytes: [], lines: [], isASCII: true)
    }

    /// One line of a file that is not kept as a whole.
    ///
    /// - Parameters:
    ///   - line: its number, from 1.
    ///   - bytes: its text, in UTF-8.
    public convenience init(file: String, line: Int, _ bytes: some Collection<UInt8>) {
        self.init(file: file, bytes: Array(bytes), lines: [0], firstLine: line, isASCII: false)
    }

    /// Checks a file's bytes.
    ///
    /// - Parameters:
    ///   - input: the bytes; a byte order mark at their start is passed over.
    ///   - file: the name that diagnostics give.
    ///   - limit: how many bytes there may be.
    ///   - diagnostics: takes what is wrong.
    /// - Returns: the text; `nil` means that a problem was added.
    public static func checked(
        _ input: some Collection<UInt8>, file: String, upTo limit: Int, into diagnostics: inout Diagnostics
    ) -> SourceText? {
        var bytes = Array(input.prefix(limit + 1))
        let first = Mark(file: file, start: .init(line: 1, column: 1))
        if bytes.count > limit {
            diagnostics.error(
                "longer than \(limit / 1024) kB", at: first,
                help: "split the file, or check that it is the file you meant")
            return nil
        }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            diagnostics.error("not UTF-8: this looks like UTF-16", at: first, help: "save the file as UTF-8")
            return nil
        }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        var lines = [0]
        var isASCII = true
        var index = 0
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
                lines.append(index)
                column = 1
                continue
            }
            let scalar = scalar(in: bytes, at: index)
            if byte >= 0x80 { isASCII = false }
            let problem = scalar.map(refusal) ?? ("not valid UTF-8", "save the file as UTF-8")
            if let problem {
                let seen = bytes[index...].prefix { $0 != 0x0A && $0 != 0x0D }
                let source = SourceText(file: file, bytes: Array(bytes[..<seen.endIndex]), lines: lines, isASCII: false)
                let mark = Mark(in: source, start: .init(line: lines.count, column: column))
                diagnostics.error(problem.message, at: mark, help: problem.help)
                return nil
            }
            index += scalar.map(UTF8.width) ?? 1
            column += 1
        }
        return SourceText(file: file, bytes: bytes, lines: lines, isASCII: isASCII)
    }

    /// A line without its end; `nil` where there is none or the text is not at hand. What is no UTF-8 in it is
    /// replaced.
    ///
    /// - Parameter number: counted from 1.
    public func line(_ number: Int) -> String? {
        guard lines.indices.contains(number - firstLine) else { return nil }
        let line = bytes[lines[number - firstLine]...].prefix { $0 != 0x0A && $0 != 0x0D }
        return String(decoding: line, as: UTF8.self)
    }

    /// The first byte of the character with a number counted from 0, or the end.
    public func offset(ofScalar index: Int) -> Int {
        if isASCII { return min(index, bytes.count) }
        var seen = -1
        for (offset, byte) in bytes.enumerated() where byte & 0xC0 != 0x80 {
            seen += 1
            if seen == index { return offset }
        }
        return bytes.count
    }

    /// The character that starts at an index; `nil` if its bytes are not well formed.
    private static func scalar(in bytes: [UInt8], at index: Int) -> Unicode.Scalar? {
        var rest = bytes[index..<min(index + 4, bytes.count)].makeIterator()
        var decoder = UTF8()
        return if case .scalarValue(let scalar) = decoder.decode(&rest) { scalar } else { nil }
    }

    /// Why a character must not stand in a text as it is.
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
}
