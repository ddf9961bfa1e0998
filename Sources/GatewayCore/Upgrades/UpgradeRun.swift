import AdapterKit
import Foundation
import GatewayAPI
import GatewayProfiles
import GatewayStore

/// An upgrade of license keys, step by step: each is written down before it is made, so that a process that is killed
/// leaves behind what the next one needs to go on or to put everything back.
struct UpgradeRun: Sendable {
    let context: CallContext
    let operation: OperationRecord
    let upgrade: UpgradeRecord
    let installation: InstallationRecord
    let profile: Profile
    let adapter: AnyAdapter
    let keys: AnyAdapter.KeyDesk
    /// Whether people who are still in are waited for. A timer that comes again and again would else keep everybody out
    /// of what is interrupted.
    let waits: Bool

    var gateway: Gateway { context.gateway }
    var store: Store { context.store }
    var id: String { operation.id }
    var rules: UpgradeRules { profile.upgrade }

    /// What stands in the way, and that nothing needs to be done about it but to go on later.
    struct Stopped: Error {
        var message: String
    }

    /// - Throws: ``CallError`` where the operation is no upgrade.
    init(_ context: CallContext, _ operation: OperationRecord, waits: Bool = true) async throws {
        guard let upgrade = try await context.store.upgrade(operation.id, in: context.scope),
            let installation = try await context.store.installation(operation.installation, in: .portfolio)
        else { throw CallError(.notFound, "The operation \(operation.id) is no upgrade.") }
        let (profile, adapter) = try context.gateway.profileAndAdapter(installation.profile)
        self.context = context
        self.operation = operation
        self.upgrade = upgrade
        self.installation = installation
        self.profile = profile
        self.adapter = adapter
        keys = try adapter.keyDesk(of: profile)
        self.waits = waits
    }

    /// Goes on from the step that is written down, to an end: wholly new, wholly old, or interrupted with what is in the
    /// way. The operation is this process's own.
    func goOn() async throws {
        switch upgrade.phase {
        case .announce, .preflight, .everyoneOut, .backup, .snapshot: break
        case .activate, .deliver, .restart, .verify:
            try await everyoneOutAgain()
            if operation.status == .interrupted { try await enter(upgrade.phase, "gone on with") }
            return try await Task { try await change() }.value
        case .rollBack:
            try await everyoneOutAgain()
            let notes = try await store.operation(id, in: .portfolio)?.1 ?? []
            let reason = notes.first { $0.kind == UpgradePhase.rollBack.rawValue }?.detail
            return try await Task { try await rollBack(after: reason ?? "It was being rolled back.") }.value
        case .done where operation.ended == nil: return try await rollBackWatched()
        case .done, .rolledBack, .failed: throw CallError(.conflict, "The upgrade \(id) has ended.")
        }
        do {
            try await prepare()
        } catch let error as CancellationError {
            try await end(.failed, outcome: "cancelled", "It was cancelled before anything was changed.")
            throw error
        } catch {
            return try await end(.failed, outcome: "failed", Gateway.callError(error).message + " Nothing was changed.")
        }
        // From here on nobody cancels it half way.
        try await Task { try await change() }.value
    }

    /// Everything before the first change.
    private func prepare() async throws {
        try await enter(.preflight, "keys, folders and room")
        try checkTime()
        let files = try await hostFiles()
        try await UpgradePreflight(run: self, facts: facts(nonce: ""), files: files).check(try await openKeys())
        try await enter(.everyoneOut, "nobody new is let in")
        try await everyoneOut()
        try await enter(
            .backup, rules.backup.isEmpty ? "nothing" : rules.backup.joined(separator: ", "))
        try await backUp()
        try await enter(.snapshot, "the present registration")
        try await snapshot(files)
    }

    /// A planned one may be begun late, and one that a process left is gone on with at any time.
    private func checkTime() throws {
        // What is kept free for trouble may have been used up by then.
        var rules = rules
        rules.buffer = 0
        let zone = try gateway.zones.zone(named: installation.timeZone)
        let (problem, _) = UpgradePreflight.time(context.now, rules: rules, now: context.now, in: zone)
        if let problem { throw CallError(.conflict, "\(problem) Begin a new one.") }
    }

    /// Everything from the first change on.
    private func change() async throws {
        do {
            if [.announce, .preflight, .everyoneOut, .backup, .snapshot, .activate].contains(upgrade.phase) {
                if profile.vendor.isByHand { return try await ask() }
                try await activate()
            }
            try await deliverAndVerify(from: upgrade.phase)
        } catch let error as Stopped {
            // Nothing was changed on any host: nobody is kept out until the vendor can be asked.
            try await store.interruptUpgrade(
                id, on: installation.id, message: error.message, note: note("interrupted", error.message))
            throw CallError(.unreachable, error.message)
        } catch {
            try await rollBack(after: Gateway.callError(error).message)
        }
    }

    /// Everything after the keys are activated.
    func bringOrRollBack() async throws {
        do {
            try await deliverAndVerify(from: .deliver)
        } catch {
            try await rollBack(after: Gateway.callError(error).message)
        }
    }

