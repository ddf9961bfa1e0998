import AdapterKit

/// Rows under a heading, as wide as they need, or as the terminal is.
///
/// Too wide for the terminal, the last column is broken over several lines, then put below the others; and where even
/// those do not fit, each row becomes a list of its own. Nothing is cut off. The cells' text stands in one run of
/// bytes, since a portfolio's table has a million of them.
struct Table {
    /// A cell: its text, and how it is colored where there is color.
    struct Cell {
        var text: String
        var style: Style?

        init(_ text: String, _ style: Style? = nil) {
            self.text = text
            self.style = style
        }
    }

    /// How a cell looks where there is color.
    enum Style: String {
        case good = "32"
        case notice = "36"
        case warning = "33"
        case bad = "31"
        case faint = "2"
        case strong = "1"

        /// What turns it on in a terminal.
        var on: [UInt8] { Array("\u{1B}[\(rawValue)m".utf8) }
        /// What turns any of them off.
        static let off = Array("\u{1B}[0m".utf8)
    }

    /// Where a cell's bytes end, and how many columns they take.
    private struct Place {
        private let last: UInt32
        private let columns: UInt32
        let style: Style?

        var end: Int { Int(last) }
        var width: Int { Int(columns) }

        init(end: Int, width: Int, style: Style?) {
            // In half the room: a part of a table holds some 30,000 of them.
            last = UInt32(clamping: end)
            columns = UInt32(clamping: width)
            self.style = style
        }
    }

    private var bytes: [UInt8] = []
    private var places: [Place] = []
    private var widths: [Int]

    init(_ headings: String...) {
        widths = Array(repeating: 0, count: headings.count)
        for heading in headings {
            put(heading.uppercased())
            endCell(.faint)
        }
    }

    /// Makes room for so many rows, as long as rows usually are.
    mutating func reserve(rows: Int) {
        bytes.reserveCapacity((rows + 1) * 24 * widths.count)
        places.reserveCapacity((rows + 1) * widths.count)
    }

    mutating func add(_ cells: Cell...) {
        for cell in cells {
            put(cell.text)
            endCell(cell.style)
        }
    }

    /// Appends to the cell that is not ended yet.
    mutating func put(_ text: String) {
        // Growing an array by a string's own bytes takes them one at a time.
        if text.utf8.withContiguousStorageIfAvailable({ bytes.append(contentsOf: $0) }) == nil {
            bytes.append(contentsOf: text.utf8)
        }
    }

    /// Appends a number to the cell that is not ended yet.
    mutating func put(_ number: Int) {
        guard (0..<100).contains(number) else { return put(String(number)) }
        if number >= 10 { bytes.append(48 + UInt8(number / 10)) }
        bytes.append(48 + UInt8(number % 10))
    }

