import Foundation
import Testing

@Suite("A vendor that means ill, or somebody in its name")
struct HostileVendorTests {
    /// An answer with one flaw; all else about it is in order, so that nothing else can be why it is refused.
    struct Flaw: Sendable {
        typealias Making = @Sendable (Vendor, Vendor.Question, _ earlier: Vendor.Question) throws -> Vendor.Reply

        var name: String
        var outcome: String
        /// A part of what the refusal says.
        var says: String
        var reply: Making

        init(_ name: String, _ outcome: String, _ says: String, _ reply: @escaping Making) {
            (self.name, self.outcome, self.says, self.reply) = (name, outcome, says, reply)
        }

        /// Signed as it should be, and saying something that it should not.
        static func document(_ name: String, _ says: String, _ document: Document) -> Flaw {
            Flaw(name, "failed", says) { vendor, question, _ in vendor.grant(question, document) }
        }

        /// Signed as it should be, over bytes that it should not be.
        static func payload(
            _ name: String, _ says: String, _ change: @escaping @Sendable (String) -> [UInt8]
        ) -> Flaw {
            Flaw(name, "failed", says) { vendor, question, _ in
                .init(vendor.sign(change(newer.payload(for: question)), nonce: question.nonce))
            }
        }

        /// Not signed as it should be.
        static func trust(_ name: String, _ says: String, _ reply: @escaping Making) -> Flaw {
            Flaw(name, "untrusted", says, reply)
        }
    }

    /// What would come into force if an answer were taken.
    static let newer = Document(revision: "r2", expires: "2039-12-31")

    static func newer(_ change: (inout Document) -> Void) -> Document {
        var document = newer
        change(&document)
        return document
    }