    private func deliverAndVerify(from phase: UpgradePhase) async throws {
        if phase != .restart, phase != .verify { try await deliver() }
        if phase != .verify {
            try await enter(.restart, rules.restart.isEmpty ? "no command" : rules.restart.joined(separator: " "))
            try await restart()
        }
        try await enter(.verify, "seats")
        try await finish(untried: try await verify())
    }

    // MARK: - Writing down

    func enter(_ phase: UpgradePhase, _ detail: String) async throws {
        let closed: Bool =
            switch phase {
            case .announce, .preflight, .done, .rolledBack, .failed: false
            case .everyoneOut, .backup, .snapshot, .activate, .deliver, .restart, .verify, .rollBack: true
            }
        try await store.enter(
            phase, of: id, on: installation.id, note: note(phase.rawValue, detail),
            closedFor: closed ? closedFor : nil)
        context.progress(Progress(done: 0, total: 0, latest: "\(phase.rawValue): \(detail)"))
    }

    /// Why nobody new is let in.
    var closedFor: String {
        "An upgrade of the license keys of \(installation.id) is under way, since \(context.now): try again when it has "
            + "ended."
    }

    func note(_ kind: String, _ detail: String) -> StepNote { StepNote(at: context.now, kind: kind, detail: detail) }

    func tell(_ kind: String, _ detail: String) async throws {
        try await store.note([note(kind, detail)], on: id)
        context.progress(Progress(done: 0, total: 0, latest: "\(kind): \(detail)"))
    }

    func end(_ phase: UpgradePhase, outcome: String, _ message: String, delivered: [DeliveredFile] = []) async throws {
        let zone = try gateway.zones.zone(named: installation.timeZone)
        let now = context.now
        try await store.endUpgrade(
            UpgradeEnding(
                operation: id, installation: installation.id, at: now, phase: phase, outcome: outcome,
                message: message,
                monitoredUntil: phase == .done ? zone.instant(now, addingDays: rules.monitoring) : nil,
                delivered: delivered, notes: [note(phase.rawValue, message)],
                audit: context.audit(
                    "upgrade.end", customer: installation.customer, subject: installation.id,
                    detail: "operation \(id): \(outcome)")))
    }

    // MARK: - What is kept

    func openKeys() async throws -> [String: String] {
        guard let sealed = try await store.sealed(SealedAnswer.keys, of: id) else {
            throw CallError(.failed, "The keys of the upgrade \(id) are not kept any more: begin a new one.")
        }
        let bytes = try gateway.sealer.open(sealed, for: SealedAnswer.purpose(SealedAnswer.keys, of: id))
        return try JSONDecoder().decode([String: String].self, from: Data(bytes))
    }

    func openGrant() async throws -> Grant {
        guard let sealed = try await store.sealed(SealedAnswer.grant, of: id) else {
            throw CallError(.failed, "The vendor's grant of the upgrade \(id) is not kept any more.")
        }
        let bytes = try gateway.sealer.open(sealed, for: SealedAnswer.purpose(SealedAnswer.grant, of: id))
        return try JSONDecoder().decode(Grant.self, from: Data(bytes))
    }

    func seal(_ bytes: [UInt8], as name: String) throws -> Data {
        try gateway.sealer.seal(bytes, for: SealedAnswer.purpose(name, of: id))
    }

    /// What the adapter is told, with the modules that are held.
    func facts(nonce: String) async throws -> Facts {
        try await context.keyFacts(installation, profile, operation: id, nonce: nonce)
    }

    /// Where the registration file goes, on the disk's own spelling.
    func hostFiles() async throws -> [HostFile] {
        let (profile, installation) = (profile, installation)
        let roots = gateway.configuration.deliveryRoots
        return try await gateway.blocking.run { try HostFile.all(profile, of: installation, roots: roots) }
    }
}

extension CallContext {
    /// What an adapter of keys is told: which modules are held besides, for who must know whether a set is complete.
    func keyFacts(
        _ record: InstallationRecord, _ profile: Profile, operation: String, nonce: String
    ) async throws -> Facts {
        var facts = Facts(record, profile, operation: operation, nonce: nonce, at: now)
        guard let entitlement = try await store.entitlement(of: record.id, in: .portfolio) else { return facts }
        // Where everything is to be asked anew no revision is known, and the modules are held all the same.
        var held = facts.held ?? Facts.Held(revision: "", issued: record.issued ?? now)
        held.modules = entitlement.modules.map(\.code)
        facts.held = held
        return facts
    }
}

extension Gateway {
    /// Whether a profile's files come with keys that are activated, so that a refresh brings none.
    func bringsFilesWithKeys(_ profile: Profile) -> Bool { registry.adapter(for: profile.protocolName)?.keys != nil }
}

extension AnyAdapter {
    /// What the adapter knows of keys.
    ///
    /// - Throws: ``CallError`` where its vendor activates none.
    func keyDesk(of profile: Profile) throws(CallError) -> KeyDesk {
        guard let keys else {
            throw CallError(
                .conflict,
                "The protocol \(descriptor.protocolName) of the profile \(profile.name) has no keys to upgrade.")
        }
        return keys
    }
}
