import MarkedText
import MarkedYAML
import Testing

@Suite("What strict YAML leaves out is refused with its place and what to do")
struct RefusalTests {
    @Test(
        "A mistake is told at its place",
        arguments: [
            Mistake("", "1:1", "the file holds no document", "write the keys that it should have"),
            Mistake("# only\n\n", "1:1", "the file holds no document", "write the keys that it should have"),
            Mistake(
                "a: 1\n---\nb: 2\n", "2:1", "a second document starts here",
                "a file holds exactly one document: move this one to a file of its own"),
            Mistake("a: 1\n...\n\n# c\n b", "5:2", "text after the end of the document", Mistake.oneValue),
            Mistake("\"é\" b", "1:5", "text after the end of the document", Mistake.oneValue),
            Mistake("%YAML 1.2\n---\na: 1", "1:1", "directives are not allowed", "remove this line"),
            Mistake("# x\r\n\r\n%TAG !a! b\r\n---\r\n", "3:1", "directives are not allowed", "remove this line"),
            Mistake("a: &x 1", "1:4", #"anchor "&x": anchors are not allowed"#, Mistake.noAnchor),
            Mistake("a: &x [1]", "1:4", #"anchor "&x": anchors are not allowed"#, Mistake.noAnchor),
            Mistake("a:\n  &x\n  b: 1", "2:3", #"anchor "&x": anchors are not allowed"#, Mistake.noAnchor),
            Mistake("b: *x", "1:4", #"alias "*x": aliases are not allowed"#, Mistake.noAlias),
            Mistake("*x : b", "1:1", #"alias "*x": aliases are not allowed"#, Mistake.noAlias),
            Mistake("a: !!int 3", "1:4", #"tag "tag:yaml.org,2002:int": tags are not allowed"#, Mistake.noTag),
            Mistake("a: ! x", "1:4", #"tag "!": tags are not allowed"#, Mistake.noTag),
            Mistake("!x {a: 1}", "1:1", #"tag "!x": tags are not allowed"#, Mistake.noTag),
            Mistake("a: 1\nb: 2\n'a': 3", "3:1", #"duplicate key "a": it is first at 1:1"#, "remove one of the two"),
            Mistake("x:\n  {a: 1, a: 2}", "2:10", #"duplicate key "a": it is first at 2:4"#, "remove one of the two"),
            Mistake(
                "? [a]\n: 1", "1:3", "a list or mapping can't be a key",
                "write a text before the colon; put a text that starts with [ or { in quotes"),
            Mistake("? \n: 2", "1:2", "a key is missing before the colon", "write the key"),
            Mistake("a: \"x\\0y\"", "1:4", "a text must not hold a NUL character", "remove the escape"),
            Mistake(
                "a: b: c", "1:5", "mapping values are not allowed in this context",
                "check the indentation; put a text that holds a colon and a space in quotes"),
            Mistake("a:\n\t- b", "2:1", Mistake.noToken, "indent with spaces, not with tabs"),
            Mistake("a: @b", "1:4", Mistake.noToken, "put a text that starts with this character in quotes"),
            Mistake(
                #"a: "C:\Data""#, "1:7",
                "found unknown escape character while parsing a quoted scalar (which starts at 1:4)",
                #"in double quotes write \\ for a backslash, or use single quotes"#),
            Mistake(
                "a: 'x\nb: 2", "1:4", "found unexpected end of stream while scanning a quoted scalar", "close the quote"
            ),
            Mistake(
                "a: [1 2\n", "2:1",
                "did not find expected ',' or ']' while parsing a flow sequence (which starts at 1:4)",
                "put a comma between the elements, or close the list with ]"),
            Mistake(
                "a: {b: 1, c: 2", "2:1",
                "did not find expected ',' or '}' while parsing a flow mapping (which starts at 1:4)",
                "put a comma between the entries, or close the mapping with }"),
            Mistake(
                "a: 1\nb", "2:1", "could not find expected ':' while scanning a simple key",
                "write a colon and a space behind the key, or check the indentation"),
            Mistake(
                "a: - b", "1:4", "block sequence entries are not allowed in this context",
                "start the list on a line of its own; put a text that starts with a dash in quotes"),
            Mistake(
                "a: 'x' y", "1:8", "did not find expected key while parsing a block mapping (which starts at 1:1)",
                "check the indentation of this line and of the one above, and its quotes"),
            Mistake(
                "a: ]", "1:4", "did not find expected node content while parsing a block node",
                "check the indentation, quotes and brackets of this line and of the one above"),
        ])
    func mistakes(mistake: Mistake) {
        #expect(problems { _ = try mistake.parse() } == mistake.told)
    }

    @Test(
        "Bytes that are no text are refused at the first of them",
        arguments: [
            Mistake(bytes: [0x61, 0x3A, 0x20, 0x0A, 0x62, 0xFF], "2:2", "not valid UTF-8", "save the file as UTF-8"),
            Mistake(bytes: [0xC3], "1:1", "not valid UTF-8", "save the file as UTF-8"),
            Mistake(bytes: [0x61, 0xC0, 0xAF], "1:2", "not valid UTF-8", "save the file as UTF-8"),
            Mistake(bytes: [0xED, 0xA0, 0x80], "1:1", "not valid UTF-8", "save the file as UTF-8"),
            Mistake(bytes: [0xF4, 0x90, 0x80, 0x80], "1:1", "not valid UTF-8", "save the file as UTF-8"),
            Mistake(bytes: [0xC3, 0xA9, 0x80], "1:2", "not valid UTF-8", "save the file as UTF-8"),
            Mistake(
                bytes: [0xFF, 0xFE, 0x61, 0x00], "1:1", "not UTF-8: this looks like UTF-16", "save the file as UTF-8"),
            Mistake(
                bytes: [0xFE, 0xFF, 0x00, 0x61], "1:1", "not UTF-8: this looks like UTF-16", "save the file as UTF-8"),
            Mistake(
                bytes: [0x61, 0x00], "1:2", "NUL character: this is not a text file",
                "check that it is the file you meant"),
            Mistake(
                bytes: [0x0D, 0x0A, 0x1B], "2:1", "control character U+001B",
                #"remove it, or write it as "\u001B" in double quotes"#),
            Mistake(
                bytes: [0x7F], "1:1", "control character U+007F",
                #"remove it, or write it as "\u007F" in double quotes"#),
            Mistake(
                bytes: [0xC2, 0x85], "1:1", "control character U+0085",
                #"remove it, or write it as "\u0085" in double quotes"#),
            Mistake(
                bytes: [0xE2, 0x80, 0xA8], "1:1", "control character U+2028",
                #"remove it, or write it as "\u2028" in double quotes"#),
            Mistake(
                bytes: [0xEF, 0xBB, 0xBF, 0x61, 0xEF, 0xBB, 0xBF], "1:2", "control character U+FEFF",
                #"remove it, or write it as "\uFEFF" in double quotes"#),
            Mistake(
                bytes: [0xEF, 0xBF, 0xBF], "1:1", "control character U+FFFF",
                #"remove it, or write it as "\uFFFF" in double quotes"#),
        ])
    func bytes(mistake: Mistake) {
        #expect(problems { _ = try mistake.parse() } == mistake.told)
    }

    @Test("The escape that a message proposes for a character is read as that character")
    func escapes() throws {
        #expect(try text(parse(#"a: "\u001B\u0085\u2028\uFEFF""#), "a") == "\u{1B}\u{85}\u{2028}\u{FEFF}")
    }

    @Test("All breaches are told at once, in the order of their places, up to a mistake in the syntax")
    func allAtOnce() throws {
        let yaml = "a: &x 1\nb: *x\nc: !!str 3\na: 2\nd: [\n"
        let error = try #require(throws: DiagnosticsError.self) { _ = try parse(yaml) }
        #expect(error.diagnostics.map(\.mark.start.description) == ["1:4", "2:4", "3:4", "4:1", "6:1"])
        #expect(error.omitted == 0)
        #expect(error.diagnostics.allSatisfy { $0.severity == .error && $0.help != nil && $0.file == "f.yaml" })
    }

    @Test("Names are compared as Unicode does: a composed and a decomposed letter make one key")
    func canonicalEquivalence() {
        #expect(problems { _ = try parse("\u{E9}: 1\ne\u{301}: 2") }.hasPrefix("f.yaml:2:1: error: duplicate key"))
    }

    @Test("Thirty combining marks on one character are read, and one more is refused")
    func combiningMarks() throws {
        let marks = String(repeating: "\u{301}", count: 30)
        #expect(try text(parse("a: x\(marks)x\(marks)"), "a").unicodeScalars.count == 62)
        let expected = "f.yaml:1:4: error: more than 30 combining marks on one character\n    help: remove the marks"
        #expect(problems { _ = try parse("a: x\(marks)\u{301}") } == expected)
        let escaped = String(repeating: "\\u0301", count: 31)
        #expect(problems { _ = try parse("a: \"x\(escaped)\"") } == expected)
    }
}
