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
        let plan = try JSONDecoder().decode(UpgradePlan.self, from: upgrade.plan)
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
        let plan = try JSONDecoder().decode(UpgradePlan.self, from: upgrade.plan)
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
        let trouble = await onEveryHost(files) { plan, file in
            guard let contents = grant.files.first(where: { $0.delivery == file.delivery })?.contents else { return }
            try Deliveries.complete(plan, contents: [contents])
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
        let plan = try JSONDecoder().decode(UpgradePlan.self, from: upgrade.plan)
        let registration = grant.files.first.flatMap { try? keys.registration($0.contents) } ?? []
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
    /// - Returns: What went wrong, by the file's number; nil for what did not.
    func onEveryHost(
        _ files: [UpgradeFileRecord], _ act: @escaping @Sendable (DeliveryPlan, UpgradeFileRecord) throws -> Void
    ) async -> [Int: String?] {
        let (id, gateway) = (id, gateway)
        return await withTaskGroup(of: (Int, String?).self) { group in
            for file in files {
                group.addTask {
                    do {
                        guard let bytes = file.plan else { return (file.number, nil) }
                        let planned = try JSONDecoder().decode(PlannedFile.self, from: bytes)
                        let plan = DeliveryPlan(operation: id, files: [planned])
                        try await gateway.blocking.run { try act(plan, file) }
                        return (file.number, nil)
                    } catch let error as DeliveryError {
                        return (file.number, error.withoutInterruption.sentence)
                    } catch {
                        return (file.number, "\(error)")
                    }
                }
            }
            var trouble: [Int: String?] = [:]
            for await (number, text) in group { trouble[number] = .some(text) }
            return trouble
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

    /// The most seats that are tried at once.
    static let mostTried = 2000

    /// Makes sure that the new seats are in force and would all be granted at once.
    func verify() async throws {
        let seats = try await store.seats(of: installation.id, in: .portfolio)
        let grant = try await openGrant()
        guard seats == grant.entitlement.seats else {
            throw CallError(.failed, "What is in force is not what the vendor granted.")
        }
        // Who may only look can come in all the same.
        let standing = try await Allows(installation: installation.id, action: .enter).perform(in: context)
        guard standing.access == .full else {
            throw CallError(.failed, "With the new keys nobody can work in full: \(standing.reason)")
        }
        let (told, refusal) = try await tried(seats)
        if let refusal { throw CallError(.failed, refusal) }
        try await tell("verify", told)
    }

    /// Tries to take every seat of the first pool at once, and gives them back.
    ///
    /// - Returns: What came of it, and why not everybody would be let in; nil where everybody would.
    func tried(_ seats: [Entitlement.SeatPool]) async throws -> (told: String, refusal: String?) {
        guard let pool = seats.first, pool.count > 0 else { return ("the license counts no seats", nil) }
        let now = context.now
        let count = min(pool.count, Self.mostTried)
        let claims = (1...count).map { number in
            let user = "upgrade-check-\(number)"
            var desk = SeatDesk(
                gateway: gateway, now: now, user: user, pool: pool.name, modules: [], administrator: true,
                refreshesFirst: false)
            desk.isRehearsal = true
            let session = SessionRecord(
                id: "upgrade-check-\(id)-\(number)", installation: installation.id, pool: pool.name, user: user,
                since: now, until: now)
            return (claim: SeatClaim(session, isNew: true), decide: desk.decide as SeatDeciding<SeatDesk.Reason>)
        }
        let (granted, refused) = try await store.rehearse(claims, in: .portfolio)
        if let refused {
            // Where some were in, or seats of named users are given out, it ends as soon as all are taken.
            let counts = refused.counters[pool.name]
            guard refused.reason.full != nil, max(counts.inUse, counts.assigned) >= pool.count else {
                let told =
                    "of \(pool.count) \(pool.name) only \(granted) would be let in: \(refused.reason.answer.reason)"
                return (told, told)
            }
            let taken =
                granted == 0
                ? "all \(pool.count) \(pool.name) are taken already, so that nobody could be let in to try"
                : "\(granted) of \(pool.count) \(pool.name) were let in at once, and let go again; the others are taken"
            return (taken, nil)
        }
        return ("\(granted) of \(pool.count) \(pool.name) were let in at once, and let go again", nil)
    }

    /// Ends it: the files are the installation's now, and it is watched.
    func finish() async throws {
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
        var plan = try JSONDecoder().decode(UpgradePlan.self, from: upgrade.plan)
        // Those that were refused because of it are none of those that are refused since.
        plan.denialsBefore = try await context.denials(of: installation.id, since: now)
        try await store.keepPlan(try JSONEncoder().encode(plan), of: id)
        let contacts = try await store.contacts(in: .portfolio, of: installation.customer).count
        try await tell("announce", "what changed, to \(contacts) contacts and to whoever comes in: \(Self.told(grant))")
        try await end(
            .done, outcome: "upgraded",
            "The new keys are in force on \(Set(try await store.upgradeFiles(of: id).map(\.host)).count) hosts: "
                + "\(Self.told(grant)). Tell the users; it is watched until somebody closes it.", delivered: delivered)
    }
}

/// What an upgrade was begun with, as the store keeps it; no keys.
struct UpgradePlan: Codable, Hashable, Sendable {
    /// The identity that the keys bring.
    var identity: [String: String]
    /// What was warned of.
    var warnings: [String]
    /// How many claims had been refused on the day on which it was done, until then; nil before.
    var denialsBefore: Int?
}
