import Crypto
import CryptoExtras

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A key that tokens are signed with (RFC 7515), and its public half as clients get it (RFC 7517, RFC 8037).
struct TokenKey: Sendable {
    enum Algorithm: String, CaseIterable, Codable, Sendable {
        case edDSA = "EdDSA"
        case es256 = "ES256"
        case rs256 = "RS256"
    }

    private enum Secret: Sendable {
        case ed25519(Curve25519.Signing.PrivateKey)
        case p256(P256.Signing.PrivateKey)
        case rsa(_RSA.Signing.PrivateKey)
    }

    let algorithm: Algorithm
    /// The key's thumbprint (RFC 7638): another key has another.
    let id: String
    private let secret: Secret
    private let members: Claims

    /// The key of a number, which follows from the stand-in's own; an RSA key can't, and is made once and kept.
    ///
    /// - Parameter kept: The text of an RSA key that was made before.
    init(_ algorithm: Algorithm, number: Int, kept: String?, _ signer: Signer) throws {
        switch algorithm {
        case .edDSA:
            let seed = signer.secret(for: "EdDSA \(number)")
            try self.init(.ed25519(.init(rawRepresentation: seed.withUnsafeBytes { Data($0) })), algorithm)
        case .es256:
            try self.init(.p256(Self.scalar(number, signer)), algorithm)
        case .rs256:
            try self.init(.rsa(kept.map { try .init(pemRepresentation: $0) } ?? .init(keySize: .bits2048)), algorithm)
        }
    }

    /// Not every 32 bytes are a key of P-256; all but one in four thousand million are.
    private static func scalar(_ number: Int, _ signer: Signer) throws -> P256.Signing.PrivateKey {
        for attempt in 0..<8 {
            let seed = signer.secret(for: "ES256 \(number) \(attempt)").withUnsafeBytes { Data($0) }
            if let key = try? P256.Signing.PrivateKey(rawRepresentation: seed) { return key }
        }
        return .init()
    }

    private init(_ secret: Secret, _ algorithm: Algorithm) throws {
        self.secret = secret
        self.algorithm = algorithm
        switch secret {
        case .ed25519(let key):
            members = [
                "crv": "Ed25519", "kty": "OKP", "x": .text(Base64URL.encode(key.publicKey.rawRepresentation)),
            ]
        case .p256(let key):
            let point = key.publicKey.rawRepresentation
            members = [
                "crv": "P-256", "kty": "EC", "x": .text(Base64URL.encode(point.prefix(32))),
                "y": .text(Base64URL.encode(point.suffix(32))),
            ]
        case .rsa(let key):
            let numbers = try key.publicKey.getKeyPrimitives()
            members = [
                "e": .text(Base64URL.encode(numbers.publicExponent)), "kty": "RSA",
                "n": .text(Base64URL.encode(numbers.modulus)),
            ]
        }
        id = Base64URL.encode(SHA256.hash(data: Data(try members.json())))
    }

    /// What has to be kept to have the key again; nil where it follows from the stand-in's own.
    var kept: String? {
        if case .rsa(let key) = secret { key.pkcs8PEMRepresentation } else { nil }
    }

    /// The public half.
    var published: Claims {
        members.merging(["alg": .text(algorithm.rawValue), "kid": .text(id), "use": "sig"]) { $1 }
    }

    /// A JWT of these claims.
    ///
    /// - Parameters:
    ///   - type: What it is, such as `at+jwt` (RFC 9068, section 2.1).
    ///   - isSpoiled: Whether the signature gets a wrong bit.
    func token(_ claims: Claims, type: String, isSpoiled: Bool) throws -> String {
        let header: Claims = ["alg": .text(algorithm.rawValue), "kid": .text(id), "typ": .text(type)]
        let signed = try Base64URL.encode(header.json()) + "." + Base64URL.encode(claims.json())
        var signature = try signature(Data(signed.utf8))
        if isSpoiled { signature[0] ^= 1 }
        return signed + "." + Base64URL.encode(signature)
    }

    private func signature(_ bytes: Data) throws -> [UInt8] {
        switch secret {
        case .ed25519(let key): try Array(key.signature(for: bytes))
        case .p256(let key): try Array(key.signature(for: bytes).rawRepresentation)
        case .rsa(let key):
            try Array(key.signature(for: SHA256.hash(data: bytes), padding: .insecurePKCS1v1_5).rawRepresentation)
        }
    }
}
