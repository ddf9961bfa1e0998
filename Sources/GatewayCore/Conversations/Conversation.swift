import AdapterKit
import Foundation
import GatewayProfiles
import GatewayStore

/// One act's conversation between an adapter and a vendor, journaled step by step.
///
/// The runner does what the adapter asks: it sends, verifies, waits; and writes down the state before each step, so
/// that the conversation goes on after a restart. It ends with the adapter's outcome; what that means is the use
/// case's.
struct Conversation: Sendable {
    let gateway: Gateway
    let adapter: AnyAdapter
    let profile: Profile
    /// The installation's ID.
    let installation: String
    /// What the adapter is told, as it was when the operation began; time and nonce are renewed at every step.
    let facts: Facts
    /// Whom it is told that a lost answer is asked for again, which takes a while.
    var tell: @Sendable (String) -> Void = { _ in }

    /// The most steps of one conversation: an adapter that goes on longer is in a circle.
    static let maximumSteps = 100

    /// How a conversation stands when its runner comes back.
    enum Ending: Sendable {
        /// The adapter finished.
        case finished(Outcome, notes: [StepNote])
        /// It goes on at a later time, and is journaled until then.
        case waiting(until: Instant)
        /// It goes on once a person has done this, and is journaled until then.
        case asking(PersonStep)
        /// A person is shown something, and it goes on at a later time; it is journaled until then.
        case showing(Notice, until: Instant)
    }

    private var vendor: Profile.Vendor { profile.vendor }
    private var withholding: Withholding { Withholding(gateway: gateway, installation: installation) }
    private var operation: String { facts.operation }
    private var now: Instant { gateway.surroundings.now() }

    /// Goes on from a transition that is journaled.
    ///
    /// - Parameter lostSince: Since when it may be that the vendor has acted upon the first step, and its answer is lost.
    /// - Throws: ``AdapterError``, which ends the operation; `CancellationError`.
    func run(from first: ErasedTransition, nonce: String, lostSince: Instant? = nil) async throws -> Ending {
        var lostSince = lostSince
        var transition = first
        var nonce = nonce
        for _ in 1...Self.maximumSteps {
            switch transition.step {
            case .send(let request):
                let answer: RawAnswer
                let since = lostSince
                lostSince = nil
                let sent = now
                do {
                    answer = try await send(request, isUrgent: since != nil)
                } catch let lost as LostAnswer where !request.mayGoUnanswered {
                    answer = try await again(
                        request, after: lost, since: since ?? sent, isFirst: since == nil, transition)
                } catch  where since != nil && !request.mayGoUnanswered && Self.silence(error) != nil {
                    answer = try await again(request, after: error, since: since ?? sent, isFirst: false, transition)
                } catch {
                    guard request.mayGoUnanswered, let why = Self.silence(error) else { throw error }
                    let note = StepNote(at: now, kind: "no answer", detail: why)
                    if let ending = try await advance(&transition, &nonce, with: .unanswered, note: note) {
                        return ending
                    }
                    continue
                }
                try await withholding.keep(answer, to: request, of: operation, at: now)
                let response = try await checked(answer, to: request, nonce)
                let note = StepNote(
                    at: now, kind: "answer", detail: "status \(answer.status), \(answer.body.count) bytes")
                if let ending = try await advance(&transition, &nonce, with: .answer(response), note: note) {
                    return ending
                }
            case .show(let notice, let until):
                guard until <= now else { return .showing(notice, until: until) }
                let note = StepNote(at: now, kind: "time", detail: "asks whether it was done")
                if let ending = try await advance(&transition, &nonce, with: .time, note: note) { return ending }
            case .wait(let until):
                guard until <= now else { return .waiting(until: until) }
                let note = StepNote(at: now, kind: "time", detail: "waited until \(until)")
                if let ending = try await advance(&transition, &nonce, with: .time, note: note) { return ending }
            case .ask(let step):
                return .asking(step)
            case .finish(let outcome):
                return .finished(outcome, notes: [])
            }
        }
        throw AdapterError(
            .malformed, "The adapter \(adapter.descriptor.title) made \(Self.maximumSteps) steps without an end.")
    }

