import AdapterKit
import Crypto
import Foundation
import GatewayAPI
import GatewayProfiles
import GatewayStore

/// Goes on with an operation once a person has done its step: checks what they brought, all of it before anything
/// changes, and hands it to whoever asked for it. Whatever is refused leaves the step as it was.
struct StepCompletion: Sendable {
    let context: CallContext
    /// Whether a file that Gatehouse did not write may be replaced.
    var adopt = false

    /// What a person brings.
    struct Bag: Sendable {
        var files: [AttachedFile] = []
        var values: [String: String] = [:]
        /// What they say of it; empty for nothing.
        var note = ""
        /// When it was done; nil for now.
        var at: Instant?
    }

    private var gateway: Gateway { context.gateway }

    /// How often an installation is read again because something else came into force meanwhile.
    private static let maximumReloads = 5

    /// - Parameters:
    ///   - id: The operation's ID.
    ///   - number: Which of its person steps was done; nil for the one that it waits for.
    ///   - audit: The name of the act in the audit trail.
    /// - Returns: What came of it, as of a refresh.
    /// - Throws: ``CallError``, ``AdapterError``, `DeliveryError`, all of which leave the step open.
    func run(_ id: String, step number: Int? = nil, _ bag: Bag, audit: String) async throws -> RefreshResult {
        for _ in 1...Self.maximumReloads {
            guard let (record, notes) = try await context.store.operation(id, in: context.scope) else {
                throw CallError(
                    .notFound, "There is no operation \"\(id)\". `gatehouse steps list` shows what is open.")
            }
            if record.status != .asking, record.ended == nil {
                // A process is at it, or was when it ended: then it asks again once that is known.
                try await wait(for: record)
                continue
            }
            guard record.status == .asking else {
                throw CallError(.conflict, "The operation \(id) waits for nobody: \(Self.whereItStands(record)).")
            }
            let present = StepNote.stepsDone(in: notes) + 1
            guard number ?? present == present else {
                throw CallError(
                    .conflict, "The operation \(id) waits for its step \(present), not for \(number ?? present).")
            }
            guard record.act != .authorize else {
                throw CallError(
                    .conflict,
                    "The operation \(id) goes on once its code was typed: `gatehouse authorize \(record.installation) "
                        + "--complete` asks the authorization server whether it was.")
            }
            if record.act == .upgrade {
                return try await UpgradeRun(context, record).done(bag, step: present, audit: audit)
            }
            let attempt = try await prepare(record, number: present, bag, audit)
            switch try await context.store.takeUp(attempt.done) {
            case .taken: return try await goOn(attempt)
            case .busy(let open): try await wait(for: open)
            case .stale, .gone: break
            }
        }
        throw CallError(
            .conflict, "The operation \(id) is being gone on with by others: look with `gatehouse steps list`.")
    }

    /// Where an operation stands that no person is asked for, as a clause.
    static func whereItStands(_ record: OperationRecord) -> String {
        guard let ended = record.ended else { return "a process is at it" }
        return "it ended \(ended)" + (record.message.map { ": \($0)" } ?? "")
    }

    // MARK: - Before anything changes

    /// Everything that was checked, ready to be taken up.
    private struct Attempt: Sendable {
        var done: DoneStep
        var next: ErasedTransition
        var nonce: String
        var conversation: Conversation
        var settling: Settling
    }

    private func prepare(
        _ record: OperationRecord, number: Int, _ bag: Bag, _ audit: String
    ) async throws -> Attempt {
        let (transition, nonce) = try Conversation.journaled(record)
        let step = try Conversation.personStep(record)
        guard let installation = try await context.store.installation(record.installation, in: .portfolio) else {
            throw CallError(.notFound, "There is no installation \"\(record.installation)\".")
        }
        let (profile, adapter) = try await gateway.profileAndAdapter(for: installation)
        guard ByHand.asked(transition) == profile.vendor.isByHand else {
            // What a person alone vouches for is never handed to who takes it for verified.
            throw CallError(
                .conflict,
                "The profile \(profile.name) asked for this when it "
                    + (profile.vendor.isByHand ? "had a vendor's server" : "was by hand") + ", and "
                    + (profile.vendor.isByHand ? "is by hand" : "has a vendor's server")
                    + " now. Give the step up with `gatehouse steps cancel \(record.id)`, and ask anew.")
        }
        let at = try time(bag.at, since: record.started, after: installation.lastContact)
        try AttachedFile.check(bag.files, besides: try await context.store.attachments(of: record.id), step: number)
        let problems = step.brings.values.problems(with: bag.values, kind: "step")
        guard problems.isEmpty else {
            throw CallError(.invalid, problems.map(\.message).joined(separator: "\n"))
        }
        let documents = try step.documents(among: bag.files).mapValues { bytes, trust in
            try verified(bytes, trust, profile.vendor, nonce)
        }
        let newNonce = Identifiers.nonce()
        var facts = Facts(installation, profile, operation: record.id, nonce: newNonce, at: at)
        let conversation = Conversation(
            gateway: gateway, adapter: adapter, profile: profile, installation: installation.id, facts: facts)
        facts.now = at
        let next = try adapter.resume(
            transition, with: .brought(Brought(documents: documents, values: bag.values)), facts: facts)
        let settling = try await Settling(
            context: context, record: installation, profile: profile,
            delivered: try await context.store.deliveredFiles(of: installation.id), adopt: adopt,
            contact: Settling.Contact(record.act, at: bag.at))
        if case .finish(let outcome) = next.step { try settling.check(outcome) }
        let values = bag.values.sorted { $0.key < $1.key }.map { name, value in
            let isSecret = step.brings.values.contains { $0.secret && $0.covers(name) }
            return "\(name)=\(isSecret ? "********" : value)"
        }
        let what = bag.files.map(\.name) + values
        let detail = ([step.title] + what + (bag.note.isEmpty ? [] : ["\"\(bag.note)\""])).joined(separator: "; ")
        return Attempt(
            done: DoneStep(
                operation: record.id, installation: installation.id, nonce: nonce, owner: try gateway.owner.get().id,
                basedOn: installation.revision, edits: installation.edits,
                attachments: bag.files.map { $0.attachment(step: number, at: context.now, by: context.caller.id) },
                notes: [StepNote(StepNote.done, by: context.caller.id, at: at, detail: detail)],
                audit: context.audit(
                    audit, customer: record.customer, subject: record.installation,
                    detail: "operation \(record.id), step \(number)")),
            next: next, nonce: newNonce, conversation: conversation, settling: settling)
    }

