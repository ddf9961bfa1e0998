import AdapterKit
import GatewayAPI
import GatewayProfiles
import GatewayStore

extension VerifyToken: PerformedCall {
    func perform(in context: CallContext) async throws -> TokenVerdict {
        try await context.gateway.tokens.verdict(on: token, at: installation, in: context)
    }
}

extension ShowTokens: PerformedCall {
    func perform(in context: CallContext) async throws -> LicensePage {
        let record = try await context.installation(installation)
        let (profile, _) = try await context.gateway.profileAndAdapter(for: record)
        guard let kept = try await context.gateway.keptTokens(of: record, profile) else {
            throw AuthorizationText.unable(record, profile)
        }
        guard let result = try await context.standing(of: installation, at: at) else {
            throw CallError(.notFound, context.gateway.missingProfile(record.profile))
        }
        let ground = try await context.store.tokenGround(of: installation, in: context.scope)
        var shared: (keySet: [UInt8], at: Instant)?
        if let terms = ground?.terms {
            shared = try await context.store.keys(of: terms.issuer, trust: profile.vendor.trust)
        }
        let entitlement = kept.entitlement
        let status =
            entitlement == nil ? Standing.unlicensedLabel : result.label(of: TokenDate.renewsOn.rawValue)
        return LicensePage(
            installation: installation, status: status,
            license: entitlement.flatMap { TokenReading(details: $0.details, edition: $0.edition) },
            renewsOn: entitlement?.dates[TokenDate.renewsOn.rawValue],
            tokenExpires: entitlement?.dates[TokenDate.tokenExpires.rawValue],
            standing: result.standing.label, access: result.standing.access, messages: result.messages,
            refreshDue: kept.canRefresh ? record.refreshDue : nil,
            authorizeAgain: try await context.acquireAgain(record, at: result.at)?.text,
            lostAnswer: try await LostAnswers(context: context).open(on: installation).map(LostAnswers.told),
            verification: Self.verification(
                ground, fetched: [ground?.seen, shared?.at].compactMap { $0 }.max(), isHeld: entitlement != nil))
    }

    private static func verification(_ ground: TokenGround?, fetched: Instant?, isHeld: Bool) -> String {
        guard let terms = ground?.terms else {
            return isHeld
                ? "The issuer gives opaque tokens: only its server can say whether one is good."
                : "There is no license yet whose tokens could be checked."
        }
        let seen = fetched.map { ", as they were fetched \($0)" } ?? ""
        return "Tokens are checked here with the keys of \(terms.issuer)\(seen)."
    }
}

extension StandingDesk.Result {
    /// The label of what is said of one date alone, whatever else there is to say.
    fileprivate func label(of date: String) -> String {
        standing.stages.first { $0.from == date && $0.module == nil && $0.label != nil }?.label
            ?? Standing.licensedLabel
    }
}
