import MarkedText
import MarkedYAML
import Testing

@Suite("A shape tells what it reads")
struct FormTests {
    private enum Color: String, CaseIterable {
        case red, green
    }

    @Test("A mapping tells its keys in the order in which they are asked for, without a file")
    func mapping() {
        let inner = Shape<Int>.mapping { $0.required("at", .int(in: 1...9)) }
        let shape = Shape<String>.mapping { fields in
            let name = fields.required("name", .string.checked { $0.isEmpty ? "empty" : nil }, help: "Its name.")
            _ = fields.optional("seats", .int, default: 3)
            _ = fields.optional("on", .bool, default: false, help: "Whether.")
            _ = fields.optional("color", .enumeration(Color.self))
            _ = fields.optional("inner", .list(of: inner.named("inner"), atLeast: 1))
            _ = fields.optional("any", .map(of: .node))
            guard let name else { return nil }
            return name
        }
        let keys = shape.form.keys ?? []
        #expect(keys.map(\.name) == ["name", "seats", "on", "color", "inner", "any"])
        #expect(keys.map(\.isRequired) == [true, false, false, false, false, false])
        #expect(keys.map(\.fallback) == [nil, "3", "false", nil, nil, nil])
        #expect(keys.map(\.help) == ["Its name.", "", "Whether.", "", "", ""])
        #expect(shape.form["name"] == .text(.init("a text")))
        #expect(shape.form["seats"] == .integer(.min ... .max) && shape.form["on"] == .boolean)
        #expect(shape.form["color"] == .words(["red", "green"]))
        #expect(shape.form["inner"]?.element?.keys?.map(\.name) == ["at"])
        #expect(shape.form["inner"] == .list(.named("inner", inner.form), atLeast: 1))
        #expect(shape.form["any"]?["x"] == .anything && shape.form["other"] == nil)
    }

    @Test("A form goes with a shape that is mapped, marked or described otherwise")
    func derived() {
        let date = Shape<Int>.text("a date", pattern: "[0-9]{4}") { Int($0) }
        #expect(date.map { "\($0)" }.form == .text(.init("a date", pattern: "[0-9]{4}")))
        #expect(Shape<Marked<Int>>.marked(date).form == date.form)
        #expect(date.described(as: .text(.init("x", isSecret: true))).form.isSecret)
        #expect(date.named("date").form.unnamed == date.form)
        #expect(Shape<Int> { _, _ in 1 }.form == .anything)
    }

    @Test("Of a mapping whose key came twice the first stays, for who tells the rest")
    func duplicate() throws {
        var diagnostics = Diagnostics()
        let node = MarkedYAML.parse("a: 1\na: 2\nb: 3\n".utf8, file: "f", into: &diagnostics)
        #expect(diagnostics.all.map(\.message) == ["duplicate key \"a\": it is first at 1:1"])
        #expect(try text(#require(node), "a") == "1")
        #expect(try text(#require(node), "b") == "3")
        #expect(MarkedYAML.parse("a: &x 1\n".utf8, file: "f", into: &diagnostics) == nil)
    }

    @Test("What is missing is passed over where it may stand elsewhere, and nothing else is")
    func missing() throws {
        let shape = Shape<Int>.mapping { fields in
            let inner = fields.required("inner", .mapping { $0.required("a", .int) })
            let other = fields.required("other", .int)
            guard let inner, let other else { return nil }
            return inner + other
        }
        var diagnostics = Diagnostics()
        diagnostics.passesMissing = true
        #expect(shape.read(try parse("inner: { b: 1 }"), into: &diagnostics) == nil)
        #expect(diagnostics.all.map(\.message) == ["unknown key \"b\""])
    }
}
