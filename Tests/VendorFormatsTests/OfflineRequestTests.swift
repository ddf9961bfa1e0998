import AdapterKit
import AdapterTestKit
import Testing
import VendorFormats

@Suite("Licence request files")
struct OfflineRequestTests {
    private static let fields = ["accountNumber", "serialNumber"]

    private static var example: String {
        get throws {
            let page = try WorkedExample(page: "../../docs/protocols/online-offline.md")
            return String(decoding: try page.block("offline-request"), as: UTF8.self)
        }
    }

    private static func read(_ text: String) throws -> OfflineRequest {
        try OfflineRequest(Array(text.utf8), fields: fields)
    }

    /// What is said of a file that is refused.
    private static func refusal(_ bytes: [UInt8]) -> String {
        let error = #expect(throws: AdapterError.self) { try OfflineRequest(bytes, fields: fields) }
        #expect(error?.code == .malformed)
        return error?.message ?? ""
    }

    @Test("The page's example is read, every value of it")
    func example() throws {
        let request = try Self.read(Self.example)
        #expect(request.question.operation == "019abc60-1f80-7b52-8c3d-6e9f01a2b3c4")
        #expect(request.question.nonce == "0b6e2f4c8a1d3957e0c4b2a69f817d53")
        #expect(request.question.identity == ["accountNumber": "A1042207", "serialNumber": "2000-7F31-0042-K"])
        #expect(request.question.heldRevision == "r7")
        #expect(request.requested == Instant("2026-11-22T10:02:00Z"))
        #expect(request.heldIssued == Instant("2026-10-22T09:00:00Z"))
    }

    @Test("A client that holds nothing says so by leaving both out")
    func nothingHeld() throws {
        let lines = try Self.example.split(separator: "\n").filter { !$0.contains("held") }
        let request = try Self.read(lines.joined(separator: "\n"))
        #expect(request.question.heldRevision == nil && request.heldIssued == nil)
    }

    @Test("Another order, unknown elements, comments, CDATA, a byte order mark and white space are no mistakes")
    func lenient() throws {
        let text = try Self.example.replacing(
            "  <operation>", with: "<later a=\"b\"><nonce>x</nonce></later><operation>"
        )
        .replacing(">A1042207<", with: "> <![CDATA[A10]]>4<!-- - -->2207\r\n<")
        .replacing("  <requested>2026-11-22T10:02:00Z</requested>\n", with: "")
        .replacing(
            "<offlineRequest version=\"1\">",
            with: "<offlineRequest later=\"x\" version='1'>\n"
                + "  <requested>2026-11-22T10:02:00Z</requested>")
        let request = try Self.read("\u{FEFF}" + text)
        #expect(request.question.identity["accountNumber"] == "A1042207")
        #expect(request.requested == Instant("2026-11-22T10:02:00Z"))
    }

