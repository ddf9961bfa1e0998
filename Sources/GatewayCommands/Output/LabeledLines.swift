/// Texts beside their names, each broken to the room there is: a page about one thing.
struct LabeledLines {
    private var lines: [(label: String, text: String)] = []

    /// Whether there are none.
    var isEmpty: Bool { lines.isEmpty }

    /// Adds a text; below one of the same name it goes on without it.
    mutating func add(_ label: String, _ text: String) {
        // What strangers wrote may hold line feeds, or what a terminal obeys.
        let plain = text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }
        let shown = String(String.UnicodeScalarView(plain))
        lines.append((lines.last { !$0.label.isEmpty }?.label == label ? "" : label, shown))
    }

    /// The lines.
    ///
    /// - Parameters:
    ///   - width: The columns that they may take; nil for as many as they need.
    ///   - indent: The columns that stay free before each.
    func text(width: Int?, indent: Int = 0, paint: (String) -> String = { $0 }) -> [String] {
        let margin = String(repeating: " ", count: indent)
        let column = (lines.map { CellText.width($0.label) }.max() ?? 0) + 2
        return lines.flatMap { label, text in
            let room = width.map { max(20, $0 - indent - column) }
            let parts = room.map { Self.wrap(text, $0) } ?? [text]
            return parts.enumerated().map { number, part in
                let shown = number == 0 ? label : ""
                let gap = String(repeating: " ", count: column - CellText.width(shown))
                return margin + (shown.isEmpty ? "" : paint(shown)) + gap + part
            }
        }
    }

    /// Breaks a text at spaces, and a word that is too long for a line where the line ends.
    static func wrap(_ text: String, _ room: Int) -> [String] {
        Table.wrap(text, room).flatMap { line -> [String] in
            guard CellText.width(line) > room else { return [line] }
            var parts = [""]
            var used = 0
            for character in line {
                let width = CellText.width(String(character))
                if used + width > room {
                    parts.append("")
                    used = 0
                }
                parts[parts.count - 1].append(character)
                used += width
            }
            return parts
        }
    }
}
