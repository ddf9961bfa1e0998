import AdapterKit
import Foundation
import GatewayAPI
import GatewayProfiles
import GatewayStore

/// The Activate step of an upgrade as a person makes it in the product: the product writes the registration file itself,
/// and everything around it stays the gateway's.
extension UpgradeRun {
    /// Has a person activate the keys in the product, and waits for it.
    func ask() async throws {
        try await enter(.activate, "a person activates the keys in the product\(try identityChange())")
        let sheet = ByHandSheet(
            adapter.descriptor, profile, held: try await store.entitlement(of: installation.id, in: .portfolio))
        let what =
            profile.instructions[.upgrade]
            ?? "Enter the new keys in \(profile.product)\(profile.place.isEmpty ? "" : " (\(profile.place))") and activate them."
        let step = PersonStep(
            title: "Activate the new keys of \(profile.product)",
            text:
                "\(what) Attach a picture of the registration page, and record what it shows now; what is left out stays "
                + "as it was. The registration file is taken from where the product writes it.",
            brings: PersonStep.Brings(values: sheet.fields))
        try await store.journal(
            try Conversation.journal(
                ErasedTransition(state: Data("{}".utf8), step: .ask(step)), nonce: Identifiers.nonce(),
                at: context.now), of: id, answered: nil)
        _ = try await store.takeOver(id, from: gateway.owner.get().id, by: "")
    }

    /// Goes on once the person has activated them.
    ///
    /// - Throws: ``CallError``, ``AdapterError``, which leave the step open: nothing was changed.
    func done(_ bag: StepCompletion.Bag, step number: Int, audit: String) async throws -> RefreshResult {
        let (_, nonce) = try Conversation.journaled(operation)
        let at = try StepCompletion(context: context).time(bag.at, since: operation.started, after: nil)
        try AttachedFile.check(bag.files, besides: try await store.attachments(of: id), step: number)
        let held = try await store.entitlement(of: installation.id, in: .portfolio)
        let sheet = ByHandSheet(adapter.descriptor, profile, held: held)
        let problems = sheet.fields.problems(with: bag.values, kind: "step")
        guard problems.isEmpty else {
            throw CallError(.invalid, problems.map(\.message).joined(separator: "\n"))
        }
        let grant = try await grant(sheet.entitlement(bag.values, over: held, at: context.now), at: at)
        let what = bag.files.map(\.name) + bag.values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let detail = (["keys activated"] + what + (bag.note.isEmpty ? [] : ["\"\(bag.note)\""])).joined(separator: "; ")
        let taken = try await store.takeUp(
            DoneStep(
                operation: id, installation: installation.id, nonce: nonce, owner: try gateway.owner.get().id,
                basedOn: installation.revision, edits: installation.edits,
                attachments: bag.files.map { $0.attachment(step: number, at: context.now, by: context.caller.id) },
                notes: [StepNote(StepNote.done, by: context.caller.id, at: at, detail: detail)],
                audit: context.audit(
                    audit, customer: installation.customer, subject: installation.id,
                    detail: "operation \(id), step \(number)")))
        guard case .taken = taken else {
            throw CallError(.conflict, "Somebody else is at \(installation.id) just now: try again.")
        }
        try await Task { try await take(grant) }.value
        let view = try await context.upgradeView(of: installation.id, operation: id)
        return RefreshResult(
            installation: installation.id, outcome: view.phase == "done" ? .updated : .failed, message: view.message,
            operation: id)
    }

    /// Takes what the person brought, and goes on.
    private func take(_ grant: Grant) async throws {
        do {
            try await keep(grant)
        } catch {
            return try await rollBack(after: Gateway.callError(error).message)
        }
        try await bringOrRollBack()
    }

    /// What a person recorded, with the file that the product wrote.
    private func grant(_ entitlement: Entitlement, at: Instant) async throws -> Grant {
        let files = try await hostFiles()
        let kept = Dictionary(
            try await store.upgradeFiles(of: id).map { ($0.number, $0.beforeSHA256) },
            uniquingKeysWith: { first, _ in first })
        guard let server = files.first(where: { $0.host == HostFile.server }),
            let contents = try await gateway.blocking.run({ try Deliveries.contents(of: server.destination) })
        else {
            throw CallError(
                .failed,
                "The product has written no registration file to \(files.first?.destination.path ?? "the server"): activate "
                    + "the keys first. Nothing was changed.")
        }
        guard FileState.sha256(contents) != kept[server.number] ?? nil else {
            throw CallError(
                .failed,
                "\(server.destination.path) is as it was before: activate the keys in the product first. Nothing was "
                    + "changed.")
        }
        return Grant(
            attestation: Attestation(subject: installation.identity.merging(try plan().identity) { $1 }, issued: at),
            revision: "by-hand/\(id)", entitlement: entitlement,
            files: Set(files.map(\.delivery)).sorted().map { Grant.File(delivery: $0, contents: contents) })
    }

    /// Puts the files back that the product, or an upgrade, wrote since the snapshot.
    ///
    /// - Returns: What went wrong, by the file's number; and the numbers of those that were changed.
    func putBackByHand() async throws -> (trouble: [Int: String?], changed: Set<Int>) {
        var trouble: [Int: String?] = [:]
        var changed: Set<Int> = []
        let records = Dictionary(
            try await store.upgradeFiles(of: id).map { ($0.number, $0.beforeSHA256) },
            uniquingKeysWith: { first, _ in first })
        for file in try await hostFiles() {
            guard let before = records[file.number] ?? nil,
                let sealed = try await store.sealed(SealedAnswer.before(file.number), of: id)
            else {
                // Gatehouse removes nothing that it did not write.
                if file.host == HostFile.server,
                    try await gateway.blocking.run({ try Deliveries.inspect(file.destination) }) != nil
                {
                    trouble[file.number] = .some(
                        "the product wrote \(file.destination.path), and nothing stood there before: move it away.")
                }
                continue
            }
            let bytes = try gateway.sealer.open(
                sealed, for: SealedAnswer.purpose(SealedAnswer.before(file.number), of: id))
            let id = id
            do {
                let changes = try await gateway.blocking.run {
                    guard try Deliveries.inspect(file.destination)?.sha256 != before else { return false }
                    let plan = try Deliveries.plan(
                        operation: id,
                        [WantedFile(destination: file.destination, contents: bytes, recorded: nil)], adopt: true)
                    try Deliveries.complete(plan, contents: [bytes])
                    return true
                }
                if changes { changed.insert(file.number) }
                trouble[file.number] = .some(nil)
            } catch let error as DeliveryError {
                trouble[file.number] = error.sentence
            }
        }
        return (trouble, changed)
    }
}
