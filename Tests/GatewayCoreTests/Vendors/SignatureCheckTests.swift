import AdapterKit
import Crypto
import Foundation
import Testing

@testable import GatewayCore

/// The worked example of docs/protocols/subscription.md.
enum WorkedExample {
    static let purpose = "subscription/answer"
    static let nonce = "5f0c1d2e3a4b59687786a5b4c3d2e1f0"
    static let keyID = "example-1"
    static let publicKey = Hex.decode("03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8".utf8) ?? []
    static let secretKey = [UInt8](0...31)

    /// The exact bytes of a fenced block of the page, by the word behind its language.
    static func block(_ name: String) throws -> [UInt8] {
        let page = try String(
            contentsOfFile: GatewayFixture.repository + "/docs/protocols/subscription.md", encoding: .utf8)
        let lines = page.split(separator: "\n", omittingEmptySubsequences: false)
        guard let start = lines.firstIndex(of: "```xml \(name)"),
            let end = lines[start...].firstIndex(of: "```")
        else { throw TestFailure("the page has no block \(name)") }
        return Array((lines[(start + 1)..<end].joined(separator: "\n") + "\n").utf8)
    }

    /// Signs a payload as the vendor would.
    static func signed(
        _ payload: [UInt8], purpose: String = purpose, nonce: String = nonce, keyID: String = keyID,
        secretKey: [UInt8] = secretKey
    ) throws -> [UInt8] {
        let key = try Curve25519.Signing.PrivateKey(rawRepresentation: secretKey)
        let signature = try key.signature(
            for: SignedDocument.signedBytes(purpose: purpose, nonce: nonce, payload: payload))
        return SignedDocument.assemble(
            payload: payload, purpose: purpose, nonce: nonce, keyID: keyID, signature: Array(signature))
    }
}

/// What is done to the worked example before it is checked.
struct SignatureFlaw: CustomTestStringConvertible, Sendable {
    var what: String
    var says: String
    var change: @Sendable ([UInt8]) throws -> [UInt8]

    init(_ what: String, says: String = "", _ change: @escaping @Sendable ([UInt8]) throws -> [UInt8]) {
        self.what = what
        self.says = says
        self.change = change
    }

    var testDescription: String { what }

    private static func replacing(_ text: String, _ other: String) -> @Sendable ([UInt8]) throws -> [UInt8] {
        { document in
            let before = String(decoding: document, as: UTF8.self)
            let after = before.replacing(text, with: other)
            guard before != after else { throw TestFailure("the document has no \(text)") }
            return Array(after.utf8)
        }
    }

    static let all: [SignatureFlaw] = [
        SignatureFlaw("a payload changed by one bit", says: "wrong signature") { document in
            var document = document
            document[200] ^= 1
            return document
        },
        SignatureFlaw("a date put off", says: "wrong signature", replacing("2027-01-31", "2028-01-31")),
        SignatureFlaw(
            "a line feed added to the payload", says: "wrong signature", replacing("</entitlement>", "</entitlement>\n")
        ),
        SignatureFlaw(
            "a carriage return added to a line", says: "wrong signature",
            replacing("</entitlement>", "</entitlement>\r")),
        SignatureFlaw("a byte order mark before it", says: "wrong signature") { [0xEF, 0xBB, 0xBF] + $0 },
        SignatureFlaw(
            "a signature changed by one bit", says: "wrong signature", replacing("ed25519=\"a2", "ed25519=\"a3")),
        SignatureFlaw(
            "no signature but zeros", says: "wrong signature",
            { document in
                let signed = try SignedDocument(document)
                return SignedDocument.assemble(
                    payload: Array(signed.payload), purpose: signed.purpose, nonce: signed.nonce, keyID: signed.keyID,
                    signature: [UInt8](repeating: 0, count: 64))
            }),
        SignatureFlaw("another purpose, rightly signed", says: "another purpose, subscription/offline") {
            try WorkedExample.signed(Array(SignedDocument($0).payload), purpose: "subscription/offline")
        },
        SignatureFlaw(
            "a purpose renamed", says: "another purpose", replacing("subscription/answer", "subscription/other")),
        SignatureFlaw("another nonce, rightly signed", says: "may be a replay") {
            try WorkedExample.signed(
                Array(SignedDocument($0).payload), nonce: String(WorkedExample.nonce.reversed()))
        },
        SignatureFlaw("an upper-case nonce", says: "may be a replay", replacing("5f0c1d", "5F0C1D")),
        SignatureFlaw("an unknown key", says: "only example-1") {
            try WorkedExample.signed(Array(SignedDocument($0).payload), keyID: "example-2")
        },
        SignatureFlaw("another key under the trusted ID", says: "wrong signature") {
            try WorkedExample.signed(
                Array(SignedDocument($0).payload), secretKey: [UInt8](repeating: 7, count: 32))
        },
        SignatureFlaw("no signature line") { Array(try SignedDocument($0).payload) },
        SignatureFlaw("no last line feed") { Array($0.dropLast()) },
        SignatureFlaw("a space behind it") { $0 + Array(" ".utf8) },
        SignatureFlaw("a line feed behind it") { $0 + Array("\n".utf8) },
        SignatureFlaw("half of it") { Array($0.prefix($0.count / 2)) },
        SignatureFlaw("nothing") { _ in [] },
        SignatureFlaw("a line feed alone") { _ in [10] },
        SignatureFlaw("an upper-case signature", replacing("ed25519=\"a2e676b5", "ed25519=\"A2E676B5")),
        SignatureFlaw("a signature too short by a byte", replacing("ed25519=\"a2", "ed25519=\"")),
        SignatureFlaw("an attribute more", replacing(" key=", " alg=\"none\" key=")),
        SignatureFlaw("another version of signatures", replacing("<!--signature v1", "<!--signature v2")),
        SignatureFlaw(
            "a signature line longer than any",
            replacing("key=\"example-1\"", "key=\"\(String(repeating: "k", count: 1024))\"")),
        SignatureFlaw("a second signature line behind the first", says: "wrong signature") { document in
            let signed = try SignedDocument(document)
            return SignedDocument.assemble(
                payload: document, purpose: signed.purpose, nonce: signed.nonce, keyID: signed.keyID,
                signature: signed.signature)
        },
        SignatureFlaw("a line feed hidden in the nonce", replacing("nonce=\"5f0c", "nonce=\"\n5f0c")),
    ]
}

