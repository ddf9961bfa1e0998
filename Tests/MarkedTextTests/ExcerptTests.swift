import MarkedText
import Testing

@Suite("A problem is shown with its line and a caret")
struct ExcerptTests {
    /// What is shown of an error at a place of a text.
    private func shown(_ text: String, _ line: Int, _ column: Int, to end: Int? = nil, help: String? = nil) throws
        -> String
    {
        var diagnostics = Diagnostics()
        let source = try #require(
            SourceText.checked(text.utf8, file: "f", upTo: 1 << 20, into: &diagnostics), "\(diagnostics.all)")
        let mark = Mark(
            in: source, start: .init(line: line, column: column),
            end: end.map { .init(line: line, column: $0) })
        return Diagnostic(.error, at: mark, "wrong", help: help).shown
    }

    @Test("The line, the caret below the first character with a tail to the last, then the help")
    func plain() throws {
        #expect(
            try shown("a: 1\nevery: 2w\n", 2, 8, to: 10, help: "write days") == """
                f:2:8: error: wrong
                    every: 2w
                           ^~
                    help: write days
                """)
    }

    @Test(
        "Whatever stands before it, the caret stands below the character",
        arguments: [
            // Each text, the column, and how many columns of a terminal come before the caret.
            ("x", 1, 0), ("ab x", 4, 3), ("\tx", 2, 8), ("ab\tx", 4, 8), ("\t\tx", 3, 16), ("1234567\tx", 9, 8),
            ("12345678\tx", 10, 16), ("日本x", 3, 4), ("é x", 3, 2), ("e\u{301} x", 4, 2), ("👍x", 2, 2), ("ｶx", 2, 1),
            ("日\tx", 3, 8), ("\u{202E}x", 2, 8),
        ])
    func columns(_ row: (text: String, column: Int, before: Int)) throws {
        let lines = try shown(row.text, 1, row.column).split(separator: "\n")
        #expect(lines[2] == "    " + String(repeating: " ", count: row.before) + "^")
        let tab = !lines[1].contains("\t")
        #expect(tab, "a tab in the line that is shown would depend on the terminal")
    }

    @Test("A problem at the end of a line or of the text has its caret behind the last character")
    func ends() throws {
        #expect(try shown("ab\ncd", 1, 3).hasSuffix("\n    ab\n      ^"))
        #expect(try shown("ab\n", 2, 1).hasSuffix("\n    \n    ^"))
        #expect(try shown("", 1, 1).hasSuffix("\n    \n    ^"))
        #expect(try shown("ab", 7, 1) == "f:7:1: error: wrong")
    }

    @Test("Lines end as any system ends them")
    func lineEnds() throws {
        for end in ["\n", "\r\n", "\r"] {
            #expect(try shown("a\(end)b x\(end)c", 2, 3).hasSuffix("\n    b x\n      ^"))
        }
    }

    @Test("Of a long line the part around the place is shown")
    func long() throws {
        let text = String(repeating: "a", count: 5000) + "X" + String(repeating: "b", count: 5000)
        let lines = try shown(text, 1, 5001, to: 9000).split(separator: "\n").map { $0.dropFirst(4) }
        #expect(lines[1].count == 102 && lines[1].hasPrefix("…aaa") && lines[1].hasSuffix("bbb…"))
        let place = lines[2].prefix { $0 == " " }.count
        #expect(lines[1].dropFirst(place).first == "X")
        #expect(lines[2].hasSuffix("~") && lines[2].count <= 102)
        #expect(try shown(text, 1, 1).split(separator: "\n")[2] == "    ^")
        let end = try shown(text, 1, 10_002).split(separator: "\n")
        #expect(end[1].hasSuffix("b") && end[2].count == end[1].count + 1)
    }

    @Test("A text from a file can't steer the terminal that shows its line")
    func escapes() throws {
        var diagnostics = Diagnostics()
        #expect(SourceText.checked("ab\u{1B}[31m\nc".utf8, file: "f", upTo: 99, into: &diagnostics) == nil)
        #expect(
            diagnostics.all.first?.shown.hasPrefix(
                "f:1:3: error: control character U+001B\n    ab\\u{1B}[31m\n      ^\n    help: ") == true)
    }

    @Test("What is no UTF-8 is shown with the character that stands for it")
    func invalid() {
        var diagnostics = Diagnostics()
        #expect(SourceText.checked([0x61, 0xFF, 0x62], file: "f", upTo: 99, into: &diagnostics) == nil)
        #expect(diagnostics.all.first?.shown.hasPrefix("f:1:2: error: not valid UTF-8\n    a\u{FFFD}b\n     ^") == true)
    }

    @Test("Without the text at hand, the problem is told without a line")
    func unread() {
        let mark = Mark(file: "f", start: .init(line: 1, column: 1))
        #expect(Diagnostic(.warning, at: mark, "odd").shown == "f:1:1: warning: odd")
        #expect(
            DiagnosticsError([Diagnostic(.error, at: mark, "x")], omitted: 2).shown.hasSuffix("… and at least 2 more"))
    }
}