    /// Appends a day to the cell that is not ended yet.
    mutating func put(_ day: LocalDay) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: LocalDay.textLength) { text in
            guard let start = text.baseAddress else { return }
            bytes.append(contentsOf: UnsafeBufferPointer(start: start, count: day.write(at: start)))
        }
    }

    /// Ends the cell whose text was put: the next one stands in the next column, or in the next row.
    mutating func endCell(_ style: Style? = nil) {
        let start = places.last?.end ?? 0
        let isPlain = bytes.withUnsafeMutableBufferPointer { Self.flatten($0, from: start) }
        let width = isPlain ? bytes.count - start : Self.width(String(decoding: bytes[start...], as: UTF8.self))
        let column = places.count % widths.count
        if widths[column] < width { widths[column] = width }
        places.append(Place(end: bytes.count, width: width, style: style))
    }

    /// Makes spaces of control characters: a message of several lines would tear the table.
    ///
    /// - Returns: Whether all is ASCII, a byte a column.
    private static func flatten(_ bytes: UnsafeMutableBufferPointer<UInt8>, from start: Int) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        guard let raw = UnsafeRawPointer(bytes.baseAddress) else { return true }
        var index = start
        var all: UInt64 = 0
        var controls: UInt64 = 0
        // Eight at a time: a byte is less than 32 where to take that from it borrows of its highest bit.
        while index + 8 <= bytes.count {
            let word = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            all |= word
            controls |= (word &- ones &* 0x20) & ~word
            index += 8
        }
        let first = controls & (ones &* 0x80) == 0 ? index : start
        var isPlain = all & (ones &* 0x80) == 0
        for index in first..<bytes.count {
            bytes[index] = max(bytes[index], 0x20)
            isPlain = isPlain && bytes[index] < 0x80
        }
        return isPlain
    }

    /// Writes the table to standard output.
    func print(width: Int?, color: Bool) { Console.write(lines(layout(width), from: 0, color)) }

    /// Writes a table that was made in parts, each with the same headings. The parts' lines are made side by side.
    static func print(_ parts: [Table], width: Int?, color: Bool) async {
        let widths = parts.dropFirst().reduce(parts.first?.widths ?? []) { zip($0, $1.widths).map(max) }
        let parts = parts.enumerated().map { number, part in
            var part = part
            part.widths = widths
            return (number, part)
        }
        await SideBySide.write(parts) { number, part in
            part.lines(part.layout(width), from: number == 0 ? 0 : 1, color)
        }
    }

    /// The table as text, with a line feed at its end.
    func text(width: Int?, color: Bool) -> String {
        String(decoding: lines(layout(width), from: 0, color), as: UTF8.self)
    }

    private func lines(_ layout: Layout, from first: Int, _ color: Bool) -> [UInt8] {
        var lines: [UInt8] = []
        let rows = first..<places.count / widths.count
        if case .beside(room: nil) = layout { return besideEachOther(rows, color) }
        lines.reserveCapacity(bytes.count * 2)
        for row in rows { append(row, layout, color, to: &lines) }
        return lines
    }

    /// Rows whose cells all stand beside each other: all rows of a long listing, so they are written straight to memory.
    private func besideEachOther(_ rows: Range<Int>, _ color: Bool) -> [UInt8] {
        let padding = widths.dropLast().reduce(1) { $0 + $1 + 2 }
        let room = bytes.count + rows.count * (padding + (color ? widths.count * Self.colorRoom : 0))
        return [UInt8](unsafeUninitializedCapacity: room) { lines, count in
            guard let first = lines.baseAddress else { return }
            var end = first
            bytes.withUnsafeBufferPointer { bytes in
                for row in rows {
                    var gap = 0
                    for column in widths.indices {
                        let index = row * widths.count + column
                        let place = places[index]
                        let start = index > 0 ? places[index - 1].end : 0
                        if place.end > start, let cell = bytes.baseAddress {
                            end.update(repeating: UInt8(ascii: " "), count: gap)
                            end += gap
                            gap = 0
                            let style = color ? place.style : nil
                            if let style { end = Self.write(style.on, at: end) }
                            end.update(from: cell + start, count: place.end - start)
                            end += place.end - start
                            if style != nil { end = Self.write(Style.off, at: end) }
                        }
                        gap += widths[column] - place.width + 2
                    }
                    end.pointee = UInt8(ascii: "\n")
                    end += 1
                }
            }
            count = end - first
        }
    }

    private static func write(_ text: [UInt8], at end: UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt8> {
        for (index, byte) in text.enumerated() { end[index] = byte }
        return end + text.count
    }

    /// The most bytes that color adds to a cell.
    private static let colorRoom = 16

    /// The columns that the last column wants at least to stand beside the others.
    private static let leastRoom = 40
    /// How far what stands below a row is indented.
    private static let indent = 4

    /// How rows are laid out.
    private enum Layout {
        /// All columns side by side, the last one broken where it has only so much room.
        case beside(room: Int?)
        /// The last column below the others, broken at this width.
        case below(room: Int)
        /// Each row as a list of headings and values, broken at this width.
        case list(room: Int)
    }

    private func layout(_ width: Int?) -> Layout {
        guard let width else { return .beside(room: nil) }
        let before = widths.dropLast().reduce(0) { $0 + $1 + 2 }
        if before + (widths.last ?? 0) <= width { return .beside(room: nil) }
        if before - 2 > width { return .list(room: max(Self.leastRoom / 2, width - headingWidth - 2)) }
        let room = width - before
        return room >= Self.leastRoom ? .beside(room: room) : .below(room: max(Self.leastRoom / 2, width - Self.indent))
    }

    private var headingWidth: Int { places.prefix(widths.count).reduce(0) { max($0, $1.width) } }

    private func text(_ index: Int) -> ArraySlice<UInt8> {
        bytes[(index > 0 ? places[index - 1].end : 0)..<places[index].end]
    }

    private func append(_ row: Int, _ layout: Layout, _ color: Bool, to lines: inout [UInt8]) {
        let first = row * widths.count
        let last = first + widths.count - 1
        switch layout {
        case .list(let room):
            if row > 0 { appendList(first, room, color, to: &lines) }
        case .below(let room):
            appendColumns(first..<last, color, to: &lines)
            lines.append(UInt8(ascii: "\n"))
            if row > 0, places[last].width > 0 { appendBroken(last, room, Self.indent, true, color, to: &lines) }
        case .beside(let room):
            var gap = appendColumns(first..<last, color, to: &lines)
            if places[last].width == 0 { gap = 0 }
            pad(gap, &lines)
            if let room, places[last].width > room {
                appendBroken(last, room, widths.dropLast().reduce(0) { $0 + $1 + 2 }, false, color, to: &lines)
            } else {
                append(text(last), places[last].style, color, to: &lines)
                lines.append(UInt8(ascii: "\n"))
            }
        }
    }

    /// Appends cells side by side.
    ///
    /// - Returns: The columns to leave before the next one.
    @discardableResult
    private func appendColumns(_ indices: Range<Int>, _ color: Bool, to lines: inout [UInt8]) -> Int {
        var gap = 0
        for index in indices {
            let place = places[index]
            if place.width > 0 {
                pad(gap, &lines)
                gap = 0
            }
            append(text(index), place.style, color, to: &lines)
            gap += widths[index - indices.lowerBound] - place.width + 2
        }
        return gap
    }

    private func appendList(_ first: Int, _ room: Int, _ color: Bool, to lines: inout [UInt8]) {
        let width = headingWidth
        for column in widths.indices where places[first + column].width > 0 {
            append(text(column), places[column].style, color, to: &lines)
            pad(width - places[column].width + 2, &lines)
            appendBroken(first + column, room, width + 2, false, color, to: &lines)
        }
        lines.append(UInt8(ascii: "\n"))
    }

    /// Appends a cell over as many lines as it needs, each but perhaps the first behind an indent.
    private func appendBroken(
        _ index: Int, _ room: Int, _ indent: Int, _ indentsFirst: Bool, _ color: Bool, to lines: inout [UInt8]
    ) {
        for (number, part) in Self.wrap(String(decoding: text(index), as: UTF8.self), room).enumerated() {
            if number > 0 || indentsFirst { pad(indent, &lines) }
            append(Array(part.utf8)[...], places[index].style, color, to: &lines)
            lines.append(UInt8(ascii: "\n"))
        }
    }

    private func pad(_ count: Int, _ lines: inout [UInt8]) {
        lines.append(contentsOf: repeatElement(UInt8(ascii: " "), count: count))
    }

    private func append(_ text: ArraySlice<UInt8>, _ style: Style?, _ color: Bool, to lines: inout [UInt8]) {
        guard color, let style else {
            lines.append(contentsOf: text)
            return
        }
        lines += style.on
        lines.append(contentsOf: text)
        lines += Style.off
    }

    /// Breaks a text at spaces into parts of at most `room` columns.
    static func wrap(_ text: String, _ room: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            if line.isEmpty {
                line = String(word)
            } else if width(line) + 1 + width(String(word)) <= room {
                line += " " + word
            } else {
                lines.append(line)
                line = String(word)
            }
        }
        return lines + [line]
    }

    /// The columns that a text takes: wide East Asian characters take two, combining marks none.
    static func width(_ text: String) -> Int {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
        return text.reduce(0) { sum, character in
            guard let first = character.unicodeScalars.first?.value else { return sum }
            let wide =
                (0x1100...0x115F).contains(first) || (0x2E80...0xA4CF).contains(first)
                || (0xAC00...0xD7A3).contains(first) || (0xF900...0xFAFF).contains(first)
                || (0xFE30...0xFE6F).contains(first) || (0xFF00...0xFF60).contains(first)
                || (0x1F300...0x1FAFF).contains(first)
            return sum + (wide ? 2 : 1)
        }
    }
}
