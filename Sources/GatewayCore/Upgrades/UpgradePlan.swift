import AdapterKit
import Foundation
import GatewayStore

/// What an upgrade was begun with and what is to be remembered of it, as the store keeps it; no keys.
struct UpgradePlan: Codable, Hashable, Sendable {
    /// The identity that the keys bring.
    var identity: [String: String]
    /// What was warned of.
    var warnings: [String]
    /// What the registration says with the keys, secrets masked: the identity that they bring; and what was granted, once
    /// that is known.
    var tried: [RegistrationLine] = []
    /// Whether the vendor is known to have activated the keys, whatever became of its grant since; nil where it is not.
    var isActivated: Bool?
    /// That it was done, and is open again to be rolled back once everyone is out; nil where it is not.
    var reopened: Reopened?

    /// A rollback of what was done.
    struct Reopened: Codable, Hashable, Sendable {
        /// Why.
        var reason: String
        /// When the upgrade was done.
        var ended: Instant
    }
}

extension UpgradeRun {
    /// What it was begun with.
    func plan() throws -> UpgradePlan { try JSONDecoder().decode(UpgradePlan.self, from: upgrade.plan) }
}
