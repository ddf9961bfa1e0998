import AdapterKit
import GatewayAPI
import GatewayProfiles
import GatewayStore

/// What is kept of a license that lives on tokens, as its adapter is told of it.
struct KeptTokens: Sendable {
    /// The names of the secrets that are kept.
    let withheld: [String]
    /// Whether there is a token to refresh it with, which the server may still take.
    let canRefresh: Bool
    /// What is in force; nil where nothing is.
    let entitlement: Entitlement?

    /// Tells an adapter.
    func tell(_ facts: inout Facts) {
        facts.withheld = withheld
        facts.held?.entitlement = entitlement
    }
}

extension Gateway {
    /// What is kept of an installation's license; nil where it does not live on tokens.
    func keptTokens(of record: InstallationRecord, _ profile: Profile) async throws -> KeptTokens? {
        guard isOnTokens(profile) else { return nil }
        let names = try await store.withheldNames(of: record.id)
        return KeptTokens(
            withheld: names,
            canRefresh: names.contains(WithheldSecrets.refreshToken) && record.authorizeAgain == nil,
            entitlement: record.held ? try await store.entitlement(of: record.id, in: .portfolio) : nil)
    }
}
