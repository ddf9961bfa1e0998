import AdapterKit
import Foundation
import GatewayAPI
import GatewayProfiles
import GatewayStore

extension UpgradeRun {
    /// Puts everything back as it was at the snapshot: every file on every host, what is in force, the services; and
    /// proves that the original keys work.
    ///
    /// A host that can't be put back, or of which nobody can say how it is, leaves the upgrade interrupted, and is tried
    /// again by `upgrade resume`.
    func rollBack(after reason: String) async throws {
        try await enter(.rollBack, reason)
        let files = try await store.upgradeFiles(of: id)
        let (changed, trouble) = try await putBackFiles(files)
        try await store.keepTrouble(
            Dictionary(uniqueKeysWithValues: files.map { ($0.number, trouble[$0.number]) }), of: id)
        try await tellPutBack(changed, but: trouble)
        try await store.revert(
            id, on: installation.id,
            note: StepNote(
                StepNote.reverted, by: context.caller.id, at: context.now,
                detail: "what was in force before is in force"))
        var stuck = files.compactMap { file in trouble[file.number].map { "\(file.host): \($0)" } }
        var proof = ""
        // By hand, the product may have read what it wrote itself.
        if files.contains(where: { $0.plan != nil }) || profile.vendor.isByHand {
            do { try await restart() } catch { stuck.append(Gateway.callError(error).message) }
        }
        if stuck.isEmpty {
            do {
                proof = try await proveOriginal(files)
                try await tell("rollBack", proof)
            } catch {
                stuck.append("The original keys are not proven: \(Gateway.callError(error).message)")
            }
        }
        let activated = try await isActivated() ? Self.activated : ""
        guard stuck.isEmpty else {
            let message =
                "\(reason.sentence) Not everything could be put back: \(stuck.map(\.sentence).joined(separator: " ")) See to it, then "
                + "`gatehouse upgrade resume \(installation.id)`.\(activated) \(Self.whomToAsk)"
            return try await store.interruptUpgrade(
                id, on: installation.id, message: message, note: note("interrupted", stuck.joined(separator: " ")))
        }
        try await end(
            .rolledBack, outcome: "rolledBack",
            "\(reason.sentence) Everything was put back as it was: \(proof.sentence)\(activated) \(Self.whomToAsk)")
    }

    /// Puts back what was put on hosts, and looks at every host, whether anything came to it or not.
    ///
    /// - Returns: The numbers of the files that were changed; and what went wrong, by the file's number.
    private func putBackFiles(
        _ files: [UpgradeFileRecord]
    ) async throws -> (changed: Set<Int>, trouble: [Int: String]) {
        let (id, roots, kept) = (id, gateway.configuration.deliveryRoots, try await keptBefore(files))
        var (values, trouble) = await onEachHost(files) { file in
            guard let plan = try file.deliveryPlan(of: id) else { return false }
            return try Self.putBack(plan, file, before: kept[file.number])
        }
        if profile.vendor.isByHand {
            let byHand = await putBackByHand(files, kept)
            values.merge(byHand.values) { $0 || $1 }
            trouble = byHand.trouble
        }
        let right = files.filter { trouble[$0.number] == nil }
        let (_, unproven) = await onEachHost(right) { try Self.prove($0, roots: roots) }
        return (Set(values.filter(\.value).keys), trouble.merging(unproven) { $1 })
    }

    /// What files held before, as far as it is kept and can be opened, by number.
    private func keptBefore(_ files: [UpgradeFileRecord]) async throws -> [Int: [UInt8]] {
        var kept: [Int: [UInt8]] = [:]
        for file in files where file.beforeSHA256 != nil {
            guard let sealed = try await store.sealed(SealedAnswer.before(file.number), of: id) else { continue }
            kept[file.number] = try? gateway.sealer.open(
                sealed, for: SealedAnswer.purpose(SealedAnswer.before(file.number), of: id))
        }
        return kept
    }

    /// Makes sure that a host's file holds what it held before.
    ///
    /// - Throws: `DeliveryError`.
    private static func prove(_ file: UpgradeFileRecord, roots: [String]) throws {
        let destination = try file.destination(roots: roots)
        guard try Deliveries.inspect(destination)?.sha256 == file.beforeSHA256 else {
            throw DeliveryError(.hashMismatch, file.path, "\(file.path) does not hold what it held before")
        }
    }

