public import AdapterKit

/// The adapter of POS servers: protocol `device-token`, as docs/protocols/device-token.md has it.
///
/// A server is licensed at an authorization server by the device authorization grant (RFC 8628): a person types a code
/// there. The license lives on tokens, which end after days and are refreshed long before (RFC 6749, section 6); its facts
/// are claims of a signed token (RFC 7519, RFC 9068). Where the server's endpoints are it says itself (RFC 8414, or OpenID
/// Connect Discovery), so that any server that keeps to these can stand on the other side.
public struct POSToken: DeviceAuthorizing, TokenVerifying {
    /// The adapter.
    public init() {}

    /// Where a conversation stands. No secret is in it.
    public struct State: Codable, Hashable, Sendable {
        /// What it is for.
        var act: Act
        /// Which answer or which moment it waits for.
        var stage: Stage
        /// At which of the places where servers tell their endpoints it is looked, from 0.
        var place = 0
        /// The server's endpoints, once it has told them.
        var server: AuthorizationServer?
        /// The code that is shown.
        var code: ShownCode?
        /// What came with the tokens.
        var tokens: TokenAnswer?
    }

    /// What a conversation waits for.
    enum Stage: String, Codable, Hashable, Sendable {
        /// The server's metadata.
        case metadata
        /// A code to show.
        case code
        /// That a person types it.
        case shown
        /// The answer to the question whether somebody has.
        case asked
        /// Fresh tokens.
        case renewed
        /// The keys that the tokens are checked with.
        case keys
        /// That the tokens are revoked.
        case revoked
    }

    /// Asks for fresh tokens.
    ///
    /// - Throws: ``AdapterError`` `expired` where there is no token to ask with.
    public func refresh(_ facts: Facts) throws(AdapterError) -> Transition<State> {
        guard facts.withheld.contains(Secret.refreshToken) else {
            throw AdapterError(.expired, "There is no token to refresh the license with: acquire it again.")
        }
        return try discover(.refresh, facts)
    }

    /// Asks for a code.
    public func authorize(_ facts: Facts) throws(AdapterError) -> Transition<State> { try discover(.authorize, facts) }

    /// Has the tokens revoked; where none is kept the license is removed at once.
    public func deauthorize(_ facts: Facts) throws(AdapterError) -> Transition<State> {
        guard Secret.revocable(facts) != nil else {
            let remark =
                "The authorization server was not told: remove the license there too, or the device can't be authorized "
                + "again before its tokens have ended."
            return Transition(
                State(act: .deauthorize, stage: .revoked), .finish(.removed(Removal(remarks: [remark]))))
        }
        return try discover(.deauthorize, facts)
    }

    /// Sends again what was lost: a question whether the code was typed, or for fresh tokens by the same token. A server
    /// that has answered already either gives the same answer for a while, or takes the token no more.
    public func inspect(_ state: State, facts: Facts) throws(AdapterError) -> Transition<State> {
        switch state.stage {
        case .asked: return try ask(state, facts)
        case .renewed: return try renew(state, facts)
        default: throw AdapterError(.conflict, "Nothing was sent whose answer could be lost.")
        }
    }

    /// Goes on.
    ///
    /// - Throws: ``AdapterError``: `expired` where the code ended or the license must be acquired again, `rejected` where
    ///   somebody refused, `malformed` for what the standards do not know.
    public func resume(_ state: State, with event: Event, facts: Facts) throws(AdapterError) -> Transition<State> {
        switch (state.stage, event) {
        case (.metadata, .answer(let answer)):
            return try discovered(state, answer, facts)
        case (.code, .answer(let answer)): return try show(state, answer, facts)
        case (.shown, .time): return try ask(state, facts)
        case (.asked, .answer(let answer)): return try typed(state, answer, facts)
        case (.asked, .unanswered): return try waitLonger(state, facts)
        case (.renewed, .answer(let answer)): return try renewed(state, answer, facts)
        case (.keys, .answer(let answer)):
            return Transition(state, .finish(.updated(try grant(state, answer, facts))))
        case (.revoked, .answer(let answer)): return try revoked(state, answer)
        default: throw AdapterError(.malformed, "The conversation waited for something else.")
        }
    }

    // MARK: - Where the server's endpoints are

    private func discover(_ act: Act, _ facts: Facts) throws(AdapterError) -> Transition<State> {
        guard let place = AuthorizationServer.metadataPlaces(of: facts.vendor)?.first else {
            throw AdapterError(
                .unreachable,
                "The profile names no address of the authorization server: set its issuer as the vendor's address.")
        }
        return Transition(State(act: act, stage: .metadata), .send(Request(get: place)))
    }

