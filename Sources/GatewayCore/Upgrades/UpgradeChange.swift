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
            outcome = try await answered { try await conversation(facts).run(from: transition, nonce: nonce) }
        }
        guard case .updated(let grant) = outcome else {
            throw AdapterError(
                .malformed, "The vendor says that nothing changed, and was asked to activate other keys.")
        }
        try checkSubject(grant.attestation)
        try await remember(grant)
        try checkTime(grant.attestation)
        try await keep(grant)
    }

    private func resumeActivation() async throws -> Outcome {
        let facts = try await facts(nonce: operation.nonce ?? "")
        let conversation = conversation(facts)
        if let answer = operation.answer {
            return try await answered { try await conversation.resume(operation, sealed: answer) }
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

    /// What the vendor answered to a process that was gone before it read that.
    ///
    /// - Returns: Whether it activated the keys; nil where that can't be known.
    func readAnswer() async -> Bool? {
        guard let answer = operation.answer, let facts = try? await facts(nonce: operation.nonce ?? "") else {
            return nil
        }
        do {
            let conversation = conversation(facts)
            let outcome = try await result { try await conversation.resume(operation, sealed: answer) }
            guard case .updated(let grant) = outcome else { return nil }
            try checkSubject(grant.attestation)
            try await remember(grant)
            return true
        } catch let error as AdapterError {
            return error.code == .rejected ? false : nil
        } catch {
            return nil
        }
    }

    private func conversation(_ facts: Facts) -> Conversation {
        Conversation(gateway: gateway, adapter: adapter, profile: profile, installation: installation.id, facts: facts)
    }

    /// How the activation ended. Of an answer that can't be believed or read nobody knows what it stands for.
    private func answered(_ conversation: () async throws -> Conversation.Ending) async throws -> Outcome {
        do {
            return try await result(conversation)
        } catch let error as AdapterError where error.code == .untrusted || error.code == .malformed {
            throw AdapterError(error.code, "\(error.message) \(Self.doubt)", field: error.field)
        }
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

    /// The grant must name the installation by the identity that the keys bring.
    private func checkSubject(_ attestation: Attestation) throws {
        let plan = try plan()
        for (name, value) in plan.identity
        where attestation.subject[name].map({ $0.utf8.elementsEqual(value.utf8) }) != true {
            let said = attestation.subject[name].map { "\"\($0)\"" } ?? "none"
            throw AdapterError(
                .conflict, "The vendor's answer is for another installation: its \(name) is \(said).", field: name)
        }
    }

    /// It must not come from the future.
    private func checkTime(_ attestation: Attestation) throws {
        guard attestation.issued <= context.now.adding(minutes: Settling.clockTolerance) else {
            throw AdapterError(
                .conflict,
                "The vendor's answer is dated \(attestation.issued), which is still to come: check the clock.")
        }
    }

    /// Writes down what was granted, no keys: whatever becomes of the rest, the keys are active from now on.
    func remember(_ grant: Grant) async throws {
        var plan = try plan()
        plan.tried = try registration(of: grant)
        if !profile.vendor.isByHand { plan.isActivated = true }
        try await store.keepPlan(try JSONEncoder().encode(plan), of: id)
    }

    /// Keeps the grant, sealed, before any host is looked at.
    func keep(_ grant: Grant) async throws {
        let files = try await store.upgradeFiles(of: id).filter { file in
            grant.files.contains { $0.delivery == file.delivery }
        }
        guard !files.isEmpty else {
            throw AdapterError(.malformed, "The vendor activated the keys, and gave no registration file.")
        }
        let sealed = try seal(Array(try JSONEncoder().encode(grant)), as: SealedAnswer.grant)
        try await store.keepActivation(
            sealed, of: id,
            notes: [
                note("activate", "the vendor activated them: \(Self.told(grant))"),
                note("deliver", "to \(files.map(\.host).joined(separator: ", "))"),
            ])
    }

    /// Works out how the file is put on every host, where that is not known yet: at the places of the snapshot, and only
    /// where still stands what stood there then, or the new file already. By hand the product may have written there.
    ///
    /// - Throws: ``CallError`` that names every host that stands in the way. No file was touched then.
    private func planFiles(_ grant: Grant) async throws {
        let files = try await store.upgradeFiles(of: id).filter { $0.plan == nil }
        let (id, roots, isByHand) = (id, gateway.configuration.deliveryRoots, profile.vendor.isByHand)
        let (plans, trouble) = await onEachHost(files) { file -> Data? in
            guard let contents = grant.files.first(where: { $0.delivery == file.delivery })?.contents else {
                return nil
            }
            let destination = try Destination.resolve(path: file.path, roots: roots)
            let wanted = WantedFile(destination: destination, contents: contents, recorded: file.beforeSHA256)
            let planned = try Deliveries.plan(operation: id, [wanted], adopt: true).files[0]
            guard isByHand || planned.expected == .same || planned.expected.sha256 == file.beforeSHA256 else {
                throw DeliveryError.changedMeanwhile(destination)
            }
            return try JSONEncoder().encode(planned)
        }
        try await fail(where: trouble, of: files)
        let known = plans.compactMapValues { $0 }
        if !known.isEmpty { try await store.keepFilePlans(known, of: id) }
    }

    /// - Throws: ``CallError`` that names every host on which something went wrong.
    private func fail(where trouble: [Int: String], of files: [UpgradeFileRecord]) async throws {
        // Most often there is nothing to write down, and a commit waits for the disk.
        if !trouble.isEmpty || files.contains(where: { $0.trouble != nil }) {
            try await store.keepTrouble(
                Dictionary(uniqueKeysWithValues: files.map { ($0.number, trouble[$0.number]) }), of: id)
        }
        let told = files.compactMap { file in trouble[file.number].map { "\(file.host): \($0)" } }
        guard told.isEmpty else { throw CallError(.failed, told.joined(separator: " ")) }
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
        let hosts = try await store.upgradeFiles(of: id).map(\.host)
        context.progress(
            Progress(done: 0, total: hosts.count, latest: "deliver: to \(hosts.joined(separator: ", "))"))
        try await planFiles(grant)
        let files = try await store.upgradeFiles(of: id).filter { $0.plan != nil }
        let id = id
        let (_, trouble) = await onEachHost(files) { file in
            guard let contents = grant.files.first(where: { $0.delivery == file.delivery })?.contents,
                let plan = try file.deliveryPlan(of: id)
            else { return }
            try Deliveries.complete(plan, contents: [contents])
        }
        try await fail(where: trouble, of: files)
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
    /// - Returns: What came of it, and what went wrong, both by the file's number.
    func onEachHost<Value: Sendable>(
        _ files: [UpgradeFileRecord], _ act: @escaping @Sendable (UpgradeFileRecord) throws -> Value
    ) async -> (values: [Int: Value], trouble: [Int: String]) {
        let gateway = gateway
        return await withTaskGroup(of: (Int, Value?, String?).self) { group in
            for file in files {
                group.addTask {
                    do {
                        return (file.number, try await gateway.blocking.run { try act(file) }, nil)
                    } catch let error as DeliveryError {
                        return (file.number, nil, error.withoutInterruption.sentence)
                    } catch {
                        return (file.number, nil, "\(error)")
                    }
                }
            }
            var (values, trouble): ([Int: Value], [Int: String]) = ([:], [:])
            for await (number, value, text) in group {
                values[number] = value
                trouble[number] = text
            }
            return (values, trouble)
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