    /// Whether the vendor activated the keys: by its grant, or, where that is not kept any more, by what was written down.
    private func isActivated() async throws -> Bool {
        if profile.vendor.isByHand { return false }
        if try await store.sealed(SealedAnswer.grant, of: id) != nil { return true }
        let plan = try await store.upgrade(id, in: .portfolio)?.plan
        return try plan.map { try JSONDecoder().decode(UpgradePlan.self, from: $0).isActivated == true } ?? false
    }

    private static let activated =
        " With the vendor the new keys stay activated: begin an upgrade with the same keys once the cause is mended, or ask "
        + "the vendor."

    /// Names are not written down, where they could not be erased.
    private static let whomToAsk =
        "`gatehouse upgrade show` names the support and provider contacts and the emergency plan."

    /// Writes down, file by file, what was put back or taken away: each once, also where a process was killed in between.
    private func tellPutBack(_ changed: Set<Int>, but trouble: [Int: String]) async throws {
        let notes = try await store.operation(id, in: .portfolio)?.1 ?? []
        let told = notes.filter { [StepNote.putBack, StepNote.takenAway].contains($0.kind) }.map(\.detail)
        let wasDelivered = notes.contains { $0.kind == "delivered" }
        let new = try await store.upgradeFiles(of: id).compactMap { file -> StepNote? in
            let planned = file.plan.flatMap { try? JSONDecoder().decode(PlannedFile.self, from: $0) }
            let wasReplaced = wasDelivered && planned.map { $0.expected != .same } == true
            guard changed.contains(file.number) || wasReplaced, trouble[file.number] == nil else { return nil }
            let place = "\(file.host): \(file.path)"
            guard !told.contains(where: { $0.contains(place) }) else { return nil }
            let kind = file.beforeSHA256 == nil ? StepNote.takenAway : StepNote.putBack
            let what =
                file.beforeSHA256.map { "the file of before is in place again (SHA-256 \($0.prefix(12))…)" }
                ?? "it was taken away, since none stood there before"
            return StepNote(kind, by: context.caller.id, at: context.now, detail: "\(place): \(what)")
        }
        try await store.note(new, on: id)
    }

    /// Puts a host's file back: from what was kept beside it, else from the snapshot.
    ///
    /// - Returns: Whether it was changed.
    private static func putBack(_ plan: DeliveryPlan, _ file: UpgradeFileRecord, before: [UInt8]?) throws -> Bool {
        guard let planned = plan.files.first, planned.expected != .same else { return false }
        let changes = try Deliveries.inspect(planned.destination)?.sha256 != file.beforeSHA256
        do {
            try Deliveries.undo(plan)
        } catch {
            guard error.code == .hashMismatch || error.cause == .hashMismatch, let before else { throw error }
            let again = try Deliveries.plan(
                operation: plan.operation,
                [WantedFile(destination: planned.destination, contents: before, recorded: planned.sha256)], adopt: true)
            try Deliveries.complete(again, contents: [before])
        }
        return changes
    }

    /// Makes sure that every file holds what it held before, and tries the seats of before. Where the original keys let
    /// nobody in either, since what they grant has ended, that is as it was.
    private func proveOriginal(_ files: [UpgradeFileRecord]) async throws -> String {
        // Once more: the services have been restarted since, and write such files themselves.
        let roots = gateway.configuration.deliveryRoots
        let (_, trouble) = await onEachHost(files) { try Self.prove($0, roots: roots) }
        let told = files.compactMap { file in trouble[file.number].map { "\(file.host): \($0)" } }
        guard told.isEmpty else {
            try await store.keepTrouble(trouble.mapValues { $0 }, of: id)
            throw CallError(.failed, told.joined(separator: " "))
        }
        let trial = try await tried(try await store.seats(of: installation.id, in: .portfolio))
        if let refusal = trial.refusal { return "every file is as it was, and so is the standing: \(refusal)" }
        guard trial.untried.isEmpty else {
            let what = trial.told.isEmpty ? "the original keys could not be tried" : "not all seats could be tried"
            return "every file is as it was; \(what): \(trial.text)"
        }
        return "every file is as it was, and the original keys are in force: \(trial.text)"
    }
}

extension String {
    /// With a full stop at its end.
    fileprivate var sentence: String { hasSuffix(".") || hasSuffix("!") ? self : self + "." }
}
