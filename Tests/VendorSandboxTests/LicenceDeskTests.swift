import AdapterKit
import Foundation
import MarkedText
import Testing
import VendorFormats
import VendorSandbox

@Suite("Answers to licence request files, by mail")
struct LicenceDeskTests {
    /// A desk with a book of its own, and the running stand-in of the same book.
    private static func with(
        _ book: String = Books.sage200(), _ body: (LicenceDesk, RunningSandbox) async throws -> Void
    ) async throws {
        try await RunningSandbox.with(book) { sandbox in
            let clock = sandbox.clock
            try await body(Sandbox(book: sandbox.folder.book, clock: { clock.now }).licenceDesk(), sandbox)
        }
    }

    @Test("The whole grant comes, signed for its own purpose over the file's nonce, whatever is held")
    func changed() async throws {
        try await Self.with { desk, sandbox in
            let file = try desk.answer(OfflineQuestion.bytes)
            #expect(file.accountNumber == "A1042207" && file.serialNumber == "2000-7F31-0042-K")
            let grant = try OfflineQuestion.grant(file.document, sandbox.ready)
            #expect(grant.attribute("status") == "changed")
            #expect(String(decoding: file.document, as: UTF8.self).contains("From the sandbox, a stand-in"))
            for (name, value) in [
                "accountNumber": "A1042207", "serialNumber": "2000-7F31-0042-K", "issued": "2026-11-22T10:00:00Z",
                "name": "Wharfedale Joinery & Sons Ltd", "testAndRecovery": "false", "validTo": "2027-06-30",
            ] { #expect(try grant.required(name).value() == value) }
            // Not even where the revision that is held is the present one: offline nothing is unchanged.
            let revision = try grant.required("revision").value()
            let again = try desk.answer(OfflineQuestion.bytes(">r7<", ">\(revision)<"))
            #expect(again.document == file.document)
        }
    }

    @Test("It is what the server grants at the same time: the revision is the same one")
    func sameAsOnline() async throws {
        try await Self.with { desk, sandbox in
            let grant = try OfflineQuestion.grant(desk.answer(OfflineQuestion.bytes).document, sandbox.ready)
            let online = try await sandbox.ask(LicenceQuestion())
            #expect(try grant.required("revision").value() == online["revision"])
            #expect(try SignedDocument(online.reply.body).purpose != OfflineQuestion.purpose)
        }
    }

    @Test("A test-and-recovery license is answered under its own serial number")
    func testAndRecovery() async throws {
        try await Self.with { desk, sandbox in
            let file = try desk.answer(OfflineQuestion.bytes("0042-K", "0042-T"))
            let grant = try OfflineQuestion.grant(file.document, sandbox.ready)
            #expect(try grant.required("testAndRecovery").value() == "true" && file.serialNumber == "2000-7F31-0042-T")
        }
    }

    @Test(
        "What is not on record gets a sentence that says which number is wrong, and nothing of what is on record",
        arguments: [
            ("A1042207", "A1042208", "accountNumber", "There is no account with the number \"A1042208\"."),
            ("A1042207", "a1042207", "accountNumber", "There is no account"),
            ("0042-K", "0042-X", "serialNumber", "has no license of the serial number \"2000-7F31-0042-X\"."),
            ("2000-7F31-0042-K", "2000\u{202E}&lt;", "serialNumber", "\"2000\\u{202E}<\""),
        ])
    func refused(_ row: (old: String, new: String, field: String, told: String)) async throws {
        try await Self.with { desk, _ in
            let request = try OfflineQuestion.bytes(row.old, row.new)
            let error = #expect(throws: AdapterError.self) { try desk.answer(request) }
            #expect(error?.code == .rejected && error?.field == row.field)
            #expect(error?.message.contains(row.told) == true, "\(error?.message ?? "")")
            #expect(error?.message.contains("0042-K") == row.told.contains("0042-K"))
        }
    }

    @Test("A file that is no licence request is refused with the element and its line, and what to do")
    func malformed() async throws {
        try await Self.with { desk, _ in
            let request = try OfflineQuestion.bytes("<nonce>0b", "<nonce>0B")
            let error = #expect(throws: AdapterError.self) { try desk.answer(request) }
            #expect(error?.code == .malformed)
            #expect(error?.message.contains("\"nonce\" on line 4") == true)
            #expect(error?.message.contains("have another made") == true)
        }
    }

    @Test("Its key is the running stand-in's, whoever of the two makes it first; a key file can be named")
    func key() async throws {
        let folder = try Folder()
        defer { folder.remove() }
        try folder.write(Books.sage200())
        let sandbox = Sandbox(book: folder.book)
        let first = try sandbox.licenceDesk()
        #expect(first.keyFile == folder.key)
        try await sandbox.whileRunning { ready in
            #expect(first.publicKey == ready.publicKey)
            try #expect(sandbox.licenceDesk().publicKey == ready.publicKey)
            _ = try OfflineQuestion.grant(first.answer(OfflineQuestion.bytes).document, ready)
        }
        let other = try Sandbox(book: folder.book, keyFile: folder.path + "/other").licenceDesk()
        #expect(other.publicKey != first.publicKey)
    }

    @Test("The book's faults are the server's, a book without the product knows nobody, a broken one is told")
    func books() async throws {
        try await Self.with(Books.sage200("faults:\n  sage200: { badSignature: true }\n")) { desk, sandbox in
            _ = try OfflineQuestion.grant(desk.answer(OfflineQuestion.bytes).document, sandbox.ready)
        }
        try await Self.with(Books.one()) { desk, _ in
            let request = try OfflineQuestion.bytes
            #expect(throws: AdapterError.self) { try desk.answer(request) }
        }
        let folder = try Folder()
        defer { folder.remove() }
        try folder.write("sage200: [\n")
        #expect(throws: DiagnosticsError.self) { try Sandbox(book: folder.book).licenceDesk() }
        #expect(!FileManager.default.fileExists(atPath: folder.key), "no key is made for a book that is none")
    }

    @Test(
        "The answer is named after the request",
        arguments: [
            ("maple.xml", "maple.ent"), ("maple.2026.XML", "maple.2026.ent"), ("maple", "maple.ent"),
            ("maple.txt", "maple.txt.ent"), (".xml", ".ent"),
        ])
    func names(_ row: (request: String, name: String)) {
        #expect(EntitlementFile.name(for: row.request) == row.name)
    }
}
