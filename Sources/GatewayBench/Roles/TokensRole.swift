import AdapterKit
import ArgumentParser
import Crypto
import CryptoExtras
import Foundation
import GatewayAPI
import GatewayCore
import GatewayStore
import POSToken

/// Checks tokens one after the other: through the one door, new ones or ones seen before; or their signatures alone.
struct TokensRole: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "role-tokens", shouldDisplay: false)

    @Argument var what: What
    @Argument var algorithm: SigningKey.Algorithm
    /// A folder of its own for the store.
    @Option var folder: String
    @Option var profiles: String
    @Option var count: Int

    enum What: String, ExpressibleByArgument {
        /// The whole check of tokens that are presented for the first time.
        case new
        /// The same of a few that were presented before.
        case seen
        /// Their signatures alone, by the algorithm's own call.
        case bare
    }

    /// How many tokens are presented again and again.
    private static let few = 100

    func run() async throws {
        let key = try SigningKey(algorithm)
        let now = Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        let tokens = try (0..<(what == .seen ? Self.few : count)).map { try key.token($0, at: now) }
        if what == .bare {
            let pairs = tokens.map { key.parts($0) }
            let report = try await RoleReport.measuring(count) {
                for pair in pairs where !key.isValid(pair.signature, for: pair.signed) {
                    throw BenchError("A signature is wrong.")
                }
            }
            return try report.print()
        }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let gateway = try Gateway(
            GatewayConfiguration(
                store: folder + "/tokens.db", profiles: [profiles], deliveryRoots: [],
                environment: ["GATEHOUSE_VENDOR_URL": "https://licenses.example"]),
            registry: AdapterRegistry([AnyAdapter(POSToken())]))
        let store = try Store(path: folder + "/tokens.db")
        try await Self.prepare(store, key, at: now)
        try store.close()
        let caller = Caller(id: "bench", name: "bench", scope: .portfolio, seesUsers: false)
        func check(_ token: String) async throws {
            let verdict = try await gateway.perform(VerifyToken(installation: "hub", token: token), by: caller)
            guard verdict.isTaken else { throw BenchError("A token was refused: \(verdict.refusal?.message ?? "")") }
        }
        if what == .seen { for token in tokens { try await check(token) } }
        let report = try await RoleReport.measuring(count) {
            for number in 0..<count { try await check(tokens[number % tokens.count]) }
        }
        gateway.close()
        try report.print()
    }

    /// A hub with a license, as an authorization leaves it.
    private static func prepare(_ store: Store, _ key: SigningKey, at now: Instant) async throws {
        let audit = AuditEntry(
            at: now, actor: "bench", actorName: "bench", act: "customers.add", customer: "bench", subject: "bench",
            detail: "")
        try await store.addCustomer(id: "bench", name: "Bench", timeZone: "UTC", at: now, audit: audit)
        try await store.addInstallations(
            [NewInstallation(id: "hub", customer: "bench", profile: "pos-token", identity: [:], site: [:])], at: now,
            audit: [])
        let claim = try await store.claim(
            NewOperation(
                id: "op", installation: "hub", customer: "bench", protocolName: "device-token", act: .authorize,
                caller: "bench", owner: "bench", started: now, basedOn: nil,
                first: JournaledTransition(
                    nonce: "n", state: Data("{}".utf8), step: Data("{}".utf8),
                    note: StepNote(at: now, kind: "send", detail: "POST /token"))))
        guard case .claimed = claim else { throw BenchError("The operation could not be begun.") }
        let hub = TokenReading(serverID: "HUB", serverName: "Hub", organization: "Bench")
        let terms = TokenTerms(
            issuer: SigningKey.issuer, audiences: ["pos"], license: "access_token", keySet: try key.set)
        try await store.end(
            OperationEnding(
                operation: "op", installation: "hub", at: now, status: .done, outcome: "updated", message: "Updated.",
                notes: [StepNote(at: now, kind: "finish", detail: "updated")],
                grant: OperationEnding.NewGrant(
                    revision: "1", issued: now,
                    entitlement: Entitlement(
                        dates: ["tokenExpires": .instant(now.adding(hours: 168))], edition: "Corporate",
                        details: hub.details),
                    tokens: OperationEnding.NewTokens(identity: ["serverID": "HUB"], terms: terms, server: "HUB"))))
    }
}

