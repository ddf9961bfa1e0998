import Foundation
import Testing

@Suite("Answers to licence request files, as a program", .timeLimit(.minutes(5)))
struct SandboxAnswerTests {
    private static let book = """
        sage200:
          - accountNumber: A1042207
            serialNumber: 2000-7F31-0042-K
            name: Wharfedale Joinery & Sons Ltd
            validFrom: -145d
            validTo: +220d
            users: 12

        """

    private static func request(account: String = "A1042207") -> String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <offlineRequest version="1">
          <operation>019abc60-1f80-7b52-8c3d-6e9f01a2b3c4</operation>
          <nonce>0b6e2f4c8a1d3957e0c4b2a69f817d53</nonce>
          <accountNumber>\(account)</accountNumber>
          <serialNumber>2000-7F31-0042-K</serialNumber>
          <requested>2026-11-22T10:02:00Z</requested>
        </offlineRequest>

        """
    }

    private static func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }

    @Test("An answer is written for its owner alone, told, signed by the stand-in's key, and replaced only by force")
    func one() async throws {
        try await Estate.with { estate in
            let book = try estate.write(Self.book, to: "vendor/book.yaml")
            let request = try estate.write(Self.request(), to: "maple.xml")
            let file = estate.folder + "/maple.ent"
            let words = ["sandbox", "answer", "--book", book, request, "--output", file]
            let answered = try await estate.run(words)
            #expect(answered.code == 0 && answered.err.isEmpty, "\(answered)")
            #expect(answered.out.contains("\(file): for account A1042207, serial number 2000-7F31-0042-K"))
            let attributes = try FileManager.default.attributesOfItem(atPath: file)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: file)))

            let again = try await estate.run(words)
            #expect(again.code == 1 && again.err.contains("\(file) exists: --force replaces it."), "\(again)")
            #expect(try Array(Data(contentsOf: URL(fileURLWithPath: file))) == bytes)
            try await estate.must(words + ["--force"])
            #expect(
                try Array(Data(contentsOf: URL(fileURLWithPath: file))) != bytes, "it has a time of issue of its own")

            let standIn = try await estate.standIn(Self.book)
            #expect(standIn.hasSigned(bytes), "whoever trusts the stand-in trusts what was signed before it ran")
            #expect(answered.out.contains(standIn.publicKey))
            let left = try FileManager.default.contentsOfDirectory(atPath: estate.folder)
            #expect(!left.contains { $0.hasSuffix(".part") })
        }
    }

    @Test("On standard output there is the answer and nothing else")
    func standardOutput() async throws {
        try await Estate.with { estate in
            let standIn = try await estate.standIn(Self.book)
            let request = try estate.write(Self.request(), to: "maple.xml")
            let answered = try await estate.must("sandbox", "answer", "--book", standIn.book, request, "--output", "-")
            #expect(answered.out.hasPrefix("<?xml") && standIn.hasSigned(Array(answered.out.utf8)))
        }
    }

    @Test("Of many each is answered into a folder; those that can't be are told, and no file stands for them")
    func many() async throws {
        try await Estate.with { estate in
            let book = try estate.write(Self.book, to: "book.yaml")
            let folder = estate.folder + "/answers"
            var requests = try (1...20).map { try estate.write(Self.request(), to: "customer-\($0).xml") }
            requests.append(try estate.write(Self.request(account: "B1"), to: "unknown.xml"))
            requests.append(try estate.write(String(Self.request().prefix(200)), to: "cut.xml"))
            requests.append(estate.folder + "/missing.xml")
            let answered = try await estate.run(
                ["sandbox", "answer", "--book", book, "--output-dir", folder] + requests)
            #expect(answered.code == 1)
            for told in [
                "unknown.xml: There is no account with the number \"B1\"", "cut.xml: Line 5 of the XML document",
                "missing.xml can't be read: No such file",
            ] { #expect(answered.err.contains(told), "\(answered)") }
            let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            #expect(names == (1...20).map { "customer-\($0).ent" }.sorted())
            let more = try await estate.run(["sandbox", "answer", "--book", book, "--output-dir", folder, requests[0]])
            #expect(more.code == 1 && more.err.contains("exists"), "\(more)")
        }
    }

    @Test("Nothing is asked of the book where the words are wrong: code 2")
    func usage() async throws {
        try await Estate.with { estate in
            let request = try estate.write(Self.request(), to: "a/maple.xml")
            let other = try estate.write(Self.request(), to: "b/maple.xml")
            for (words, told) in [
                ([request], "--output-dir"), ([request, "--output", "x", "--output-dir", "y"], "--output-dir"),
                ([request, other, "--output", "x"], "--output takes the answer to one request"),
                ([request, other, "--output-dir", "x"], "would both be maple.ent"), (["--output", "x"], "request"),
            ] {
                let ended = try await estate.run(["sandbox", "answer", "--book", "none.yaml"] + words)
                #expect(ended.code == 2 && ended.err.contains(told), "\(words): \(ended)")
            }
        }
    }

    @Test("A book with a mistake is told with its place, a folder that is none with its path; nothing is written")
    func trouble() async throws {
        try await Estate.with { estate in
            let request = try estate.write(Self.request(), to: "maple.xml")
            let broken = try estate.write(Self.book.replacing("+220d", with: "soon"), to: "broken.yaml")
            let wrong = try await estate.run("sandbox", "answer", "--book", broken, request, "--output", "x.ent")
            #expect(wrong.code == 1 && wrong.err.contains("\(broken):6:"), "\(wrong)")
            let book = try estate.write(Self.book, to: "book.yaml")
            let nowhere = try await estate.run("sandbox", "answer", "--book", book, request, "--output", "no/x.ent")
            #expect(nowhere.code == 1 && nowhere.err.contains("no/x.ent can't be written"), "\(nowhere)")
            let file = try await estate.run("sandbox", "answer", "--book", book, request, "--output-dir", request)
            #expect(file.code == 1 && file.err.contains(request), "\(file)")
            for path in ["/dev/null", estate.folder] {
                let odd = try await estate.run(
                    "sandbox", "answer", "--book", book, request, "--output", path, "--force")
                #expect(odd.code == 1 && odd.err.contains("\(path) is no file"), "\(odd)")
            }
            #expect(Self.text(estate.folder + "/x.ent") == nil)
        }
    }
}