    /// Goes on with an answer that was sealed before the gateway ended.
    func resume(_ record: OperationRecord, sealed: Data) async throws -> Ending {
        let (transition, nonce) = try Self.journaled(record)
        guard case .send(let request) = transition.step else { return try await run(from: transition, nonce: nonce) }
        let bytes = try gateway.sealer.open(sealed, for: SealedAnswer.purpose(of: operation))
        let answer = try JSONDecoder().decode(RawAnswer.self, from: Data(bytes))
        let response = try await checked(answer, to: request, nonce)
        var next = transition
        var newNonce = nonce
        let note = StepNote(at: now, kind: "resume", detail: "with the answer that was kept")
        if let ending = try await advance(&next, &newNonce, with: .answer(response), note: note) { return ending }
        return try await run(from: next, nonce: newNonce)
    }

    /// Asks what became of a step that was made only once and whose answer was lost.
    func inspect(_ record: OperationRecord) async throws -> Ending {
        guard adapter.inspects, let state = record.state else {
            throw AdapterError(
                .conflict,
                "The gateway ended while the vendor was asked for something that must not be repeated, and the answer "
                    + "is lost. Look at the vendor's record before you try again.")
        }
        // The journal stays at the step whose answer was lost until the vendor has said what became of it.
        let nonce = Identifiers.nonce()
        let transition = try adapter.inspect(state, facts: try await renewed(nonce))
        let lost = StepNote(at: now, kind: "inspect", detail: "the answer was lost: the vendor is asked")
        try await gateway.store.note(
            [lost, try Self.journal(transition, nonce: nonce, at: now).note], on: operation)
        return try await run(from: transition, nonce: nonce, lostSince: record.started)
    }

    /// A transition as the journal keeps it.
    static func journal(
        _ transition: ErasedTransition, nonce: String, at now: Instant
    ) throws -> JournaledTransition {
        var waitsUntil: Instant?
        var asks = false
        let note: StepNote
        switch transition.step {
        case .send(let request):
            note = StepNote(
                at: now, kind: "send",
                detail: "\(request.method) \(request.endpoint ?? request.path)\(request.once ? ", once" : "")")
        case .show(let notice, let until):
            asks = true
            waitsUntil = until
            note = StepNote(at: now, kind: "show", detail: notice.title)
        case .wait(let until):
            waitsUntil = until
            note = StepNote(at: now, kind: "wait", detail: "until \(until)")
        case .ask(let step):
            asks = true
            note = StepNote(at: now, kind: "ask", detail: step.title)
        case .finish:
            note = StepNote(at: now, kind: "finish", detail: "")
        }
        return JournaledTransition(
            nonce: nonce, state: transition.state, step: try transition.step.json(),
            waitsUntil: waitsUntil, asks: asks, note: note)
    }

    /// The transition that an operation's journal holds.
    static func journaled(_ record: OperationRecord) throws -> (ErasedTransition, String) {
        guard let state = record.state, let step = record.step, let nonce = record.nonce,
            let step = try? JSONDecoder().decode(Step.self, from: step)
        else { throw AdapterError(.malformed, "The journal of operation \(record.id) can't be read.") }
        return (ErasedTransition(state: state, step: step), nonce)
    }

    /// The step that an operation waits for a person to do.
    static func personStep(_ record: OperationRecord) throws -> PersonStep {
        switch try journaled(record).0.step {
        case .ask(let step): return step
        case .show(let notice, _): return PersonStep(notice, of: record.installation)
        default: throw AdapterError(.malformed, "The operation \(record.id) waits for nobody.")
        }
    }

    /// - Parameter isUrgent: Whether it can't wait until a host that failed is asked again.
    private func send(_ request: Request, isUrgent: Bool = false) async throws -> RawAnswer {
        try Task.checkCancellation()
        // An answer that could not be kept would be lost.
        if request.once || !request.withholds.isEmpty { try await gateway.requireSealing() }
        let filled = try await withholding.filled(request, settings: profile.settings)
        // What is made only once is not given up half way: its answer would be lost.
        if request.once {
            return try await Task { try await gateway.line.send(filled, to: vendor, isUrgent: isUrgent) }.value
        }
        return try await gateway.line.send(filled, to: vendor, isUrgent: isUrgent)
    }

