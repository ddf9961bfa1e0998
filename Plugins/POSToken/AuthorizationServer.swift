import AdapterKit
import Foundation

/// What an authorization server tells of itself (RFC 8414, section 2).
struct AuthorizationServer: Codable, Hashable, Sendable {
    /// Who issues its tokens, as their `iss` claim has it.
    var issuer: String
    /// Where tokens are asked for.
    var token: String
    /// Where codes are asked for; nil where it licenses no devices.
    var deviceAuthorization: String?
    /// Where tokens are revoked; nil where they can't be.
    var revocation: String?
    /// Where its keys are; nil where its tokens are opaque.
    var keys: String?

    private enum CodingKeys: String, CodingKey {
        case issuer
        case token = "token_endpoint"
        case deviceAuthorization = "device_authorization_endpoint"
        case revocation = "revocation_endpoint"
        case keys = "jwks_uri"
    }

    /// Where an issuer's metadata may be, in the order in which it is looked: by RFC 8414, section 3.1; the same behind the
    /// issuer's path, where some servers have it; by OpenID Connect Discovery, section 4. Nil where the issuer is no web
    /// address.
    static func metadataPlaces(of issuer: String) -> [String]? {
        guard let parts = URLComponents(string: issuer), let scheme = parts.scheme, let host = parts.percentEncodedHost,
            !host.isEmpty
        else { return nil }
        let origin = "\(scheme)://\(host)" + (parts.port.map { ":\($0)" } ?? "")
        let path = parts.percentEncodedPath
        let name = "/.well-known/oauth-authorization-server"
        return ["\(origin)\(name)\(path)"] + (path.isEmpty ? [] : ["\(issuer)\(name)"])
            + ["\(issuer)/.well-known/openid-configuration"]
    }

    /// The same with the endpoints that the profile names, where the metadata leave them out.
    func completed(by settings: Settings) -> AuthorizationServer {
        var server = self
        func place(_ name: Settings.Name) -> String? {
            settings[name].map { $0.hasPrefix("/") ? issuer.trimmedSlash + $0 : $0 }
        }
        server.deviceAuthorization = deviceAuthorization ?? place(.deviceAuthorizationEndpoint)
        server.revocation = revocation ?? place(.revocationEndpoint)
        return server
    }

    /// Reads metadata.
    ///
    /// - Parameter issuer: Whose they must be, without a slash at its end.
    /// - Throws: ``AdapterError`` `untrusted` where they are another issuer's, `malformed` where they are none.
    init(_ json: [UInt8], issuer: String) throws(AdapterError) {
        do {
            self = try JSONDecoder().decode(Self.self, from: Data(json))
        } catch {
            throw AdapterError(
                .malformed,
                "The authorization server's metadata are no JSON object with an issuer and a token_endpoint (RFC 8414)."
            )
        }
        guard self.issuer.trimmedSlash.utf8.elementsEqual(issuer.utf8) else {
            throw AdapterError(
                .untrusted,
                "The authorization server calls itself \(Shown.text(self.issuer)), and the profile's vendor is \(issuer): "
                    + "correct the profile, or whoever answers is another server.")
        }
        for (name, endpoint) in [
            (CodingKeys.token, token), (.deviceAuthorization, deviceAuthorization), (.revocation, revocation),
            (.keys, keys),
        ] {
            guard let endpoint, !Self.isEndpoint(endpoint) else { continue }
            throw AdapterError(
                .malformed,
                "The authorization server's \(name.rawValue) is no web address that can be asked: \(Shown.text(endpoint))."
            )
        }
    }

    /// Whether a text is a web address without credentials and fragment (RFC 6749, section 3.2), and of nothing else.
    private static func isEndpoint(_ text: String) -> Bool {
        guard text.utf8.count <= 2048,
            text.unicodeScalars.allSatisfy({ $0.isASCII && $0.value > 0x20 && $0.value != 0x7F }),
            let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(), let host = parts.host
        else { return false }
        return ["http", "https"].contains(scheme) && !host.isEmpty && parts.user == nil && parts.fragment == nil
    }
}

/// An answer that refuses (RFC 6749, section 5.2).
struct OAuthError {
    /// The error's code; empty where the answer has none.
    let code: String
    private let description: String?
    private let status: Int

