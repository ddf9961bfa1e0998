import MarkedText
import MarkedYAML
import Testing

@Suite("A document becomes nodes")
struct ParsingTests {
    struct Placed: CustomTestStringConvertible {
        var yaml: String
        var outline: String
        var testDescription: String { yaml.debugDescription }

        init(_ yaml: String, _ outline: String) { (self.yaml, self.outline) = (yaml, outline) }
    }

    @Test(
        "Every key and value keeps the place where it stands",
        arguments: [
            Placed("a: 1", #"{a@1:1-1:2: plain "1"@1:4-1:5}@1:1-2:1"#),
            Placed("---\na: 1\n...\n# end\n...\n", #"{a@2:1-2:2: plain "1"@2:4-2:5}@2:1-3:1"#),
            Placed("- x\n-  'y'\n", #"[plain "x"@1:3-1:4, quoted "y"@2:4-2:7]@1:1-3:1"#),
            Placed(
                "s:\n  - { at: -30d }\n",
                #"{s@1:1-1:2: [{at@2:7-2:9: plain "-30d"@2:11-2:15}@2:5-2:17]@2:3-3:1}@1:1-3:1"#),
            Placed("a:\nb: \"x\\ty\"\n", #"{a@1:1-1:2: plain ""@1:3-1:3, b@2:1-2:2: quoted "x\ty"@2:4-2:10}@1:1-3:1"#),
            Placed(
                "a: |\n  x\n  y\nb: 2", #"{a@1:1-1:2: block "x\ny\n"@1:4-4:1, b@4:1-4:2: plain "2"@4:4-4:5}@1:1-5:1"#),
            Placed("a: >-\n  x\n  y\n", #"{a@1:1-1:2: block "x y"@1:4-4:1}@1:1-4:1"#),
            Placed("a: 1\r\nb: 2\r\n", #"{a@1:1-1:2: plain "1"@1:4-1:5, b@2:1-2:2: plain "2"@2:4-2:5}@1:1-3:1"#),
            Placed("a: 1\rb: 2\r", #"{a@1:1-1:2: plain "1"@1:4-1:5, b@2:1-2:2: plain "2"@2:4-2:5}@1:1-3:1"#),
            Placed("ключ: [é, 😀z]", #"{ключ@1:1-1:5: [plain "é"@1:8-1:9, plain "😀z"@1:11-1:13]@1:7-1:14}@1:1-2:1"#),
            Placed("\u{FEFF}a: 1", #"{a@1:1-1:2: plain "1"@1:4-1:5}@1:1-2:1"#),
            Placed("? a\n: 1\n", #"{a@1:3-1:4: plain "1"@2:3-2:4}@1:1-3:1"#),
            Placed("a: \"x\n  y\"", #"{a@1:1-1:2: quoted "x y"@1:4-2:5}@1:1-3:1"#),
            Placed("{}", "{}@1:1-1:3"), Placed("[]", "[]@1:1-1:3"), Placed("''", #"quoted ""@1:1-1:3"#),
            Placed("# only\n---\n", #"plain ""@3:1-3:1"#),
        ])
    func places(placed: Placed) throws {
        #expect(outline(try parse(placed.yaml)) == placed.outline)
    }

    @Test(
        "No look of a text gives it a type",
        arguments: [
            "no", "yes", "on", "off", "y", "n", "true", "True", "null", "Null", "~", "1e3", "012", "0x1F", "0o14",
            "1_000", "190:20:30", ".inf", "-.INF", ".nan", "2026-03-01", "2026-03-01T10:00:00Z", "1.0", "+1", "-0", "=",
            "<<",
        ])
    func untyped(text: String) throws {
        let node = try parse("plain: \(text)\nquoted: '\(text)'\n\(text): key")
        let plain = try #require(node["plain"]?.scalar)
        let quoted = try #require(node["quoted"]?.scalar)
        #expect(plain.text == text)
        #expect(plain.style == .plain)
        #expect(quoted.text == text)
        #expect(quoted.style == .quoted)
        #expect(node[text]?.scalar?.text == "key")
        #expect(try plain.text == node.read(.mapping(firstOfThree(text))))
    }

    private func firstOfThree(_ key: String) -> @Sendable (inout Fields) -> String? {
        { fields in
            _ = fields.required("quoted", .string)
            _ = fields.required(key, .string)
            return fields.required("plain", .string)
        }
    }

    @Test("A merge key merges nothing")
    func mergeKey() throws {
        let node = try parse("<<: { a: 1 }\nb: 2")
        #expect(node.mapping?.map(\.key.text) == ["<<", "b"])
        #expect(node["a"] == nil)
    }

    @Test("A mark tells its end column only if it ends on the line where it starts")
    func endColumn() throws {
        let node = try parse("a: one\nb: \"x\n  y\"")
        #expect(node["a"]?.mark.endColumn == 7)
        #expect(node["b"]?.mark.endColumn == nil)
        #expect(node["b"]?.mark.file == "f.yaml")
    }

    @Test("Any collection of bytes is parsed alike, a slice too")
    func collections() throws {
        let bytes = Array("xxa: 1xx".utf8)
        #expect(outline(try MarkedYAML.parse(bytes[2..<6], file: "f")) == outline(try parse("a: 1")))
        #expect(outline(try MarkedYAML.parse(AnyCollection(bytes[2..<6]), file: "f")) == outline(try parse("a: 1")))
    }

    @Test("What is neither a list nor a mapping has no elements and no entries")
    func accessors() throws {
        let node = try parse("a: [x]")
        #expect(node.scalar == nil)
        #expect(node.sequence == nil)
        #expect(node["a"]?.sequence?.first?.scalar?.text == "x")
        #expect(node["a"]?.mapping == nil)
        #expect(node["a"]?["x"] == nil)
        #expect(node["b"] == nil)
    }

    @Test("64 levels are read, and the 65th is refused at its place")
    func depth() throws {
        func nested(_ count: Int) -> String {
            String(repeating: "[", count: count) + String(repeating: "]", count: count)
        }
        _ = try parse(nested(64))
        #expect(
            problems { _ = try parse(nested(65)) } == """
                f.yaml:1:65: error: nested more than 64 deep
                    help: put fewer lists and mappings inside one another
                """)
    }

    @Test("256 kB are read, and one byte more is refused")
    func length() throws {
        let comment = "a: 1\n#" + String(repeating: "x", count: MarkedYAML.byteLimit - 6)
        #expect(comment.utf8.count == 262_144)
        #expect(try text(try parse(comment), "a") == "1")
        #expect(
            problems { _ = try parse(comment + "x") } == """
                f.yaml:1:1: error: longer than 256 kB
                    help: split the file, or check that it is the file you meant
                """)
    }
}
