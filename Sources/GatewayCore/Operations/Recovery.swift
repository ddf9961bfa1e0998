import AdapterKit
import Foundation
import GatewayAPI
import GatewayProfiles
import GatewayStore

/// Finishes what a process left open when it ended. Only where its owner lock is free: never while it lives.
struct Recovery: Sendable {
    let context: CallContext
    /// Whether a file that Gatehouse did not write may be replaced.
    let adopt: Bool

    private var gateway: Gateway { context.gateway }

    /// What came of the operations that were found open.
    struct Found: Sendable {
        /// What those came to that could not be finished, by operation: they need not be tried again at once.
        var unfinished: [String: RefreshResult] = [:]
        /// What conversations with vendors came to that were gone on with, by installation.
        var conversations: [String: RefreshResult] = [:]
    }

    /// Finishes every operation in scope whose process is gone.
    func run() async -> Found {
        var found = Found()
        // What can't be finished now stays open and is told with its own operation.
        let open = (try? await context.store.unfinishedOperations(in: context.scope, now: context.now)) ?? []
        for record in open where !Self.isAlive(record.owner, of: gateway) {
            guard let result = await finish(record) else { continue }
            if result.outcome.isFailure { found.unfinished[record.id] = result }
            if [.running, .waiting].contains(record.status) { found.conversations[record.installation] = result }
        }
        return found
    }

    /// Whether the process that is at an operation lives. Where that can't be known it is taken for alive.
    static func isAlive(_ owner: String, of gateway: Gateway) -> Bool {
        if owner.isEmpty { return false }
        if owner == gateway.owner.ifMade?.id { return true }
        return (try? OwnerLock.isAlive(owner, folder: gateway.configuration.owners)) ?? true
    }

    /// Takes one operation over and finishes it.
    ///
    /// - Returns: What it came to; nil where another process was quicker.
    func finish(_ record: OperationRecord) async -> RefreshResult? {
        // It may restart services, and wait for people: somebody asks for that.
        if record.act == .upgrade {
            return RefreshResult(
                installation: record.installation, outcome: .failed,
                message: "An upgrade of its keys is open, and nobody is at it: `gatehouse upgrade resume "
                    + "\(record.installation)` goes on with it.", operation: record.id)
        }
        do {
            guard try await context.store.takeOver(record.id, from: record.owner, by: gateway.owner.get().id) else {
                return nil
            }
            return try await resume(record)
        } catch {
            // It stays open under this process's name until somebody can finish it; say so by giving it back.
            _ = try? await context.store.takeOver(record.id, from: gateway.owner.get().id, by: "")
            let error = Gateway.callError(error)
            return RefreshResult(
                installation: record.installation, outcome: .failed, message: error.message, operation: record.id)
        }
    }

    private func resume(_ record: OperationRecord) async throws -> RefreshResult {
        switch record.status {
        case .planned: return RefreshResult(record)
        case .delivering, .interrupted:
            do {
                try await DeliveryFinish(context: context, adopt: adopt).run(record.id, on: record.installation)
            } catch let error as DeliveryError {
                return RefreshResult(
                    installation: record.installation, outcome: .interrupted, message: error.sentence,
                    operation: record.id)
            }
            return RefreshResult(record)
        case .running, .waiting:
            return try await converse(record)
        case .asking:
            return RefreshResult(
                asked: try Conversation.personStep(record).title, of: record.id, on: record.installation)
        case .done, .failed:
            return RefreshResult(record)
        }
    }

    /// Goes on with a conversation from its journal.
    private func converse(_ record: OperationRecord) async throws -> RefreshResult {
        guard let installation = try await context.store.installation(record.installation, in: .portfolio) else {
            throw StoreError(.notFound, "There is no installation \"\(record.installation)\".")
        }
        let (transition, nonce) = try Conversation.journaled(record)
        if case .show(let notice, _) = transition.step {
            try await context.store.askAgain(
                record.id, owner: gateway.owner.get().id, "The gateway ended meanwhile.", at: context.now)
            return RefreshResult(shown: notice, of: record.id, on: record.installation)
        }
        if case .ask(let step) = transition.step {
            // Its process ended before anything came of what the person had brought.
            try await context.store.askAgain(
                record.id, owner: gateway.owner.get().id, "The gateway ended meanwhile.", at: context.now)
            return RefreshResult(asked: step.title, of: record.id, on: record.installation)
        }
        let (profile, adapter) = try await gateway.profileAndAdapter(for: installation)
        var facts = Facts(
            installation, profile, operation: record.id, nonce: record.nonce ?? "", at: context.now)
        try await gateway.keptTokens(of: installation, profile)?.tell(&facts)
        let conversation = Conversation(
            gateway: gateway, adapter: adapter, profile: profile, installation: installation.id, facts: facts,
            tell: { [context] in context.progress(Progress(done: 0, total: 1, latest: $0)) })
        let settling = try await Settling(
            context: context, record: installation, profile: profile,
            delivered: try await context.store.deliveredFiles(of: installation.id), adopt: adopt,
            contact: Settling.Contact(record.act))
        if let answer = record.answer {
            return try await settling.settle(record.id) {
                try await conversation.resume(record, sealed: answer)
            }
        }
        if case .send(let request) = transition.step, request.once {
            return try await settling.settle(record.id, inDoubt: true) { try await conversation.inspect(record) }
        }
        return try await settling.settle(record.id) { try await conversation.run(from: transition, nonce: nonce) }
    }
}
