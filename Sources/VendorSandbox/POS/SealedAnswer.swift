import Crypto

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The answer to a refresh, which only who has the refresh token that was spent for it can open.
enum SealedAnswer {
    static func seal(_ answer: [UInt8], with token: String) throws -> Data? {
        try AES.GCM.seal(answer, using: key(token)).combined
    }

    static func open(_ sealed: Data, with token: String) -> [UInt8]? {
        (try? AES.GCM.SealedBox(combined: sealed)).flatMap { try? AES.GCM.open($0, using: key(token)) }.map(Array.init)
    }

    private static func key(_ token: String) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: Data(token.utf8)), info: Data("answer to a refresh".utf8),
            outputByteCount: 32)
    }
}
