import AdapterKit
import Foundation
import GatewayAPI
import GatewayProfiles
import GatewayStore

/// What a refresh finds of registration files, which come with keys and not with an answer, and what is to be done.
private struct KeyFiles {
    /// Of the keys of the record, and lost or damaged: to be put back.
    var wanted: [WantedFile] = []
    /// Activated past Gatehouse, and of the keys of the record: they count as delivered as they stand.
    var takenUp: [DeliveredFile] = []
    /// What is wrong with those that are left as they stand; sentences.
    var troubles: [String] = []
}

extension Settling {
    /// The keys that the record holds; nil where files don't come with keys.
    var registeredKeys: RegisteredKeys? {
        RegisteredKeys(gateway.registry.adapter(for: profile.protocolName), identity: record.identity)
    }

    /// Takes an answer that brings no files, since they come with keys, and sees to those that stand there. Never is a file
    /// put back that is of another identity or revision than what is in force: what stands in its place may be newer.
    func takeBeside(
        _ keys: RegisteredKeys, _ outcome: Outcome, _ operation: String, _ notes: [StepNote]
    ) async throws -> RefreshResult {
        var (revision, told) = (record.revision ?? "", "")
        var new: Grant?
        switch outcome {
        case .unchanged(let attestation): told = self.told(attestation)
        case .updated(let grant): (revision, told, new) = (grant.revision, summary(grant), grant)
        case .removed: break
        }
        let files = try await look(keys, inForce: revision)
        if !files.wanted.isEmpty {
            let wanted = files.wanted
            // The store keeps what they hold only sealed: what is cut short here is seen by the next refresh.
            try await gateway.blocking.run {
                let plan = try Deliveries.plan(operation: operation, wanted)
                try Deliveries.complete(plan, contents: wanted.map(\.contents))
            }
            let paths = wanted.map(\.destination.path).joined(separator: ", ")
            told =
                new == nil
                ? "Nothing changed at the vendor, but somebody had changed \(paths): it was put back."
                : "\(told) Somebody had changed \(paths): it was put back."
        }
        if !files.takenUp.isEmpty {
            told += " Taken up as they stand: \(files.takenUp.map(\.path).joined(separator: ", "))."
        }
        if !files.troubles.isEmpty {
            let advice = OtherKeys.advice(gateway.way(of: profile), for: record.id, place: profile.place)
            told = (["\(told) Left as they are:"] + files.troubles + [advice]).joined(separator: " ")
        }
        let result: RefreshResult.Outcome =
            !files.troubles.isEmpty ? .failed : new != nil ? .updated : files.wanted.isEmpty ? .unchanged : .restored
        var ending = try ending(
            operation, files.troubles.isEmpty ? .done : .failed,
            files.troubles.isEmpty ? result.rawValue : OtherKeys.outcome, told, notes, grant: new.map(inForce),
            refreshAt: new?.refreshAt, audit: new.map(updateAudit))
        ending.takenUp = files.takenUp
        let orders = try await context.store.end(ending)
        return RefreshResult(installation: record.id, outcome: result, message: told, operation: operation)
            .showing(orders)
    }

    /// Looks at every file that was delivered, and at those that are wanted and were not.
    private func look(_ keys: RegisteredKeys, inForce revision: String) async throws -> KeyFiles {
        let (places, profile, record) = (places.all, profile, record)
        let roots = gateway.configuration.deliveryRoots
        let known = Set(places.map(\.path))
        let (looks, strangers) = try await gateway.blocking.run {
            let looks = try places.map { try keys.look(at: $0) }
            // Where nothing was delivered, what can't be looked at stands in nobody's way.
            let others = (try? HostFile.all(profile, of: record, roots: roots)) ?? []
            return (
                looks,
                others.map(\.destination).filter { !known.contains($0.path) }.compactMap { place in
                    (try? keys.look(at: place)).flatMap { $0 }.map { (place, $0) }
                }
            )
        }
        var files = KeyFiles()
        for (place, look) in zip(places, looks) {
            guard let file = self.places.delivered[place.path] else { continue }
            try await judge(look, of: keys, file, at: place, inForce: revision, into: &files)
        }
        for (place, look) in strangers {
            guard case .others(let titles) = look.verdict else { continue }
            files.troubles.append("\(place.path) \(OtherKeys.clause(titles)).")
        }
        return files
    }

    private func judge(
        _ look: RegisteredKeys.Look?, of keys: RegisteredKeys, _ file: DeliveredFile, at place: Destination,
        inForce revision: String,
        into files: inout KeyFiles
    ) async throws {
        if let titles = keys.others(look, delivered: file.sha256, isByHand: profile.vendor.isByHand) {
            return files.troubles.append("\(place.path) \(OtherKeys.clause(titles)).")
        }
        if look?.sha256 == file.sha256 { return }
        let source = try await context.store.source(of: record.id, path: place.path)
        let isOfRevision = source?.revision == revision
        if isOfRevision, let source, let contents = try await contents(from: source) {
            return files.wanted.append(WantedFile(destination: place, contents: contents, recorded: file.sha256))
        }
        if let look, look.verdict == .recorded, !isOfRevision {
            var file = file
            file.sha256 = look.sha256
            return files.takenUp.append(file)
        }
        files.troubles.append(
            "\(place.path) \(look == nil ? "is not there any more" : "is not what was delivered there"), and "
                + (isOfRevision ? "what was is not kept any more." : "what was is not of what is in force."))
    }

    /// What an upgrade put in place, as it is sealed with it; nil where it is not, or is of another identity.
    private func contents(from source: DeliverySource) async throws -> [UInt8]? {
        guard let sealed = try await context.store.sealed(SealedAnswer.grant, of: source.operation) else { return nil }
        let bytes = try gateway.sealer.open(
            sealed, for: SealedAnswer.purpose(SealedAnswer.grant, of: source.operation))
        let grant = try JSONDecoder().decode(Grant.self, from: Data(bytes))
        let isRecorded = record.identity.allSatisfy { name, value in
            grant.attestation.subject[name].map { $0.utf8.elementsEqual(value.utf8) } ?? false
        }
        guard isRecorded else { return nil }
        return grant.files.first { $0.delivery == source.delivery }?.contents
    }
}
