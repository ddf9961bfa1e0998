import AdapterKit
import Testing
import VendorFormats

@Suite("Writing XML")
struct XMLWriterTests {
    @Test("A document has a declaration, two spaces a level, and ends with a line feed")
    func layout() throws {
        var writer = BoundedXML.Writer()
        writer.element("a", ["one": "1"]) { writer in
            writer.element("b", text: "x")
            writer.element("c", ["two": "2", "three": ""])
        }
        let text = """
            <?xml version="1.0" encoding="UTF-8"?>
            <a one="1">
              <b>x</b>
              <c two="2" three=""/>
            </a>

            """
        #expect(try String(decoding: writer.document(), as: UTF8.self) == text)
    }

    @Test(
        "Every text comes back as it was written, in an element and in an attribute",
        arguments: [
            "plain", "<a> & \"b\" 'c' ]]> -->", "tab\there", "line\nfeed", "carriage\rreturn\r\n", " around ",
            "\u{1F600}\u{301}",
            "&amp;", "\u{7F}\u{85}\u{2028}\u{FEFF}", "\u{10FFFF}",
        ])
    func roundTrip(_ text: String) throws {
        var writer = BoundedXML.Writer()
        writer.element("a", ["b": text], text: text)
        let root = try BoundedXML.read(writer.document())
        #expect(root.attribute("b").map { Array($0.utf8) } == Array(text.utf8))
        #expect(Array(root.text.utf8) == Array(text.utf8))
    }

    @Test(
        "What XML cannot hold is refused and not dropped",
        arguments: [("\u{0}", "U+0."), ("a\u{1B}b", "U+1B."), ("\u{FFFE}", "U+FFFE.")])
    func refuses(_ text: String, _ code: String) {
        var inText = BoundedXML.Writer()
        inText.element("a", text: text)
        var inAttribute = BoundedXML.Writer()
        inAttribute.element("a", ["b": text])
        for writer in [inText, inAttribute] {
            let error = #expect(throws: AdapterError.self) { try writer.document() }
            #expect(error?.message == "Element \"a\" cannot be written: XML has no character \(code)")
        }
    }
}
