import AdapterKit
import Testing
import VendorFormats

@Suite("Bounded XML")
struct XMLReaderTests {
    typealias Element = BoundedXML.Element

    static let longName = "<" + String(repeating: "a", count: 129) + "/>"

    static let good = """
        <?xml version="1.0" encoding="UTF-8"?>
        <!-- who -->
        <a one="1" two='2 &gt; "1"'>
          <b>caf\u{E9} &amp; t\u{e9}\u{301} \u{1F600} &#xE9;&#233;</b>
          <c/>
          <d><![CDATA[<not a="tag"> & ]] ]]></d>
        </a>
        <!-- end -->

        """

    @Test("A good document becomes its elements, with attributes, text and lines")
    func reads() throws {
        let root = try BoundedXML.read(Self.good.utf8)
        #expect(root.name == "a")
        #expect(root.line == 3)
        #expect(root.attribute("one") == "1")
        #expect(root.attribute("two") == "2 > \"1\"")
        #expect(root.attribute("three") == nil)
        #expect(root.children.map(\.name) == ["b", "c", "d"])
        #expect(root.children.map(\.line) == [4, 5, 6])
        #expect(root.children[0].text == "caf\u{E9} & t\u{e9}\u{301} \u{1F600} \u{E9}\u{E9}")
        #expect(root.children[1].text.isEmpty)
        #expect(root.children[2].text == "<not a=\"tag\"> & ]] ")
    }

    @Test(
        "What XML allows is read as XML says",
        arguments: [
            ("<a/>", Element(name: "a")),
            ("<a></a>", Element(name: "a")),
            ("<a  >x</a  >", Element(name: "a", text: "x")),
            ("\u{FEFF}<a/>", Element(name: "a")),
            ("\u{FEFF}<?xml version='1.0' encoding='utf-8' standalone='yes' ?><a/>", Element(name: "a")),
            ("<?xml version=\"1.0\"?>\n<a/>", Element(name: "a", line: 2)),
            ("<?xml version=\"1.0\" standalone=\"no\"?><a/>", Element(name: "a")),
            ("<a>x\r\ny\rz</a>", Element(name: "a", text: "x\ny\nz")),
            ("<a b='x\r\ny\tz'/>", Element(name: "a", attributes: [.init(name: "b", value: "x y z")])),
            ("<a b='&#13;&#9;'/>", Element(name: "a", attributes: [.init(name: "b", value: "\r\t")])),
            ("<a>1<!-- <b> & -->2</a>", Element(name: "a", text: "12")),
            ("<a>1<![CDATA[]]>2<![CDATA[]]]]><![CDATA[>]]></a>", Element(name: "a", text: "12]]>")),
            ("<a>x<b/>y</a>", Element(name: "a", children: [Element(name: "b")], text: "xy")),
            ("<s:a x:b='1'/>", Element(name: "s:a", attributes: [.init(name: "x:b", value: "1")])),
            ("<a>&lt;&gt;&quot;&apos;&amp;amp;</a>", Element(name: "a", text: "<>\"'&amp;")),
            ("<a>&#x10FFFF;&#x0000041;</a>", Element(name: "a", text: "\u{10FFFF}A")),
            ("<a>\u{7F}\u{85}\u{2028}</a>", Element(name: "a", text: "\u{7F}\u{85}\u{2028}")),
        ] as [(String, Element)])
    func allows(_ document: String, _ expected: Element) throws {
        #expect(try BoundedXML.read(document.utf8) == expected)
    }

