extension POSStandIn {
    static let deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"

    /// What the server says of itself (RFC 8414, section 2; OpenID Connect Discovery 1.0, section 3).
    func metadata(_ question: POSQuestion) throws -> VendorAnswer {
        let issuer = question.issuer
        return .json([
            "issuer": .text(issuer),
            "device_authorization_endpoint": .text(issuer + "/device_authorization"),
            "token_endpoint": .text(issuer + "/token"),
            "revocation_endpoint": .text(issuer + "/revoke"),
            "introspection_endpoint": .text(issuer + "/introspect"),
            "jwks_uri": .text(issuer + "/jwks"),
            "grant_types_supported": .list([Self.deviceGrant, "refresh_token"]),
            // Both standards demand it and let no list be empty, though there is no authorization endpoint.
            "response_types_supported": .list(["none"]),
            "token_endpoint_auth_methods_supported": .list(book.clientMethods),
            "revocation_endpoint_auth_methods_supported": .list(book.clientMethods),
            "introspection_endpoint_auth_methods_supported": .list(book.clientMethods),
            "scopes_supported": .list(Scope.known),
            "subject_types_supported": .list(["public"]),
            "id_token_signing_alg_values_supported": .list([book.algorithm.rawValue]),
            "claims_supported": .list([
                "iss", "sub", "aud", "iat", "exp", "jti", "client_id", "organization", "device", "edition",
                "server_id", "features", "hub_name", "hub_url", "renews_on",
            ]),
        ])
    }

    /// The keys that tokens are checked with (RFC 7517).
    func keySet(_ question: POSQuestion) throws -> VendorAnswer {
        let keys = try office.work(by: book, at: question.now) { state in
            try state.keys.published(book, at: question.now, question.signer)
        }
        return .json(["keys": .objects(keys.map(\.published))])
    }
}

/// What a client may ask for.
enum Scope {
    static let known = ["openid", "offline_access"]

    /// Those of a request that are known here; the others are passed over (RFC 6749, section 3.3).
    ///
    /// - Throws: where the text is no scope.
    static func read(_ text: String?) throws(OAuthError) -> [String] {
        guard let text else { return [] }
        let isPlain = text.utf8.allSatisfy { (0x20..<0x7F).contains($0) && $0 != 0x22 && $0 != 0x5C }
        guard isPlain, text.utf8.count <= 1_000 else {
            throw OAuthError("invalid_scope", "The scope is not written as RFC 6749, section 3.3, has it.")
        }
        let asked = Set(text.split(separator: " ").map(String.init))
        return known.filter(asked.contains)
    }
}
