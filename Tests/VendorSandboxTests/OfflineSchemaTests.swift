import Foundation
import Testing

@Suite(
    "The schema of the licence request file",
    .enabled(if: Tool.found("xmllint") != nil, "xmllint is not there: install libxml2-utils"))
struct OfflineSchemaTests {
    private static let schema = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../docs/protocols/online-offline-request.xsd").standardized.path

    /// What `xmllint` says of a file; nil where it finds it valid.
    private static func problem(with file: [UInt8]) async throws -> String? {
        let folder = try Folder()
        defer { folder.remove() }
        let checked = try await Tool.run(
            ["xmllint", "--nonet", "--noout", "--schema", schema, "-"], input: file, in: folder)
        return checked.code == 0 ? nil : checked.errors
    }

    @Test("The page's example is valid, and so is one of a client that holds nothing")
    func valid() async throws {
        try await #expect(Self.problem(with: OfflineQuestion.bytes) == nil)
        let lines = String(decoding: try OfflineQuestion.bytes, as: UTF8.self).split(separator: "\n")
        let first = lines.filter { !$0.contains("held") }.joined(separator: "\n")
        try await #expect(Self.problem(with: Array(first.utf8)) == nil)
    }

    @Test(
        "Values at their limits, of any script and with an offset are valid",
        arguments: [
            ("A1042207", String(repeating: "x", count: 512)), ("A1042207", "Zürich &amp; Söhne 株式会社"),
            ("2026-11-22T10:02:00Z", "2026-11-22T10:02:00.123456789+13:45"), (">r7<", ">v1.2/3:4_5~6-7<"),
        ])
    func atLimits(_ row: (old: String, new: String)) async throws {
        try await #expect(Self.problem(with: OfflineQuestion.bytes(row.old, row.new)) == nil)
    }

    @Test(
        "What the page does not have, in another order, too long or of another form is not valid",
        arguments: [
            ("  <nonce>", "  <later/>\n  <nonce>", "later"),
            ("<operation>", "<serialNumber>2000-7F31-0042-K</serialNumber><operation>", "serialNumber"),
            ("<heldRevision>r7</heldRevision>", "", "heldIssued"),
            ("<heldIssued>2026-10-22T09:00:00Z</heldIssued>", "", "heldIssued"),
            ("<accountNumber>A1042207</accountNumber>", "", "serialNumber"),
            ("  <requested>", "text<requested>", "content"),
            ("A1042207", String(repeating: "x", count: 513), "maxLength"),
            ("A1042207", "", "accountNumber"), ("A1042207", "A1042207 ", "pattern"),
            ("A1042207", "&#160;A1042207", "pattern"), ("A1042207", "A&#133;1", "pattern"),
            ("A1042207", "A\n1", "pattern"), ("A1042207", "<b>A1042207</b>", "accountNumber"),
            ("019abc60", String(repeating: "0", count: 40), "maxLength"), ("019abc60", "019abc60 ", "pattern"),
            ("<nonce>0b", "<nonce>0B", "pattern"), ("<nonce>0b", "<nonce>", "pattern"),
            (">r7<", ">\(String(repeating: "r", count: 129))<", "maxLength"), (">r7<", ">r 7<", "pattern"),
            ("2026-11-22T10:02:00Z", "2026-11-22T10:02:00", "pattern"),
            ("2026-11-22T10:02:00Z", "2026-11-22", "requested"),
            ("2026-11-22T10:02:00Z", "2026-02-30T10:02:00Z", "requested"),
            ("version=\"1\"", "version=\"2\"", "version"), ("version=\"1\"", "", "version"),
            ("version=\"1\"", "version=\"1\" later=\"1\"", "later"), ("offlineRequest", "request", "request"),
        ])
    func invalid(_ row: (old: String, new: String, told: String)) async throws {
        let problem = try await Self.problem(with: OfflineQuestion.bytes(row.old, row.new))
        #expect(problem?.contains("fails to validate") == true)
        #expect(problem?.contains(row.told) == true, "\(problem ?? "")")
    }
}
