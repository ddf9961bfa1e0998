import AdapterKit
import Testing
import VendorFormats

@Suite("Typed values from XML")
struct TypedReadingTests {
    enum Color: String, CaseIterable { case red, green }

    @Test("Values are read without the white space around them")
    func values() throws {
        let root = try BoundedXML.read(
            """
            <a since=" 2026-11-22T10:00:00+01:00 ">
              <name>\t Maple  Ridge\u{301}
              </name>
              <users> 0010 </users>
              <day>2028-02-29</day>
              <color>green</color>
              <mark>r-1/2:3~4._</mark>
            </a>
            """.utf8)
        #expect(try root.required("name").value() == "Maple  Ridge\u{301}")
        #expect(try root.required("users").count(in: 0...10) == 10)
        #expect(try root.required("day").day() == LocalDay(year: 2028, month: 2, day: 29))
        #expect(try root.required("color").choice(Color.self) == .green)
        #expect(try root.required("mark").token(characters: 11) == "r-1/2:3~4._")
        #expect(try root.optional("other") == nil)
        #expect(throws: Never.self) { try root.requireNoText() }
        // An attribute keeps its white space, so a time with spaces is none.
        #expect(throws: AdapterError.self) { try root.instant(attribute: "since") }
    }

    /// What stands in an element, how it is read, and what is said of it.
    struct Row: Sendable, CustomTestStringConvertible {
        let content: String
        let message: String
        let read: @Sendable (BoundedXML.Element) throws -> Void

        init(_ content: String, _ message: String, _ read: @escaping @Sendable (BoundedXML.Element) throws -> Void) {
            self.content = content
            self.message = message
            self.read = read
        }

        var testDescription: String { content }
    }

    static let rows: [Row] = [
        Row("<b/>", "Element \"a\" on line 1 lacks the element \"x\".") { _ = try $0.required("x") },
        Row("<x/>\n<x/>", "Element \"x\" on line 2 stands in \"a\" a second time.") { _ = try $0.optional("x") },
        Row("<x/>", "Element \"x\" on line 1 is empty.") { _ = try $0.required("x").value() },
        Row("<x> </x>", "Element \"x\" on line 1 is empty.") { _ = try $0.required("x").value() },
        Row("<x>abc</x>", "Element \"x\" on line 1 is longer than 2 bytes.") {
            _ = try $0.required("x").value(bytes: 2)
        },
        Row("<x>a&#9;b</x>", "Element \"x\" on line 1 holds a control character.") { _ = try $0.required("x").value() },
        Row("<x>a\u{85}b</x>", "Element \"x\" on line 1 holds a control character.") {
            _ = try $0.required("x").value()
        },
        Row("<x>a<y/></x>", "Element \"x\" on line 1 holds elements where text is expected.") {
            _ = try $0.required("x").value()
        },
        Row("text<x/>", "Element \"a\" on line 1 holds text between its elements.") { try $0.requireNoText() },
        Row("<x/>", "Element \"x\" on line 1 lacks the attribute y.") {
            _ = try $0.required("x").required(attribute: "y")
        },
        Row("<x y=''/>", "Element \"x\" attribute y on line 1 is empty.") {
            _ = try $0.required("x").value(attribute: "y")
        },
        Row("<x>a b</x>", "Element \"x\" on line 1 must hold only letters, digits and ._~:/-; it is \"a b\".") {
            _ = try $0.required("x").token(characters: 9)
        },
        Row("<x>+5</x>", "Element \"x\" on line 1 must be a whole number from 0 to 9; it is \"+5\".") {
            _ = try $0.required("x").count(in: 0...9)
        },
        Row("<x>10</x>", "Element \"x\" on line 1 must be a whole number from 0 to 9; it is \"10\".") {
            _ = try $0.required("x").count(in: 0...9)
        },
        Row(
            "<x>99999999999999999999</x>",
            "Element \"x\" on line 1 must be a whole number from 0 to 9; it is \"99999999999999999999\"."
        ) { _ = try $0.required("x").count(in: 0...9) },
        Row("<x>\u{0661}</x>", "Element \"x\" on line 1 must be a whole number from 0 to 9; it is \"\u{0661}\".") {
            _ = try $0.required("x").count(in: 0...9)
        },
        Row(
            "\n<x>2027-02-29</x>",
            "Element \"x\" on line 2 must be a day of the calendar, written YYYY-MM-DD; it is \"2027-02-29\"."
        ) { _ = try $0.required("x").day() },
        Row(
            "<x y='31.1.27'/>",
            "Element \"x\" attribute y on line 1 must be a day of the calendar, written YYYY-MM-DD; it is \"31.1.27\"."
        ) { _ = try $0.required("x").day(attribute: "y") },
        Row(
            "<x>2027-01-01T00:00:00</x>",
            "Element \"x\" on line 1 must be a time written like 2026-11-22T10:00:00Z; it is \"2027-01-01T00:00:00\"."
        ) { _ = try $0.required("x").instant() },
        Row("<x>blue</x>", "Element \"x\" on line 1 must be one of red, green; it is \"blue\".") {
            _ = try $0.required("x").choice(Color.self)
        },
    ]

    @Test("What is not as it must be is refused with its element, its line and what stands there", arguments: rows)
    func refuses(_ row: Row) throws {
        let root = try BoundedXML.read("<a>\(row.content)</a>".utf8)
        let error = #expect(throws: AdapterError.self) { try row.read(root) }
        #expect(error == AdapterError(.malformed, row.message))
    }
}
