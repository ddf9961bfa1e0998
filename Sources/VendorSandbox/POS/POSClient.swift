import Hummingbird

extension POSBook {
    /// How a client says who it is.
    var clientMethods: [String] { clientSecret == nil ? ["none"] : ["client_secret_basic", "client_secret_post"] }

    /// That a request comes from the client that the book knows (RFC 6749, section 2.3).
    ///
    /// - Parameter header: The request's `Authorization`.
    func checkClient(_ fields: FormFields, _ header: String?) throws(OAuthError) {
        var name = fields["client_id"]
        var secrets = fields["client_secret"].map { [$0] } ?? []
        if let header {
            guard secrets.isEmpty else {
                throw OAuthError.request("The client proves itself twice, in the header and in the form: do it once.")
            }
            guard let pair = Self.basic(header) else { throw refusal("The header Authorization is not a Basic one.") }
            guard name == nil || name == pair.name else {
                throw OAuthError.request("The header Authorization names another client than client_id.")
            }
            name = pair.name
            secrets = pair.secrets
        }
        guard let name else { throw refusal("client_id is missing.") }
        guard Secrets.areEqual(name, clientID) else { throw refusal("There is no client of this client_id.") }
        switch (clientSecret, secrets.isEmpty) {
        case (nil, true): return
        case (nil, false): throw refusal("This client has no secret: leave it out.")
        case (_?, true): throw refusal("This client has to prove itself with its secret.")
        case (let own?, false):
            guard secrets.filter({ Secrets.areEqual(own, $0) }).count > 0 else {
                throw refusal("The client's secret is another.")
            }
        }
    }

    private func refusal(_ why: String) -> OAuthError {
        var error = OAuthError("invalid_client", why, status: 401)
        error.headers[.wwwAuthenticate] = "Basic realm=\"\(POSStandIn.name)\", charset=\"UTF-8\""
        return error
    }

    /// The name, and how the secret may be meant; no secret where it is empty.
    ///
    /// Both are to be written as in a form before they are put together (RFC 6749, section 2.3.1), which many clients
    /// leave undone.
    private static func basic(_ header: String) -> (name: String, secrets: [String])? {
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "basic", let bytes = Base64URL.decode(standard: parts[1]),
            let pair = String(validating: bytes, as: UTF8.self), let colon = pair.firstIndex(of: ":")
        else { return nil }
        let secret = pair[pair.index(after: colon)...]
        guard !secret.isEmpty else { return (String(pair[..<colon]), []) }
        return (String(pair[..<colon]), [String(secret)] + (FormFields.text(secret).map { [$0] } ?? []))
    }
}
