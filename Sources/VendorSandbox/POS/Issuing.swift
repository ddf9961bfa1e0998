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
        let seconds = now.milliseconds / 1000
        let end = seconds + Int64(device.tokenLifetime)
        let ends = Instant(milliseconds: end * 1000)
        let key = try keys.signing(book, until: ends, question.signer)
        func signed(_ claims: Claims, _ type: String) throws -> String {
            try key.token(claims, type: type, isSpoiled: question.signer.isSpoiled)
        }

        let facts = device.claims(of: license.organization, on: now.day)
        var claims: Claims = [
            "iss": .text(question.issuer), "sub": .text(license.serverID), "iat": .number(seconds),
            "exp": .number(end), "client_id": .text(book.clientID),
        ]
        var access = claims
        access["aud"] = .text(book.audience)
        access["jti"] = .text(Secrets.random())
        if !license.scope.isEmpty { access["scope"] = .text(license.scope.joined(separator: " ")) }
        if book.claimsIn == .access { access.merge(facts) { $1 } }
        let token = book.tokens == .jwt ? try signed(access, "at+jwt") : Secrets.random()
        license.tokens.append(.init(digest: Secrets.digest(token), expires: ends, claims: access))

        var answer: Claims = [
            "access_token": .text(token), "token_type": "Bearer", "expires_in": .number(Int64(device.tokenLifetime)),
        ]
        answer["scope"] = access["scope"]
        if license.scope.contains("openid") {
            claims["aud"] = .text(book.clientID)
            claims["client_id"] = nil
            if book.claimsIn == .id { claims.merge(facts) { $1 } }
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
