import MarkedText
import MarkedYAML
import Testing

@Suite("Variables are replaced in texts after parsing")
struct SubstitutionTests {
    static let environment = [
        "NAME": "value", "EMPTY": "", "_x1": "under", "NESTED": "${NAME}", "DOLLARS": "$$",
        "YAML": "x\nadmin: true, [", "QUOTE": "'\"",
    ]

    @Test(
        "A text is replaced by the rules of the shell",
        arguments: [
            ("plain", "plain"), ("${NAME}", "value"), ("a${NAME}b${NAME}", "avaluebvalue"), ("${EMPTY}", ""),
            ("${_x1}", "under"), ("${UNSET:-}", ""), ("${UNSET:-fall back}", "fall back"),
            ("${EMPTY:-fallback}", "fallback"), ("${NAME:-fallback}", "value"), ("${UNSET:-a:-b}", "a:-b"),
            ("${UNSET:-{}", "{"), ("${UNSET:-$$5}", "$5"), ("$$", "$"), ("$${NAME}", "${NAME}"),
            ("$$$${NAME}", "$${NAME}"), ("$$${NAME}", "$value"), ("$", "$"), ("$5 and $NAME", "$5 and $NAME"),
            ("a$", "a$"), ("${NAME}}", "value}"), ("{NAME}", "{NAME}"), ("${NESTED}", "${NAME}"),
            ("${DOLLARS}", "$$"), ("é${NAME}😀", "évalue😀"), ("${QUOTE}", "'\""),
        ])
    func table(written: String, expected: String) throws {
        for style in ["'\(written)'", "|-\n  \(written)"] {
            let node = try parse("a: \(style)").substituting(Self.environment)
            let scalar = try #require(node["a"]?.scalar)
            #expect(scalar.text == expected)
            #expect(scalar.mark.start == .init(line: 1, column: 4))
        }
    }

    @Test("A value never changes the structure, and lists and mappings are gone through")
    func structure() throws {
        let node = try parse("a: ${YAML}\nb: [{c: '${NAME}'}]").substituting(Self.environment)
        #expect(node.mapping?.map(\.key.text) == ["a", "b"])
        #expect(try text(node, "a") == "x\nadmin: true, [")
        #expect(try text(#require(node["b"]?.sequence?.first), "c") == "value")
        #expect(node["a"]?.mark == (try parse("a: ${YAML}"))["a"]?.mark)
    }

    @Test("A text knows whether it came from the environment")
    func knows() throws {
        let node = try parse("a: ${NAME}\nb: $$x\nc: x\nd: ${UNSET:-x}").substituting(Self.environment)
        #expect(["a", "b", "c", "d"].map { node[$0]?.scalar?.isSubstituted } == [true, false, false, true])
    }

    @Test(
        "A mistake is told at the variable",
        arguments: [
            Mistake("a: ${UNSET}", "1:4", "the environment variable UNSET is not set", Mistake.unset),
            Mistake("a: 'x ${NAME} ${UNSET}'", "1:15", "the environment variable UNSET is not set", Mistake.unset),
            Mistake("a: |\n  x\n  ${UNSET}", "1:4", "the environment variable UNSET is not set", Mistake.unset),
            Mistake(#"a: "\t${UNSET}""#, "1:4", "the environment variable UNSET is not set", Mistake.unset),
            Mistake("- x${", "1:4", "a variable's name must follow ${", Mistake.variable),
            Mistake("- ${}", "1:3", "a variable's name must follow ${", Mistake.variable),
            Mistake("- ${1A}", "1:3", "a variable's name must follow ${", Mistake.variable),
            Mistake("- ${É}", "1:3", "a variable's name must follow ${", Mistake.variable),
            Mistake(
                "- ${\(String(repeating: "A", count: 101))}", "1:3", "a variable's name is too long", Mistake.variable),
            Mistake("- ${NAME", "1:3", "${ is not closed", Mistake.variable),
            Mistake("- ${NAME:-x", "1:3", "${ is not closed", Mistake.variable),
            Mistake("- ${NAME:x}", "1:3", "a variable's name must end with } or :-", Mistake.variable),
            Mistake("- ${NA ME}", "1:3", "a variable's name must end with } or :-", Mistake.variable),
            Mistake("- '${A:-${NAME}}'", "1:9", "a default can't hold another variable", Mistake.variable),
            Mistake("'x${NAME}': 1", "1:3", "variables are not replaced in keys", "write the key itself"),
        ])
    func mistakes(mistake: Mistake) {
        #expect(problems { _ = try mistake.parse().substituting(Self.environment) } == mistake.told)
    }

    @Test("All mistakes are told at once, and reading goes on without telling them again")
    func allAtOnce() throws {
        var diagnostics = Diagnostics()
        let node = try parse("a: ${A}\nb: ${B}\nc: x").substituting([:], into: &diagnostics)
        let shape = Shape<Int>.mapping { fields in
            let a = fields.required("a", .int)
            let b = fields.required("b", .enumeration(Direction.self))
            let c = fields.required("c", .int)
            guard let a, b != nil, c != nil else { return nil }
            return a
        }
        #expect(shape.read(node, into: &diagnostics) == nil)
        #expect(
            diagnostics.all.map(\.message) == [
                "the environment variable A is not set", "the environment variable B is not set",
                #"expected a whole number, found "x""#,
            ])
        let unresolved = try #require(node["a"])
        #expect(problems { _ = try unresolved.read(.int) }.hasSuffix("a variable that could not be replaced"))
    }

    private enum Direction: String, CaseIterable { case up, down }

    @Test("What a variable holds is not told, as it may be secret, and neither is what it is near to")
    func secrets() throws {
        let node = try parse("- ${S}\n- ${S}\n- ${S:-x}").substituting(["S": "opem"])
        #expect(problems { _ = try node.read(.list(of: .int)) }.contains("opem") == false)
        let told = problems { _ = try node.read(.list(of: .choice(of: ["open", "shut"]))) }
        #expect(
            told.hasPrefix(#"f.yaml:1:3: error: expected one of "open", "shut", found the value of "${S}""# + "\nf"))
    }
}
