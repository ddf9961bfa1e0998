public import AdapterKit

extension POSToken {
    /// What the vendor knows an installation by.
    enum IdentityField {
        static let serverID = "serverID"
    }

    /// What there is to know of the adapter.
    public var descriptor: AdapterDescriptor {
        AdapterDescriptor(
            protocolName: "device-token", title: "POS device tokens", version: "1.0",
            identity: [
                Field(
                    name: IdentityField.serverID, title: "Server ID", required: false,
                    help:
                        "By it the authorization server knows the server; it tells it with the license, so it may be left "
                        + "out.")
            ],
            settings: Settings.Name.allCases.map(\.field),
            dates: [
                AdapterDescriptor.DateDescription(
                    name: TokenDate.renewsOn.rawValue, optional: true,
                    help: "The last day before which the license must be renewed at the authorization server."),
                AdapterDescriptor.DateDescription(
                    name: TokenDate.tokenExpires.rawValue,
                    help: "When the license's tokens end, if they are not refreshed."),
            ])
    }
}

extension Settings.Name {
    /// The setting as profiles know it.
    var field: Field {
        switch self {
        case .clientID:
            setting(
                "Client ID", "As the gateway is registered at the authorization server; gatehouse where it is not set.")
        case .clientSecret:
            setting(
                "Client secret", "Where it is registered as a confidential client; best from the environment.",
                secret: true)
        case .scope:
            setting("Scope", "What is asked for, with spaces between; without it what the server gives by itself.")
        case .audience:
            setting(
                "Audience",
                "Whom access tokens must be for (aud); without it whomever the license's own is for, and nobody where that "
                    + "names nobody. ID tokens are for the client.")
        case .claimsIn:
            Field(
                name: rawValue, title: "Token with the license", pattern: "access|id", expectation: "access or id",
                required: false,
                help: "Whether the access token carries the license's facts, or the ID token; access where "
                    + "it is not set.")
        case .editions:
            setting(
                "Editions",
                "Of which editions a server takes tokens, with commas between; any for all, and for tokens "
                    + "that tell none. Cloud, Corporate, Store where it is not set.")
        case .deviceAuthorizationEndpoint:
            endpoint(
                "Device authorization endpoint", "Where codes are asked for, if the server's metadata leave it out")
        case .revocationEndpoint:
            endpoint("Revocation endpoint", "Where tokens are revoked, if the server's metadata leave it out")
        case .claimServerID: claim("Server ID", "; sub where a token has none.")
        case .claimServerName: claim("name of the server, by which hubs are named", ".")
        case .claimEdition: claim("edition", ".")
        case .claimFeatures: claim("features", ".")
        case .claimHubName: claim("name of the server that this one connects to", ".")
        case .claimHubURL: claim("URL of that server", ".")
        case .claimOrganization: claim("organization", ".")
        case .claimRenewsOn: claim("day by which the license must be renewed", ".")
        }
    }

    private func setting(_ title: String, _ help: String, secret: Bool = false) -> Field {
        Field(name: rawValue, title: title, required: false, secret: secret, help: help)
    }

    private func endpoint(_ title: String, _ help: String) -> Field {
        Field(
            name: rawValue, title: title, pattern: "(https?:/)?/.+",
            expectation: "a web address, or a path behind the issuer that begins with /", required: false,
            help: "\(help): a web address, or a path behind the issuer.")
    }

    private func claim(_ what: String, _ end: String) -> Field {
        Field(
            name: rawValue, title: "Claim: \(what)", required: false,
            help: "The claim that tells the \(what); a dot leads into an object. \(claim) where it is not set\(end)")
    }
}
