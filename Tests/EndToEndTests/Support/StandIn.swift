import Crypto
import Foundation
import Testing

/// The real stand-in vendor, as a process.
struct StandIn: Sendable {
    let child: Child
    let book: String
    let url: String
    let publicKey: String

    /// Changes what the vendor knows.
    func rewrite(_ text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: book), options: .atomic)
    }

    /// Whether a delivered document is whole: signed to its last byte, for the nonce that stands in it.
    func hasSigned(_ document: [UInt8]) -> Bool {
        let text = String(decoding: document, as: UTF8.self)
        guard text.hasSuffix("\"-->\n"), let start = text.range(of: "<!--signature v1 ", options: .backwards),
            let key = Data(base64Encoded: publicKey)
        else { return false }
        var values: [String: String] = [:]
        for part in text[start.upperBound...].split(separator: " ") {
            let pair = part.split(separator: "\"")
            if pair.count > 1 { values[String(pair[0])] = String(pair[1]) }
        }
        guard let purpose = values["purpose="], let nonce = values["nonce="],
            let signature = values["ed25519="].flatMap(Hex.bytes),
            let trusted = try? Curve25519.Signing.PublicKey(rawRepresentation: key)
        else { return false }
        let payload = Array(text[..<start.lowerBound].utf8)
        let signed = Array("gatehouse-signature-v1\n\(purpose)\n\(nonce)\n".utf8) + payload
        return trusted.isValidSignature(signature, for: signed)
    }
}

extension Estate {
    /// Starts the stand-in vendor on a free port, and has every later command ask it.
    func standIn(_ book: String, _ arguments: String...) async throws -> StandIn {
        let path = try write(book, to: "vendor/book.yaml")
        let child = try start(
            ["sandbox", "--book", path, "--listen", "127.0.0.1:0"] + arguments, limit: .seconds(600))
        let seen = await child.seen { $0.out.contains(UInt8(ascii: "\n")) }
        guard seen.ended == nil, let line = String(decoding: seen.out, as: UTF8.self).split(separator: "\n").first,
            let ready = try? JSON(String(line)), let url = ready["url"]?.string,
            let key = ready["publicKey"]?.string
        else { throw Trouble("the stand-in did not start: \(String(decoding: seen.err, as: UTF8.self))") }
        set("GATEHOUSE_VENDOR_URL", url)
        set("GATEHOUSE_VENDOR_KEY", key)
        // Sage 200's profiles ask a host on the Internet otherwise.
        set("GATEHOUSE_PROBE_URL", url)
        return StandIn(child: child, book: path, url: url, publicKey: key)
    }
}

/// Hexadecimal, and the hash that delivered files are known by.
enum Hex {
    static func text(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    static func bytes(_ text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let byte = UInt8(String(decoding: digits[index...(index + 1)], as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(byte)
        }
        return bytes
    }

    static func sha256(_ bytes: [UInt8]) -> String { text(SHA256.hash(data: bytes)) }
}
