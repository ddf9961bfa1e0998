public import MarkedText

/// Reads a file row by row.
///
/// The separator is what a first line `sep=;` says, which spreadsheets write and understand; else the one of `;`, `,`
/// and the tab that stands most often in the first line outside quotes, and a comma where there is none.
public struct CSVReader: Sendable {
    private enum Ending {
        /// A row that can be used.
        case row
        /// A row with a mistake.
        case broken
        /// The end of the file, or a mistake behind which nothing can be made out.
        case over
    }

    /// The file as the caller named it.
    public let file: String
    /// How it is written.
    public let encoding: CSVEncoding
    /// What stands between cells.
    public let separator: Character
    /// What is worth knowing of how the file was read: warnings only.
    public let remarks: [Diagnostic]
    /// How many lines there are, about: the last may have no end.
    public let lines: Int

    private let bytes: [UInt8]
    private let separatorByte: UInt8
    private var position: Int
    private var line: Int
    private var lineStart: Int
    private var isOver = false

    /// Begins to read.
    ///
    /// - Parameters:
    ///   - bytes: the file, at most ``MarkedCSV/byteLimit`` long.
    ///   - file: the name that diagnostics give.
    /// - Throws: ``DiagnosticsError`` where the characters can't be made out.
    public init(_ bytes: [UInt8], file: String) throws(DiagnosticsError) {
        let text = try CSVText(bytes, file: file)
        self.file = file
        self.bytes = text.bytes
        encoding = text.encoding
        remarks =
            text.firstForeign.map { place in
                [
                    Diagnostic(
                        .warning, at: Mark(file: file, start: place), "not UTF-8: the file is read as Windows-1252",
                        help: "check the names with accents; CSV UTF-8 leaves no doubt")
                ]
            } ?? []
        let first = Self.firstLine(text.bytes)
        let (separator, isSaid) = Self.separator(text.bytes[first.content])
        separatorByte = separator
        self.separator = Character(Unicode.Scalar(separator))
        position = isSaid ? first.end : 0
        line = isSaid ? 2 : 1
        lineStart = position
        lines = text.bytes.withUnsafeBufferPointer { bytes in
            var count = 1
            for index in bytes.indices {
                let isEnd = bytes[index] == Byte.carriageReturn && (index + 1 == bytes.count || bytes[index + 1] != 10)
                if bytes[index] == Byte.lineFeed || isEnd { count += 1 }
            }
            return count
        }
    }

    /// Reads the next row that can be used; what is wrong with those before it is told.
    ///
    /// - Returns: false at the file's end, and behind a mistake after which nothing can be made out.
    public mutating func next(_ row: inout CSVRow, _ diagnostics: inout Diagnostics) -> Bool {
        let bytes = bytes
        while !isOver {
            let ending = bytes.withUnsafeBufferPointer { read($0, &row, &diagnostics) }
            switch ending {
            case .row: return true
            case .broken: continue
            case .over: isOver = true
            }
        }
        return false
    }

    /// Where a cell of a row stands; beyond the last cell, the place behind it.
    public func mark(_ index: Int, of row: CSVRow) -> Mark {
        guard let last = row.cells.last else {
            return Mark(file: file, start: Mark.Position(line: row.line, column: 1))
        }
        guard index < row.cells.count else {
            return mark(last.line, last.lineStart, from: last.sourceEnd, to: last.sourceEnd)
        }
        let cell = row.cells[index]
        return mark(cell.line, cell.lineStart, from: cell.start, to: cell.sourceEnd)
    }

    /// Tells what is wrong with a cell. Where so much is wrong that it is only counted, its place is not worked out.
    public func error(
        _ message: String, at index: Int, of row: CSVRow, help: String? = nil, _ diagnostics: inout Diagnostics
    ) {
        let mark =
            diagnostics.isFull
            ? Mark(file: file, start: Mark.Position(line: row.line, column: 1)) : mark(index, of: row)
        diagnostics.error(message, at: mark, help: help)
    }

    /// The longest line that is shown with a problem, in bytes.
    private static let longestShown = 16 << 10

