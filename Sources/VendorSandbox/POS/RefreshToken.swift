import Crypto

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A refresh token: the license that it is of, its number in the row of that license's tokens, and a proof of both.
///
/// So one that was spent is known as such for ever, without a list of them, and nothing that is kept is a token.
struct RefreshToken: Hashable, Sendable {
    /// The ID of the license: 16 random bytes.
    let license: Data
    let number: UInt32

    typealias Key = SymmetricKey

    private static let idLength = 16
    private static let proofLength = 32

    init(license: Data, number: UInt32) {
        self.license = license
        self.number = number
    }

    /// The token of a text; nil where the holder of the key never wrote it.
    init?(_ text: String, _ key: Key) {
        guard text.utf8.count <= 128, let bytes = Base64URL.decode(text),
            bytes.count == Self.idLength + 4 + Self.proofLength
        else { return nil }
        let body = bytes.dropLast(Self.proofLength)
        guard
            HMAC<SHA256>.isValidAuthenticationCode(
                bytes.suffix(Self.proofLength), authenticating: body, using: key)
        else { return nil }
        license = Data(body.prefix(Self.idLength))
        number = body.suffix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// What the client holds.
    func text(_ key: Key) -> String {
        var bytes = Array(license)
        for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: number >> UInt32(shift))) }
        return Base64URL.encode(bytes + HMAC<SHA256>.authenticationCode(for: bytes, using: key))
    }

    /// The ID of a new license.
    static func newLicense() -> Data {
        var generator = SystemRandomNumberGenerator()
        return Data((0..<idLength).map { _ in UInt8.random(in: 0 ... .max, using: &generator) })
    }
}
