import AdapterKit
import Foundation
import GatewayAPI
import GatewayProfiles
import GatewayStore

extension UpgradeRun {
    // MARK: - Activate

    /// Has the vendor activate the keys, once; after a crash it is asked what became of it first.
    func activate() async throws {
        let outcome: Outcome
        if upgrade.phase == .activate, let asked = try? Conversation.journaled(operation).0, case .send = asked.step {
            outcome = try await resumeActivation()
        } else {
            let values = try await openKeys()
            try await enter(.activate, "the vendor is asked, once\(try identityChange())")
            let nonce = Identifiers.nonce()
            let facts = try await facts(nonce: nonce)
            let transition = try keys.upgrade(facts, keys: values)
            try await store.journal(
                try Conversation.journal(transition, nonce: nonce, at: context.now), of: id, answered: nil)
            outcome = try await result { try await conversation(facts).run(from: transition, nonce: nonce) }
        }
        guard case .updated(let grant) = outcome else {
            throw AdapterError(
                .malformed, "The vendor says that nothing changed, and was asked to activate other keys.")
        }
        try check(grant.attestation)
        try await keep(grant)
    }

    private func resumeActivation() async throws -> Outcome {
        let facts = try await facts(nonce: operation.nonce ?? "")
        let conversation = conversation(facts)
        if let answer = operation.answer {
            return try await result { try await conversation.resume(operation, sealed: answer) }
        }
        do {
            return try await result { try await conversation.inspect(operation) }
        } catch let error as AdapterError where error.code.leavesDoubt {
            throw Stopped(
                message:
                    "Whether the vendor activated the keys is not known: \(error.message) Nothing else was changed. "
                    + "`gatehouse upgrade resume \(installation.id)` asks again.")
        }
    }

    private func conversation(_ facts: Facts) -> Conversation {
        Conversation(gateway: gateway, adapter: adapter, profile: profile, installation: installation.id, facts: facts)
    }

    /// How a conversation ended; what was lost on the way is asked about by the next.
    private func result(_ conversation: () async throws -> Conversation.Ending) async throws -> Outcome {
        do {
            switch try await conversation() {
            case .finished(let outcome, _): return outcome
            case .waiting, .asking, .showing:
                throw AdapterError(.malformed, "The adapter waits in the middle of an activation, which it may not.")
            }
        } catch let error as LostAnswer {
            throw Stopped(
                message: "\(error.message) Whether the vendor acted upon it is asked by `gatehouse upgrade resume "
                    + "\(installation.id)`; nothing else was changed.")
        } catch let error as OutOfOrder {
            throw error.error
        }
    }

    /// The grant must name the installation by the identity that the keys bring, and not come from the future.
    private func check(_ attestation: Attestation) throws {
        let plan = try plan()
        for (name, value) in plan.identity
        where attestation.subject[name].map({ $0.utf8.elementsEqual(value.utf8) }) != true {
            let said = attestation.subject[name].map { "\"\($0)\"" } ?? "none"
            throw AdapterError(
                .conflict, "The vendor's answer is for another installation: its \(name) is \(said).", field: name)
        }
        guard attestation.issued <= context.now.adding(minutes: Settling.clockTolerance) else {
            throw AdapterError(
                .conflict,
                "The vendor's answer is dated \(attestation.issued), which is still to come: check the clock.")
        }
    }

    func keep(_ grant: Grant) async throws {
        let before = Dictionary(
            try await store.upgradeFiles(of: id).map { ($0.number, $0.beforeSHA256) },
            uniquingKeysWith: { first, _ in first })
        var records: [UpgradeFileRecord] = []
        for file in try await hostFiles() {
            guard let contents = grant.files.first(where: { $0.delivery == file.delivery })?.contents else { continue }
            let wanted = WantedFile(
                destination: file.destination, contents: contents, recorded: before[file.number] ?? nil)
            let id = id
            let plan = try await gateway.blocking.run {
                try Deliveries.plan(operation: id, [wanted], adopt: true)
            }
            records.append(
                UpgradeFileRecord(
                    number: file.number, host: file.host, delivery: file.delivery, path: file.destination.path,
                    plan: try JSONEncoder().encode(plan.files[0])))
        }
        guard !records.isEmpty else {
            throw AdapterError(.malformed, "The vendor activated the keys, and gave no registration file.")
        }
        var plan = try plan()
        plan.tried = try registration(of: grant)
        try await store.keepPlan(try JSONEncoder().encode(plan), of: id)
        let sealed = try seal(Array(try JSONEncoder().encode(grant)), as: SealedAnswer.grant)
        try await store.keepActivation(
            sealed, files: records, of: id,
            notes: [
                note("activate", "the vendor activated them: \(Self.told(grant))"),
                note("deliver", "to \(records.map(\.host).joined(separator: ", "))"),
            ])
    }

    /// What was granted, in a few words.
    private static func told(_ grant: Grant) -> String {
        let seats = grant.entitlement.seats.map { "\($0.count) \($0.name)" }
        let end = grant.entitlement.end.map { ["until \($0)"] } ?? []
        return (end + seats).joined(separator: ", ")
    }

