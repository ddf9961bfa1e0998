import MarkedText
import MarkedYAML
import Testing

@Suite("A mapping's keys are checked against what is declared")
struct FieldsTests {
    static let shape = Shape<String>.mapping { fields in
        let name = fields.required("name", .string)
        let clientID = fields.required("clientID", .string)
        _ = fields.optional("seats", .int)
        _ = fields.optional("timeZone", .string)
        guard let name, let clientID else { return nil }
        return name + clientID
    }

    @Test("Declared keys are read in any order, and optional ones may be left out")
    func reads() throws {
        #expect(try parse("clientID: 2\nname: a").read(Self.shape) == "a2")
        #expect(try parse("{clientID: 2, name: a, seats: 3, timeZone: UTC}").read(Self.shape) == "a2")
    }

    @Test(
        "An unknown key is told with the nearest one that is declared and not there yet",
        arguments: [
            ("seat", "seats"), ("Seats", "seats"), ("saets", "seats"), ("time_zone", "timeZone"),
            ("timezone", "timeZone"), ("time-zone", "timeZone"),
        ])
    func near(key: String, meant: String) {
        #expect(
            problems { _ = try parse("name: a\nclientID: 2\n\(key): 3").read(Self.shape) } == """
                f.yaml:3:1: error: unknown key "\(key)"
                    help: did you mean "\(meant)"?
                """)
    }

    @Test(
        "An unknown key that is near to none is told with all that are declared", arguments: ["x", "names", "'${A}'"])
    func far(key: String) {
        let shown = key == "'${A}'" ? "${A}" : key
        #expect(
            problems { _ = try parse("name: a\nclientID: 2\n\(key): 3").read(Self.shape) } == """
                f.yaml:3:1: error: unknown key "\(shown)"
                    help: keys known here: name, clientID, seats, timeZone
                """)
        #expect(
            problems { _ = try parse("a: 1").read(.mapping { _ in 1 }) }
                == "f.yaml:1:1: error: unknown key \"a\"\n    help: keys known here: none")
    }

    @Test("A required key that is missing is told at the mapping, unless a misspelled one stands for it")
    func missing() {
        #expect(
            problems { _ = try parse("x:\n  seats: 1").read(.mapping { $0.required("x", Self.shape) }) } == """
                f.yaml:2:3: error: missing key "name"
                    help: add it to this mapping
                f.yaml:2:3: error: missing key "clientID"
                    help: add it to this mapping
                """)
        #expect(
            problems { _ = try parse("name: a\nclient_id: 1").read(Self.shape) } == """
                f.yaml:2:1: error: unknown key "client_id"
                    help: did you mean "clientID"?
                """)
    }

    @Test("Everything wrong is told at once, in the order of the file")
    func allAtOnce() throws {
        let yaml = "seats: many\nnmae: a\nx: 1\ntimeZone: []\n"
        let error = try #require(throws: DiagnosticsError.self) { _ = try parse(yaml).read(Self.shape) }
        #expect(
            error.diagnostics.map { "\($0.mark.start) \($0.message)" } == [
                #"1:1 missing key "clientID""#, #"1:8 expected a whole number, found "many""#,
                #"2:1 unknown key "nmae""#,
                #"3:1 unknown key "x""#, "4:11 expected a text, found a list",
            ])
    }

    @Test("A default stands for a key that is left out")
    func defaults() throws {
        let shape = Shape<Int>.mapping { fields in fields.optional("a", .int(in: 0...9), default: 5) }
        #expect(try parse("{}").read(shape) == 5)
        #expect(try parse("a: 6").read(shape) == 6)
        #expect(problems { _ = try parse("a: x").read(shape) }.hasPrefix("f.yaml:1:4: error: expected a whole number"))
    }

    @Test("A reading may add problems of its own, warnings among them")
    func ownProblems() throws {
        let shape = Shape<Int>.mapping { fields in
            let from = fields.required("from", .int)
            let to = fields.required("to", .int)
            guard let from, let to else { return nil }
            if from > to { fields.error("from is behind to", at: "from", help: "swap them") }
            if from == to { fields.warning("nothing between", at: "to") }
            if fields.has("by") { fields.error("by is not read here") }
            return to - from
        }
        #expect(
            problems { _ = try parse("{from: 3, to: 1}").read(shape) }
                == "f.yaml:1:8: error: from is behind to\n    help: swap them")
        var diagnostics = Diagnostics()
        #expect(shape.read(try parse("{from: 1, to: 1}"), into: &diagnostics) == 0)
        #expect(diagnostics.all.map(\.description) == ["f.yaml:1:15: warning: nothing between"])
        #expect(diagnostics.hasErrors == false)
        #expect(throws: Never.self) { try diagnostics.throwIfErrors() }
        let told = problems { _ = try parse("{from: 1, to: 2, by: 1}").read(shape) }
        #expect(told.hasPrefix("f.yaml:1:1: error: by is not read here\nf.yaml:1:18: error: unknown key \"by\""))
    }

    @Test("A wrong field that decides which others there are may let the rest pass")
    func leaveRest() throws {
        let shape = Shape<String>.mapping { fields in
            guard let kind = fields.required("kind", .choice(of: ["a"])) else {
                fields.leaveRest()
                return nil
            }
            return fields.required("only-\(kind)", .string)
        }
        #expect(try parse("{kind: a, only-a: x}").read(shape) == "x")
        #expect(
            problems { _ = try parse("{kind: q, only-q: x}").read(shape) }
                == #"f.yaml:1:8: error: expected "a", found "q""#)
        #expect(
            problems { _ = try parse("{kind: a, only-a: x, y: 1}").read(shape) }.hasPrefix(
                #"f.yaml:1:22: error: unknown key "y""#))
    }

    @Test("A key asked for twice is declared once")
    func twice() {
        let shape = Shape<Int>.mapping { fields in
            _ = fields.optional("seats", .node)
            return fields.optional("seats", .int, default: 1)
        }
        #expect(
            problems { _ = try parse("b: 1").read(shape) }
                == "f.yaml:1:1: error: unknown key \"b\"\n    help: keys known here: seats")
    }
}
