import AdapterKit
import Crypto
import Foundation
import GatewayAPI
import Testing

@testable import GatewayCore

/// Whatever is wrong with a file is told, and the store is afterwards what it was before: the request stays open, and
/// the right answer to it is taken.
@Suite("Entitlement files that are refused")
struct OfflineRefusalTests {
    /// A file that is refused, made of the right one.
    struct Bad: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var words: String
        var make: @Sendable (AttachedFile, OfflineFixture) throws -> AttachedFile

        init(
            _ name: String, _ words: String,
            _ make: @escaping @Sendable (AttachedFile, OfflineFixture) throws -> AttachedFile
        ) {
            testDescription = name
            self.words = words
            self.make = make
        }

        /// A validly signed one whose text is another.
        init(_ name: String, _ words: String, signing change: @escaping @Sendable (String) -> String) {
            self.init(name, words) { file, test in try test.signed(like: file, change) }
        }
    }

    static let bad = [
        Bad("unsigned", "does not end with a signature") { file, _ in
            AttachedFile(name: file.name, contents: Array(try SignedDocument(file.contents).payload))
        },
        Bad("empty", "does not end with a signature") { file, _ in AttachedFile(name: file.name, contents: []) },
        Bad("signed for the online answer", "is signed for another purpose, online-offline/answer") { file, test in
            try test.signed(like: file, purpose: "online-offline/answer")
        },
        Bad("the purpose written over", "is signed for another purpose, online-offline/answer") { file, _ in
            file.replacing("online-offline/entitlement", "online-offline/answer")
        },
        Bad("another nonce", "answers no request that was made here") { file, test in
            try test.signed(like: file, nonce: "0b6e2f4c8a1d3957e0c4b2a69f817d53")
        },
        Bad("a key that nobody trusts", "has a wrong signature") { file, test in
            try test.signed(like: file, key: Curve25519.Signing.PrivateKey())
        },
        Bad("a key of another name", "is signed by the key \"other\", and the profile trusts only sandbox") {
            file, test in try test.signed(like: file, keyID: "other")
        },
        Bad("a changed byte", "has a wrong signature") { file, _ in
            file.replacing("<users>12<", "<users>99<")
        },
        Bad("cut off", "does not end with a signature") { file, _ in
            AttachedFile(name: file.name, contents: Array(file.contents.dropLast(3)))
        },
        Bad("the name of another kind of file", "attach the file whose name ends with .ent") { file, _ in
            AttachedFile(name: "maple.xml", contents: file.contents)
        },
        Bad("too large to be kept", "at most 10485760") { file, test in
            try test.signed(like: file) { $0 + String(repeating: " ", count: 11 << 20) + "\n" }
        },
        Bad("larger than the protocol's 262,144 bytes", "at most 262144 are allowed") { file, test in
            try test.signed(like: file) { $0 + String(repeating: " ", count: 262_144) + "\n" }
        },
        Bad("another account", "is for another installation: its accountNumber is \"A9\"") {
            $0.replacing("A1042207", with: "A9")
        },
        Bad("another serial number", "is for another installation: its serialNumber is \"2000-7F31-0042-T\"") {
            $0.replacing("0042-K", with: "0042-T")
        },
        Bad("from the future", "is dated 2026-11-22T10:06:00Z, which is still to come") {
            $0.replacing("<issued>2026-11-22T10:00:00Z", with: "<issued>2026-11-22T10:06:00Z")
        },
        Bad("no XML", "is signed but not what the protocol") { _ in "no XML\n" },
        Bad("an element too few", "lacks the element \"validTo\"") {
            $0.replacing("<validTo>2030-12-31</validTo>", with: "")
        },
        Bad("a DOCTYPE", "DOCTYPE") { $0.replacing("<entitlement ", with: "<!DOCTYPE e>\n<entitlement ") },
        Bad("nothing changed", "nothing changed since revision") { text in
            let revision = text.firstRange(of: "<revision>").map {
                String(text[$0.lowerBound...].prefix { $0 != "\n" })
            }
            return """
                <entitlement version="1" status="unchanged"><accountNumber>A1042207</accountNumber>
                <serialNumber>2000-7F31-0042-K</serialNumber><issued>2026-11-22T10:00:00Z</issued>
                \(revision ?? "")</entitlement>

                """
        },
        Bad("a rejection", "The Serial Number does not match the vendor's record") { _ in
            """
            <entitlement version="1" status="rejected"><issued>2026-11-22T10:00:00Z</issued>
            <field>serialNumber</field><reason>mismatch</reason></entitlement>

            """
        },
    ]

    @Test("A file that is not the vendor's answer to an open request is refused, and nothing changes", arguments: bad)
    func refused(_ bad: Bad) async throws {
        try await OfflineFixture.withGateway { test, gateway in
            let request = try await gateway.request()
            let good = try test.answer(request)
            let file = try bad.make(good, test)
            let before = try test.dump()
            for installation in ["maple", nil] {
                let error = await callError { _ = try await gateway.take(file, for: installation) }
                #expect(error?.message.contains(bad.words) == true, "\(error?.message ?? "it was taken")")
            }
            #expect(try test.dump() == before)
            #expect(try await gateway.perform(ShowOperation(id: request.operation)).status == "asking")
            #expect(try await gateway.take(good).outcome == .updated)
        }
    }
}

extension AttachedFile {
    /// The file with another text in it.
    fileprivate func replacing(_ old: String, _ new: String) -> AttachedFile {
        let text = String(decoding: contents, as: UTF8.self)
        return AttachedFile(name: name, contents: Array(text.replacing(old, with: new).utf8))
    }
}
