import AdapterKit

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension POSStandIn {
    /// Gives out tokens (RFC 6749, section 5).
    func token(_ question: POSQuestion, _ fields: FormFields) throws -> VendorAnswer {
        switch fields["grant_type"] {
        case Self.deviceGrant:
            guard let code = fields["device_code"] else { throw OAuthError.request("device_code is missing.") }
            return try .json(redeem(code, question))
        case "refresh_token":
            guard let text = fields["refresh_token"] else { throw OAuthError.request("refresh_token is missing.") }
            return try .json(refresh(text, fields["scope"], question))
        case nil: throw OAuthError.request("grant_type is missing.")
        case _?:
            throw OAuthError(
                "unsupported_grant_type", "Only \(Self.deviceGrant) and refresh_token are granted here.")
        }
    }

    // MARK: The device code

    /// What a client's question with a device code is answered (RFC 8628, section 3.5).
    private func redeem(_ code: String, _ question: POSQuestion) throws -> [UInt8] {
        let now = question.now
        return try office.work(by: book, at: now) { state in
            switch state.codes.ask(code, at: now) {
            case .unknown: throw OAuthError.grant("There is no such device code, or it expired long ago.")
            case .expired: throw OAuthError("expired_token", "The device code has expired. Begin again.")
            case .pending: throw OAuthError("authorization_pending", "Nobody has authorized the device yet.")
            case .tooSoon:
                throw OAuthError("slow_down", "That was too soon: wait five seconds longer than before, from now on.")
            case .denied: throw OAuthError("access_denied", "The device was not authorized.")
            case .spentBefore(let license):
                state.licenses.end(license, .codeReused, at: now)
                throw OAuthError.grant(POSLicense.End.codeReused.told)
            case .approved(let serverID, let entry):
                guard let (organization, device) = book.device(serverID), !device.isExpired(on: now.day),
                    state.licenses.license(of: serverID) == nil
                else {
                    state.codes.withdraw(serverID, at: now)
                    throw OAuthError("access_denied", "The device can't be licensed any more. Begin again.")
                }
                let license = POSLicense(
                    id: RefreshToken.newLicense(), serverID: serverID, organization: organization.name,
                    scope: entry.scope, acquired: now, refreshed: now)
                let answer = try state.issue(license, for: device, spending: nil, book, question)
                state.codes.spend(entry, for: license.id)
                return answer
            }
        }
    }

    // MARK: The refresh token

    /// What a refresh token brings (RFC 6749, section 6), each of them once.
    private func refresh(_ text: String, _ scope: String?, _ question: POSQuestion) throws -> [UInt8] {
        let now = question.now
        return try office.work(by: book, at: now) { state in
            guard let token = RefreshToken(text, question.refreshKey), let license = state.licenses[token.license]
            else { throw OAuthError.grant("This server knows no such refresh token. Authorize the device again.") }
            if let end = license.end { throw OAuthError.grant(end.told) }
            let again = try repeated(text, token, license, now)
            if again == nil, token.number != license.number {
                state.licenses.end(license.id, .reused, at: now)
                throw OAuthError.grant(POSLicense.End.reused.told)
            }
            guard let (_, device) = book.device(license.serverID) else {
                throw OAuthError.grant(POSLicense.End.gone.told)
            }
            if let renewsOn = device.renewsOn?.day(on: now.day), device.isExpired(on: now.day) {
                throw OAuthError.grant(
                    "The license expired: it had to be renewed by \(renewsOn). Remove it at the authorization server, "
                        + "have it renewed, and acquire it again.")
            }
            guard Set(try Scope.read(scope)).isSubset(of: license.scope) else {
                throw OAuthError("invalid_scope", "More is asked for than was authorized.")
            }
            return try again ?? state.issue(license, for: device, spending: text, book, question)
        }
    }

    /// The answer that a spent refresh token got, while its answer may still be on its way.
    private func repeated(
        _ text: String, _ token: RefreshToken, _ license: POSLicense, _ now: Instant
    ) throws -> [UInt8]? {
        guard token.number &+ 1 == license.number, let spent = license.spent, let sealed = license.sealedAnswer,
            now < spent.adding(seconds: book.reuseWindow)
        else { return nil }
        return SealedAnswer.open(sealed, with: text)
    }
}