    /// A mark by offsets, of which the first lies on the line given, or behind it.
    private func mark(_ line: Int, _ lineStart: Int, from start: Int, to end: Int) -> Mark {
        var (place, placeStart, index) = (line, lineStart, lineStart)
        func position(upTo offset: Int) -> Mark.Position {
            while index < offset {
                let byte = bytes[index]
                let isBare = byte == Byte.carriageReturn && (index + 1 == bytes.count || bytes[index + 1] != 10)
                index += 1
                if byte == Byte.lineFeed || isBare { (place, placeStart) = (place + 1, index) }
            }
            let column = bytes[placeStart..<offset].reduce(1) { $1 & 0xC0 == 0x80 ? $0 : $0 + 1 }
            return Mark.Position(line: place, column: column)
        }
        let first = position(upTo: start)
        let shown = bytes[placeStart...].prefix(Self.longestShown + 1).prefix { !Byte.isLineEnd($0) }
        let last = position(upTo: end)
        guard shown.count <= Self.longestShown else { return Mark(file: file, start: first, end: last) }
        return Mark(in: SourceText(file: file, line: first.line, shown), start: first, end: last)
    }

    /// Tells what is wrong on the line that is being read.
    private func tell(
        _ message: String, from start: Int, to end: Int, help: String, _ diagnostics: inout Diagnostics
    ) {
        let mark =
            diagnostics.isFull
            ? Mark(file: file, start: Mark.Position(line: line, column: 1))
            : mark(line, lineStart, from: start, to: end)
        diagnostics.error(message, at: mark, help: help)
    }
}

extension CSVReader {
    private mutating func read(
        _ bytes: UnsafeBufferPointer<UInt8>, _ row: inout CSVRow, _ diagnostics: inout Diagnostics
    ) -> Ending {
        guard position < bytes.count else { return .over }
        row.begin(line: line)
        var isBroken = false
        while true {
            guard row.cells.count < MarkedCSV.columnLimit else {
                return give(up: "more than \(MarkedCSV.columnLimit) cells in a row", at: position, &diagnostics)
            }
            let (start, startLine, startOfLine) = (position, line, lineStart)
            let ending =
                position < bytes.count && bytes[position] == Byte.quote
                ? readQuoted(bytes, &row, &diagnostics) : readPlain(bytes, &row, &diagnostics)
            if ending == .over { return .over }
            if ending == .broken { isBroken = true }
            if row.text.count > MarkedCSV.rowLimit {
                return give(up: "a row of more than \(MarkedCSV.rowLimit >> 20) MB", at: start, &diagnostics)
            }
            row.cells.append(
                CSVRow.Cell(
                    end: row.text.count, line: startLine, lineStart: startOfLine, start: start, sourceEnd: position))
            guard position < bytes.count else {
                row.isCutOff = true
                return isBroken ? .broken : .row
            }
            if bytes[position] == separatorByte {
                position += 1
                continue
            }
            endLine(bytes)
            return isBroken ? .broken : .row
        }
    }

    /// A cell in quotes, up to the separator or the end of the line behind it.
    private mutating func readQuoted(
        _ bytes: UnsafeBufferPointer<UInt8>, _ row: inout CSVRow, _ diagnostics: inout Diagnostics
    ) -> Ending {
        let (opening, openingLine, openingStart) = (position, line, lineStart)
        let before = row.text.count
        var isBroken = false
        position += 1
        while true {
            guard position < bytes.count, row.text.count - before <= MarkedCSV.cellLimit else {
                diagnostics.error(
                    position < bytes.count
                        ? "the quote that opens here is not closed within \(MarkedCSV.cellLimit >> 10) kB"
                        : "the quote that opens here is never closed",
                    at: mark(openingLine, openingStart, from: opening, to: opening + 1),
                    help: "close it; a quote inside a cell is written twice")
                return .over
            }
            let byte = bytes[position]
            if byte == Byte.quote {
                position += 1
                guard position < bytes.count, bytes[position] == Byte.quote else { break }
                row.text.append(Byte.quote)
                position += 1
            } else if Byte.isLineEnd(byte) {
                row.text.append(Byte.lineFeed)
                endLine(bytes)
            } else {
                if Byte.isControl(byte), !isBroken { isBroken = refuse(control: byte, &diagnostics) }
                row.text.append(byte)
                position += 1
            }
        }
        guard position < bytes.count, bytes[position] != separatorByte, !Byte.isLineEnd(bytes[position]) else {
            return isBroken ? .broken : .row
        }
        tell(
            "text behind the quote that closes a cell", from: position, to: position + 1,
            help: "put the whole cell in quotes, and write each quote inside it twice", &diagnostics)
        skipCell(bytes)
        return .broken
    }