    @Test(
        "What could harm, and what is not XML, is refused with its line",
        arguments: [
            ("", "Line 1 ", "holds no element"),
            ("\n\n", "Line 3 ", "holds no element"),
            ("hello", "Line 1 ", "text stands outside"),
            ("<!DOCTYPE a><a/>", "Line 1 ", "DOCTYPE"),
            ("<!doctype a><a/>", "Line 1 ", "DOCTYPE"),
            ("\n<!DOCTYPE a [<!ENTITY x 'y'>]>\n<a>&x;</a>", "Line 2 ", "DOCTYPE"),
            ("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", "Line 1 ", "DOCTYPE"),
            ("<a><!DOCTYPE a></a>", "Line 1 ", "DOCTYPE"),
            ("<a><!ELEMENT b ANY></a>", "Line 1 ", "declaration"),
            ("<a/><!DOCTYPE a>", "Line 1 ", "follows"),
            ("<![CDATA[x]]><a/>", "Line 1 ", "declaration"),
            ("<a/><![CDATA[x]]>", "Line 1 ", "follows"),
            ("<a><![cdata[x]]></a>", "Line 1 ", "declaration"),
            ("<a><![CDATA[x]]</a>", "Line 1 ", "does not end"),
            ("<a>]]></a>", "Line 1 ", "]]>"),
            ("<a><!-- x -- y --></a>", "Line 1 ", "two hyphens"),
            ("<a><!-- x ---></a>", "Line 1 ", "two hyphens"),
            ("<a><!-- x", "Line 1 ", "does not end"),
            ("<a><?php x?></a>", "Line 1 ", "processing instruction"),
            ("<a>\n<?xml version=\"1.0\"?></a>", "Line 2 ", "processing instruction"),
            (" <?xml version=\"1.0\"?><a/>", "Line 1 ", "processing instruction"),
            ("<?xml-stylesheet href='x'?><a/>", "Line 1 ", "processing instruction"),
            ("<?xml version=\"1.1\"?><a/>", "Line 1 ", "XML 1.0"),
            ("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a/>", "Line 1 ", "encoding"),
            ("<?xml version=\"1.0\" encoding=\"UTF-16\"?><a/>", "Line 1 ", "encoding"),
            ("<?xml encoding=\"UTF-8\"?><a/>", "Line 1 ", "declaration"),
            ("<?xml version=\"1.0\" standalone=\"no\" encoding=\"UTF-8\"?><a/>", "Line 1 ", "declaration"),
            ("<?xml ?><a/>", "Line 1 ", "declaration"),
            ("<?xml version=\"1.0\" version=\"1.0\"?><a/>", "Line 1 ", "declaration"),
            ("<?xml version=\"1.0\" standalone=\"maybe\"?><a/>", "Line 1 ", "standalone"),
            ("<?xml version=\"1.0\" x=\"1\"?><a/>", "Line 1 ", "declaration"),
            ("<?xml version=\"1.0\"", "Line 1 ", "declaration"),
            ("<?xml ", "Line 1 ", "name"),
            ("<a>&x;</a>", "Line 1 ", "entity"),
            ("<a>&nbsp;</a>", "Line 1 ", "entity"),
            ("<a>&AMP;</a>", "Line 1 ", "entity"),
            ("<a>&;</a>", "Line 1 ", "entity"),
            ("<a>&#;</a>", "Line 1 ", "entity"),
            ("<a>&#x;</a>", "Line 1 ", "entity"),
            ("<a>&#0;</a>", "Line 1 ", "entity"),
            ("<a>&#1;</a>", "Line 1 ", "entity"),
            ("<a>&#xD800;</a>", "Line 1 ", "entity"),
            ("<a>&#xFFFE;</a>", "Line 1 ", "entity"),
            ("<a>&#x110000;</a>", "Line 1 ", "entity"),
            ("<a>&#99999999;</a>", "Line 1 ", "entity"),
            ("<a>&#-5;</a>", "Line 1 ", "entity"),
            ("<a>&#A;</a>", "Line 1 ", "entity"),
            ("<a>&#x00000000000041;</a>", "Line 1 ", "& does not begin"),
            ("<a>fish & chips</a>", "Line 1 ", "& does not begin"),
            ("<a b='&x;'/>", "Line 1 ", "entity"),
            ("<a", "Line 1 ", "broken"),
            ("<a b", "Line 1 ", "no value"),
            ("<a b=", "Line 1 ", "without quotes"),
            ("<a b=1/>", "Line 1 ", "without quotes"),
            ("<a b='1", "Line 1 ", "does not end"),
            ("<a b='<'/>", "Line 1 ", "a < stands"),
            ("<a b='1' b='2'/>", "Line 1 ", "twice"),
            ("<a b='1'c='2'/>", "Line 1 ", "broken"),
            ("<a/ >", "Line 1 ", "broken"),
            ("<a>", "Line 1 ", "ends within <a> of line 1"),
            ("<a>\n<b>\n</a>", "Line 3 ", "does not end <b> of line 2"),
            ("</a>", "Line 1 ", "does not end anything"),
            ("<a></b>", "Line 1 ", "</b> does not end <a>"),
            ("<a></A>", "Line 1 ", "</A> does not end <a>"),
            ("<a></a x='1'>", "Line 1 ", "does not end"),
            ("<a/>\n<b/>", "Line 2 ", "follows"),
            ("<a/>x", "Line 1 ", "follows"),
            ("< a/>", "Line 1 ", "name"),
            ("<1/>", "Line 1 ", "name"),
            ("<\u{E9}/>", "Line 1 ", "name"),
            ("<>", "Line 1 ", "name"),
            ("<", "Line 1 ", "name"),
            ("<a>\n\u{0}</a>", "Line 2 ", "control character"),
            ("<a>\u{1B}[31m</a>", "Line 1 ", "control character"),
            ("<a>\u{FFFF}</a>", "Line 1 ", "does not allow"),
            ("<a>\n\u{FFFE}</a>", "Line 2 ", "does not allow"),
            (longName, "Line 1 ", "longer than 128"),
        ] as [(String, String, String)])
    func refuses(_ document: String, _ line: String, _ why: String) {
        expectRefusal(Array(document.utf8), line + "of the XML document is wrong: ", why)
    }