    /// Sends again what was lost, for as long as it may help, where that is how its adapter finds out what became of it:
    /// servers that replace a token at each use give the answer to the one before again, but only for seconds.
    ///
    /// - Parameters:
    ///   - since: When it was sent first.
    ///   - isFirst: Whether it is sent again at least once, whatever time it is.
    /// - Throws: `lost` where no answer comes, or it is not to be found out so.
    private func again(
        _ request: Request, after lost: any Error, since: Instant, isFirst: Bool, _ transition: ErasedTransition
    ) async throws -> RawAnswer {
        let end = since.adding(milliseconds: Self.pausesAfterLoss.reduce(1000, +))
        guard isFirst || now < end, adapter.inspects,
            case .send(request)? = try? await adapter.inspect(transition.state, facts: renewed(facts.nonce)).step
        else { throw lost }
        try await gateway.store.note(
            [StepNote(at: now, kind: "lost", detail: "the answer was lost: it is asked for again")], on: operation)
        tell("answer lost, asking again: \(installation)")
        for (number, milliseconds) in Self.pausesAfterLoss.enumerated() {
            do {
                try await gateway.surroundings.pause(milliseconds)
                guard now < end || number == 0 else { throw lost }
                return try await send(request, isUrgent: true)
            } catch {
                // Whoever comes next asks again: it is not known what became of it.
                guard Self.silence(error) != nil else { throw lost }
            }
        }
        throw lost
    }

    /// The pauses before what was lost is sent again, in milliseconds: together a little less than servers' windows mostly
    /// are, which is 30 seconds.
    static let pausesAfterLoss = [250, 750, 2000, 4000, 7000, 10_000]

    /// What the adapter may see of an answer.
    private func checked(_ answer: RawAnswer, to request: Request, _ nonce: String) async throws -> Response {
        var answer = answer
        answer.body = try await withholding.silenced(answer, to: request, settings: profile.settings)
        switch request.trust {
        case .plain where !request.withholds.isEmpty: return try Withholding.redacted(answer, to: request)
        case .plain, .signed: return try gateway.line.verify(answer, to: request, from: vendor, nonce: nonce)
        case .keySet(let check):
            var tokens: [String: String] = [:]
            for name in check.audiences.keys { tokens[name] = try await withholding.secret(name) }
            return try await check.response(answer, tokens: tokens, at: now)
        }
    }

    /// Why there was no answer, where that is what an error means.
    private static func silence(_ error: any Error) -> String? {
        switch error {
        case let error as AdapterError: error.code == .unreachable ? error.message : nil
        case let error as OutOfOrder: error.error.message
        case let error as LostAnswer: error.message
        default: nil
        }
    }

    func renewed(_ nonce: String) async throws -> Facts {
        var facts = facts
        facts.now = now
        facts.nonce = nonce
        if adapter.capabilities.contains(.deviceAuthorization) { facts.withheld = try await withholding.names }
        return facts
    }

    /// Hands an event to the adapter and journals what it wants next; an ending where it is done.
    private func advance(
        _ transition: inout ErasedTransition, _ nonce: inout String, with event: Event, note: StepNote
    ) async throws -> Ending? {
        let newNonce = Identifiers.nonce()
        transition = try adapter.resume(transition, with: event, facts: try await renewed(newNonce))
        nonce = newNonce
        if case .finish(let outcome) = transition.step { return .finished(outcome, notes: [note]) }
        try await gateway.store.journal(
            try Self.journal(transition, nonce: newNonce, at: now), of: operation, answered: note)
        return nil
    }
}

extension PersonStep {
    /// What a person is shown to do elsewhere.
    init(_ notice: Notice, of installation: String) {
        self.init(
            title: notice.title,
            text: "\(notice.text) Open \(notice.link) and type \(notice.code), before \(notice.expires); then "
                + "`gatehouse authorize \(installation) --complete` goes on.")
    }
}
