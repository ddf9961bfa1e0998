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

    typealias Read = @Sendable (BoundedXML.Element) throws -> Void

    @Test(
        "What is not as it must be is refused with its element, its line and what stands there",
        arguments: [
            ("<b/>", { _ = try $0.required("x") }, "Element \"a\" on line 1 lacks the element \"x\"."),
            ("<x/>\n<x/>", { _ = try $0.optional("x") }, "Element \"x\" on line 2 stands in \"a\" a second time."),
            ("<x/>", { _ = try $0.required("x").value() }, "Element \"x\" on line 1 is empty."),
            ("<x> </x>", { _ = try $0.required("x").value() }, "Element \"x\" on line 1 is empty."),
            ("<x>abc</x>", { _ = try $0.required("x").value(bytes: 2) }, "Element \"x\" on line 1 is longer than 2 bytes."),
            ("<x>a&#9;b</x>", { _ = try $0.required("x").value() }, "Element \"x\" on line 1 holds a control character."),
            ("<x>a\u{85}b</x>", { _ = try $0.required("x").value() }, "Element \"x\" on line 1 holds a control character."),
            (
                "<x>a<y/></x>", { _ = try $0.required("x").value() },
                "Element \"x\" on line 1 holds elements where text is expected."
            ),
            ("text<x/>", { try $0.requireNoText() }, "Element \"a\" on line 1 holds text between its elements."),
            ("<x/>", { _ = try $0.required("x").required(attribute: "y") }, "Element \"x\" on line 1 lacks the attribute y."),
            ("<x y=''/>", { _ = try $0.required("x").value(attribute: "y") }, "Element \"x\" attribute y on line 1 is empty."),
            (
                "<x>a b</x>", { _ = try $0.required("x").token(characters: 9) },
                "Element \"x\" on line 1 must hold only letters, digits and ._~:/-; it is \"a b\"."
            ),
            (
                "<x>+5</x>", { _ = try $0.required("x").count(in: 0...9) },
                "Element \"x\" on line 1 must be a whole number from 0 to 9; it is \"+5\"."
            ),
            (
                "<x>10</x>", { _ = try $0.required("x").count(in: 0...9) },
                "Element \"x\" on line 1 must be a whole number from 0 to 9; it is \"10\"."
            ),
            (
                "<x>99999999999999999999</x>", { _ = try $0.required("x").count(in: 0...9) },
                "Element \"x\" on line 1 must be a whole number from 0 to 9; it is \"99999999999999999999\"."
            ),
            (
                "<x>\u{0661}</x>", { _ = try $0.required("x").count(in: 0...9) },
                "Element \"x\" on line 1 must be a whole number from 0 to 9; it is \"\u{0661}\"."
            ),
            (
                "\n<x>2027-02-29</x>", { _ = try $0.required("x").day() },
                "Element \"x\" on line 2 must be a day of the calendar, written YYYY-MM-DD; it is \"2027-02-29\"."
            ),
            (
                "<x y='31.1.27'/>", { _ = try $0.required("x").day(attribute: "y") },
                "Element \"x\" attribute y on line 1 must be a day of the calendar, written YYYY-MM-DD; it is \"31.1.27\"."
            ),
            (
                "<x>2027-01-01T00:00:00</x>", { _ = try $0.required("x").instant() },
                "Element \"x\" on line 1 must be a time written like 2026-11-22T10:00:00Z; it is \"2027-01-01T00:00:00\"."
            ),
            (
                "<x>blue</x>", { _ = try $0.required("x").choice(Color.self) },
                "Element \"x\" on line 1 must be one of red, green; it is \"blue\"."
            ),
        ] as [(String, Read, String)])
    func refuses(_ content: String, _ read: Read, _ message: String) throws {
        let root = try BoundedXML.read("<a>\(content)</a>".utf8)
        let error = #expect(throws: AdapterError.self) { try read(root) }
        #expect(error == AdapterError(.malformed, message))
    }
}