    // MARK: - Deliver

    /// Which identity the keys bring, for the record: also of an upgrade that is refused or rolled back.
    func identityChange() throws -> String {
        let plan = try plan()
        let open = adapter.descriptor.identity.filter { !$0.secret }.map(\.name)
        var notes = EditNotes()
        notes.add(
            identity: installation.identity, installation.identity.merging(plan.identity) { $1 }, open: Set(open))
        return notes.text.isEmpty ? "" : ": \(notes.text)"
    }

    /// Puts the registration file on every host, all at once, each checked by its hash; then it is in force.
    func deliver() async throws {
        let grant = try await openGrant()
        let files = try await store.upgradeFiles(of: id).filter { $0.plan != nil }
        context.progress(
            Progress(done: 0, total: files.count, latest: "deliver: to \(files.map(\.host).joined(separator: ", "))"))
        let (trouble, _) = await onEveryHost(files) { plan, file in
            guard let contents = grant.files.first(where: { $0.delivery == file.delivery })?.contents else {
                return false
            }
            try Deliveries.complete(plan, contents: [contents])
            return true
        }
        try await store.keepTrouble(trouble, of: id)
        let failed = files.filter { trouble[$0.number] ?? nil != nil }
        guard failed.isEmpty else {
            throw CallError(
                .failed,
                failed.map { "\($0.host): \((trouble[$0.number] ?? nil) ?? "")" }.joined(separator: " "))
        }
        let zone = try gateway.zones.zone(named: installation.timeZone)
        let now = context.now
        let plan = try plan()
        let registration = try registration(of: grant)
        try await store.apply(
            OperationEnding.NewGrant(
                revision: grant.revision, issued: grant.attestation.issued, entitlement: grant.entitlement),
            identity: installation.identity.merging(plan.identity) { $1 },
            contact: OperationEnding.Contact(
                at: now, refreshDue: profile.refreshDays.map { zone.instant(now, addingDays: $0) }),
            registration: registration, of: id, on: installation.id,
            note: note("delivered", "\(files.count) files in place, hashes right; in force"))
    }

    /// Does something with each file, all hosts at once.
    ///
    /// - Parameter act: Says whether it changed the file.
    /// - Returns: What went wrong, by the file's number, nil for what did not; and the numbers of those that were changed.
    func onEveryHost(
        _ files: [UpgradeFileRecord], _ act: @escaping @Sendable (DeliveryPlan, UpgradeFileRecord) throws -> Bool
    ) async -> (trouble: [Int: String?], changed: Set<Int>) {
        let (id, gateway) = (id, gateway)
        return await withTaskGroup(of: (Int, String?, Bool).self) { group in
            for file in files {
                group.addTask {
                    do {
                        guard let bytes = file.plan else { return (file.number, nil, false) }
                        let planned = try JSONDecoder().decode(PlannedFile.self, from: bytes)
                        let plan = DeliveryPlan(operation: id, files: [planned])
                        return (file.number, nil, try await gateway.blocking.run { try act(plan, file) })
                    } catch let error as DeliveryError {
                        return (file.number, error.withoutInterruption.sentence, false)
                    } catch {
                        return (file.number, "\(error)", false)
                    }
                }
            }
            var trouble: [Int: String?] = [:]
            var changed: Set<Int> = []
            for await (number, text, hasChanged) in group {
                trouble[number] = .some(text)
                if hasChanged { changed.insert(number) }
            }
            return (trouble, changed)
        }
    }

    // MARK: - Restart, verify, finish

    /// Restarts the product's services by the profile's command.
    func restart() async throws {
        guard !rules.restart.isEmpty else {
            return try await tell("restart", "the profile names no command: restart the services by hand")
        }
        let result = try await command(rules.restart).run()
        try await tell("restart", result.told)
        guard result.succeeded else { throw CallError(.failed, "The services were not restarted: \(result.told)") }
    }

    /// Ends it: the files are the installation's now, and it is watched.
    ///
    /// - Parameter untried: Which seats could not be tried, and why.
    func finish(untried: [String]) async throws {
        let now = context.now
        let delivered = try await store.upgradeFiles(of: id).compactMap { file -> DeliveredFile? in
            guard let plan = file.plan, let planned = try? JSONDecoder().decode(PlannedFile.self, from: plan) else {
                return nil
            }
            return DeliveredFile(
                installation: installation.id, delivery: file.delivery, path: file.path, sha256: planned.sha256, at: now
            )
        }
        let grant = try await openGrant()
        let contacts = try await store.contacts(in: .portfolio, of: installation.customer).count
        try await tell("announce", "what changed, to \(contacts) contacts and to whoever comes in: \(Self.told(grant))")
        try await end(
            .done, outcome: "upgraded",
            "The new keys are in force on \(Set(try await store.upgradeFiles(of: id).map(\.host)).count) hosts: "
                + "\(Self.told(grant)). "
                + (untried.isEmpty ? "" : "Not tried: \(untried.joined(separator: "; ")). ")
                + "Tell the users; it is watched until somebody closes it.", delivered: delivered)
    }
}
