extension POSStandIn {
    /// Takes a token back (RFC 7009). One that is not known is as good as taken back.
    func revoke(_ question: POSQuestion, _ fields: FormFields) throws -> VendorAnswer {
        guard let text = fields["token"] else { throw OAuthError.request("token is missing.") }
        office.work(by: book, at: question.now) { state in
            if let token = RefreshToken(text, question.refreshKey) {
                state.licenses.end(token.license, .revoked, at: question.now)
            } else if let (license, token) = state.licenses.token(text, at: question.now) {
                state.licenses.revoke(token, of: license.id)
            }
        }
        return .json([:])
    }

    /// Says whether a token is good, and for what (RFC 7662). Of one that is not, nothing else is said.
    func introspect(_ question: POSQuestion, _ fields: FormFields) throws -> VendorAnswer {
        guard let text = fields["token"] else { throw OAuthError.request("token is missing.") }
        let claims = office.work(by: book, at: question.now) { state -> Claims? in
            if let token = RefreshToken(text, question.refreshKey) {
                guard let license = state.licenses[token.license], license.end == nil, license.number == token.number
                else { return nil }
                return [
                    "client_id": .text(book.clientID), "iss": .text(question.issuer), "sub": .text(license.serverID),
                ]
            }
            return state.licenses.token(text, at: question.now).map { found in
                found.token.claims.merging(["token_type": "Bearer"]) { $1 }
            }
        }
        return .json((claims ?? [:]).merging(["active": .truth(claims != nil)]) { $1 })
    }
}