@Suite("The proof of a vendor's answer")
struct SignatureCheckTests {
    private let check = SignatureCheck(keys: [WorkedExample.keyID: WorkedExample.publicKey])

    @Test(
        "The worked examples of the protocol page are proven, and give their payload",
        arguments: ["changed", "unchanged", "rejected"])
    func worked(_ name: String) throws {
        let document = try WorkedExample.block(name)
        let payload = try check.payload(of: document, purpose: WorkedExample.purpose, nonce: WorkedExample.nonce)
        #expect(document.starts(with: payload) && payload.last == 10)
        #expect(String(decoding: payload, as: UTF8.self).hasSuffix("</entitlement>\n"))
        #expect(!String(decoding: payload, as: UTF8.self).contains("signature v1"))
    }

    @Test("The page's key is that of its secret bytes")
    func key() throws {
        let key = try Curve25519.Signing.PrivateKey(rawRepresentation: WorkedExample.secretKey)
        #expect(Array(key.publicKey.rawRepresentation) == WorkedExample.publicKey)
        let document = try WorkedExample.signed(Array("<a/>\n".utf8))
        #expect(
            try check.payload(of: document, purpose: WorkedExample.purpose, nonce: WorkedExample.nonce)
                == Array("<a/>\n".utf8))
    }

    @Test("Whatever is wrong with it, it is untrusted, and nothing of it is given out", arguments: SignatureFlaw.all)
    func flaw(_ flaw: SignatureFlaw) throws {
        let document = try flaw.change(WorkedExample.block("changed"))
        let error = try #require(throws: AdapterError.self) {
            try check.payload(of: document, purpose: WorkedExample.purpose, nonce: WorkedExample.nonce)
        }
        #expect(error.code == .untrusted)
        #expect(flaw.says.isEmpty || error.message.contains(flaw.says), "\(error)")
    }

    @Test("Without keys nothing is trusted, and what to set is told; a key of another length is none")
    func noKeys() throws {
        let document = try WorkedExample.block("changed")
        for (keys, says) in [
            ([:], "set its vendor's keys"),
            ([WorkedExample.keyID: Array(WorkedExample.publicKey.dropLast())], "wrong signature"),
            ([WorkedExample.keyID: []], "wrong signature"),
        ] as [([String: [UInt8]], String)] {
            let error = try #require(throws: AdapterError.self) {
                try SignatureCheck(keys: keys).payload(
                    of: document, purpose: WorkedExample.purpose, nonce: WorkedExample.nonce)
            }
            #expect(error.code == .untrusted && error.message.contains(says), "\(error)")
        }
    }

    @Test("Of two trusted keys, each proves what it signed")
    func rotation() throws {
        let second = try Curve25519.Signing.PrivateKey(rawRepresentation: [UInt8](repeating: 9, count: 32))
        let check = SignatureCheck(keys: [
            WorkedExample.keyID: WorkedExample.publicKey, "second": Array(second.publicKey.rawRepresentation),
        ])
        let payload = Array("<a/>\n".utf8)
        for (keyID, secret) in [
            (WorkedExample.keyID, WorkedExample.secretKey), ("second", [UInt8](repeating: 9, count: 32)),
        ] {
            let document = try WorkedExample.signed(payload, keyID: keyID, secretKey: secret)
            #expect(
                try check.payload(of: document, purpose: WorkedExample.purpose, nonce: WorkedExample.nonce) == payload)
        }
    }
}
