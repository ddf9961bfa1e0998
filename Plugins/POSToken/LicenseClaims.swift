import AdapterKit
import Foundation

/// What came with tokens.
struct TokenAnswer: Codable, Hashable, Sendable {
    /// The names of the tokens that came.
    var given: [String]
    /// For how many seconds the access token is good; nil where the server does not say.
    var expiresIn: Int?
    /// When they came.
    var at: Instant

    private struct Members: Decodable {
        var expires_in: Double?
    }

    /// For how long the access token of an answer is good.
    ///
    /// - Throws: ``AdapterError`` `malformed`.
    static func expiresIn(_ json: [UInt8]) throws(AdapterError) -> Int? {
        guard let members = try? JSONDecoder().decode(Members.self, from: Data(json)),
            members.expires_in.map({ $0 >= 0 && $0 < 1e10 }) ?? true
        else { throw AdapterError(.malformed, "The authorization server's answer has a wrong expires_in.") }
        return members.expires_in.map { Int($0) }
    }
}

/// The claims of a token, by name; a dot leads into an object.
struct LicenseClaims {
    private let object: [String: Value]

    /// A JSON value, of which numbers and nothing else matter little here.
    private enum Value: Decodable {
        case text(String)
        case number(Double)
        case list([Value])
        case object([String: Value])
        case other

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self = .text(text)
            } else if let number = try? container.decode(Double.self) {
                self = .number(number)
            } else if let list = try? container.decode([Value].self) {
                self = .list(list)
            } else if let object = try? container.decode([String: Value].self) {
                self = .object(object)
            } else {
                self = .other
            }
        }
    }

    /// - Throws: ``AdapterError`` `malformed` where they are no JSON object.
    init(_ json: [UInt8]) throws(AdapterError) {
        guard let object = try? JSONDecoder().decode([String: Value].self, from: Data(json)) else {
            throw AdapterError(.malformed, "The token's claims are no JSON object.")
        }
        self.object = object
    }

    private subscript(path: String) -> Value? {
        // A claim may have a dot, or be an address, in its own name.
        if let value = object[path] { return value }
        var value = Value.object(object)
        for name in path.split(separator: ".") {
            guard case .object(let members) = value, let next = members[String(name)] else { return nil }
            value = next
        }
        return value
    }

    /// A claim's text; nil where it has none.
    func text(_ path: String) -> String? {
        switch self[path] {
        case .text(let text): text.isEmpty ? nil : Shown.text(text)
        case .number(let number): number == number.rounded() && abs(number) < 1e15 ? String(Int(number)) : nil
        default: nil
        }
    }

    /// A claim's texts: a list, or one text with spaces or commas between them.
    func texts(_ path: String) -> [String] {
        switch self[path] {
        case .text(let text):
            text.split(whereSeparator: { $0 == " " || $0 == "," }).prefix(64).map { Shown.text(String($0)) }
        case .list(let values):
            values.prefix(64).compactMap { if case .text(let text) = $0 { Shown.text(text) } else { nil } }
        default: []
        }
    }

    /// A claim's time in seconds since 1970 (RFC 7519, section 2).
    func time(_ path: String) -> Instant? {
        guard case .number(let seconds)? = self[path], seconds.isFinite, abs(seconds) < 253_402_300_800 else {
            return nil
        }
        return Instant(milliseconds: Int64(seconds * 1000))
    }

    /// A claim's day, or time, in whichever of the usual forms; nil where there is none.
    ///
    /// - Throws: ``AdapterError`` `malformed` where there is one of another form.
    func date(_ path: String) throws(AdapterError) -> DateValue? {
        switch self[path] {
        case nil, .other?: return nil
        case .number?: if let time = time(path) { return .instant(time) }
        case .text(let text)?:
            if text.isEmpty { return nil }
            if let date = DateValue(text) { return date }
        default: break
        }
        throw AdapterError(
            .malformed,
            "The token's claim \(path) is no date such as 2026-12-31: \(Shown.text(text(path) ?? "a list")).")
    }
}

/// The profile's settings, with what they are where it does not say.
struct Settings {
    private let values: [String: String]

    init(_ values: [String: String]) { self.values = values }

    /// The client that the gateway is to the server.
    var clientID: String { values[Name.clientID.rawValue] ?? "gatehouse" }
    /// How it shows that it is; nil where it is a public client.
    var client: Request.ClientCredentials? {
        values[Name.clientSecret.rawValue] == nil
            ? nil : Request.ClientCredentials(id: clientID, secretSetting: Name.clientSecret.rawValue)
    }
    /// What stands in every form.
    var clientForm: [String: Request.FormValue] { client == nil ? ["client_id": .text(clientID)] : [:] }
    /// Which token carries the license.
    var license: String { values[Name.claimsIn.rawValue] == "id" ? Secret.idToken : Secret.accessToken }
    /// What is asked for. Without `openid` there is no ID token.
    var scope: String? { values[Name.scope.rawValue] ?? (license == Secret.idToken ? "openid" : nil) }
    /// Whom access tokens must be for; nil for whomever the license's own is.
    var audience: String? { values[Name.audience.rawValue] }
    /// The editions that a server takes tokens of; nil for any, and for tokens that tell none.
    var editions: [String]? {
        let named = values[Name.editions.rawValue] ?? "Cloud, Corporate, Store"
        return named == "any"
            ? nil : named.split(separator: ",").map { String($0).trimmingCharacters(in: .whitespaces) }
    }

    /// The claim that carries a fact.
    func claim(_ name: Name) -> String { values[name.rawValue] ?? name.claim }

    /// The settings by name.
    enum Name: String, CaseIterable {
        case clientID
        case clientSecret
        case scope
        case audience
        case claimsIn
        case editions
        case claimServerID
        case claimServerName
        case claimEdition
        case claimFeatures
        case claimHubName
        case claimHubURL
        case claimOrganization
        case claimRenewsOn

        /// The claim where the profile names none.
        var claim: String {
            switch self {
            case .claimServerID: "server_id"
            case .claimServerName: "device"
            case .claimEdition: "edition"
            case .claimFeatures: "features"
            case .claimHubName: "hub_name"
            case .claimHubURL: "hub_url"
            case .claimOrganization: "organization"
            case .claimRenewsOn: "renews_on"
            default: ""
            }
        }
    }
}