    @Test(
        "What breaks the page is told with its element, its line and what to do",
        arguments: [
            ("<nonce>0b", "<nonce>0B", "Element \"nonce\" on line 4 must be 32 digits 0-9a-f."),
            ("<nonce>0b", "<nonce>", "Element \"nonce\" on line 4"),
            ("<nonce>0b", "<nonce>0b0b", "Element \"nonce\" on line 4 is longer than 32 bytes"),
            ("  <nonce>0b", "  <nonce>1</nonce>\n  <nonce>0b", "on line 5 stands in \"offlineRequest\" a second time"),
            ("  <nonce>", "  text<nonce>", "\"offlineRequest\" on line 2 holds text between its elements"),
            ("019abc60-1f80-7b52-8c3d-6e9f01a2b3c4", "", "\"operation\" on line 3 is empty"),
            ("019abc60", "019abc60 ", "\"operation\" on line 3 must hold"),
            ("019abc60", String(repeating: "0", count: 40), "\"operation\" on line 3 is longer than 64 bytes"),
            ("A1042207", "", "\"accountNumber\" on line 5 is empty"),
            ("A1042207", "\u{A0}A1042207", "\"accountNumber\" on line 5 has white space at an end"),
            ("A1042207", "a&#9;b", "\"accountNumber\" on line 5 holds a control character"),
            ("A1042207", "<b>x</b>", "\"accountNumber\" on line 5 holds elements"),
            ("A1042207", String(repeating: "\u{E9}", count: 257), "\"accountNumber\" on line 5 is longer than 512"),
            ("<serialNumber>2000-7F31-0042-K</serialNumber>", "", "lacks the element \"serialNumber\""),
            ("2026-11-22T10:02:00Z", "2026-11-22", "\"requested\" on line 7 must be a time"),
            ("<requested>2026-11-22T10:02:00Z</requested>", "", "lacks the element \"requested\""),
            (">r7<", ">r 7<", "\"heldRevision\" on line 8"),
            ("<heldRevision>r7</heldRevision>", "", "heldRevision and heldIssued: they go together"),
            ("<heldIssued>2026-10-22T09:00:00Z</heldIssued>", "", "they go together"),
            ("2026-10-22T09:00:00Z", "2026-02-30T09:00:00Z", "\"heldIssued\" on line 9 must be a time"),
            ("version=\"1\"", "version=\"2\"", "of a version that is not known here"),
            ("version=\"1\"", "", "lacks the attribute version"),
            ("offlineRequest", "entitlementRequest", "on line 2 is not an offlineRequest"),
            ("</offlineRequest>", "", "the document ends within <offlineRequest> of line 2"),
        ])
    func malformed(_ row: (old: String, new: String, told: String)) throws {
        let text = try Self.example
        try #require(text.contains(row.old))
        let message = Self.refusal(Array(text.replacing(row.old, with: row.new).utf8))
        #expect(message.contains(row.told), "\(message)")
        #expect(message.hasSuffix("whole and not edited, or have another made."))
    }

    @Test("A file of the most bytes is read, one of a byte more is not")
    func size() throws {
        let text = try Self.example
        let room = EntitlementQuestion.byteLimit - text.utf8.count
        #expect(throws: Never.self) { try Self.read(text + String(repeating: " ", count: room)) }
        let message = Self.refusal(Array((text + String(repeating: " ", count: room + 1)).utf8))
        #expect(message.contains("has 16385 bytes; at most 16384 are allowed"))
    }

    @Test("Bombs, depth, crowds, other encodings and what is no XML are refused at little cost")
    func hostile() throws {
        let text = try Self.example
        let start = "<offlineRequest version=\"1\">"
        let files: [(bytes: [UInt8], told: String)] = [
            (
                Array(
                    text.replacing(
                        "<offlineRequest", with: "<!DOCTYPE a [<!ENTITY b \"&c;&c;\"><!ENTITY c \"x\">]><offlineRequest"
                    ).replacing("</offlineRequest>", with: "<a>&b;</a></offlineRequest>").utf8), "DOCTYPE"
            ),
            (Array(text.replacing("A1042207", with: "&lol;").utf8), "Line 5"),
            (Array((start + String(repeating: "<a>", count: 5_000)).utf8), "8 deep"),
            (Array((start + String(repeating: "<a/>", count: 4_000) + "</offlineRequest>").utf8), "2000 elements"),
            (Array(text.replacing("<nonce>", with: "<?php x?><nonce>").utf8), "processing instruction"),
            (Array(text.replacing("UTF-8", with: "ISO-8859-1").utf8), "encoding"),
            ([0xFF, 0xFE] + text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }, "UTF-8"),
            (Array(text.utf8) + [0], "control character"), (Array(text.utf8) + [0xC0, 0xAF], "UTF-8"),
            ([UInt8](repeating: UInt8(ascii: "<"), count: 100 << 20), "at most 16384"), ([], "no element"),
        ]
        let clock = ContinuousClock()
        for file in files {
            var message = ""
            let took = clock.measure { message = Self.refusal(file.bytes) }
            #expect(message.contains(file.told), "\(file.told): \(message)")
            #expect(message.utf8.count < 600 && took < .seconds(2))
        }
    }

    @Test("A request that comes over the wire is no licence request file, nor the other way round")
    func kinds() throws {
        let text = try Self.example
        #expect(throws: AdapterError.self) { try EntitlementQuestion(Array(text.utf8), fields: Self.fields) }
        let online = text.replacing("offlineRequest", with: "entitlementRequest")
        #expect(throws: Never.self) { try EntitlementQuestion(Array(online.utf8), fields: Self.fields) }
        #expect(throws: AdapterError.self) { try Self.read(online) }
    }
}
