import Crypto

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Random texts that nobody guesses, and what is kept of them.
enum Secrets {
    /// 32 random bytes in base64url: 43 characters.
    static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        return Base64URL.encode((0..<32).map { _ in UInt8.random(in: 0 ... .max, using: &generator) })
    }

    /// What is kept in place of a secret.
    static func digest(_ secret: String) -> Data { Data(SHA256.hash(data: Data(secret.utf8))) }

    /// Whether two texts are the same, in a time that tells nothing of where they differ.
    static func areEqual(_ left: String, _ right: String) -> Bool {
        // Swift-crypto compares digests in constant time.
        SHA256.hash(data: Data(left.utf8)) == SHA256.hash(data: Data(right.utf8))
    }

    /// What only who has the key can write to a text, in base64url.
    static func proof(of text: String, by key: SymmetricKey) -> String {
        Base64URL.encode(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: key))
    }
}

/// Base64 with `-` and `_`, without padding (RFC 4648, section 5; RFC 7515, section 2).
enum Base64URL {
    static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var text = Data(bytes).base64EncodedString()
        while text.last == "=" { text.removeLast() }
        return text.replacing("+", with: "-").replacing("/", with: "_")
    }

    /// The bytes; nil for anything but what ``encode(_:)`` writes.
    static func decode(_ text: String) -> [UInt8]? {
        guard text.utf8.count % 4 != 1, !text.utf8.contains(where: { "+/=".utf8.contains($0) }) else { return nil }
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        let plain = text.replacing("-", with: "+").replacing("_", with: "/") + padding
        guard let data = Data(base64Encoded: plain), encode(data) == text else { return nil }
        return Array(data)
    }

    /// The bytes of the other alphabet, with its padding (RFC 4648, section 4).
    static func decode(standard text: some StringProtocol) -> [UInt8]? {
        Data(base64Encoded: String(text)).map(Array.init)
    }
}