    private func discovered(
        _ state: State, _ answer: Response, _ facts: Facts
    ) throws(AdapterError) -> Transition<State> {
        var state = state
        guard answer.status == 200 else {
            state.place += 1
            let places = AuthorizationServer.metadataPlaces(of: facts.vendor) ?? []
            guard state.place < places.count else {
                throw AdapterError(
                    .malformed,
                    "The authorization server tells its endpoints neither where RFC 8414 nor where OpenID Connect has them "
                        + "(\(places.joined(separator: ", "))): see that the vendor's address is its issuer.")
            }
            return Transition(state, .send(Request(get: places[state.place])))
        }
        state.server = try AuthorizationServer(answer.body, issuer: facts.vendor).completed(
            by: Settings(facts.settings))
        switch state.act {
        case .authorize: return try askForCode(state, facts)
        case .deauthorize: return try revoke(state, facts)
        default: return try renew(state, facts)
        }
    }

    // MARK: - Acquiring

    private func askForCode(_ state: State, _ facts: Facts) throws(AdapterError) -> Transition<State> {
        guard let endpoint = state.server?.deviceAuthorization else {
            throw AdapterError(
                .rejected,
                "The authorization server licenses no devices: its metadata name no device_authorization_endpoint. Where it "
                    + "has one all the same, name it in the profile's setting deviceAuthorizationEndpoint.")
        }
        var state = state
        state.stage = .code
        let settings = Settings(facts.settings)
        var form = settings.clientForm
        if let scope = settings.scope { form["scope"] = .text(scope) }
        return Transition(
            state, .send(Request(post: form, to: endpoint, client: settings.client, withholds: [Secret.deviceCode])))
    }

    private func show(_ state: State, _ answer: Response, _ facts: Facts) throws(AdapterError) -> Transition<State> {
        guard answer.status == 200 else { throw OAuthError(answer).refusal("asked for a code") }
        guard answer.withheld.contains(Secret.deviceCode) else {
            throw AdapterError(.malformed, "The authorization server gave no device_code (RFC 8628, section 3.2).")
        }
        var state = state
        state.stage = .shown
        let code = try ShownCode(answer.body, at: facts.now)
        state.code = code
        return Transition(state, .show(code.notice(facts), until: facts.now.adding(seconds: code.interval)))
    }

    private func ask(_ state: State, _ facts: Facts) throws(AdapterError) -> Transition<State> {
        guard let code = state.code, let server = state.server else { throw Self.lost }
        guard facts.now < code.expires else {
            throw AdapterError(
                .expired,
                "The code \(code.userCode) ended \(code.expires) before somebody typed it: ask for another one.")
        }
        var state = state
        state.stage = .asked
        let settings = Settings(facts.settings)
        var form = settings.clientForm
        form["grant_type"] = .text("urn:ietf:params:oauth:grant-type:device_code")
        form["device_code"] = .withheld(Secret.deviceCode)
        var request = Request(
            post: form, to: server.token, client: settings.client, withholds: Secret.tokens, once: true)
        request.mayGoUnanswered = true
        return Transition(state, .send(request))
    }

    private func typed(_ state: State, _ answer: Response, _ facts: Facts) throws(AdapterError) -> Transition<State> {
        if answer.status == 200 { return try check(state, answer, facts) }
        guard var code = state.code else { throw Self.lost }
        let error = OAuthError(answer)
        switch error.code {
        case "authorization_pending": break
        // For this and every later question (RFC 8628, section 3.5).
        case "slow_down": code.interval += 5
        case "access_denied":
            throw AdapterError(
                .rejected, "The authorization was denied at the authorization server\(error.told). Nothing was changed."
            )
        case "expired_token":
            throw AdapterError(
                .expired, "The code \(code.userCode) ended before somebody typed it: ask for another one.")
        // It was spent: for tokens that were lost on their way, or by somebody else.
        case "invalid_grant":
            throw AdapterError(
                .expired,
                "The authorization server takes the code \(code.userCode) no more\(error.told): ask for another one.")
        default: throw error.refusal("asked whether the code was typed")
        }
        return show(code, state, facts)
    }

    /// Twice as long as before (RFC 8628, section 3.5), but not longer than a person cares to wait.
    private func waitLonger(_ state: State, _ facts: Facts) throws(AdapterError) -> Transition<State> {
        guard var code = state.code else { throw Self.lost }
        code.interval = max(code.interval, min(code.interval * 2, 60))
        return show(code, state, facts)
    }

