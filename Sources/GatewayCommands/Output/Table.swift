/// Rows under a heading, as wide as they need, or as the terminal is.
///
/// Too wide for the terminal, the last column is broken over several lines: nothing is cut off.
struct Table {
    /// A cell: its text, and how it is colored where there is color.
    struct Cell: ExpressibleByStringLiteral {
        var text: String
        var style: Style?

        init(_ text: String, _ style: Style? = nil) {
            // A message of several lines would tear the table.
            self.text = text.contains("\n") ? text.replacing("\n", with: " ") : text
            self.style = style
        }

        init(stringLiteral value: String) { self.init(value) }
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

    private let headings: [String]
    private var rows: [[Cell]] = []

    init(_ headings: String...) { self.headings = headings }

    mutating func add(_ cells: Cell...) { rows.append(cells) }

    /// The table as text, without a line feed at its end.
    func text(width: Int?, color: Bool) -> String {
        let widths = headings.indices.map { column in
            rows.reduce(Self.width(headings[column])) { max($0, Self.width($1[column].text)) }
        }
        let before = widths.dropLast().reduce(0) { $0 + $1 + 2 }
        // Below 24 columns a broken text reads worse than a line that the terminal breaks.
        let room = width.map { max(24, $0 - before) }
        var lines = [line(headings.map { Cell($0.uppercased(), .faint) }, widths, color)]
        for row in rows {
            guard let room, let last = row.last, Self.width(last.text) > room else {
                lines.append(line(row, widths, color))
                continue
            }
            let broken = Self.wrap(last.text, room)
            for (index, part) in broken.enumerated() {
                let cells = index == 0 ? Array(row.dropLast()) : row.dropLast().map { _ in Cell("") }
                lines.append(line(cells + [Cell(part, last.style)], widths, color))
            }
        }
        return lines.joined(separator: "\n")
    }

    private func line(_ cells: [Cell], _ widths: [Int], _ color: Bool) -> String {
        var line = ""
        for (column, cell) in cells.enumerated() {
            line += color ? cell.style.map { "\u{1B}[\($0.rawValue)m\(cell.text)\u{1B}[0m" } ?? cell.text : cell.text
            if column < cells.count - 1 {
                line += String(repeating: " ", count: widths[column] - Self.width(cell.text) + 2)
            }
        }
        while line.last == " " { line.removeLast() }
        return line
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
