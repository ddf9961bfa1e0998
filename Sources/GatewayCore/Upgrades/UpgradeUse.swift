import AdapterKit
import Foundation
import GatewayAPI
import GatewayProfiles
import GatewayStore

extension UpgradeKeys: PerformedCall {
    func perform(in context: CallContext) async throws -> UpgradeView {
        let record = try await context.installation(installation)
        if let archived = record.archived {
            throw CallError(.conflict, "The installation \(installation) is archived, since \(archived).")
        }
        let (profile, adapter) = try context.gateway.profileAndAdapter(record.profile)
        let desk = try adapter.keyDesk(of: profile)
        let zone = try context.gateway.zones.zone(named: record.timeZone)
        let now = context.now
        let begins = try instant(at: now)
        var (problem, warnings) = UpgradePreflight.time(begins, rules: profile.upgrade, now: now, in: zone)
        let id = Identifiers.operation(at: now)
        let facts = try await context.keyFacts(record, profile, operation: id, nonce: Identifiers.nonce())
        let roots = context.gateway.configuration.deliveryRoots
        let files = try await context.gateway.blocking.run { try HostFile.all(profile, of: record, roots: roots) }
        let preflight = UpgradePreflight(
            context, facts: facts, keys: desk, profile: profile, record: record,
            files: files)
        let problems = try await (problem.map { [$0] } ?? []) + preflight.problems(keys)
        guard problems.isEmpty else {
            throw CallError(.invalid, (problems + ["Nothing was changed."]).joined(separator: "\n"))
        }
        warnings += try await preflight.warnings()
        guard !dryRun else {
            return UpgradeView(
                operation: nil, installation: installation, customer: record.customer, phase: "announce",
                status: "possible", start: begins, caller: context.caller.id,
                message: "It could be made. Nothing was changed.", warnings: warnings,
                hosts: files.map { .init(host: $0.host, path: $0.destination.path, trouble: nil) })
        }
        try await begin(id, record, profile, adapter, files, begins, warnings, facts, context)
        guard begins <= now else { return try await ShowUpgrade(installation: installation).perform(in: context) }
        return try await context.goOn(id)
    }

    private func instant(at now: Instant) throws(CallError) -> Instant {
        switch start {
        case .now: return now
        case .instant(let instant):
            guard instant >= now.adding(minutes: -1) else {
                throw CallError(.invalid, "\(instant) has passed (it is \(now)): name a time to come, or none for now.")
            }
            return instant
        case .day(let day):
            throw CallError(.invalid, "\(day) is a day: say at what time it begins, such as \(day)T20:00:00Z.")
        }
    }

    private func begin(
        _ id: String, _ record: InstallationRecord, _ profile: Profile, _ adapter: AnyAdapter, _ files: [HostFile],
        _ begins: Instant, _ warnings: [String], _ facts: Facts, _ context: CallContext
    ) async throws {
        let now = context.now
        let identity = Dictionary(
            adapter.descriptor.identity.compactMap { field in keys[field.name].map { (field.name, $0) } },
            uniquingKeysWith: { first, _ in first })
        let plan = try JSONEncoder().encode(
            UpgradePlan(
                identity: identity, warnings: warnings,
                tried: adapter.descriptor.registration(record.identity.merging(identity) { $1 })))
        let step = try Step.wait(until: begins).json()
        let contacts = try await context.store.contacts(in: context.scope, of: record.customer).count
        let users = Set(try await context.store.sessions(of: record.id, in: context.scope, at: now).map(\.user)).count
        let told = "to \(contacts) contacts and \(users) users who are in; begins \(begins)"
        let new = NewOperation(
            id: id, installation: record.id, customer: record.customer, protocolName: profile.protocolName,
            act: .upgrade, caller: context.caller.id, owner: begins > now ? "" : try context.gateway.owner.get().id,
            started: now, basedOn: record.revision, edits: record.edits,
            first: JournaledTransition(
                nonce: facts.nonce, state: Data("{}".utf8), step: step, waitsUntil: begins > now ? begins : nil,
                isPlanned: begins > now,
                note: StepNote(at: now, kind: "announce", detail: told)))
        let bytes = Array(try JSONEncoder().encode(keys))
        var claim = ClaimResult.stale
        try await context.gateway.keepSealed(bytes, for: SealedAnswer.purpose(SealedAnswer.keys, of: id)) { sealed in
            claim = try await context.store.beginUpgrade(
                new, plan: plan, start: begins, keys: sealed,
                files: files.map {
                    UpgradeFileRecord(
                        number: $0.number, host: $0.host, delivery: $0.delivery, path: $0.destination.path)
                },
                audit: context.audit(
                    Self.name, customer: record.customer, subject: record.id, detail: "operation \(id), \(told)"))
        }
        switch claim {
        case .claimed: return
        case .busy(let open), .asked(let open):
            throw CallError(
                .conflict,
                "On \(record.id) an operation is open (\(open.act.rawValue), since \(open.started)): let it end first. "
                    + (open.act == .upgrade
                        ? "`gatehouse upgrade show \(record.id)` tells of it."
                        : "`gatehouse operations show \(open.id)`."))
        case .stale:
            throw CallError(.conflict, "\(record.id) was changed meanwhile: try again. Nothing was changed.")
        }
    }
}

