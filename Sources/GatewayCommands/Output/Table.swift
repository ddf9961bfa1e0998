import AdapterKit

/// Rows under a heading, as wide as they need, or as the terminal is.
///
/// Too wide for the terminal, the last column is broken over several lines, then put below the others; and where even
/// those do not fit, each row becomes a list of its own. Nothing is cut off. The cells' text stands in one run of
/// bytes, since a portfolio's table has a million of them.
struct Table: CellSink {
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

    /// An empty table; its first row is that of the headings.
    init(columns: Int) { widths = Array(repeating: 0, count: columns) }

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
    mutating func put(bytes: UnsafeBufferPointer<UInt8>) { self.bytes.append(contentsOf: bytes) }

    /// Ends the cell whose text was put: the next one stands in the next column, or in the next row.
    mutating func endCell(_ style: Style?) {
        let start = places.last?.end ?? 0
        let width = bytes.withUnsafeMutableBufferPointer {
            CellText.flatten(UnsafeMutableBufferPointer(rebasing: $0[start...]))
        }
        let column = places.count % widths.count
        if widths[column] < width { widths[column] = width }
        places.append(Place(end: bytes.count, width: width, style: style))
    }

    /// Writes the table to standard output.
    func print(width: Int?, color: Bool) { Console.write(lines(layout(width), color)) }

    /// The table as text, with a line feed at its end.
    func text(width: Int?, color: Bool) -> String {
        String(decoding: lines(layout(width), color), as: UTF8.self)
    }

    private func lines(_ layout: Layout, _ color: Bool) -> [UInt8] {
        var lines: [UInt8] = []
        if case .beside(room: nil) = layout { return besideEachOther(color) }
        lines.reserveCapacity(bytes.count * 2)
        for row in 0..<places.count / widths.count { append(row, layout, color, to: &lines) }
        return lines
    }

    /// Rows whose cells all stand beside each other.
    private func besideEachOther(_ color: Bool) -> [UInt8] {
        LineCells.lines(widths, rows: places.count / widths.count, bytes: bytes.count, color: color) { lines in
            bytes.withUnsafeBufferPointer { bytes in
                var start = 0
                for place in places {
                    lines.put(bytes: UnsafeBufferPointer(rebasing: bytes[start..<place.end]))
                    lines.endCell(place.style)
                    start = place.end
                }
            }
        }
    }

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

    /// Whether all columns of these widths stand side by side in a terminal; nil for no terminal.
    static func fit(_ widths: [Int], in width: Int?) -> Bool {
        guard let width else { return true }
        return widths.dropLast().reduce(0) { $0 + $1 + 2 } + (widths.last ?? 0) <= width
    }

    private func layout(_ width: Int?) -> Layout {
        guard let width, !Self.fit(widths, in: width) else { return .beside(room: nil) }
        let before = widths.dropLast().reduce(0) { $0 + $1 + 2 }
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
            } else if CellText.width(line) + 1 + CellText.width(String(word)) <= room {
                line += " " + word
            } else {
                lines.append(line)
                line = String(word)
            }
        }
        return lines + [line]
    }
}
