import AdapterKit
import Foundation
import GatewayAPI
import GatewayProfiles
import GatewayStore

/// The refresh of one installation, from the question whether it is due to the files in place.
struct InstallationRefresh: Sendable {
    let call: Refresh
    let context: CallContext
    /// What a recovery came to just before.
    let found: Recovery.Found
    /// Its turn among those that are asked about, which is over once the vendor has answered.
    let turn: Turn
    /// Tells whoever watches what it is at.
    let tell: @Sendable (String) -> Void

    private var gateway: Gateway { context.gateway }

    /// How often an installation is read again because something else came into force meanwhile.
    static let maximumReloads = 5

    /// Refreshes it. Never throws: whatever happens is the result.
    ///
    /// - Parameter delivered: What Gatehouse delivered for it; nil to look it up.
    func run(_ record: InstallationRecord, delivered: [DeliveredFile]?) async -> RefreshResult {
        do {
            return try await attempt(record, delivered)
        } catch let error as AdapterError {
            return RefreshResult(installation: record.id, error: error)
        } catch {
            let error = Gateway.callError(error)
            return RefreshResult(installation: record.id, outcome: .failed, message: error.message)
        }
    }

    private func attempt(_ first: InstallationRecord, _ known: [DeliveredFile]?) async throws -> RefreshResult {
        var record = first
        var known = known
        for _ in 1...Self.maximumReloads {
            if let archived = record.archived {
                return RefreshResult(
                    installation: record.id, outcome: .notDue, message: "It is archived, since \(archived).")
            }
            let (profile, adapter) = try await gateway.profileAndAdapter(for: record)
            let now = context.now
            if call.trigger != .asked, let wait = notDue(record, at: now) { return wait }
            let kept = try await gateway.keptTokens(of: record, profile)
            if let kept, !kept.canRefresh {
                let zone = try gateway.zones.zone(named: record.timeZone)
                let isPast = kept.entitlement?.isPastRenewal(at: now, in: zone) == true
                let failed = found.conversations[record.id].flatMap { $0.outcome.isFailure ? $0 : nil }
                return RefreshResult(
                    installation: record.id, outcome: call.trigger == .asked || failed != nil ? .rejected : .notDue,
                    message: AuthorizationText.needed(record, isPastRenewal: isPast), operation: failed?.operation)
            }
            if kept != nil, !call.dryRun, let answer = try await answerAlready(record) { return answer }
            if call.dryRun {
                return RefreshResult(
                    installation: record.id, outcome: .wouldAsk,
                    message: "would ask "
                        + (profile.vendor.isByHand
                            ? "a person" : profile.vendor.address ?? "the vendor, whose address is not set"))
            }
            let delivered: [DeliveredFile]
            if let known {
                delivered = known
            } else {
                delivered = try await context.store.deliveredFiles(of: record.id)
            }
            let operation = Identifiers.operation(at: now)
            let begun: Begun
            do {
                let places = try DeliveryPlaces(
                    profile, of: record, delivered: delivered, roots: gateway.configuration.deliveryRoots,
                    onlyDelivered: gateway.bringsFilesWithKeys(profile))
                begun = try await begin(operation, record, profile, adapter, places, kept, at: now)
            } catch let error as DeliveryError {
                // An operation that is open says more than what stands in the way of another.
                if let open = try await context.store.openOperation(on: record.id),
                    let result = try await join(open)
                {
                    return result
                }
                return try await refuse(error, record, profile, operation, at: now)
            }
            switch begun.claim {
            case .claimed:
                let conversation = Conversation(
                    gateway: gateway, adapter: adapter, profile: profile, installation: record.id, facts: begun.facts,
                    tell: tell)
                return try await begun.settling.settle(operation) {
                    defer { turn.end() }
                    return try await conversation.run(from: begun.transition, nonce: begun.facts.nonce)
                }
            case .busy(let open):
                if let result = try await join(open) { return result }
            case .asked(let asked):
                return RefreshResult(
                    asked: try Conversation.personStep(asked).title, of: asked.id, on: record.id)
            case .stale:
                break
            }
            record = try await context.installation(record.id)
            known = nil
        }
        throw CallError(.conflict, "\(record.id) is being changed by others all the time: try again.")
    }

    /// What was just heard of a license on tokens, where asking again could look like a theft of its refresh token.
    private func answerAlready(_ record: InstallationRecord) async throws -> RefreshResult? {
        if let answer = found.conversations[record.id], !answer.outcome.isFailure, answer.outcome != .waiting {
            return answer
        }
        return try await LostAnswers(context: context).answer(to: record)
    }