/// A key that signs tokens as an authorization server does.
struct SigningKey {
    /// The algorithms that tokens are signed by.
    enum Algorithm: String, CaseIterable, ExpressibleByArgument {
        case EdDSA, ES256, RS256
    }

    private enum Key {
        case edwards(Curve25519.Signing.PrivateKey)
        case elliptic(P256.Signing.PrivateKey)
        case rsa(_RSA.Signing.PrivateKey)
    }

    static let issuer = "https://licenses.example/pos"

    private let algorithm: Algorithm
    private let key: Key

    init(_ algorithm: Algorithm) throws {
        self.algorithm = algorithm
        switch algorithm {
        case .EdDSA: key = .edwards(Curve25519.Signing.PrivateKey())
        case .ES256: key = .elliptic(P256.Signing.PrivateKey())
        case .RS256: key = .rsa(try _RSA.Signing.PrivateKey(keySize: .bits2048))
        }
    }

    /// Its key set (RFC 7517).
    var set: [UInt8] {
        get throws {
            let members: [String: String]
            switch key {
            case .edwards(let key):
                members = ["kty": "OKP", "crv": "Ed25519", "x": Self.text(key.publicKey.rawRepresentation)]
            case .elliptic(let key):
                let point = key.publicKey.rawRepresentation
                members = [
                    "kty": "EC", "crv": "P-256", "x": Self.text(point.prefix(32)), "y": Self.text(point.suffix(32)),
                ]
            case .rsa(let key):
                let numbers = try key.publicKey.getKeyPrimitives()
                members = ["kty": "RSA", "n": Self.text(numbers.modulus), "e": Self.text(numbers.publicExponent)]
            }
            let named = members.merging(["kid": "bench", "use": "sig", "alg": algorithm.rawValue]) { own, _ in own }
            return Array(try JSONEncoder().encode(["keys": [named]]))
        }
    }

    /// A token of a store that connects to the hub.
    func token(_ number: Int, at now: Instant) throws -> String {
        let seconds = now.milliseconds / 1000
        let header = #"{"alg":"\#(algorithm.rawValue)","kid":"bench","typ":"at+jwt"}"#
        let claims = """
            {"aud":"pos","client_id":"gatehouse","device":"Store \(number)","edition":"Store","exp":\(seconds + 604_800),\
            "features":["xms"],"hub_name":"Hub","hub_url":"https://hub.example","iat":\(seconds),"iss":"\(Self.issuer)",\
            "jti":"\(number)","organization":"Bench","renews_on":"2030-12-31","server_id":"SRV-\(number)","sub":"SRV-\(number)"}
            """
        let signed = Self.text(Data(header.utf8)) + "." + Self.text(Data(claims.utf8))
        let bytes = Data(signed.utf8)
        let signature: Data =
            switch key {
            case .edwards(let key): try key.signature(for: bytes)
            case .elliptic(let key): try key.signature(for: bytes).rawRepresentation
            case .rsa(let key): try key.signature(for: bytes, padding: .insecurePKCS1v1_5).rawRepresentation
            }
        return signed + "." + Self.text(signature)
    }

    /// What of a token is signed, and by what.
    func parts(_ token: String) -> (signed: Data, signature: Data) {
        let last = token.lastIndex(of: ".") ?? token.endIndex
        var text = token[last...].dropFirst().replacing("-", with: "+").replacing("_", with: "/")
        while text.utf8.count % 4 != 0 { text += "=" }
        return (Data(token[..<last].utf8), Data(base64Encoded: String(text)) ?? Data())
    }

    /// The bare check of a signature.
    func isValid(_ signature: Data, for signed: Data) -> Bool {
        switch key {
        case .edwards(let key): key.publicKey.isValidSignature(signature, for: signed)
        case .elliptic(let key):
            (try? P256.Signing.ECDSASignature(rawRepresentation: signature)).map {
                key.publicKey.isValidSignature($0, for: signed)
            } ?? false
        case .rsa(let key):
            key.publicKey.isValidSignature(
                _RSA.Signing.RSASignature(rawRepresentation: signature), for: signed, padding: .insecurePKCS1v1_5)
        }
    }

    private static func text(_ data: some DataProtocol) -> String {
        Data(data).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
