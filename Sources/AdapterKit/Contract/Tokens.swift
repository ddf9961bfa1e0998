/// What there is to know of a license by a token or by an entitlement's details, as the product's license page shows it.
public struct TokenReading: Codable, Hashable, Sendable {
    /// Who it is at the authorization server: `Server ID`.
    public var serverID: String
    /// The server's name there, where it is told.
    public var serverName: String?
    /// The edition: `Cloud`, `Corporate`, `Store`; nil where none is told.
    public var edition: String?
    /// The features: `xms`.
    public var features: [String]
    /// The name of the server that this one connects to.
    public var hubName: String?
    /// That server's URL.
    public var hubURL: String?
    /// The organization that it belongs to.
    public var organization: String?
    /// The last day before which it must be renewed, where a token tells one. It is no detail: an entitlement has it among
    /// its dates.
    public var renewsOn: DateValue?

    /// A reading.
    public init(
        serverID: String, serverName: String? = nil, edition: String? = nil, features: [String] = [],
        hubName: String? = nil, hubURL: String? = nil, organization: String? = nil,
        renewsOn: DateValue? = nil
    ) {
        self.renewsOn = renewsOn
        self.serverID = serverID
        self.serverName = serverName
        self.edition = edition
        self.features = features
        self.hubName = hubName
        self.hubURL = hubURL
        self.organization = organization
    }
}

/// The dates of a license that lives on tokens.
public enum TokenDate: String, CaseIterable, Codable, Sendable {
    /// The last day before which it must be renewed at the authorization server.
    case renewsOn
    /// When its tokens end, if they are not refreshed. They are, by themselves: it is no date to renew by.
    case tokenExpires
}

/// The names under which an entitlement's details tell what a license page shows of a license that lives on tokens.
public enum TokenDetail: String, CaseIterable, Codable, Sendable {
    /// ``TokenReading/serverID``
    case serverID
    /// ``TokenReading/serverName``
    case serverName
    /// ``TokenReading/features``, with commas between them
    case features
    /// ``TokenReading/hubName``
    case hubName
    /// ``TokenReading/hubURL``
    case hubURL
    /// ``TokenReading/organization``
    case organization
}

extension TokenReading {
    /// The same as an entitlement's details tell it.
    public var details: [String: String] {
        var details: [TokenDetail: String?] = [
            .serverID: serverID, .serverName: serverName, .hubName: hubName, .hubURL: hubURL,
            .organization: organization,
        ]
        if !features.isEmpty { details[.features] = features.joined(separator: ", ") }
        return Dictionary(uniqueKeysWithValues: details.compactMap { name, value in value.map { (name.rawValue, $0) } })
    }

    /// What an entitlement tells; nil where it tells of no server.
    ///
    /// - Parameters:
    ///   - details: ``Entitlement/details``
    ///   - edition: ``Entitlement/edition``
    public init?(details: [String: String], edition: String?) {
        guard let id = details[TokenDetail.serverID.rawValue] else { return nil }
        self.init(
            serverID: id, serverName: details[TokenDetail.serverName.rawValue], edition: edition,
            features: details[TokenDetail.features.rawValue]?.split(separator: ", ").map(String.init) ?? [],
            hubName: details[TokenDetail.hubName.rawValue], hubURL: details[TokenDetail.hubURL.rawValue],
            organization: details[TokenDetail.organization.rawValue])
    }
}

/// Why a token is not taken.
public struct TokenRefusal: Error, Codable, Hashable, Sendable, CustomStringConvertible {
    /// Which check it failed, in a word that programs may know it by.
    public var check: Check
    /// A whole sentence. No part of the token stands in it but what its claims say.
    public var message: String

    /// A refusal.
    public init(_ check: Check, _ message: String) {
        self.check = check
        self.message = message
    }

    /// The message.
    public var description: String { message }

    /// The checks.
    public enum Check: String, CaseIterable, Codable, Sendable {
        /// It is no token that can be checked without asking its server.
        case format
        /// No key of the issuer's signed it.
        case signature
        /// Somebody else issued it.
        case issuer
        /// It is for somebody else.
        case audience
        /// It has ended, or is not in force yet; or its license is past its renewal date.
        case time
        /// The license that it carries was given back, or its issuer has ended it.
        case revoked
        /// Its edition is none that this server takes.
        case edition
        /// It is of a server that does not connect to this one.
        case hub
    }
}

/// What an installation's tokens are checked by, without asking anybody.
public struct TokenTerms: Codable, Hashable, Sendable {
    /// Their issuer.
    public var issuer: String
    /// Whom they are for, any of these; empty where they name nobody.
    public var audiences: [String]
    /// The name that the token which carries the license was withheld under: `access_token`, `id_token`.
    public var license: String
    /// The issuer's JSON Web Key Set, as it was last seen.
    @Base64 public var keySet: [UInt8]
    /// Whether every refresh brings another refresh token, and the one before is spent; nil where that is not known yet.
    public var rotates: Bool?

    /// Terms.
    public init(issuer: String, audiences: [String], license: String, keySet: [UInt8], rotates: Bool? = nil) {
        self.issuer = issuer
        self.audiences = audiences
        self.license = license
        self.keySet = keySet
        self.rotates = rotates
    }
}
