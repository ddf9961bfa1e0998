extension Diagnostic {
    /// The problem with the line it stands on and a caret below its place, as a person at a terminal reads it:
    ///
    /// ```
    /// profiles/a.yaml:9:12: error: expected a number of calendar days such as 14d, found "2w"
    ///       every: 2w
    ///              ^~
    ///     help: …
    /// ```
    ///
    /// Where the line is not at hand it is left out.
    public var shown: String {
        var lines = ["\(mark.file):\(mark.start): \(severity.rawValue): \(message)"]
        if let excerpt = mark.excerpt { lines += [excerpt.line, excerpt.caret].map { "    " + $0 } }
        if let help { lines.append("    help: " + help) }
        return lines.joined(separator: "\n")
    }
}

extension DiagnosticsError {
    /// Every problem with its line and a caret, one after the other.
    public var shown: String {
        let lines = diagnostics.map(\.shown)
        return (omitted > 0 ? lines + ["… and at least \(omitted) more"] : lines).joined(separator: "\n")
    }
}

extension Mark {
    /// How many columns of a line are shown at most.
    private static let excerptWidth = 100

    /// The line, and a second one whose caret stands below the mark's first character, whatever stands before it:
    /// tabs are written out, wide characters count twice, combining ones not at all. Of a long line the part
    /// around the mark is given. What could steer a terminal is written as its number.
    var excerpt: (line: String, caret: String)? {
        guard let text = source.line(line)?.unicodeScalars else { return nil }
        // Beyond the window nothing is shown, so nothing is worked out: lines may be of any length.
        let skipped = max(0, start.column - 1 - Self.excerptWidth)
        var cells: [(text: String, width: Int)] = []
        var column = 0
        for scalar in text.dropFirst(skipped).prefix(2 * Self.excerptWidth) {
            let cell = Self.cell(scalar, at: column)
            cells.append(cell)
            column += cell.width
        }
        let first = min(start.column - 1 - skipped, cells.count)
        let last = max(first, min((endColumn ?? 0) - 1 - skipped, cells.count))
        // Where not all of the line has room, a third of it is for what stands before.
        let room = skipped == 0 && column <= Self.excerptWidth ? column : Self.excerptWidth / 3
        var from = first
        var before = 0
        while from > 0, before + cells[from - 1].width <= room {
            from -= 1
            before += cells[from].width
        }
        var to = from
        var width = 0
        while to < cells.count, width + cells[to].width <= Self.excerptWidth {
            width += cells[to].width
            to += 1
        }
        let lead = skipped + from > 0 ? "…" : ""
        let tail = text.dropFirst(skipped + to).isEmpty ? "" : "…"
        let line = lead + cells[from..<to].map(\.text).joined() + tail
        let marked = cells[first..<max(first, min(last, to))].reduce(0) { $0 + $1.width }
        let caret = String(repeating: " ", count: before + lead.count) + "^"
        return (line, caret + String(repeating: "~", count: max(0, marked - 1)))
    }

    /// How a character is shown at a column counted from 0, and how many columns it takes.
    private static func cell(_ scalar: Unicode.Scalar, at column: Int) -> (text: String, width: Int) {
        if scalar == "\t" {
            let width = 8 - column % 8
            return (String(repeating: " ", count: width), width)
        }
        if let escaped = escaped(scalar) { return (escaped, escaped.utf8.count) }
        return (String(scalar), columns(of: scalar))
    }
}

/// How many columns of a terminal a character takes: wide East Asian characters and emoji two, combining marks
/// none, all others one. Widths are those of Unicode Standard Annex 11, by blocks.
public func columns(of scalar: Unicode.Scalar) -> Int {
    guard scalar.value >= 0x300 else { return 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
        0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1FAFF, 0x20000...0x3FFFD:
        return 2
    default: return 1
    }
}
