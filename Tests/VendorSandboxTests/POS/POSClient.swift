import AdapterKit
import Crypto
import CryptoExtras
import Foundation
import Testing
import VendorSandbox

/// A client of the stand-in's authorization server, as much of one as the tests need.
struct POSClient: Sendable {
    static let deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"

    let sandbox: RunningSandbox
    /// What every form holds.
    var identity = ["client_id": "gatehouse"]
    var headers: [String: String] = [:]

    init(_ sandbox: RunningSandbox) { self.sandbox = sandbox }

    /// The tests' connections call every host so.
    static let issuer = "http://sandbox/pos"

    // MARK: Questions

    func post(_ path: String, _ fields: [String: String]) async throws -> JSONReply {
        let all = fields.merging(identity) { own, _ in own }
        return try await post(path, form: Self.form(all))
    }

    func post(
        _ path: String, form: String, type: String = "application/x-www-form-urlencoded"
    ) async throws -> JSONReply {
        let reply = try await sandbox.exchange(
            "POST", "/pos" + path, headers: headers.merging(["Content-Type": type]) { $1 }, body: Array(form.utf8))
        return try JSONReply(reply)
    }

    func get(_ path: String) async throws -> JSONReply { try JSONReply(await sandbox.exchange("GET", path)) }

    func begin(scope: String? = nil) async throws -> Begun {
        let reply = try await post("/device_authorization", scope.map { ["scope": $0] } ?? [:])
        try #require(reply.status == 200, "\(reply.text)")
        return Begun(deviceCode: try reply.text("device_code"), userCode: try reply.text("user_code"))
    }

    func poll(_ begun: Begun) async throws -> JSONReply {
        try await post("/token", ["grant_type": Self.deviceGrant, "device_code": begun.deviceCode])
    }

    func refresh(_ token: String, scope: String? = nil) async throws -> JSONReply {
        var fields = ["grant_type": "refresh_token", "refresh_token": token]
        fields["scope"] = scope
        return try await post("/token", fields)
    }

    func introspect(_ token: String) async throws -> JSONReply { try await post("/introspect", ["token": token]) }

    /// Authorizes a device from its beginning to its tokens.
    func acquire(_ serverID: String = POSBooks.store, scope: String? = nil) async throws -> JSONReply {
        let begun = try await begin(scope: scope)
        var visitor = try await visitor()
        try await visitor.authorize(device: serverID, userCode: begun.userCode)
        let reply = try await poll(begun)
        try #require(reply.status == 200, "\(reply.text)")
        return reply
    }

    /// Somebody at the pages, logged in.
    func visitor(_ name: String = "mara", _ password: String = POSBooks.login.password) async throws -> SandboxVisitor {
        let sandbox = sandbox
        var visitor = SandboxVisitor(issuer: Self.issuer) { request in
            let reply = try await sandbox.exchange(
                request.form == nil ? "GET" : "POST", String(request.url.dropFirst("http://sandbox".count)),
                headers: request.headers, body: Array((request.form ?? "").utf8))
            return SandboxVisitor.Reply(
                status: reply.status, location: reply.headers["location"],
                cookies: reply.headers["set-cookie"].map { [$0] } ?? [], html: reply.text)
        }
        try await visitor.logIn(name: name, password: password)
        return visitor
    }

    // MARK: Forms

    static func form(_ fields: [String: String]) -> String {
        fields.sorted { $0.key < $1.key }.map { "\(encoded($0.key))=\(encoded($0.value))" }.joined(separator: "&")
    }

    private static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}

/// What a client has after it has begun.
struct Begun: Sendable {
    var deviceCode: String
    var userCode: String
}

/// An answer that is JSON.
struct JSONReply: Sendable {
    let status: Int
    let headers: [String: String]
    let body: [UInt8]

    init(_ reply: HTTPReply) throws {
        status = reply.status
        headers = reply.headers
        body = reply.body
    }

    var text: String { String(decoding: body, as: UTF8.self) }

    var object: [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any] ?? [:]
    }

    var error: String? { object["error"] as? String }
    var told: String { object["error_description"] as? String ?? "" }

    func text(_ name: String) throws -> String { try #require(object[name] as? String, "\(name) in \(text)") }
    func number(_ name: String) throws -> Int { try #require(object[name] as? Int, "\(name) in \(text)") }
    func list(_ name: String) throws -> [String] { try #require(object[name] as? [String], "\(name) in \(text)") }

    var accessToken: String { get throws { try text("access_token") } }
    var refreshToken: String { get throws { try text("refresh_token") } }

    /// Whether it is an error as RFC 6749 has it.
    func isError(_ code: String, _ status: Int = 400) -> Bool {
        self.status == status && error == code && headers["content-type"] == "application/json"
            && headers["cache-control"] == "no-store"
    }
}

/// A JWT that was checked with a published key.
struct CheckedToken {
    let header: [String: Any]
    let claims: [String: Any]

    /// - Throws: Where no published key proves it.
    init(_ token: String, by keys: JSONReply) throws {
        try #require(try Self.isProven(token, by: keys), "the signature is wrong")
        let parts = token.split(separator: ".").map(String.init)
        header = try Self.object(parts[0])
        claims = try Self.object(parts[1])
    }

    /// Whether the key of its kid made its signature.
    static func isProven(_ token: String, by keys: JSONReply) throws -> Bool {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        try #require(parts.count == 3)
        let header = try object(parts[0])
        let published = try #require(keys.object["keys"] as? [[String: Any]])
        let key = try #require(published.first { $0["kid"] as? String == header["kid"] as? String }, "\(header)")
        let signed = Data((parts[0] + "." + parts[1]).utf8)
        let signature = try bytes(parts[2])
        func part(_ name: String) throws -> Data { try bytes(#require(key[name] as? String)) }
        try #require(key["alg"] as? String == header["alg"] as? String && key["use"] as? String == "sig")
        switch (header["alg"] as? String, key["kty"] as? String) {
        case ("EdDSA", "OKP"):
            return try Curve25519.Signing.PublicKey(rawRepresentation: part("x"))
                .isValidSignature(signature, for: signed)
        case ("ES256", "EC"):
            return try P256.Signing.PublicKey(rawRepresentation: part("x") + part("y"))
                .isValidSignature(.init(rawRepresentation: signature), for: signed)
        case ("RS256", "RSA"):
            return try _RSA.Signing.PublicKey(n: part("n"), e: part("e"))
                .isValidSignature(
                    .init(rawRepresentation: signature), for: SHA256.hash(data: signed), padding: .insecurePKCS1v1_5)
        default: return false
        }
    }

    func text(_ name: String) -> String? { claims[name] as? String }
    func number(_ name: String) -> Int? { claims[name] as? Int }

    private static func object(_ part: String) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: bytes(part)) as? [String: Any])
    }

    static func bytes(_ text: String) throws -> Data {
        let plain = text.replacing("-", with: "+").replacing("_", with: "/")
        return try #require(Data(base64Encoded: plain + String(repeating: "=", count: (4 - plain.count % 4) % 4)))
    }
}
