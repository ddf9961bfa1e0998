import AdapterKit

extension Sandbox {
    /// A token as the server of a device presents it to its hub, signed with the stand-in's key: for scripts that try out
    /// what becomes of it there. The authorization server remembers nothing of it, so it can't be introspected.
    ///
    /// - Parameters:
    ///   - device: Its server ID, or its name where only one device of the book has that.
    ///   - url: The address of the stand-in, such as `http://127.0.0.1:8300`.
    /// - Returns: nil where the book has no such device, or several of that name.
    /// - Throws: `DiagnosticsError` of MarkedText, with every place, where the book can't be used; ``SandboxError`` where its
    ///   tokens can't be made here: opaque ones, and those of an RSA key, which the running stand-in alone has.
    public func presentedToken(of device: String, at url: String) throws -> String? {
        guard let pass = try visitorPass(device: device) else { return nil }
        let now = clock()
        let book = (try Book(path: book, after: nil, at: now).vendors[POSStandIn.name]?.standIn as? POSStandIn)?.book
        guard let book, let (organization, device) = book.device(pass.device) else { return nil }
        guard book.tokens == .jwt, book.algorithm != .rs256 else {
            throw SandboxError(
                "The book has \(book.tokens == .jwt ? "tokens of RS256" : "opaque tokens"), which only the running stand-in "
                    + "can make: set `tokens: jwt` and `algorithm: EdDSA`, or leave both away.")
        }
        let signer = try Signer(keyID: Self.keyID, key: signingKey(at: keyFile))
        let claims = book.accessClaims(
            book.claims(for: device, from: SandboxVisitor.issuer(of: url), at: now), for: device, of: organization.name,
            scope: [], at: now)
        return try TokenKey(book.algorithm, number: book.keySet, kept: nil, signer)
            .token(claims, type: "at+jwt", isSpoiled: false)
    }
}