    private func show(_ code: ShownCode, _ state: State, _ facts: Facts) -> Transition<State> {
        var state = state
        state.stage = .shown
        state.code = code
        return Transition(state, .show(code.notice(facts), until: facts.now.adding(seconds: code.interval)))
    }

    // MARK: - Refreshing

    private func renew(_ state: State, _ facts: Facts) throws(AdapterError) -> Transition<State> {
        guard let server = state.server else { throw Self.lost }
        var state = state
        state.stage = .renewed
        let settings = Settings(facts.settings)
        var form = settings.clientForm
        form["grant_type"] = .text("refresh_token")
        form["refresh_token"] = .withheld(Secret.refreshToken)
        return Transition(
            state,
            .send(
                Request(post: form, to: server.token, client: settings.client, withholds: Secret.tokens, once: true)))
    }

    private func renewed(_ state: State, _ answer: Response, _ facts: Facts) throws(AdapterError) -> Transition<State> {
        if answer.status == 200 { return try check(state, answer, facts) }
        let error = OAuthError(answer)
        guard error.code == "invalid_grant" else { throw error.refusal("asked for fresh tokens") }
        throw AdapterError(
            .expired, "The authorization server refreshes this license no more\(error.told). It must be acquired again."
        )
    }

    /// Fetches the keys that the tokens are checked with: after the tokens, so that a key which was changed meanwhile is
    /// among them.
    private func check(_ state: State, _ answer: Response, _ facts: Facts) throws(AdapterError) -> Transition<State> {
        guard answer.withheld.contains(Secret.accessToken) else {
            throw AdapterError(.malformed, "The authorization server gave no access_token (RFC 6749, section 5.1).")
        }
        // Some servers give no ID token with a code's tokens, and one with every refresh.
        let lacksLicense =
            Settings(facts.settings).license == Secret.idToken && !answer.withheld.contains(Secret.idToken)
        if state.stage == .asked, lacksLicense, answer.withheld.contains(Secret.refreshToken) {
            return try renew(state, facts)
        }
        var state = state
        state.stage = .keys
        let tokens = TokenAnswer(
            given: answer.withheld, expiresIn: try TokenAnswer.expiresIn(answer.body), at: facts.now)
        state.tokens = tokens
        guard let server = state.server, let keys = server.keys else {
            return Transition(state, .finish(.updated(try grant(state, Response(status: 200, body: []), facts))))
        }
        let settings = Settings(facts.settings)
        var audiences: [String: String] = [:]
        for name in answer.withheld where name != Secret.refreshToken {
            // An ID token is for the client alone (OpenID Connect Core, section 2).
            audiences[name] = name == Secret.idToken ? settings.clientID : settings.audience ?? ""
        }
        return Transition(
            state,
            .send(Request(get: keys, trust: .keySet(Request.TokenCheck(issuer: server.issuer, audiences: audiences)))))
    }

    // MARK: - Giving back

    private func revoke(_ state: State, _ facts: Facts) throws(AdapterError) -> Transition<State> {
        guard let server = state.server, let secret = Secret.revocable(facts) else { throw Self.lost }
        guard let endpoint = server.revocation else {
            let remark =
                "The authorization server revokes no tokens: remove the license there too; it ends with its tokens."
            return Transition(state, .finish(.removed(Removal(remarks: [remark]))))
        }
        var state = state
        state.stage = .revoked
        let settings = Settings(facts.settings)
        var form = settings.clientForm
        form["token"] = .withheld(secret)
        form["token_type_hint"] = .text(secret)
        return Transition(state, .send(Request(post: form, to: endpoint, client: settings.client)))
    }

    /// A token that the server does not know is revoked as well (RFC 7009, section 2.2).
    private func revoked(_ state: State, _ answer: Response) throws(AdapterError) -> Transition<State> {
        guard answer.status == 200 else { throw OAuthError(answer).refusal("asked to revoke the license's tokens") }
        return Transition(state, .finish(.removed(Removal())))
    }

    private static let lost = AdapterError(.malformed, "The conversation's state does not say what was asked.")
}

/// The names of what the core keeps and the adapter never sees: members of the server's answers.
enum Secret {
    static let deviceCode = "device_code"
    static let accessToken = "access_token"
    static let refreshToken = "refresh_token"
    static let idToken = "id_token"

    /// What an answer with tokens may hold.
    static let tokens = [accessToken, idToken, refreshToken]

    /// What the server is asked to revoke: the refresh token takes the others along.
    static func revocable(_ facts: Facts) -> String? {
        [refreshToken, accessToken].first(where: facts.withheld.contains)
    }
}
