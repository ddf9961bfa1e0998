import MarkedText
import MarkedYAML
import Testing

@Suite("A declared type decides how a value is read")
struct ShapeTests {
    enum Level: String, CaseIterable { case notice, warning, grace, readOnly = "read-only" }
    enum Single: String, CaseIterable { case only }

    @Test(
        "A whole number is plain decimal digits, quoted or not",
        arguments: [
            ("0", 0), ("7", 7), ("-5", -5), ("'42'", 42), ("9223372036854775807", .max), ("-9223372036854775808", .min),
        ])
    func numbers(yaml: String, expected: Int) throws {
        #expect(try parse(yaml).read(.int) == expected)
    }

    @Test(
        "What is no whole number is refused",
        arguments: ["012", "+5", "1e3", "1_000", "0x1F", "1.0", "-", "--1", "-0", "''", "٣", "1 ", "five"])
    func notNumbers(text: String) {
        let yaml = text == "''" ? text : "'\(text)'"
        let shown = text == "''" ? "" : text
        let told = problems { _ = try parse(yaml).read(.int) }
        #expect(
            told == """
                f.yaml:1:1: error: expected a whole number, found "\(shown)"
                    help: write decimal digits only, without leading zeros, signs or separators
                """)
    }

    @Test(
        "A number must lie in its range",
        arguments: [
            ("0", "from 1 to 5, found \"0\""), ("6", "from 1 to 5, found \"6\""),
            ("99999999999999999999", "from 1 to 5, found \"99999999999999999999\""),
        ])
    func range(yaml: String, expected: String) throws {
        #expect(try parse("5").read(.int(in: 1...5)) == 5)
        #expect(
            problems { _ = try parse(yaml).read(.int(in: 1...5)) }
                == "f.yaml:1:1: error: expected a whole number \(expected)")
        #expect(
            problems { _ = try parse("0").read(.int(in: 1...)) }
                == "f.yaml:1:1: error: expected a whole number from 1, found \"0\"")
    }

    @Test("Only true and false are truth values")
    func booleans() throws {
        #expect(try parse("true").read(.bool))
        #expect(try parse("'false'").read(.bool) == false)
        for text in ["yes", "no", "on", "1", "TRUE", "True", "y"] {
            let told = problems { _ = try parse(text).read(.bool) }
            #expect(told.hasPrefix(#"f.yaml:1:1: error: expected one of "true", "false", found "\#(text)""#))
        }
        #expect(problems { _ = try parse("True").read(.bool) }.hasSuffix(#"help: did you mean "true"?"#))
    }

    @Test(
        "A word outside an enumeration is told with the words allowed and the nearest",
        arguments: [
            ("notise", "notice"), ("Notice", "notice"), ("readonly", "read-only"), ("read_only", "read-only"),
            ("garce", "grace"), ("warnin", "warning"), ("xyz", nil), ("", nil), ("none", nil),
        ])
    func enumeration(text: String, near: String?) throws {
        #expect(try parse("read-only").read(.enumeration(Level.self)) == .readOnly)
        let list = #""notice", "warning", "grace", "read-only""#
        let help = near.map { "\n    help: did you mean \"\($0)\"?" } ?? ""
        #expect(
            problems { _ = try parse("'\(text)'").read(.enumeration(Level.self)) }
                == "f.yaml:1:1: error: expected one of \(list), found \"\(text)\"" + help)
    }

    @Test("One of a few words known only now is a choice, and a single word is no list of words")
    func choice() throws {
        #expect(try parse("b").read(.choice(of: ["a", "b"])) == "b")
        #expect(
            problems { _ = try parse("c").read(.enumeration(Single.self)) }
                == #"f.yaml:1:1: error: expected "only", found "c""#)
    }

    @Test(
        "A value of the wrong kind is named for what it is",
        arguments: [
            ("a: []", "1:4: error: expected a text, found a list"),
            ("a: {}", "1:4: error: expected a text, found a mapping"),
            ("a:", "1:3: error: expected a text, found nothing\n    help: write a value, or remove the key"),
        ])
    func notText(yaml: String, expected: String) {
        #expect(problems { _ = try parse(yaml).read(.map(of: .string)) } == "f.yaml:" + expected)
    }

    @Test(
        "Nothing written is no value of any type",
        arguments: [
            "expected a whole number, found nothing", #"expected one of "true", "false", found nothing"#,
            "expected a list, found nothing\n    help: write [] for an empty list",
            "expected a mapping, found nothing\n    help: write {} for an empty one",
            "expected a mapping, found nothing\n    help: write {} for an empty one",
        ].enumerated().map { ($0, $1) })
    func nothing(index: Int, expected: String) throws {
        let node = try parse("---")
        let readings: [() throws -> Void] = [
            { _ = try node.read(.int) }, { _ = try node.read(.bool) }, { _ = try node.read(.list(of: .string)) },
            { _ = try node.read(.map(of: .string)) }, { _ = try node.read(.mapping { _ in true }) },
        ]
        #expect(problems(readings[index]) == "f.yaml:2:1: error: " + expected)
    }

    @Test("An empty text in quotes, or from a variable, is a text")
    func emptyText() throws {
        #expect(try parse("''").read(.string) == "")
        #expect(try parse("${A}").substituting(["A": ""]).read(.string) == "")
    }

    struct BadDay: Error, CustomStringConvertible {
        var description: String { "April has 30 days" }
    }

    @Test("A text may be read by any function, which may say what is wrong")
    func parsed() throws {
        let shape = Shape<Int>.text("a day such as 04-30") { text in
            if text == "04-31" { throw BadDay() }
            return text == "04-30" ? 120 : nil
        }
        #expect(try parse("04-30").read(shape) == 120)
        #expect(
            problems { _ = try parse("x").read(shape) }
                == #"f.yaml:1:1: error: expected a day such as 04-30, found "x""#)
        #expect(
            problems { _ = try parse("04-31").read(shape) } == """
                f.yaml:1:1: error: expected a day such as 04-30, found "04-31"
                    help: April has 30 days
                """)
    }

    @Test("A list reads every element, and tells of each that it can't read")
    func lists() throws {
        #expect(try parse("[3, 1]").read(.list(of: .int)) == [3, 1])
        #expect(try parse("[]").read(.list(of: .int)) == [])
        #expect(
            problems { _ = try parse("[x, 1, y]").read(.list(of: .int(in: 0...1))) }
                .split(separator: "\n").filter { $0.hasPrefix("f.yaml") } == [
                    "f.yaml:1:2: error: expected a whole number from 0 to 1, found \"x\"",
                    "f.yaml:1:8: error: expected a whole number from 0 to 1, found \"y\"",
                ])
        #expect(
            problems { _ = try parse("x").read(.list(of: .int)) } == "f.yaml:1:1: error: expected a list, found \"x\"")
    }

    @Test("A list may demand a number of elements")
    func listCount() throws {
        #expect(try parse("[1, 2]").read(.list(of: .int, atLeast: 2)) == [1, 2])
        #expect(
            problems { _ = try parse("[]").read(.list(of: .int, atLeast: 1)) }
                == "f.yaml:1:1: error: expected a list of at least an element, found 0")
        #expect(
            problems { _ = try parse("[1]").read(.list(of: .int, atLeast: 2)) }
                == "f.yaml:1:1: error: expected a list of at least 2 elements, found 1")
    }

    @Test("A map keeps the order of the file and the places of its keys, and may judge them")
    func maps() throws {
        let members = try parse("b: 1\na: 2").read(.map(of: .int))
        #expect(members.map(\.key.text) == ["b", "a"])
        #expect(members.map(\.value) == [1, 2])
        #expect(members.map(\.key.mark.line) == [1, 2])
        let shape = Shape.map(of: .int) { $0 == "x y" ? "a name has no blanks" : nil }
        #expect(
            problems { _ = try parse("x y: z\nb: 1").read(shape) }.split(separator: "\n").filter { $0.hasPrefix("f") }
                == [
                    "f.yaml:1:1: error: a name has no blanks",
                    "f.yaml:1:6: error: expected a whole number, found \"z\"",
                ])
    }

    @Test("A forgotten blank behind a colon is pointed out")
    func forgottenBlank() {
        #expect(
            problems { _ = try parse("a:1\nb:2").read(.map(of: .int)) } == """
                f.yaml:1:1: error: expected a mapping, found "a:1 b:2"
                    help: write each entry as KEY: VALUE, with a space behind the colon
                """)
    }

    @Test("A shape can be mapped, checked and marked, and can hand on the node itself")
    func refined() throws {
        #expect(try parse("3").read(.int.map { $0 * 2 }) == 6)
        let even = Shape<Int>.int.checked { $0 % 2 == 0 ? nil : "\($0) is odd" }
        #expect(try parse("4").read(even) == 4)
        #expect(problems { _ = try parse("3").read(even) } == "f.yaml:1:1: error: 3 is odd")
        let marked = try parse("- x").read(.list(of: .marked(.string)))
        #expect(marked.map(\.value) == ["x"])
        #expect(marked.map(\.mark.column) == [3])
        #expect(outline(try parse("[a]").read(.node)) == outline(try parse("[a]")))
    }

    @Test("A reading that gives nothing and says nothing is an error all the same")
    func silent() {
        #expect(
            problems { _ = try parse("a").read(Shape<Int> { _, _ in nil }) }
                == "f.yaml:1:1: error: this value can't be read")
        let shape = Shape<Int>.mapping { fields in fields.optional("a", .mapping { _ in Int?.none }) ?? 1 }
        #expect(problems { _ = try parse("a: {}").read(shape) } == "f.yaml:1:4: error: this value can't be read")
    }
}