extension CallContext {
    /// Goes on with an upgrade that is this process's own, to its end.
    ///
    /// - Parameter waits: Whether to wait for people to leave, as long as the profile says.
    func goOn(_ operation: String, waits: Bool = true) async throws -> UpgradeView {
        guard let (record, _) = try await store.operation(operation, in: scope) else {
            throw CallError(.notFound, "There is no operation \"\(operation)\".")
        }
        try await UpgradeRun(self, record, waits: waits).goOn()
        return try await upgradeView(of: record.installation, operation: operation)
    }

    /// The upgrade of an installation that is done and being watched; nil where there is none.
    func watchedUpgrade(of installation: String) async throws -> UpgradeRecord? {
        try await store.upgrades(of: installation, limit: 100).first { $0.phase == .done && $0.closed == nil }
    }

    /// The upgrade of an installation that is being watched, or else the last one, where it came to nothing and nobody
    /// closed it.
    func upgradeToSeeTo(of installation: String) async throws -> UpgradeRecord? {
        if let watched = try await watchedUpgrade(of: installation) { return watched }
        return try await store.upgrades(of: installation, limit: 1).first {
            [.failed, .rolledBack].contains($0.phase) && $0.closed == nil
        }
    }

    /// Takes an open upgrade over from a process that is gone.
    ///
    /// - Throws: ``CallError`` `conflict` where one is at it.
    func takeOverUpgrade(_ record: OperationRecord) async throws {
        let owner = try gateway.owner.get().id
        if record.status == .asking {
            guard try await store.startPlanned(record.id, on: record.installation, owner: owner) else {
                throw CallError(
                    .conflict, "Another operation is open on \(record.installation): let it end first.")
            }
            return
        }
        if record.status == .planned {
            guard try await store.startPlanned(record.id, on: record.installation, owner: owner) else {
                throw CallError(
                    .conflict,
                    "Another operation is open on \(record.installation): the upgrade begins once it has ended.")
            }
            return
        }
        guard !Recovery.isAlive(record.owner, of: gateway),
            try await store.takeOver(record.id, from: record.owner, by: owner)
        else {
            throw CallError(
                .conflict, "A process is at the upgrade of \(record.installation): wait until it has ended.")
        }
    }
}

extension ResumeUpgrade: PerformedCall {
    func perform(in context: CallContext) async throws -> UpgradeView {
        let record = try await context.installation(installation)
        guard let open = try await context.store.openUpgrade(on: record.id) else {
            throw CallError(.conflict, "No upgrade of \(installation) is open.")
        }
        if let until = open.waitsUntil, until > context.now {
            throw CallError(
                .conflict, "The upgrade of \(installation) begins \(until): `gatehouse run --due` begins it then.")
        }
        if open.status == .asking {
            throw CallError(
                .conflict,
                "The upgrade of \(installation) waits for a person: `gatehouse steps show \(open.id)` says what to do.")
        }
        try await context.takeOverUpgrade(open)
        try await context.store.append(
            context.audit(
                Self.name, customer: record.customer, subject: record.id, detail: "operation \(open.id)"))
        return try await context.goOn(open.id)
    }
}

extension ObserveUpgrade: PerformedCall {
    func perform(in context: CallContext) async throws -> UpgradeView {
        let record = try await context.installation(installation)
        guard let last = try await context.upgradeToSeeTo(of: record.id) else {
            throw CallError(
                .conflict,
                "No upgrade of \(installation) is being watched, and none came to nothing that is not closed.")
        }
        let text = note.trimmingSpace()
        guard !text.isEmpty || closes else { throw CallError(.invalid, "Say what was seen, or close it.") }
        let now = context.now
        let seen = text.isEmpty ? nil : try RecordedText.name(text, "What was seen")
        let kept = try await context.store.observe(
            seen.map { StepNote(StepNote.seen, by: context.caller.id, at: now, detail: $0) },
            closing: closes ? (now, context.caller.id) : nil, of: last.operation,
            audit: context.audit(
                Self.name, customer: record.customer, subject: record.id,
                detail: "operation \(last.operation)\(closes ? ", closed" : "")"))
        guard kept else { throw CallError(.conflict, "The upgrade of \(installation) is being rolled back.") }
        return try await context.upgradeView(of: installation, operation: last.operation)
    }
}

extension RunDue: PerformedCall {
    func perform(in context: CallContext) async throws -> DueReport {
        let due = try await context.store.dueUpgrades(in: context.scope, at: context.now)
            .filter { !Recovery.isAlive($0.owner, of: context.gateway) }
        // Beside each other: one waits long for the people of one customer, and nobody else's license waits with it.
        async let refreshes = Refresh(selection: .due, trigger: .schedule).perform(in: context)
        let upgrades = try await withThrowingTaskGroup(of: (Int, UpgradeView).self) { group in
            for (number, record) in due.enumerated() {
                group.addTask { (number, try await goOn(record, context)) }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }.sorted { $0.key < $1.key }.map(\.value)
        }
        return DueReport(upgrades: upgrades, refreshes: try await refreshes)
    }

    /// Begins one or goes on with it. What is in its way is told with its own record.
    private func goOn(_ record: OperationRecord, _ context: CallContext) async throws -> UpgradeView {
        do {
            try await context.takeOverUpgrade(record)
            return try await context.goOn(record.id, waits: record.status == .planned)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            var view = try await context.upgradeView(of: record.installation, operation: record.id)
            view.message = Gateway.callError(error).message
            return view
        }
    }
}
