public import AdapterKit
import Foundation

extension POSToken {
    /// What the tokens grant.
    ///
    /// - Parameter keys: The answer with the server's keys, and what the tokens say that they prove.
    /// - Throws: ``AdapterError`` `malformed`.
    func grant(_ state: State, _ keys: Response, _ facts: Facts) throws(AdapterError) -> Grant {
        guard let tokens = state.tokens else { throw AdapterError(.malformed, "The tokens are lost.") }
        let settings = Settings(facts.settings)
        // To the second, as claims have it.
        let came = Instant(milliseconds: tokens.at.milliseconds / 1000 * 1000)
        let told = tokens.expiresIn.map { came.adding(seconds: $0) }
        guard let json = keys.claims[settings.license]?.wrappedValue else {
            return try opaque(state, tokens, keys, came: came, expires: told, facts)
        }
        let claims = try LicenseClaims.read(json, settings)
        let reading = try Self.reading(claims, settings)
        guard let expires = claims.expires ?? told else {
            throw AdapterError(.malformed, "The authorization server does not say when the token ends.")
        }
        let issued = claims.issued ?? came
        var dates = [TokenDate.tokenExpires.rawValue: DateValue.instant(expires)]
        dates[TokenDate.renewsOn.rawValue] = try claims.renewalDate(settings)
        return Grant(
            attestation: Attestation(
                subject: [IdentityField.serverID: reading.serverID], issued: issued,
                remarks: ["Its tokens are good until \(expires)."]),
            revision: claims.id ?? "\(issued)",
            entitlement: Entitlement(
                dates: dates, modules: reading.features.map { Entitlement.Module(code: $0, name: $0) },
                edition: reading.edition, details: reading.details),
            refreshAt: Self.refreshTime(issued, expires),
            tokens: state.server.map { server in
                terms(
                    of: server, settings.audience.map { [$0] } ?? claims.audience, keys, rotates(state, tokens),
                    settings)
            })
    }

    /// What tokens are checked by. An ID token is for the client alone (OpenID Connect Core, section 2), whatever access
    /// tokens are for.
    private func terms(
        of server: AuthorizationServer, _ audiences: [String], _ keys: Response, _ rotates: Bool?, _ settings: Settings
    ) -> TokenTerms {
        TokenTerms(
            issuer: server.issuer, audiences: settings.license == Secret.idToken ? [settings.clientID] : audiences,
            license: settings.license, keySet: keys.body, rotates: rotates)
    }

    /// What is known where the token that would tell is opaque, or did not come again: what was known before, for as long
    /// as the tokens are good.
    private func opaque(
        _ state: State, _ tokens: TokenAnswer, _ keys: Response, came: Instant, expires: Instant?, _ facts: Facts
    ) throws(AdapterError) -> Grant {
        guard let expires else {
            throw AdapterError(
                .malformed, "The authorization server does not say when the token ends (expires_in), and it is opaque.")
        }
        let settings = Settings(facts.settings)
        // An ID token need not come with every refresh (OpenID Connect Core, section 12.2).
        let isIDToken = settings.license == Secret.idToken
        if isIDToken, state.act == .authorize {
            throw AdapterError(
                .malformed,
                "The authorization server gave no ID token, which is to carry the license: see that the profile's setting "
                    + "scope holds openid, and that the server knows it.")
        }
        // The ID tokens that others present are checked all the same.
        var kept: TokenTerms?
        if isIDToken, let server = state.server, server.keys != nil {
            guard !keys.body.isEmpty else {
                throw AdapterError(
                    .malformed, "The authorization server's key set holds no key that ID tokens can be checked with.")
            }
            kept = terms(of: server, [], keys, rotates(state, tokens), settings)
        }
        var entitlement = facts.held?.entitlement ?? Entitlement()
        entitlement.dates[TokenDate.tokenExpires.rawValue] = .instant(expires)
        if entitlement.details[TokenDetail.serverID.rawValue] == nil {
            entitlement.details[TokenDetail.serverID.rawValue] = facts.identity[IdentityField.serverID]
        }
        if !isIDToken {
            entitlement.remarks = ["Its tokens are opaque: what they grant is known to the authorization server alone."]
        }
        return Grant(
            attestation: Attestation(
                subject: facts.identity, issued: came, remarks: ["Its tokens are good until \(expires)."]),
            revision: "\(came)",
            entitlement: entitlement, refreshAt: Self.refreshTime(came, expires), tokens: kept)
    }

    /// At half of the life, so that there is as long again to reach the server.
    public static func refreshTime(_ issued: Instant, _ expires: Instant) -> Instant {
        Instant(milliseconds: issued.milliseconds + (expires.milliseconds - issued.milliseconds) / 2)
    }

    /// Whether every refresh brings another refresh token; known once there was one.
    private func rotates(_ state: State, _ tokens: TokenAnswer) -> Bool? {
        state.act == .refresh ? tokens.given.contains(Secret.refreshToken) : nil
    }

    /// What a token's claims say.
    ///
    /// - Throws: ``AdapterError`` `malformed` where they name no server.
    static func reading(_ claims: LicenseClaims, _ settings: Settings) throws(AdapterError) -> TokenReading {
        guard let id = claims.text(.claimServerID) ?? claims.subject else {
            throw AdapterError(.malformed, "The token names no server (\(settings.claim(.claimServerID)) or sub).")
        }
        return TokenReading(
            serverID: id, serverName: claims.text(.claimServerName),
            edition: claims.text(.claimEdition),
            features: claims.features,
            hubName: claims.text(.claimHubName), hubURL: claims.text(.claimHubURL),
            organization: claims.text(.claimOrganization), renewsOn: try claims.renewalDate(settings))
    }

    /// What a token says, if it is of a server that this one deals with: itself, its hub, or one whose hub it is.
    ///
    /// - Throws: ``TokenRefusal``.
    public func reading(
        of claims: [UInt8], at own: [String: String], settings: [String: String]
    ) throws(TokenRefusal) -> TokenReading {
        let settings = Settings(settings)
        let token: TokenReading
        do throws(AdapterError) {
            token = try Self.reading(try LicenseClaims.read(claims, settings), settings)
        } catch {
            throw TokenRefusal(.format, error.message)
        }
        if let taken = settings.editions {
            guard let edition = token.edition, taken.contains(where: { $0.lowercased() == edition.lowercased() }) else {
                throw TokenRefusal(
                    .edition,
                    "The token is of \(token.edition.map { "the edition \($0)" } ?? "no edition"), and only "
                        + "\(taken.joined(separator: ", ")) are taken.")
            }
        }
        guard let me = TokenReading(details: own, edition: nil) else {
            throw TokenRefusal(.hub, "This server's own license does not say which server it is.")
        }
        if token.serverID == me.serverID { return token }
        if let theirs = token.organization, let ours = me.organization, theirs != ours {
            throw TokenRefusal(
                .hub, "The token is of the organization \(theirs), and this server belongs to \(ours).")
        }
        let isBelow = Self.isSame(token.hubName, me.serverName)
        let isAbove = Self.isSame(me.hubName, token.serverName)
        guard isBelow || isAbove else {
            let hub = token.hubName.map { "connects to \($0)" } ?? "connects to no server"
            throw TokenRefusal(
                .hub,
                "The token is of \(token.serverName ?? token.serverID), which \(hub), and this server is "
                    + "\(me.serverName ?? me.serverID).")
        }
        return token
    }

    /// Whether two names are one server's, as people write them.
    private static func isSame(_ first: String?, _ second: String?) -> Bool {
        guard let first, let second else { return false }
        return first.lowercased() == second.lowercased()
    }
}