    /// How far back a step may have been done before it was asked for, in days: a person may have done it unasked.
    private static let daysBack = 31

    func time(
        _ at: Instant?, since started: Instant, after lastContact: Instant?
    ) throws(CallError) -> Instant {
        guard let at else { return context.now }
        guard at <= context.now else {
            throw CallError(.invalid, "\(at) is still to come (it is \(context.now)): say when it was done.")
        }
        guard at >= started.adding(hours: -24 * Self.daysBack) else {
            throw CallError(
                .invalid, "\(at) is more than \(Self.daysBack) days before the step was asked for, on \(started).")
        }
        if let lastContact, at < lastContact {
            throw CallError(
                .invalid,
                "\(at) is before the last contact with the vendor, of \(lastContact): what was so then says nothing new."
            )
        }
        return at
    }

    private func verified(
        _ bytes: [UInt8], _ trust: Request.Trust, _ vendor: Profile.Vendor, _ nonce: String
    ) throws(AdapterError) -> Response {
        switch trust {
        case .plain, .keySet: return Response(status: 200, body: bytes)
        case .signed(let purpose):
            let payload = try SignatureCheck(keys: vendor.keys).payload(of: bytes, purpose: purpose, nonce: nonce)
            return Response(status: 200, body: payload, document: bytes)
        }
    }

    // MARK: - Once it is taken up

    private func goOn(_ attempt: Attempt) async throws -> RefreshResult {
        let operation = attempt.done.operation
        do {
            if case .finish(let outcome) = attempt.next.step {
                return try await attempt.settling.take(outcome, operation, [])
            }
            try await context.store.journal(
                try Conversation.journal(attempt.next, nonce: attempt.nonce, at: context.now), of: operation,
                answered: nil)
        } catch {
            let error = Gateway.callError(error)
            try await context.store.askAgain(
                operation, owner: attempt.done.owner, error.message, at: context.now)
            throw error
        }
        return try await attempt.settling.settle(operation) {
            try await attempt.conversation.run(from: attempt.next, nonce: attempt.nonce)
        }
    }

    /// Waits for another operation on the installation; finishes it where its process is gone.
    func wait(for open: OperationRecord) async throws {
        var pause = 10
        while let record = try await context.store.operation(open.id, in: .portfolio)?.0, record.ended == nil,
            record.status != .asking
        {
            if let until = record.waitsUntil, until > context.now {
                throw CallError(.conflict, "On \(record.installation) an operation is open, which goes on \(until).")
            }
            guard Recovery.isAlive(record.owner, of: gateway) else {
                let result = await Recovery(context: context, adopt: adopt).finish(record)
                let isOpen = try await context.store.operation(open.id, in: .portfolio)?.0.ended == nil
                if let result, result.outcome.isFailure, isOpen {
                    throw CallError(.conflict, "On \(record.installation) an operation is open: \(result.message)")
                }
                return
            }
            try await gateway.surroundings.pause(pause)
            pause = min(pause * 2, 250)
        }
    }
}

extension PersonStep {
    /// Which of the files are the documents that the step wants, by name, with how each must be trusted.
    ///
    /// - Throws: ``CallError`` where one is missing, or two could be meant.
    func documents(among files: [AttachedFile]) throws(CallError) -> [String: ([UInt8], Request.Trust)] {
        var found: [String: ([UInt8], Request.Trust)] = [:]
        for document in brings.documents {
            let fitting = files.filter { $0.name.lowercased().hasSuffix(document.suffix.lowercased()) }
            let names = document.suffix.hasPrefix(".") ? "whose name ends with \(document.suffix)" : document.suffix
            guard fitting.count < 2 else {
                throw CallError(
                    .invalid,
                    "The \(document.title) is one file (\(names)), and there are \(fitting.count): "
                        + fitting.map(\.name).joined(separator: ", ") + ".")
            }
            if let file = fitting.first {
                found[document.name] = (file.contents, document.trust)
            } else if document.required {
                throw CallError(.invalid, "The \(document.title) is missing: attach the file \(names).")
            }
        }
        return found
    }
}
