import AdapterKit
import GatewayAPI
import GatewayStore

/// Answers with tokens that did not arrive, and what they forbid for a while.
///
/// A server that replaces a refresh token at each use gives the answer to the one before again, for seconds. Of one that is
/// two generations old it thinks that it was stolen, and a request whose answer was lost may still be on its way.
struct LostAnswers {
    let context: CallContext

    /// How long after an answer was lost no token is used that came later, in seconds: longer than servers' windows are, which
    /// is mostly 30.
    static let patience = 60

    /// What the operation's record says where an answer was lost.
    static let kinds: Set<String> = ["lost", "inspect"]

    /// What a refresh comes to that would use a token which came just now, after an answer was lost: that token must not be
    /// used yet, lest the request that was lost arrives later than the next one.
    func answer(to record: InstallationRecord) async throws -> RefreshResult? {
        let now = context.now
        guard let (operation, at) = try await context.store.tokenSource(WithheldSecrets.refreshToken, of: record.id),
            at <= now, now < at.adding(seconds: Self.patience), try await wasLost(in: operation),
            let (ended, _) = try await context.store.operation(operation, in: .portfolio), ended.ended != nil
        else { return nil }
        var result = RefreshResult(ended)
        result.message +=
            " That was \(at), after an answer had been lost; the server is asked again from "
            + "\(at.adding(seconds: Self.patience)) on."
        return result
    }

    /// Whether an answer to an operation was lost.
    func wasLost(in operation: String) async throws -> Bool {
        guard let (_, notes) = try await context.store.operation(operation, in: .portfolio) else { return false }
        return notes.contains { Self.kinds.contains($0.kind) }
    }

    /// The operation of an installation whose answer is still asked for; nil where there is none.
    func open(on installation: String) async throws -> OperationRecord? {
        try await context.store.openOperation(on: installation).flatMap { isLost($0) ? $0 : nil }
    }

    /// All operations in scope whose answers are still asked for.
    func open(customer: String?) async throws -> [OperationRecord] {
        try await context.store.unfinishedOperations(in: context.scope, now: context.now)
            .filter { (customer == nil || $0.customer == customer) && isLost($0) }
    }

    private func isLost(_ record: OperationRecord) -> Bool {
        guard record.status == .running, record.answer == nil, !Recovery.isAlive(record.owner, of: context.gateway),
            context.gateway.registry.adapter(for: record.protocolName)?.capabilities.contains(.deviceAuthorization)
                == true,
            case .send(let request)? = try? Conversation.journaled(record).0.step
        else { return false }
        return request.once
    }

    /// By which command an answer is asked for again.
    static func command(_ act: Act, _ installation: String) -> String {
        act == .authorize ? "gatehouse authorize \(installation) --complete" : "gatehouse refresh \(installation)"
    }

    /// What to do about one.
    static func advice(_ act: Act, _ installation: String) -> String {
        "`\(command(act, installation))` asks for it again, as the next `gatehouse run --due` does. Do so at once: many servers "
            + "give it again for seconds only, and after that the license must be acquired again."
    }

    /// What is told of one.
    static func told(_ record: OperationRecord) -> String {
        "The answer of the authorization server that was asked \(record.started) was lost. "
            + advice(record.act, record.installation)
    }
}