    @Test(
        "Bytes that are not UTF-8 are refused",
        arguments: [
            [0x3C, 0x61, 0x3E, 0xE9, 0x3C, 0x2F, 0x61, 0x3E],
            [0x3C, 0x61, 0x3E, 0xC0, 0xAF, 0x3C, 0x2F, 0x61, 0x3E],
            [0x3C, 0x61, 0x3E, 0xED, 0xA0, 0x80, 0x3C, 0x2F, 0x61, 0x3E],
            [0x3C, 0x61, 0x3E, 0xF5, 0x80, 0x80, 0x80, 0x3C, 0x2F, 0x61, 0x3E],
            [0x3C, 0x61, 0x2F, 0x3E, 0xEF, 0xBF],
            [0xFE, 0xFF, 0, 0x3C, 0, 0x61, 0, 0x2F, 0, 0x3E],
            [0xFF, 0xFE, 0x3C, 0, 0x61, 0, 0x2F, 0, 0x3E, 0],
        ] as [[UInt8]])
    func refusesOtherEncodings(_ document: [UInt8]) {
        expectRefusal(document, "Line 1 ", "not UTF-8")
    }

    @Test("UTF-16 without a byte order mark is refused")
    func refusesUTF16() {
        expectRefusal("<a/>".utf8.flatMap { [$0, 0] }, "Line 1 ", "control character")
        expectRefusal("<a/>".utf8.flatMap { [0, $0] }, "Line 1 ", "control character")
    }