    private struct Members: Decodable {
        var error: String?
        var error_description: String?
    }

    init(_ answer: Response) {
        let members = try? JSONDecoder().decode(Members.self, from: Data(answer.body))
        code = members?.error ?? ""
        description = members?.error_description
        status = answer.status
    }

    /// What the server said of it, in parentheses behind a space; empty for nothing.
    var told: String {
        let said = [code.isEmpty ? nil : Shown.text(code), description.map(Shown.text)].compactMap { $0 }
        return said.isEmpty ? "" : " (\(said.joined(separator: ": ")))"
    }

    /// The error that ends the conversation.
    func refusal(_ what: String) -> AdapterError {
        let hint =
            switch code {
            case "invalid_client", "unauthorized_client":
                " Compare the profile's settings clientID and clientSecret with what is registered there."
            case "invalid_scope": " Compare the profile's setting scope with what the server knows."
            default: ""
            }
        let said = told.isEmpty ? " (status \(status))" : told
        return AdapterError(.rejected, "The authorization server refused when it was \(what)\(said).\(hint)")
    }
}

/// What comes from the server, for a person to read.
enum Shown {
    /// What does not show, or changes how the rest does.
    private static let hidden: Set<Unicode.GeneralCategory> = [.control, .format, .lineSeparator, .paragraphSeparator]

    /// At most 200 characters, none of them one that does not show.
    static func text(_ text: String) -> String {
        if text.utf8.count <= 200, text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text }
        return String(
            String.UnicodeScalarView(
                text.unicodeScalars.prefix(200).map { hidden.contains($0.properties.generalCategory) ? " " : $0 }))
    }
}

/// A code that a person types at the authorization server (RFC 8628, section 3.2).
struct ShownCode: Codable, Hashable, Sendable {
    /// The code as it is to be read.
    var userCode: String
    /// Where it is typed.
    var link: String
    /// The same with the code in it.
    var completeLink: String?
    /// Until when it can be.
    var expires: Instant
    /// How many seconds lie between two questions whether it was typed.
    var interval: Int

    private struct Members: Decodable {
        var user_code: String
        var verification_uri: String?
        // What it was called before it was a standard.
        var verification_url: String?
        var verification_uri_complete: String?
        var expires_in: Double
        var interval: Double?
    }

    /// - Throws: ``AdapterError`` `malformed`.
    init(_ json: [UInt8], at now: Instant) throws(AdapterError) {
        guard let members = try? JSONDecoder().decode(Members.self, from: Data(json)),
            let link = members.verification_uri ?? members.verification_url,
            (1...64).contains(members.user_code.utf8.count), members.user_code == Shown.text(members.user_code),
            members.expires_in >= 1, members.expires_in < 1e7, (members.interval ?? 5) >= 0,
            (members.interval ?? 5) < 3600
        else {
            throw AdapterError(
                .malformed,
                "The authorization server's answer has no user_code, verification_uri and expires_in (RFC 8628, section 3.2)."
            )
        }
        for address in [link, members.verification_uri_complete].compactMap({ $0 }) {
            guard address.hasPrefix("https://") || address.hasPrefix("http://"), address.utf8.count <= 2048,
                address.unicodeScalars.allSatisfy({ $0.isASCII && $0.value > 0x20 && $0.value != 0x7F })
            else {
                throw AdapterError(
                    .malformed,
                    "The address at which the code is to be typed is no web address: \(Shown.text(address)).")
            }
        }
        userCode = members.user_code
        self.link = link
        completeLink = members.verification_uri_complete
        expires = now.adding(seconds: Int(members.expires_in))
        // Without one it is 5 (RFC 8628, section 3.2).
        interval = max(1, Int((members.interval ?? 5).rounded(.up)))
    }

    /// What a person is shown.
    func notice(_ facts: Facts) -> Notice {
        Notice(
            title: "Authorize this server at its authorization server",
            text:
                "In a browser, log in at the authorization server, choose the organization, and choose Authorize Device; "
                + "choose the device that is to be licensed, enter the user code, choose Authorize and confirm.",
            code: userCode, link: link, completeLink: completeLink, expires: expires)
    }
}

extension String {
    /// Without the slash at its end, where there is one.
    fileprivate var trimmedSlash: String { hasSuffix("/") ? String(dropLast()) : self }
}
