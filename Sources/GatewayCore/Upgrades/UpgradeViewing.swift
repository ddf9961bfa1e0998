import AdapterKit
import Foundation
import GatewayAPI
import GatewayStore

extension ShowUpgrade: PerformedCall {
    func perform(in context: CallContext) async throws -> UpgradeView {
        try await context.upgradeView(of: installation, operation: operation)
    }
}

extension CallContext {
    /// An upgrade of an installation; the last one, where none is named.
    func upgradeView(of installation: String, operation: String? = nil) async throws -> UpgradeView {
        let record = try await self.installation(installation)
        let named: UpgradeRecord? =
            if let operation {
                try await store.upgrade(operation, in: scope).flatMap { $0.installation == record.id ? $0 : nil }
            } else {
                try await store.upgrades(of: installation, limit: 1).first
            }
        guard let upgrade = named,
            let (operation, notes) = try await store.operation(upgrade.operation, in: scope)
        else {
            throw CallError(
                .notFound,
                operation.map { "\"\($0)\" is no upgrade of the keys of \(installation)." }
                    ?? "No upgrade of the keys of \(installation) was ever begun.")
        }
        let plan = try? JSONDecoder().decode(UpgradePlan.self, from: upgrade.plan)
        let wasTried =
            upgrade.registrationAfter.isEmpty && upgrade.phase != .announce && upgrade.phase != .done
        let facts = try await store.recordedFacts(of: installation, in: scope)?.facts
        let contacts = try await store.contacts(in: scope, of: record.customer)
        let refused = try await store.denials(of: upgrade.operation).map {
            UpgradeView.Denial(
                at: $0.at, user: caller.seesUsers ? $0.user : "", host: caller.seesUsers ? $0.host : "", pool: $0.pool,
                reason: $0.reason)
        }
        func views(_ notes: [StepNote]) -> [OperationView.StepView] {
            notes.enumerated().map { .init(number: $0 + 1, at: $1.at, kind: $1.kind, detail: $1.detail) }
        }
        return UpgradeView(
            operation: upgrade.operation, installation: installation, customer: record.customer,
            phase: upgrade.phase.rawValue, status: operation.status.rawValue, start: upgrade.start,
            ended: operation.ended, caller: operation.caller, message: operation.message ?? "",
            warnings: plan?.warnings ?? [], before: upgrade.registrationBefore, after: upgrade.registrationAfter,
            tried: wasTried ? plan?.tried ?? [] : [], backup: upgrade.backup,
            hosts: try await hosts(of: upgrade, record, isPlanned: operation.status == .planned), steps: views(notes),
            monitoredUntil: upgrade.phase == .done ? upgrade.monitoredUntil : nil,
            closed: upgrade.closed,
            observations: views(upgrade.observations), denials: upgrade.denials,
            refused: refused, others: try await others(than: upgrade),
            contacts: contacts.filter { $0.role == .support || $0.role == .provider },
            emergencyPlan: facts?.emergencyPlan)
    }

    /// Where its files go; where it is planned, the hosts that the site names today, which are those that it would reach.
    private func hosts(
        of upgrade: UpgradeRecord, _ record: InstallationRecord, isPlanned: Bool
    ) async throws -> [UpgradeView.HostView] {
        if isPlanned, let profile = try? gateway.profileAndAdapter(record.profile).0 {
            let roots = gateway.configuration.deliveryRoots
            let files = try? await gateway.blocking.run { try HostFile.all(profile, of: record, roots: roots) }
            if let files { return files.map { .init(host: $0.host, path: $0.destination.path, trouble: nil) } }
        }
        return try await store.upgradeFiles(of: upgrade.operation).map {
            .init(host: $0.host, path: $0.path, trouble: $0.trouble)
        }
    }

    /// The newest other upgrades of the same installation, and the one that is watched.
    private func others(than upgrade: UpgradeRecord) async throws -> [UpgradeView.Other] {
        let all = try await store.upgrades(of: upgrade.installation, limit: 100).filter {
            $0.operation != upgrade.operation
        }
        func isWatched(_ other: UpgradeRecord) -> Bool { other.phase == .done && other.closed == nil }
        return all.enumerated().filter { $0.offset < 3 || isWatched($0.element) }.map { _, other in
            UpgradeView.Other(
                operation: other.operation, phase: other.phase.rawValue, start: other.start, isWatched: isWatched(other)
            )
        }
    }
}
