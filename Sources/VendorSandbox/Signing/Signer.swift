import AdapterKit
import Crypto

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Signs what the stand-in answers.
struct Signer: Sendable {
    /// The ID that stands in every signature.
    let keyID: String
    private let key: Curve25519.Signing.PrivateKey
    /// Whether every signature gets a wrong bit, as a fault of the book demands.
    private(set) var isSpoiled = false

    init(keyID: String, key: Curve25519.Signing.PrivateKey) {
        self.keyID = keyID
        self.key = key
    }

    /// The 32 bytes that signatures are checked with, in base64.
    var publicKey: String { key.publicKey.rawRepresentation.base64EncodedString() }

    /// A secret of 32 bytes that follows from the key, one for each purpose; whoever knows one knows no other.
    func secret(for purpose: String) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: key.rawRepresentation),
            info: Data("gatehouse sandbox \(purpose)".utf8),
            outputByteCount: 32)
    }

    /// A signer whose signatures are all wrong by one bit.
    var spoiled: Signer {
        var copy = self
        copy.isSpoiled = true
        return copy
    }

    /// The whole signed document of a payload that ends with a line feed.
    func document(_ payload: [UInt8], purpose: String, nonce: String) throws -> [UInt8] {
        let bytes = SignedDocument.signedBytes(purpose: purpose, nonce: nonce, payload: payload)
        var signature = try Array(key.signature(for: bytes))
        if isSpoiled { signature[0] ^= 1 }
        return SignedDocument.assemble(
            payload: payload, purpose: purpose, nonce: nonce, keyID: keyID, signature: signature)
    }
}
