import AdapterKit
import Foundation
import GatewayAPI
import GatewayProfiles
import GatewayStore

extension Settling {
    /// Whether what is held lives on tokens.
    var isOnTokens: Bool { context.gateway.isOnTokens(profile) }

    /// Leaves an operation open whose answer is lost: the next command asks the vendor what became of it before anything is
    /// repeated.
    func leave(_ result: RefreshResult, _ operation: String) async throws -> RefreshResult {
        try await release(operation)
        var result = result
        result.message +=
            isOnTokens
            ? " The answer was lost. \(LostAnswers.advice(contact.act, record.id))"
            : " Whether the vendor acted upon it is asked by the next command."
        return result
    }

    /// Whether an error is the server's word that it refreshes the license no more.
    func mustBeAcquiredAgain(_ error: AdapterError) -> Bool {
        isOnTokens && error.code == .expired && contact.renews
    }

    /// By which commands the license is acquired again.
    func acquiringAgain() async throws -> String {
        let zone = try context.gateway.zones.zone(named: record.timeZone)
        let held = record.held ? try await context.store.entitlement(of: record.id, in: .portfolio) : nil
        return AuthorizationText.again(
            record.id, isPastRenewal: held?.isPastRenewal(at: context.now, in: zone) == true)
    }

    /// What is kept with a grant whose license lives on tokens: of the identity also what the vendor told itself.
    func tokens(_ grant: Grant) -> OperationEnding.NewTokens {
        let told = grant.attestation.subject.filter { record.identity[$0.key] == nil }
        return OperationEnding.NewTokens(
            identity: record.identity.merging(told) { own, _ in own }, terms: grant.tokens,
            server: grant.entitlement.details[TokenDetail.serverID.rawValue], trust: profile.vendor.trust)
    }

    /// Which server's tokens are refused from now on, since its issuer has ended the license. Where an answer was lost before
    /// the issuer may only not know the token any more, and an outage takes nobody's license.
    func endedServer(_ error: AdapterError, _ operation: String) async throws -> RevokedServer? {
        guard mustBeAcquiredAgain(error), try await !LostAnswers(context: context).wasLost(in: operation) else {
            return nil
        }
        return try await licensedServer()
    }

    /// The server that the license is for, as its issuer knows it; nil where that is not known.
    private func licensedServer() async throws -> RevokedServer? {
        let ground = try await context.store.tokenGround(of: record.id, in: .portfolio)
        guard let issuer = ground?.terms?.issuer, let id = ground?.own[TokenDetail.serverID.rawValue] else {
            return nil
        }
        return RevokedServer(issuer: issuer, server: id)
    }

    /// Takes a license out of force that was given back, and ends the operation.
    func remove(_ removal: Removal, _ operation: String, _ notes: [StepNote]) async throws -> RefreshResult {
        let now = context.now
        let message = (["The license was given back."] + removal.remarks).joined(separator: " ")
        var ending = OperationEnding(
            operation: operation, installation: record.id, at: now, status: .done, outcome: "removed",
            message: message, notes: notes + [StepNote(at: now, kind: "finish", detail: "removed")],
            audit: context.audit(
                "license.remove", customer: record.customer, subject: record.id, detail: "operation \(operation)"))
        ending.removal = OperationEnding.Removed(server: try await licensedServer())
        try await context.store.end(ending)
        return RefreshResult(installation: record.id, outcome: .removed, message: message, operation: operation)
    }
}

extension Profile.Vendor {
    /// What its server is trusted by beside the usual authorities; empty for nothing.
    var trust: String { [pin, authorities].compactMap { $0 }.joined(separator: "\n") }
}

extension Gateway {
    /// Whether a profile's license lives on tokens that the vendor's server gives.
    func isOnTokens(_ profile: Profile) -> Bool { registry.isOnTokens(profile) }

    /// The same of a profile by its name; false where there is none.
    func isOnTokens(profile name: String) -> Bool { profiles.profiles[name].map(isOnTokens) ?? false }
}

extension AdapterRegistry {
    /// Whether a profile's license lives on tokens that the vendor's server gives.
    func isOnTokens(_ profile: Profile) -> Bool {
        !profile.vendor.isByHand
            && adapter(for: profile.protocolName)?.capabilities.contains(.deviceAuthorization) == true
    }
}
