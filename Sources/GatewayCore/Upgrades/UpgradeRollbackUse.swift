import AdapterKit
import Foundation
import GatewayAPI
import GatewayProfiles
import GatewayStore

extension RollBackUpgrade: PerformedCall {
    func perform(in context: CallContext) async throws -> UpgradeView {
        let record = try await context.installation(installation)
        let reason = "It was rolled back by \(context.caller.id)."
        let audit = context.audit(
            Self.name, customer: record.customer, subject: record.id, detail: "the last upgrade")
        let operation: String
        if let open = try await context.store.openUpgrade(on: record.id) {
            try await putBack(open, reason, audit, in: context)
            operation = open.id
        } else {
            operation = try await putBackWatched(record, reason, audit, in: context)
        }
        return try await context.upgradeView(of: installation, operation: operation)
    }

    /// Puts back one that has not ended.
    private func putBack(
        _ open: OperationRecord, _ reason: String, _ audit: AuditEntry, in context: CallContext
    ) async throws {
        let run = try await UpgradeRun(context, open)
        let phase = run.upgrade.phase
        let changes = phase.isBeyondSnapshot || phase == .rollBack
        // While a person is asked it stays closed, and it stays asked where somebody is in all the same.
        if changes, open.status == .asking, let stillIn = try await run.waitUntilOut() {
            throw CallError(.conflict, "\(run.notOut(stillIn.shown)), and try again. Nothing was changed.")
        }
        try await context.takeOverUpgrade(open)
        try await context.store.append(audit)
        if phase == .done { return try await run.goOn() }
        guard changes else { return try await run.end(.failed, outcome: "cancelled", "\(reason) Nothing was changed.") }
        if open.status != .asking { try await run.everyoneOutAgain() }
        let doubt = await run.isInDoubt() ? " \(UpgradeRun.doubt)" : ""
        try await Task { try await run.rollBack(after: reason + doubt) }.value
    }

    /// Puts back the one that is done and watched, once those who work with it are out.
    ///
    /// - Returns: The operation's ID.
    private func putBackWatched(
        _ record: InstallationRecord, _ reason: String, _ audit: AuditEntry, in context: CallContext
    ) async throws -> String {
        guard let last = try await context.watchedUpgrade(of: record.id),
            let (ended, _) = try await context.store.operation(last.operation, in: context.scope)
        else {
            throw CallError(
                .conflict, "No upgrade of \(record.id) is open or being watched: there is nothing to put back.")
        }
        let run = try await UpgradeRun(context, ended)
        var plan = try run.plan()
        plan.reopened = UpgradePlan.Reopened(reason: reason, ended: ended.ended ?? context.now)
        let reopened = try await context.store.reopenUpgrade(
            last.operation, on: record.id, owner: context.gateway.owner.get().id, plan: JSONEncoder().encode(plan),
            closedFor: run.closedFor,
            note: StepNote(at: context.now, kind: "everyoneOut", detail: "nobody new is let in. \(reason)"),
            audit: audit)
        guard reopened, let (operation, _) = try await context.store.operation(last.operation, in: context.scope) else {
            throw CallError(.conflict, "Another operation is open on \(record.id): let it end first.")
        }
        try await UpgradeRun(context, operation).goOn()
        return last.operation
    }
}

extension UpgradeRun {
    /// Goes on with the rollback of what was done, once everyone is out: else the original seats could not be tried. Where
    /// somebody stays in, it is watched as before.
    ///
    /// - Throws: ``CallError`` `conflict` that says who is in.
    func rollBackWatched() async throws {
        let plan = try plan()
        guard let reopened = plan.reopened else {
            throw CallError(.failed, "The upgrade \(id) is open, and its record does not say what for.")
        }
        do {
            if let stillIn = try await waitUntilOut() {
                try await tell("everyoneOut", stillIn.kept)
                throw CallError(
                    .conflict, "\(notOut(stillIn.shown)), and try again. Nothing was changed: it is still watched.")
            }
            try await tell("everyoneOut", "nobody is in")
        } catch {
            try await store.watchOn(
                id, on: installation.id, ended: reopened.ended,
                note: note("watched", "it was not rolled back, and is watched as before"))
            throw error
        }
        try await Task { try await rollBack(after: reopened.reason) }.value
    }

    /// Whether the vendor was asked to activate the keys, and nothing is known of its answer. One that came, and was not
    /// read before the process ended, is read for that.
    func isInDoubt() async -> Bool {
        guard upgrade.phase == .activate, !profile.vendor.isByHand,
            let asked = try? Conversation.journaled(operation).0, case .send = asked.step
        else { return false }
        return await readAnswer() == nil
    }

    static let doubt =
        "The vendor may have activated the new keys all the same: ask it, and where it has, begin the upgrade again with "
        + "the same keys."
}
