import AdapterKit
import GatewayAPI
import GatewayProfiles
import GatewayStore

/// An operation on a license that lives on tokens, which this process is at.
struct TokenWork {
    private let context: CallContext
    private let record: InstallationRecord
    private let profile: Profile
    private let adapter: AnyAdapter
    private let facts: Facts

    /// - Parameter facts: as the operation began with them; they hold its ID.
    init(
        _ context: CallContext, _ record: InstallationRecord, _ profile: Profile, _ adapter: AnyAdapter,
        _ facts: Facts
    ) {
        self.context = context
        self.record = record
        self.profile = profile
        self.adapter = adapter
        self.facts = facts
    }

    /// What an open authorization shows, and before when its server is not asked again.
    static func shown(_ record: OperationRecord) throws -> (notice: Notice, until: Instant) {
        guard case .show(let notice, let until) = try Conversation.journaled(record).0.step else {
            throw AdapterError(.malformed, "The operation \(record.id) shows nothing to anybody.")
        }
        return (notice, until)
    }

    /// Begins the operation, if nothing stands against it.
    ///
    /// - Parameters:
    ///   - audit: The name of the act in the audit trail.
    ///   - detail: What else the audit trail tells.
    func claim(
        _ act: Act, _ transition: ErasedTransition, audit: String, detail: String = ""
    ) async throws -> ClaimResult {
        try await context.store.claim(
            NewOperation(
                id: facts.operation, installation: record.id, customer: record.customer,
                protocolName: profile.protocolName, act: act, caller: context.caller.id,
                owner: context.gateway.owner.get().id, started: facts.now, basedOn: record.revision,
                edits: record.edits,
                first: try Conversation.journal(transition, nonce: facts.nonce, at: facts.now),
                audit: context.audit(
                    audit, customer: record.customer, subject: record.id,
                    detail: "operation \(facts.operation)\(detail)")))
    }

    /// Goes on with an authorization until it waits for a person, or has ended.
    func authorize(from transition: ErasedTransition, nonce: String) async throws -> AuthorizationView {
        let result = try await settle(.authorize, from: transition, nonce: nonce)
        if let open = try await context.store.askedOperation(on: record.id, act: .authorize), open.id == facts.operation
        {
            return AuthorizationView(open, try Self.shown(open))
        }
        return AuthorizationView(installation: record.id, operation: facts.operation, result: result)
    }

    /// Goes on with the conversation, and takes what comes of it.
    func settle(_ act: Act, from transition: ErasedTransition, nonce: String) async throws -> RefreshResult {
        let conversation = Conversation(
            gateway: context.gateway, adapter: adapter, profile: profile, installation: record.id, facts: facts)
        let settling = try await Settling(
            context: context, record: record, profile: profile,
            delivered: try await context.store.deliveredFiles(of: record.id), adopt: false,
            contact: Settling.Contact(act))
        return try await settling.settle(facts.operation) {
            try await conversation.run(from: transition, nonce: nonce)
        }
    }
}
