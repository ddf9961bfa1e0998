import Hummingbird

extension POSStandIn {
    /// Gives out a device code and its user code (RFC 8628, section 3.2).
    func beginAuthorization(_ question: POSQuestion, _ fields: FormFields) throws -> VendorAnswer {
        let scope = try Scope.read(fields["scope"])
        let begun = office.work(by: book, at: question.now) { state in
            state.codes.begin(scope: scope, book, at: question.now)
        }
        guard let begun else {
            var error = OAuthError(
                "temporarily_unavailable", "Too many device codes are out. Ask again in a minute.", status: 503)
            error.headers[.retryAfter] = "60"
            throw error
        }
        let page = question.issuer + POSPath.device
        return .json([
            "device_code": .text(begun.code),
            "user_code": .text(begun.entry.userCode.description),
            "verification_uri": .text(page),
            "verification_uri_complete": .text("\(page)?user_code=\(begun.entry.userCode)"),
            "expires_in": .number(Int64(book.codeLifetime)),
            "interval": .number(Int64(book.interval)),
        ])
    }
}
