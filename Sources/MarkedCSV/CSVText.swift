import MarkedText

/// A file's characters as UTF-8, whatever they were written in.
struct CSVText {
    /// The file's name, for diagnostics.
    let file: String
    /// The characters, without a byte order mark.
    private(set) var bytes: [UInt8]
    /// How they were written.
    let encoding: CSVEncoding
    /// Where the first character stands that is not UTF-8; nil where all are.
    private(set) var firstForeign: Mark.Position?

    /// Finds out how a file is written.
    ///
    /// - Throws: ``DiagnosticsError`` where that can't be said, or a character is broken.
    init(_ input: [UInt8], file: String) throws(DiagnosticsError) {
        self.file = file
        let start = Mark(file: file, start: Mark.Position(line: 1, column: 1))
        func refuse(_ message: String, _ help: String) -> DiagnosticsError {
            DiagnosticsError([Diagnostic(.error, at: start, message, help: help)])
        }
        guard input.count <= MarkedCSV.byteLimit else {
            throw refuse(
                "longer than \(MarkedCSV.byteLimit >> 20) MB", "split the file, or check that it is the file you meant")
        }
        if input.starts(with: [0xFF, 0xFE]) {
            (bytes, encoding) = (try Self.decode(input, low: 0, file), .utf16LittleEndian)
        } else if input.starts(with: [0xFE, 0xFF]) {
            (bytes, encoding) = (try Self.decode(input, low: 1, file), .utf16BigEndian)
        } else if input.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
            throw refuse("this is no CSV but a workbook (.xlsx, .ods)", "save it as CSV UTF-8 and import that")
        } else if input.starts(with: [0xEF, 0xBB, 0xBF]) {
            bytes = Array(input.dropFirst(3))
            encoding = .utf8
            if let wrong = Self.survey(bytes).firstForeign {
                throw Self.refuse(
                    bytes, wrong, file, "not valid UTF-8, which the file's byte order mark says that it is",
                    "save the file as CSV UTF-8")
            }
        } else {
            let survey = Self.survey(input)
            guard let foreign = survey.firstForeign else {
                (bytes, encoding) = (input, .utf8)
                return
            }
            // Two bytes that are a character of UTF-8 by chance are as good as never met in a Western text: such a
            // file was put together from two.
            if let utf8 = survey.firstWide {
                let other = Self.position(of: utf8, in: input)
                throw Self.refuse(
                    input, foreign, file, "not valid UTF-8, although the character at \(other) is",
                    "save the file as CSV UTF-8: it holds text of two encodings")
            }
            firstForeign = Self.position(of: foreign, in: input)
            (bytes, encoding) = (try Self.decodeWindows(input, file), .windows1252)
        }
    }

    /// Where the first character of more than one byte stands, and the first byte that belongs to none.
    private static func survey(_ bytes: [UInt8]) -> (firstWide: Int?, firstForeign: Int?) {
        bytes.withUnsafeBufferPointer { bytes in
            var (index, wide, foreign) = (0, Int?.none, Int?.none)
            while index < bytes.count {
                if bytes[index] < 0x80 {
                    index += 1
                    continue
                }
                let width = scalarWidth(bytes, index)
                if width == 0 {
                    foreign = foreign ?? index
                } else {
                    wide = wide ?? index
                }
                if wide != nil, foreign != nil { break }
                index += max(width, 1)
            }
            return (wide, foreign)
        }
    }

    private static func decodeWindows(_ input: [UInt8], _ file: String) throws(DiagnosticsError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(input.count + input.count / 16)
        for (index, byte) in input.enumerated() {
            if byte < 0x80 {
                bytes.append(byte)
            } else if let scalar = CSVEncoding.windowsScalar(byte) {
                bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            } else {
                throw refuse(
                    input, index, file,
                    "neither UTF-8 nor Windows-1252: the byte \(hex(UInt32(byte), 2)) is in neither",
                    "save the file as CSV UTF-8")
            }
        }
        return bytes
    }

    /// - Parameter low: which byte of a pair is the lower one.
    private static func decode(_ input: [UInt8], low: Int, _ file: String) throws(DiagnosticsError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(input.count / 2 + 16)
        var position = Mark.Position(line: 1, column: 1)
        func refuse(_ message: String) -> DiagnosticsError {
            DiagnosticsError([
                Diagnostic(
                    .error, at: Mark(file: file, start: position), message, help: "save the file as CSV UTF-8")
            ])
        }
        func unit(_ index: Int) -> UInt16 {
            UInt16(input[index + low]) | UInt16(input[index + 1 - low]) << 8
        }
        var index = 2
        while index + 1 < input.count {
            var value = UInt32(unit(index))
            index += 2
            if value & 0xFC00 == 0xD800, index + 1 < input.count, unit(index) & 0xFC00 == 0xDC00 {
                value = 0x10000 + (value & 0x3FF) << 10 + UInt32(unit(index) & 0x3FF)
                index += 2
            }
            guard let scalar = Unicode.Scalar(value) else { throw refuse("not valid UTF-16: half a character") }
            bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            if value == 0x0A {
                position = Mark.Position(line: position.line + 1, column: 1)
            } else {
                position.column += 1
            }
        }
        guard index == input.count else { throw refuse("not valid UTF-16: the file ends within a character") }
        return bytes
    }

    private static func refuse(
        _ bytes: [UInt8], _ offset: Int, _ file: String, _ message: String, _ help: String
    ) -> DiagnosticsError {
        let mark = Mark(file: file, start: position(of: offset, in: bytes))
        return DiagnosticsError([Diagnostic(.error, at: mark, message, help: help)])
    }

    /// The place of a byte, where every byte but those that go on with a UTF-8 character begins one.
    private static func position(of offset: Int, in bytes: [UInt8]) -> Mark.Position {
        bytes.withUnsafeBufferPointer { bytes in
            var position = Mark.Position(line: 1, column: 1)
            var index = 0
            while index < offset {
                let byte = bytes[index]
                if byte == Byte.lineFeed || byte == Byte.carriageReturn && bytes[index + 1] != Byte.lineFeed {
                    position = Mark.Position(line: position.line + 1, column: 1)
                } else if byte != Byte.carriageReturn {
                    position.column += 1
                }
                index += max(1, scalarWidth(bytes, index))
            }
            return position
        }
    }
}

/// A number in hexadecimal, with at least so many digits.
func hex(_ value: UInt32, _ digits: Int) -> String {
    let text = String(value, radix: 16, uppercase: true)
    return "0x" + String(repeating: "0", count: max(0, digits - text.count)) + text
}