    /// The flaws, by what they are about.
    static let flaws: [String: [Flaw]] = [
        "what it says": [
            .document("from the future", "still to come", newer { $0.issuedIn = 600 }),
            .document("older than what is held", "older than what is held", newer { $0.issuedIn = -3600 }),
            .document("for another client ID", "another installation", newer { $0.clientID = "30017483" }),
            .document("for another client name", "another installation", newer { $0.clientName = "Somebody Else" }),
            .document("for another serial number", "another installation", newer { $0.serialNumber = "SCX26-1" }),
            .document("unchanged since another revision", "r7", Document(status: "unchanged", revision: "r7")),
            .document("of another version", "version", newer { $0.version = "2" }),
            .document("of an unknown status", "status", newer { $0.status = "splendid" }),
            .document("with a day that is none", "expires", newer { $0.expires = "2039-02-30" }),
            .document("with seats without end", "users", newer { $0.users = "99999999999999999999" }),
            .document("with less than no seats", "users", newer { $0.users = "-1" }),
            .payload("with more modules than allowed", "modules") { text in
                let modules = (1...250).map { "<module code=\"M\($0)\" name=\"Module\"/>" }.joined()
                return Array(text.replacing("</modules>", with: modules + "</modules>").utf8)
            },
        ],
        "its form": [
            .document("with a DOCTYPE", "DOCTYPE", newer { $0.head = "<!DOCTYPE a [<!ENTITY b \"c\">]>\n" }),
            .document(
                "in another encoding by its own word", "encoding",
                newer { $0.head = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n" }),
            .document("with an entity that is not XML's own", "entity", newer { $0.more = "<x>&lol;</x>\n" }),
            .payload("deeply nested", "deep") { text in
                let nested = String(repeating: "<x>", count: 5000) + String(repeating: "</x>", count: 5000)
                return Array(text.replacing("</entitlement>", with: nested + "</entitlement>").utf8)
            },
            .payload("not UTF-8", "UTF-8") { Array($0.utf8).replacing("Premium", with: [0x50, 0xE9, 0x6D]) },
            .payload("in UTF-16", "UTF-8") { text in
                [0xFE, 0xFF] + text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } + [UInt8(ascii: "\n")]
            },
            .payload("with a zero byte", "") { Array($0.utf8).replacing("Premium", with: [0x50, 0, 0x6D]) },
            .payload("cut in the middle before it was signed", "") {
                Array($0.utf8.prefix($0.utf8.count / 2)) + [UInt8(ascii: "\n")]
            },
            .payload("empty", "") { _ in [UInt8(ascii: "\n")] },
        ],
        "its proof": [
            .trust("replayed", "another request") { vendor, question, earlier in
                .init(vendor.sign(newer.payload(for: question).utf8, nonce: earlier.nonce))
            },
            .trust("signed for another purpose", "another purpose") { vendor, question, _ in
                let payload = newer.payload(for: question).utf8
                return .init(vendor.sign(payload, nonce: question.nonce, purpose: "offline/activation"))
            },
            .trust("signed by an unknown key", "stranger") { vendor, question, _ in
                .init(vendor.sign(newer.payload(for: question).utf8, nonce: question.nonce, keyID: "stranger"))
            },
            .trust("changed after it was signed", "signature") { vendor, question, _ in
                .init(vendor.grant(question, newer).body.replacing("2039", with: Array("2049".utf8)))
            },
            .trust("signed by another with the key's name", "signature") { _, question, _ in
                let forger = try Vendor { _ in .init([]) }
                defer { forger.stop() }
                return forger.grant(question, newer)
            },
            .trust("not signed", "signature") { _, question, _ in .init(Array(newer.payload(for: question).utf8)) },
            .trust("signed, with something behind it", "signature") { vendor, question, _ in
                .init(vendor.grant(question, newer).body + Array("<more/>\n".utf8))
            },
            .trust("cut off, and said to be whole", "signature") { vendor, question, _ in
                .init(Array(vendor.grant(question, newer).body.dropLast(40)))
            },
            .trust("a page of a hotel's network", "signature") { _, _, _ in
                .init(Array("<!DOCTYPE html><html><body>Welcome! Please log in.</body></html>\n".utf8))
            },
        ],
        "its way": [
            .payload("oversized", "262144") { text in
                let comment = "<!--\(String(repeating: "x", count: 300_000))-->"
                return Array(text.replacing("</entitlement>", with: comment + "</entitlement>").utf8)
            },
            Flaw("a gzip bomb", "failed", "262144") { _, _, _ in
                .init(Gzip.spaces(times: 120_000), headers: ["Content-Encoding: gzip"])
            },
            Flaw("a redirect", "failed", "302") { vendor, question, _ in
                let headers = ["Location: \(vendor.url)/other"]
                return .init(vendor.grant(question, newer).body, status: 302, headers: headers)
            },
            Flaw("truncated on the way", "unreachable", "127.0.0.1") { vendor, question, _ in
                var reply = vendor.grant(question, newer)
                reply.cut = reply.body.count / 2
                return reply
            },
        ],
    ]

    @Test(
        "An answer with a flaw is refused for just that, and what is held stays as it is",
        arguments: flaws.keys.sorted())
    func hostile(about: String) async throws {
        let flaws = try #require(Self.flaws[about])
        try await Estate.with { estate in
            let vendor = try estate.vendor()
            vendor.answer { vendor.grant($0, Document()) }
            let file = try #require(try await estate.add().first)
            try await estate.must("refresh", "maple-sage300")
            let earlier = try #require(vendor.questions.first)
            let before = try await estate.picture(of: "maple-sage300")
            let delivered = try #require(FileOnDisk(file))
            for flaw in flaws {
                let asked = vendor.questions.count
                vendor.answer { (try? flaw.reply(vendor, $0, earlier)) ?? .init([], status: 599) }
                let refresh = try await estate.run("refresh", "maple-sage300", "--json")
                let isAway = flaw.outcome == "unreachable"
                #expect(refresh.code == (isAway ? 3 : 1), "\(flaw.name)")
                let result = try #require(try refresh.json["results"]?.array?.first)
                let message = result["message"]?.string ?? ""
                #expect(result["outcome"] == .string(flaw.outcome), "\(flaw.name): \(message)")
                #expect(flaw.says.isEmpty || message.contains(flaw.says), "\(flaw.name): \(message)")
                #expect(
                    vendor.questions.count - asked == (isAway ? 3 : 1), "\(flaw.name): what is wrong is asked for once")
                #expect(FileOnDisk(file) == delivered, "\(flaw.name)")
                #expect(try await estate.picture(of: "maple-sage300") == before, "\(flaw.name)")
            }
            vendor.answer { vendor.grant($0, Self.newer) }
            #expect(
                try await estate.must("refresh", "maple-sage300").out.contains("2039-12-31"), "a sound one is taken")
            #expect(try await estate.run("audit", "verify").code == 0)
        }
    }

    @Test("An unchanged that answers a client that holds nothing is refused")
    func unchangedOfNothing() async throws {
        try await Estate.with { estate in
            let vendor = try estate.vendor()
            vendor.answer { vendor.grant($0, Document(status: "unchanged")) }
            try await estate.add()
            #expect(try await estate.run("refresh", "maple-sage300").code == 1)
            let row = try await estate.standing()
            #expect(row["level"] == "unlicensed" && row["lastContact"] == .null)
        }
    }
}

extension [UInt8] {
    /// With other bytes in the place of a text's first occurrence.
    fileprivate func replacing(_ old: String, with new: [UInt8]) -> [UInt8] {
        guard let range = firstRange(of: Array(old.utf8)) else { return self }
        return Array(self[..<range.lowerBound]) + new + self[range.upperBound...]
    }
}

/// Writes gzip (RFC 1952) by hand.
private enum Gzip {
    /// A bomb: one space, and then so many times 258 more in 13 bits each (RFC 1951, section 3.2.6).
    static func spaces(times: Int) -> [UInt8] {
        var bytes: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
        var free = 0
        // Huffman codes go in from their highest bit on.
        func append(_ value: Int, count: Int) {
            for index in (0..<count).reversed() {
                if free == 0 {
                    bytes.append(0)
                    free = 8
                }
                bytes[bytes.count - 1] |= UInt8(value >> index & 1) << (8 - free)
                free -= 1
            }
        }
        append(0b1, count: 1)
        append(0b10, count: 2)
        append(0x30 + 32, count: 8)
        for _ in 0..<times { append(0b1100_0101_00000, count: 13) }
        append(0, count: 7)
        // Nobody comes as far as the checksum and length at the end.
        return bytes + [UInt8](repeating: 0, count: 8)
    }
}