    /// A cell without quotes. One that begins with `="` may hold them: spreadsheets take `="00123"` for a text.
    private mutating func readPlain(
        _ bytes: UnsafeBufferPointer<UInt8>, _ row: inout CSVRow, _ diagnostics: inout Diagnostics
    ) -> Ending {
        let start = position
        let mayQuote =
            position + 1 < bytes.count && bytes[position] == Byte.equals && bytes[position + 1] == Byte.quote
        var isBroken = false
        while position < bytes.count {
            let byte = bytes[position]
            if byte == separatorByte || Byte.isLineEnd(byte) { break }
            if byte == Byte.quote, !mayQuote {
                tell(
                    "a quote inside a cell that is not in quotes", from: position, to: position + 1,
                    help: "put the whole cell in quotes, and write each quote inside it twice", &diagnostics)
                skipCell(bytes)
                return .broken
            }
            if Byte.isControl(byte), !isBroken { isBroken = refuse(control: byte, &diagnostics) }
            position += 1
        }
        guard position - start <= MarkedCSV.cellLimit else {
            return give(up: "a cell of more than \(MarkedCSV.cellLimit >> 10) kB", at: start, &diagnostics)
        }
        row.text.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<position]))
        return isBroken ? .broken : .row
    }

    /// - Returns: true, for what holds it is broken; it is told once for a cell.
    private func refuse(control byte: UInt8, _ diagnostics: inout Diagnostics) -> Bool {
        tell(
            byte == 0 ? "NUL character: this is no text" : "control character \(hex(UInt32(byte), 2))",
            from: position, to: position + 1,
            help: byte == 0 ? "check that it is the file you meant" : "remove it", &diagnostics)
        return true
    }

    private mutating func skipCell(_ bytes: UnsafeBufferPointer<UInt8>) {
        while position < bytes.count, bytes[position] != separatorByte, !Byte.isLineEnd(bytes[position]) {
            position += 1
        }
    }

    private mutating func endLine(_ bytes: UnsafeBufferPointer<UInt8>) {
        let isPair =
            bytes[position] == Byte.carriageReturn && position + 1 < bytes.count
            && bytes[position + 1] == Byte.lineFeed
        position += isPair ? 2 : 1
        line += 1
        lineStart = position
    }

    private func give(up message: String, at offset: Int, _ diagnostics: inout Diagnostics) -> Ending {
        tell(
            message, from: max(lineStart, offset), to: max(lineStart, offset),
            help: "check the quotes and separators before it", &diagnostics)
        return .over
    }

    /// The first line's content, and where the next one begins.
    private static func firstLine(_ bytes: [UInt8]) -> (content: Range<Int>, end: Int) {
        let end = bytes.firstIndex(where: Byte.isLineEnd) ?? bytes.count
        let isPair =
            end + 1 < bytes.count && bytes[end] == Byte.carriageReturn && bytes[end + 1] == Byte.lineFeed
        return (0..<end, min(bytes.count, end + (isPair ? 2 : 1)))
    }

    /// The separator, and whether the line is there to say it.
    private static func separator(_ line: ArraySlice<UInt8>) -> (byte: UInt8, isSaid: Bool) {
        let said = Array("sep=".utf8)
        if line.count == said.count + 1, line.starts(with: said), let byte = line.last, byte > 0x1F || byte == Byte.tab,
            byte < 0x7F, byte != Byte.quote
        {
            return (byte, true)
        }
        var counts: [UInt8: Int] = [:]
        var isQuoted = false
        for byte in line {
            if byte == Byte.quote { isQuoted.toggle() }
            if !isQuoted, [Byte.semicolon, Byte.comma, Byte.tab].contains(byte) { counts[byte, default: 0] += 1 }
        }
        let order = [Byte.comma, Byte.semicolon, Byte.tab]
        let best = order.max { counts[$0, default: 0] < counts[$1, default: 0] } ?? Byte.comma
        return (counts.isEmpty ? Byte.comma : best, false)
    }
}
