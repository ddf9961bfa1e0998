/// Rows under a heading, as wide as they need, or as the terminal is.
///
/// Too wide for the terminal, the last column is broken over several lines: nothing is cut off. The cells' text stands
/// in one run of bytes, since a portfolio's table has a million of them.
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
    }

    /// Where a cell's bytes end, and how many columns they take.
    private struct Place {
        var end: Int
        var width: Int
        var style: Style?
    }

    private var bytes: [UInt8] = []
    private var places: [Place] = []
    private var widths: [Int]

    init(_ headings: String...) {
        widths = Array(repeating: 0, count: headings.count)
        for (column, heading) in headings.enumerated() { add(heading.uppercased(), .faint, column) }
    }

    mutating func add(_ cells: Cell...) {
        for column in cells.indices { add(cells[column].text, cells[column].style, column) }
    }

    private mutating func add(_ text: String, _ style: Style?, _ column: Int) {
        let start = bytes.count
        bytes.append(contentsOf: text.utf8)
        var isPlain = true
        for index in start..<bytes.count {
            // A message of several lines would tear the table.
            if bytes[index] < 0x20 { bytes[index] = 0x20 }
            if bytes[index] >= 0x80 { isPlain = false }
        }
        let width = isPlain ? bytes.count - start : Self.width(text)
        widths[column] = max(widths[column], width)
        places.append(Place(end: bytes.count, width: width, style: style))
    }

    /// Writes the table to standard output.
    func print(width: Int?, color: Bool) {
        var lines: [UInt8] = []
        lines.reserveCapacity(Self.chunk + 4096)
        for row in 0..<places.count / widths.count {
            append(row, room: room(width), color: color, to: &lines)
            if lines.count >= Self.chunk {
                Console.write(lines)
                lines.removeAll(keepingCapacity: true)
            }
        }
        Console.write(lines)
    }

    /// The table as text, with a line feed at its end.
    func text(width: Int?, color: Bool) -> String {
        var lines: [UInt8] = []
        for row in 0..<places.count / widths.count { append(row, room: room(width), color: color, to: &lines) }
        return String(decoding: lines, as: UTF8.self)
    }

    /// How many bytes are gathered before they are written.
    private static let chunk = 1 << 18

    /// The columns left for the last column; nil for all it wants. Below 24 a broken text reads worse than a line
    /// that the terminal breaks.
    private func room(_ width: Int?) -> Int? {
        width.map { max(24, $0 - widths.dropLast().reduce(0) { $0 + $1 + 2 }) }
    }

    private func append(_ row: Int, room: Int?, color: Bool, to lines: inout [UInt8]) {
        let first = row * widths.count
        let last = first + widths.count - 1
        var gap = 0
        for index in first..<last {
            let place = places[index]
            lines.append(contentsOf: repeatElement(UInt8(ascii: " "), count: place.width > 0 ? gap : 0))
            append(bytes[(index > 0 ? places[index - 1].end : 0)..<place.end], place.style, color, to: &lines)
            gap = (place.width > 0 ? 0 : gap) + widths[index - first] - place.width + 2
        }
        let place = places[last]
        let text = bytes[(last > 0 ? places[last - 1].end : 0)..<place.end]
        guard place.width > 0 else {
            lines.append(UInt8(ascii: "\n"))
            return
        }
        lines.append(contentsOf: repeatElement(UInt8(ascii: " "), count: gap))
        guard let room, place.width > room else {
            append(text, place.style, color, to: &lines)
            lines.append(UInt8(ascii: "\n"))
            return
        }
        let indent = widths.dropLast().reduce(0) { $0 + $1 + 2 }
        for (number, part) in Self.wrap(String(decoding: text, as: UTF8.self), room).enumerated() {
            if number > 0 { lines.append(contentsOf: repeatElement(UInt8(ascii: " "), count: indent)) }
            append(Array(part.utf8)[...], place.style, color, to: &lines)
            lines.append(UInt8(ascii: "\n"))
        }
    }

    private func append(_ text: ArraySlice<UInt8>, _ style: Style?, _ color: Bool, to lines: inout [UInt8]) {
        guard color, let style else {
            lines.append(contentsOf: text)
            return
        }
        lines += "\u{1B}[\(style.rawValue)m".utf8
        lines.append(contentsOf: text)
        lines += "\u{1B}[0m".utf8
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
