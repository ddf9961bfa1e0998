import AdapterKit
import Crypto

/// Checks that a document is the vendor's answer to the request at hand.
struct SignatureCheck: Sendable {
    /// The public keys that the profile trusts, by ID.
    let keys: [String: [UInt8]]

    /// The document's payload, once everything about its signature is right.
    ///
    /// - Throws: ``AdapterError`` `untrusted` that says what is not.
    func payload(of document: [UInt8], purpose: String, nonce: String) throws(AdapterError) -> [UInt8] {
        let signed = try SignedDocument(document)
        guard signed.purpose == purpose else {
            throw untrusted("is signed for another purpose, \(signed.purpose)")
        }
        guard signed.nonce == nonce else { throw untrusted("answers another request: it may be a replay") }
        guard let key = keys[signed.keyID] else {
            let known = keys.keys.sorted().joined(separator: ", ")
            throw untrusted(
                "is signed by the key \"\(signed.keyID)\", and the profile trusts "
                    + (known.isEmpty ? "none: set its vendor's keys" : "only \(known)"))
        }
        let bytes = SignedDocument.signedBytes(purpose: purpose, nonce: nonce, payload: signed.payload)
        guard let publicKey = try? Curve25519.Signing.PublicKey(rawRepresentation: key),
            publicKey.isValidSignature(signed.signature, for: bytes)
        else {
            throw untrusted("has a wrong signature: it was changed on the way, or \"\(signed.keyID)\" is another key")
        }
        return Array(signed.payload)
    }

    private func untrusted(_ what: String) -> AdapterError {
        AdapterError(.untrusted, "The vendor's answer \(what). Nothing in it was read, and nothing is changed.")
    }
}