    /// An operation that was tried to begin.
    private struct Begun: Sendable {
        let settling: Settling
        let facts: Facts
        let transition: ErasedTransition
        let claim: ClaimResult
    }

    /// Makes sure that files could be put in place, and begins an operation: all on the thread that looks at them,
    /// since each change of threads costs a refresh about as much as the look.
    ///
    /// - Throws: `DeliveryError`.
    private func begin(
        _ operation: String, _ record: InstallationRecord, _ profile: Profile, _ adapter: AnyAdapter,
        _ places: DeliveryPlaces, _ kept: KeptTokens?, at now: Instant
    ) async throws -> Begun {
        try await places.checkOwners(context.store)
        let owner = try gateway.owner.get().id
        return try await gateway.blocking.glance { answer in
            do {
                let settling = Settling(
                    context: context, record: record, profile: profile, places: places,
                    found: try places.look(adopt: call.adopt), adopt: call.adopt)
                var facts = Facts(record, profile, operation: operation, nonce: Identifiers.nonce(), at: now)
                kept?.tell(&facts)
                if !places.isInPlace { facts.held = nil }
                let transition = try adapter.begin(.refresh, facts: facts)
                let new = NewOperation(
                    id: operation, installation: record.id, customer: record.customer,
                    protocolName: profile.protocolName, act: .refresh, caller: context.caller.id,
                    owner: owner, started: now, basedOn: record.revision,
                    edits: record.edits,
                    first: try Conversation.journal(transition, nonce: facts.nonce, at: now))
                context.store.claim(new) { [facts] result in
                    answer.resume(
                        with: result.map {
                            Begun(settling: settling, facts: facts, transition: transition, claim: $0)
                        })
                }
            } catch {
                answer.resume(throwing: error)
            }
        }
    }

    /// Writes down that the files could not be put in place, so that the vendor was not asked.
    private func refuse(
        _ error: DeliveryError, _ record: InstallationRecord, _ profile: Profile, _ operation: String, at now: Instant
    ) async throws -> RefreshResult {
        try await context.store.record(
            FailedStart(
                id: operation, installation: record.id, customer: record.customer,
                protocolName: profile.protocolName, act: .refresh, caller: context.caller.id, at: now,
                outcome: error.code.rawValue, message: error.sentence,
                nextTry: now.adding(milliseconds: gateway.surroundings.jittered(Settling.retryUnreachable * 60_000))))
        return RefreshResult(
            installation: record.id, outcome: .failed, message: error.sentence, operation: operation)
    }

    private func notDue(_ record: InstallationRecord, at now: Instant) -> RefreshResult? {
        if let next = record.putOff(at: now) {
            return RefreshResult(
                installation: record.id, outcome: .notDue,
                message: "The last try failed (\(record.lastFailure ?? "")); the next one is due \(next).")
        }
        guard !record.isRefreshDue(at: now) else { return nil }
        let due = record.refreshDue.map { "\($0)" } ?? "never"
        return RefreshResult(installation: record.id, outcome: .notDue, message: "A refresh is due \(due).")
    }

    /// Waits for another caller's operation and takes its answer; finishes it where its process is gone.
    ///
    /// - Returns: Nil where there was nothing to take: the installation is free now.
    private func join(_ open: OperationRecord) async throws -> RefreshResult? {
        turn.end()
        if let result = found.unfinished[open.id], !(call.adopt && result.outcome == .interrupted) { return result }
        var pause = 10
        while true {
            guard let (record, _) = try await context.store.operation(open.id, in: .portfolio) else { return nil }
            if record.ended != nil { return RefreshResult(record) }
            if record.status == .asking { return nil }
            if let until = record.waitsUntil, until > context.now {
                return RefreshResult(
                    installation: record.installation, outcome: .notDue,
                    message: "An operation is open and goes on \(until).", operation: record.id)
            }
            if !Recovery.isAlive(record.owner, of: gateway) {
                let result = await Recovery(context: context, adopt: call.adopt).finish(record)
                // What waits for a person again keeps nobody from the installation.
                return result?.outcome == .waiting ? nil : result
            }
            try await gateway.surroundings.pause(pause)
            pause = min(pause * 2, 250)
        }
    }
}

extension Facts {
    /// What an adapter is told of an installation.
    init(_ record: InstallationRecord, _ profile: Profile, operation: String, nonce: String, at now: Instant) {
        var held: Held?
        if record.held, let revision = record.revision, let issued = record.issued {
            held = Held(revision: revision, issued: issued, isOffline: record.offlineActivated != nil)
        }
        self.init(
            operation: operation, now: now, nonce: nonce, identity: record.identity, settings: profile.shownSettings,
            place: profile.place, held: held, vendor: profile.vendor.address ?? "")
    }
}
