import AdapterKit

/// An operation's notes as they stand in a column: a line each, `1795480000000<tab>send<tab>POST /v1`. In the detail a
/// line feed is written as `\\n` and a backslash twice.
enum NotesColumn {
    /// The lines of some notes, to be appended to those before.
    static func write(_ notes: [StepNote]) -> String {
        var text = ""
        for note in notes {
            text += "\(note.at.milliseconds)\t\(note.kind)\t"
            text += escaped(note.detail)
            text += "\n"
        }
        return text
    }

    /// The notes of a column; nil where it holds anything else.
    static func read(_ text: String) -> [StepNote]? {
        var notes: [StepNote] = []
        for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
            let parts = line.split(separator: UInt8(ascii: "\t"), maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3, let at = Int64(String(Substring(parts[0]))) else { return nil }
            notes.append(
                StepNote(
                    at: Instant(milliseconds: at), kind: String(Substring(parts[1])), detail: unescaped(parts[2])))
        }
        return notes
    }

    /// By scalars: to Swift a carriage return and a line feed behind it are one character, which is no line feed.
    private static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\\") || $0 == 0 }) else {
            return text
        }
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": escaped.append(contentsOf: "\\n".unicodeScalars)
            // SQLite's text ends at one for most who read it.
            case "\0": escaped.append("\u{FFFD}")
            case "\\": escaped.append(contentsOf: "\\\\".unicodeScalars)
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }

    private static func unescaped(_ text: Substring.UTF8View) -> String {
        guard text.contains(UInt8(ascii: "\\")) else { return String(Substring(text)) }
        var plain: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let escaped = rest.popFirst() else {
                plain.append(byte)
                continue
            }
            plain.append(escaped == UInt8(ascii: "n") ? UInt8(ascii: "\n") : escaped)
        }
        return String(decoding: plain, as: UTF8.self)
    }
}
