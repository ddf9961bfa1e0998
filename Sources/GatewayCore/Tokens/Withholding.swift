import AdapterKit
import Foundation
import GatewayStore

/// The secrets of one installation that came with the vendor's answers: taken out of them before an adapter sees them,
/// sealed, and put into the forms that name them.
struct Withholding: Sendable {
    let gateway: Gateway
    /// The installation's ID.
    let installation: String

    /// What is secret in an answer, by name, as its request says.
    static func secrets(in answer: RawAnswer, to request: Request) -> [String: String] {
        guard !request.withholds.isEmpty, answer.status == 200,
            let object = try? JSONDecoder().decode([String: Member].self, from: Data(answer.body))
        else { return [:] }
        var secrets: [String: String] = [:]
        for name in request.withholds {
            if case .text(let text)? = object[name], !text.isEmpty { secrets[name] = text }
        }
        return secrets
    }

    /// An answer without its secrets. Of one of another status than 200 nothing is a secret: it is an error.
    static func redacted(_ answer: RawAnswer, to request: Request) throws(AdapterError) -> Response {
        let names = secrets(in: answer, to: request).keys.sorted()
        guard answer.status == 200, !request.withholds.isEmpty else {
            return Response(status: answer.status, body: answer.body)
        }
        guard var object = try? JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any] else {
            throw AdapterError(.malformed, "The vendor's answer is no JSON object, as its protocol wants it.")
        }
        for name in request.withholds { object[name] = nil }
        guard let body = try? JSONSerialization.data(withJSONObject: object, options: [.sortedKeys]) else {
            throw AdapterError(.malformed, "The vendor's answer is no JSON that can be written again.")
        }
        return Response(status: answer.status, body: Array(body), withheld: names)
    }

    /// What a server says back of the secrets that it was sent, and of others that are kept, without them: some repeat in an
    /// error what they did not take, and errors are shown.
    func silenced(
        _ answer: RawAnswer, to request: Request, settings: [String: String]
    ) async throws -> [UInt8] {
        var secrets: [String] = []
        if let client = request.client, let secret = settings[client.secretSetting] {
            secrets += [secret, Self.basic(client, secret)]
        }
        let isError = answer.status != 200
        var named = Set(isError && request.form != nil ? try await names : [])
        for case .withheld(let name) in (request.form ?? [:]).values { named.insert(name) }
        for name in named {
            if let secret = try await secret(name) { secrets.append(secret) }
        }
        let silencing = Silencing(secrets)
        return isError ? silencing.body(answer.body) : silencing.bytes(answer.body)
    }

    /// The names of what is kept.
    var names: [String] {
        get async throws { try await gateway.store.withheldNames(of: installation) }
    }

    /// A secret that is kept; nil where there is none.
    func secret(_ name: String) async throws -> String? {
        guard let sealed = try await gateway.store.withheld(name, of: installation) else { return nil }
        let purpose = SealedAnswer.purpose(withheld: name, of: installation)
        return String(decoding: try gateway.sealer.open(sealed, for: purpose), as: UTF8.self)
    }

    /// Keeps what came of an operation's step: its secrets, and where it is made only once the whole answer.
    func keep(_ answer: RawAnswer, to request: Request, of operation: String, at now: Instant) async throws {
        let names = Self.secrets(in: answer, to: request)
        guard request.once || !names.isEmpty else { return }
        var secrets: [String: [UInt8]] = [:]
        for (name, text) in names {
            secrets[SealedAnswer.purpose(withheld: name, of: installation)] = Array(text.utf8)
        }
        let whole = SealedAnswer.purpose(of: operation)
        if request.once { secrets[whole] = Array(try JSONEncoder().encode(answer)) }
        try await gateway.keepSealed(secrets) { sealed in
            var kept = WithheldSecrets(installation: installation, sealed: [:])
            for name in names.keys {
                kept.sealed[name] = sealed[SealedAnswer.purpose(withheld: name, of: installation)]
            }
            try await gateway.store.keepAnswer(
                sealed[whole], with: kept, of: operation, at: now,
                note: StepNote(at: now, kind: "answer", detail: "kept, sealed"))
        }
    }

    /// A request as it leaves: its form with the secrets that it names, and who asks.
    ///
    /// - Parameter settings: The profile's, secrets included.
    /// - Throws: ``AdapterError`` `expired` where a secret is not kept any more.
    func filled(_ request: Request, settings: [String: String]) async throws -> Request {
        var filled = request
        if let form = request.form {
            var fields: [(String, String)] = []
            for (name, value) in form.sorted(by: { $0.key < $1.key }) {
                switch value {
                case .text(let text): fields.append((name, text))
                case .withheld(let secret):
                    guard let text = try await self.secret(secret) else {
                        throw AdapterError(
                            .expired,
                            "What the vendor gave to go on with (\(secret)) is not kept any more: acquire the license "
                                + "again, `gatehouse authorize \(installation)`.")
                    }
                    fields.append((name, text))
                }
            }
            filled.body = Array(Self.encoded(fields).utf8)
            filled.headers["Content-Type"] = "application/x-www-form-urlencoded"
        }
        if let client = request.client, let secret = settings[client.secretSetting] {
            filled.headers["Authorization"] = "Basic \(Self.basic(client, secret))"
        }
        return filled
    }

    /// How a client shows who it is. Both are encoded first (RFC 6749, section 2.3.1).
    private static func basic(_ client: Request.ClientCredentials, _ secret: String) -> String {
        Data("\(encoded(client.id)):\(encoded(secret))".utf8).base64EncodedString()
    }

    /// `application/x-www-form-urlencoded`.
    private static func encoded(_ fields: [(String, String)]) -> String {
        fields.map { "\(encoded($0))=\(encoded($1))" }.joined(separator: "&")
    }

    private static func encoded(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "*"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            case UInt8(ascii: " "): encoded += "+"
            default: encoded += "%" + Hex.encode([byte]).uppercased()
            }
        }
        return encoded
    }

    /// A member of a JSON object, of which only texts matter here.
    private enum Member: Decodable {
        case text(String)
        case other

        init(from decoder: any Decoder) throws {
            self = (try? decoder.singleValueContainer().decode(String.self)).map(Self.text) ?? .other
        }
    }
}
