public import AdapterKit
public import Foundation
import JWTKit
import Synchronization

/// An issuer's keys, as its JSON Web Key Set (RFC 7517) gives them, and the check of a token's signature by them.
///
/// Of the set only public keys for signatures by EdDSA (Ed25519), ES256 and RS256 are taken: whatever else stands in it
/// is of no use here, and a secret key in it would let anybody sign who can read it.
public final class KeySet: Sendable {
    /// A key for signatures by one algorithm.
    private struct Key: Sendable {
        let id: String?
        let name: String
        let algorithm: any JWTAlgorithm
    }

    /// What a token's header says of its signature.
    private struct Header: Decodable {
        var alg: String
        var kid: String?
        var typ: String?
        var crit: [String]?
    }

    private let keys: [Key]
    /// The keys that fit a header, which is the same in most tokens, by its text. Bounded.
    private let fitting = Mutex<[Substring: [Key]]>([:])

    /// The most keys of a set.
    public static let mostKeys = 64
    /// The longest token, in bytes.
    public static let longestToken = 16 * 1024
    private static let mostHeaders = 64

    /// - Parameter json: The set's bytes, from wherever: they may be anything.
    /// - Throws: ``AdapterError`` `malformed` where it is none, or holds no key that can be used.
    public init(_ json: [UInt8]) async throws {
        guard let set = try? JSONDecoder().decode(RawSet.self, from: Data(json)), set.keys.count <= Self.mostKeys else {
            throw AdapterError(
                .malformed, "The issuer's key set is no JSON Web Key Set of at most \(Self.mostKeys) keys.")
        }
        var keys: [Key] = []
        for (number, raw) in set.keys.enumerated() {
            guard let name = raw.algorithm, let jwk = raw.jwk(id: raw.kid ?? "key-\(number)") else { continue }
            let collection = JWTKeyCollection()
            guard (try? await collection.add(jwk: jwk)) != nil,
                let algorithm = try? await collection.getKey(for: jwk.keyIdentifier, alg: name)
            else { continue }
            keys.append(Key(id: raw.kid, name: name, algorithm: algorithm))
        }
        guard !keys.isEmpty else {
            throw AdapterError(
                .malformed,
                "The issuer's key set holds no key that can be used: one for signatures by EdDSA, ES256 or RS256.")
        }
        self.keys = keys
    }

    /// Whether a text has the form of a signed JSON Web Token. Others are opaque: only their issuer knows them.
    public static func isSigned(_ token: String) -> Bool {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 3 && parts.allSatisfy { !$0.isEmpty }
            && Base64URL.decoded(parts[0]).flatMap { try? JSONDecoder().decode(Header.self, from: $0) } != nil
    }

    /// The claims of a token that one of the keys has signed, as the JSON that was signed.
    ///
    /// - Throws: ``TokenRefusal``.
    public func claims(of token: String) throws(TokenRefusal) -> Data {
        guard token.utf8.count <= Self.longestToken else {
            throw TokenRefusal(.format, "The token is longer than \(Self.longestToken) bytes.")
        }
        guard let last = token.utf8.lastIndex(of: UInt8(ascii: ".")),
            let first = token.utf8.firstIndex(of: UInt8(ascii: ".")), first < last,
            let payload = Base64URL.decoded(token[token.index(after: first)..<last]),
            let signature = Base64URL.decoded(token[token.index(after: last)...])
        else { throw Self.opaque }
        let signed = Array(token.utf8[..<last])
        for key in try keys(for: token[..<first])
        where (try? key.algorithm.verify(signature, signs: signed)) == true { return payload }
        throw TokenRefusal(
            .signature, "The token's signature is wrong: it was changed, or the key that it names is another one.")
    }

    /// The key that a token names, where it is none of these and the token says that this issuer's key has signed it; nil
    /// where it names one of them, or none, or is another's. Nothing of it is proven.
    public func unknownKey(of token: String, by issuer: String) -> String? {
        struct Issuer: Decodable { var iss: String? }
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Base64URL.decoded(parts[0]), let payload = Base64URL.decoded(parts[1]),
            let named = (try? JSONDecoder().decode(Header.self, from: header))?.kid,
            (try? JSONDecoder().decode(Issuer.self, from: payload))?.iss == issuer,
            keys.allSatisfy({ $0.id != nil && $0.id != named })
        else { return nil }
        let plain = named.unicodeScalars.filter { (0x20..<0x7F).contains($0.value) }.prefix(64)
        return "\"\(String(String.UnicodeScalarView(plain)))\""
    }

    /// Why a token is not taken that is no signed JSON Web Token.
    public static let opaque = TokenRefusal(
        .format,
        "The token is opaque: it is no signed JSON Web Token, and only its issuer's server can say whether it is good.")

    private func keys(for header: Substring) throws(TokenRefusal) -> [Key] {
        if let known = fitting.withLock({ $0[header] }) { return known }
        guard let bytes = Base64URL.decoded(header), let read = try? JSONDecoder().decode(Header.self, from: bytes)
        else {
            throw Self.opaque
        }
        guard read.crit == nil else {
            throw TokenRefusal(.format, "The token wants something understood that nothing here knows (crit).")
        }
        // RFC 9068, section 4; most servers write JWT, or nothing.
        let type = (read.typ ?? "JWT").lowercased()
        guard ["jwt", "at+jwt", "application/at+jwt"].contains(type) else {
            let shown = type.unicodeScalars.prefix(40).filter { $0.properties.generalCategory != .control }
            throw TokenRefusal(
                .format,
                "The token is of the type \(String(String.UnicodeScalarView(shown))), which is no license token.")
        }
        // The algorithm is the key's: a token does not choose it.
        let found = keys.filter { $0.name == read.alg && (read.kid == nil || $0.id == nil || $0.id == read.kid) }
        guard !found.isEmpty else {
            throw TokenRefusal(
                .signature,
                "No key that is known of the issuer fits the token: it is not the issuer's, or its keys have changed since "
                    + "they were last fetched (`gatehouse refresh` fetches them).")
        }
        fitting.withLock { known in
            if known.count >= Self.mostHeaders { known.removeAll() }
            known[Substring(String(header))] = found
        }
        return found
    }

    private struct RawSet: Decodable {
        var keys: [RawKey]
    }

    /// A member of a set, of which any may be of a kind that is not known.
    private struct RawKey: Codable {
        var kty: String?
        var kid: String?
        var use: String?
        var alg: String?
        var crv: String?
        var x: String?
        var y: String?
        var n: String?
        var e: String?

        /// The algorithm that its signatures are made by; nil where it is of no use.
        var algorithm: String? {
            guard use == nil || use == "sig" else { return nil }
            let natural: String? =
                switch (kty, crv) {
                case ("OKP", "Ed25519"): "EdDSA"
                case ("EC", "P-256"): "ES256"
                // Shorter ones are no protection any more (RFC 7518, section 3.3).
                case ("RSA", _): (n ?? "").utf8.count >= 2048 / 6 ? "RS256" : nil
                default: nil
                }
            // RFC 9864 has a name of its own for it.
            let told = alg == "Ed25519" ? "EdDSA" : alg
            return told == nil || told == natural ? natural : nil
        }

        /// The public key alone.
        func jwk(id: String) -> JWK? {
            var plain = self
            plain.kid = id
            plain.alg = algorithm
            plain.use = nil
            guard let json = try? JSONEncoder().encode(plain) else { return nil }
            return try? JSONDecoder().decode(JWK.self, from: json)
        }
    }
}
