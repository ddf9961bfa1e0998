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

/// The claims of a token that tell of a license, as far as they are of a kind that can.
struct LicenseClaims: Decodable {
    /// The registered ones (RFC 7519, section 4.1).
    let subject: String?
    let id: String?
    let audience: [String]
    let issued: Instant?
    let expires: Instant?
    /// The license's own, by the settings that name them.
    private let texts: [Settings.Name: String]
    /// The features.
    let features: [String]
    /// The day by which it must be renewed, as it is written.
    private let renewsOn: Written

    private enum Written {
        case nothing
        case date(DateValue)
        case other(String)
    }

    /// A name that is known when the token is read.
    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private typealias Container = KeyedDecodingContainer<Key>

    private static let settingsKey = CodingUserInfoKey(rawValue: "settings")

    /// - Throws: ``AdapterError`` `malformed` where they are no JSON object.
    static func read(_ json: [UInt8], _ settings: Settings) throws(AdapterError) -> LicenseClaims {
        let decoder = JSONDecoder()
        if let key = settingsKey { decoder.userInfo[key] = settings }
        do {
            return try decoder.decode(LicenseClaims.self, from: Data(json))
        } catch {
            throw AdapterError(.malformed, "The token's claims are no JSON object.")
        }
    }

    /// Each is asked for by what it must be: a guess that is wrong costs as much as ten that are right.
    init(from decoder: any Decoder) throws {
        let settings = Self.settingsKey.flatMap { decoder.userInfo[$0] as? Settings } ?? Settings([:])
        let container = try decoder.container(keyedBy: Key.self)
        subject = Self.text("sub", container)
        id = Self.text("jti", container)
        audience = Self.list("aud", container)
        issued = Self.time("iat", container)
        expires = Self.time("exp", container)
        var texts: [Settings.Name: String] = [:]
        for name in Settings.Name.texts { texts[name] = Self.text(settings.claim(name), container) }
        self.texts = texts
        features = Self.list(settings.claim(.claimFeatures), container)
        renewsOn = Self.date(settings.claim(.claimRenewsOn), container)
    }

    /// A claim's text; nil where it has none.
    func text(_ name: Settings.Name) -> String? { texts[name] }

    /// The day by which it must be renewed, or the time; nil where there is none.
    ///
    /// - Throws: ``AdapterError`` `malformed` where there is one of another form.
    func renewalDate(_ settings: Settings) throws(AdapterError) -> DateValue? {
        switch renewsOn {
        case .nothing: return nil
        case .date(let date): return date
        case .other(let text):
            throw AdapterError(
                .malformed,
                "The token's claim \(settings.claim(.claimRenewsOn)) is no date such as 2026-12-31: \(Shown.text(text))."
            )
        }
    }

    /// Where a claim stands: a dot leads into an object, unless a claim has it in its own name.
    private static func place(_ path: String, _ container: Container) -> (Container, Key)? {
        let key = Key(stringValue: path)
        guard path.utf8.contains(UInt8(ascii: ".")), !container.contains(key) else { return (container, key) }
        var container = container
        let names = path.split(separator: ".").map { Key(stringValue: String($0)) }
        guard let last = names.last else { return nil }
        for name in names.dropLast() {
            guard let inner = try? container.nestedContainer(keyedBy: Key.self, forKey: name) else { return nil }
            container = inner
        }
        return (container, last)
    }

    private static func text(_ path: String, _ container: Container) -> String? {
        guard let (container, key) = place(path, container) else { return nil }
        do {
            // One that is absent costs little, and one of another type much.
            guard let text = try container.decodeIfPresent(String.self, forKey: key), !text.isEmpty else { return nil }
            return Shown.text(text)
        } catch {
            guard let number = try? container.decode(Double.self, forKey: key) else { return nil }
            return number == number.rounded() && abs(number) < 1e15 ? String(Int(number)) : nil
        }
    }

    /// A list of texts, or one text with spaces or commas between them.
    private static func list(_ path: String, _ container: Container) -> [String] {
        guard let (container, key) = place(path, container) else { return [] }
        func one() throws -> [String]? {
            try container.decodeIfPresent(String.self, forKey: key).map { text in
                path == "aud"
                    ? [Shown.text(text)]
                    : text.split(whereSeparator: { $0 == " " || $0 == "," }).prefix(64).map { Shown.text(String($0)) }
            }
        }
        func several() throws -> [String]? {
            try container.decodeIfPresent([String].self, forKey: key)?.prefix(64).map(Shown.text)
        }
        // The likelier one first.
        do { return try (path == "aud" ? one() : several()) ?? [] } catch {
            return (try? path == "aud" ? several() : one()) ?? []
        }
    }

    /// Seconds since 1970 (RFC 7519, section 2).
    private static func time(_ path: String, _ container: Container) -> Instant? {
        guard let (container, key) = place(path, container),
            let seconds = try? container.decodeIfPresent(Double.self, forKey: key), seconds.isFinite,
            abs(seconds) < 253_402_300_800
        else { return nil }
        return Instant(milliseconds: Int64(seconds * 1000))
    }

    /// A day, or a time, in whichever of the usual forms.
    private static func date(_ path: String, _ container: Container) -> Written {
        guard let (container, key) = place(path, container) else { return .nothing }
        do {
            guard let text = try container.decodeIfPresent(String.self, forKey: key), !text.isEmpty else {
                return .nothing
            }
            return DateValue(text).map(Written.date) ?? .other(text)
        } catch {}
        return time(path, container).map { .date(.instant($0)) } ?? .other("something else than a text")
    }
}

/// The profile's settings, with what they are where it does not say.
struct Settings {
    private let values: [String: String]

    init(_ values: [String: String]) { self.values = values }

    /// A setting; nil where the profile does not set it.
    subscript(name: Name) -> String? { values[name.rawValue] }

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
        /// Those whose claims are texts.
        static let texts: [Name] = [
            .claimServerID, .claimServerName, .claimEdition, .claimHubName, .claimHubURL, .claimOrganization,
        ]

        case clientID
        case clientSecret
        case scope
        case audience
        case claimsIn
        case editions
        case deviceAuthorizationEndpoint
        case revocationEndpoint
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
