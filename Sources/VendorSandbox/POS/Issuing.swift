import AdapterKit

extension POSState {
    /// Gives out tokens for a license, which is kept.
    ///
    /// - Parameter spent: The refresh token that is spent for them; nil with the first ones.
    /// - Returns: the answer (RFC 6749, section 5.1).
    mutating func issue(
        _ license: POSLicense, for device: POSDevice, spending spent: String?, _ book: POSBook, _ question: POSQuestion
    ) throws -> [UInt8] {
        var license = license
        let now = question.now
        let ends = Instant(milliseconds: (now.milliseconds / 1000 + Int64(device.tokenLifetime)) * 1000)
        let key = try keys.signing(book, until: ends, question.signer)
        func signed(_ claims: Claims, _ type: String) throws -> String {
            try key.token(claims, type: type, isSpoiled: question.signer.isSpoiled)
        }

        var claims = book.claims(for: device, from: question.issuer, at: now)
        let access = book.accessClaims(claims, for: device, of: license.organization, scope: license.scope, at: now)
        let token = book.tokens == .jwt ? try signed(access, "at+jwt") : Secrets.random()
        license.tokens.append(.init(digest: Secrets.digest(token), expires: ends, claims: access))

        var answer: Claims = [
            "access_token": .text(token), "token_type": "Bearer", "expires_in": .number(Int64(device.tokenLifetime)),
        ]
        answer["scope"] = access["scope"]
        if license.scope.contains("openid") {
            claims["aud"] = .text(book.clientID)
            claims["client_id"] = nil
            if book.claimsIn == .id { claims.merge(device.claims(of: license.organization, on: now.day)) { $1 } }
            answer["id_token"] = .text(try signed(claims, "JWT"))
        }
        if spent == nil || book.refreshTokens == .rotating {
            if spent != nil { license.number &+= 1 }
            let next = RefreshToken(license: license.id, number: license.number)
            answer["refresh_token"] = .text(next.text(question.refreshKey))
        }
        let body = try answer.json()
        license.refreshed = now
        if let spent, book.refreshTokens == .rotating {
            license.spent = now
            license.sealedAnswer = try SealedAnswer.seal(body, with: spent)
        }
        licenses.keep(license, at: now)
        return body
    }
}

extension POSBook {
    /// What every token of a device says.
    func claims(for device: POSDevice, from issuer: String, at now: Instant) -> Claims {
        let seconds = now.milliseconds / 1000
        return [
            "iss": .text(issuer), "sub": .text(device.serverID), "iat": .number(seconds),
            "exp": .number(seconds + Int64(device.tokenLifetime)), "client_id": .text(clientID),
        ]
    }

    /// What an access token says besides.
    func accessClaims(
        _ claims: Claims, for device: POSDevice, of organization: String, scope: [String], at now: Instant
    ) -> Claims {
        var access = claims
        access["aud"] = .text(audience)
        access["jti"] = .text(Secrets.random())
        if !scope.isEmpty { access["scope"] = .text(scope.joined(separator: " ")) }
        if claimsIn == .access { access.merge(device.claims(of: organization, on: now.day)) { $1 } }
        return access
    }
}

extension POSDevice {
    /// The license as a token carries it.
    func claims(of organization: String, on today: LocalDay) -> Claims {
        var claims: Claims = [
            "organization": .text(organization), "device": .text(name), "edition": .text(edition.rawValue),
            "server_id": .text(serverID), "features": .list(features),
        ]
        claims["hub_name"] = hubName.map { .text($0) }
        claims["hub_url"] = hubURL.map { .text($0) }
        claims["renews_on"] = renewsOn.map { .text($0.day(on: today).description) }
        return claims
    }
}