    @Test("Size, depth, elements and attributes are counted, and their limits hold to the one")
    func limits() throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: "<a>", count: depth) + String(repeating: "</a>", count: depth)).utf8)
        }
        func wide(_ count: Int) -> [UInt8] { Array("<a>\(String(repeating: "<b/>", count: count - 1))</a>".utf8) }
        func attributes(_ count: Int) -> [UInt8] {
            Array("<a \((0..<count).map { "b\($0)='1'" }.joined(separator: " "))/>".utf8)
        }
        #expect(throws: Never.self) { try BoundedXML.read(nested(8)) }
        expectRefusal(nested(9), "Line 1 ", "more than 8 deep")
        #expect(throws: Never.self) { try BoundedXML.read(wide(2000)) }
        expectRefusal(wide(2001), "Line 1 ", "more than 2000 elements")
        #expect(throws: Never.self) { try BoundedXML.read(attributes(32)) }
        expectRefusal(attributes(33), "Line 1 ", "more than 32 attributes")
        let exact = Array("<a>".utf8) + [UInt8](repeating: 120, count: 262_144 - 7) + Array("</a>".utf8)
        #expect(try BoundedXML.read(exact).text.utf8.count == 262_137)
        expectRefusal(exact + [10], "The XML document has 262145 bytes", "at most 262144")
    }

    @Test("A document a hundred thousand deep is refused, and no limit lets it through")
    func depthBomb() {
        let bomb = Array(String(repeating: "<a>", count: 100_000).utf8)
        expectRefusal(bomb, "The XML document has 300000 bytes", "at most")
        let limits = BoundedXML.Limits(bytes: 1_000_000, depth: .max, elements: .max)
        #expect(limits.depth == 256)
        expectRefusal(bomb, "Line 1 ", "more than 256 deep", limits)
    }

    @Test("Ten megabytes are refused by their size alone")
    func hugeDocument() {
        expectRefusal([UInt8](repeating: 60, count: 10_000_000), "The XML document has 10000000 bytes", "at most")
    }

    @Test("A good document cut short anywhere is refused, or whole but for what follows its element")
    func truncated() throws {
        let bytes = Array(Self.good.utf8)
        let whole = try BoundedXML.read(bytes)
        let tail = Array("</a>".utf8)
        let rootEnds = try #require(bytes.indices.last { bytes[$0...].starts(with: tail) }) + tail.count
        for count in bytes.indices {
            let result = Result { try BoundedXML.read(bytes[..<count]) }
            switch result {
            case .success(let root):
                #expect(count >= rootEnds, "cut at \(count)")
                #expect(root == whole, "cut at \(count)")
            case .failure(let error):
                #expect(count != rootEnds, "cut at \(count): \(error)")
            }
        }
    }

    @Test("No single byte changed anywhere makes it crash or misjudge its own output")
    func mutated() throws {
        let bytes = Array(Self.good.utf8)
        var accepted = 0
        for index in bytes.indices {
            for byte in [0, 9, 34, 38, 39, 45, 47, 59, 60, 62, 63, 93, 0x80, 0xEF, 0xFF] as [UInt8] {
                var changed = bytes
                changed[index] = byte
                guard let root = try? BoundedXML.read(changed) else { continue }
                accepted += 1
                var writer = BoundedXML.Writer()
                Self.write(root, to: &writer)
                let again = try BoundedXML.read(writer.document())
                #expect(Self.shape(again) == Self.shape(root), "byte \(byte) at \(index)")
            }
        }
        #expect(accepted > 100)
    }

    // MARK: Help

    /// Writes a tree; of an element with children the text is left out.
    private static func write(_ element: Element, to writer: inout BoundedXML.Writer) {
        if element.children.isEmpty {
            writer.element(element.name, text: element.text)
        } else {
            writer.element(element.name) { writer in
                for child in element.children { write(child, to: &writer) }
            }
        }
    }

    private static func shape(_ element: Element) -> String {
        let inside = element.children.isEmpty ? element.text : element.children.map(shape).joined(separator: ",")
        return "\(element.name)(\(inside))"
    }

    private func expectRefusal(
        _ document: [UInt8], _ start: String, _ why: String, _ limits: BoundedXML.Limits = BoundedXML.Limits(),
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let error = #expect(throws: AdapterError.self, sourceLocation: sourceLocation) {
            try BoundedXML.read(document, limits: limits)
        }
        guard let error else { return }
        #expect(error.code == .malformed, sourceLocation: sourceLocation)
        #expect(error.message.hasPrefix(start), "\(error.message)", sourceLocation: sourceLocation)
        #expect(error.message.contains(why), "\(error.message)", sourceLocation: sourceLocation)
    }
}
