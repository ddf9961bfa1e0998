import AdapterKit
import GatewayAPI
import GatewayProfiles
import GatewayStore

/// What people are told of authorizations.
enum AuthorizationText {
    /// That there is no token to refresh a license with.
    static func needed(_ record: InstallationRecord) -> String {
        let way = "`gatehouse authorize \(record.id)`"
        if let why = record.authorizeAgain {
            return "Its license must be acquired again: \(why) \(way) begins."
        }
        return record.held
            ? "Its tokens can't be refreshed: \(way) acquires the license again."
            : "It has no license yet: \(way) begins to acquire one."
    }

    /// That a license need not be acquired.
    static func notNeeded(_ record: InstallationRecord) -> CallError {
        let state =
            record.held
            ? "has a license. `gatehouse refresh \(record.id)` fetches fresh tokens"
            : "was given tokens, which could not be taken yet. `gatehouse refresh \(record.id)` goes on with them"
        return CallError(
            .conflict,
            "\(record.id) \(state); to acquire a license anew, give it back first: `gatehouse deauthorize \(record.id)`."
        )
    }

    /// That a protocol knows no such thing.
    static func unable(_ record: InstallationRecord, _ profile: Profile) -> CallError {
        CallError(
            .invalid,
            "\(record.id) (profile \(profile.name)) has no license on tokens: "
                + (profile.vendor.isByHand
                    ? "a person looks it up, `gatehouse refresh \(record.id)`."
                    : "the protocol \(profile.protocolName) knows no authorization of devices."))
    }
}

extension BeginAuthorization: PerformedCall {
    /// How often an installation is read again because something else came into force meanwhile.
    private static let maximumReloads = 5

    func perform(in context: CallContext) async throws -> AuthorizationView {
        for _ in 1...Self.maximumReloads {
            let record = try await context.installation(installation)
            if let archived = record.archived {
                throw CallError(.conflict, "The installation \(record.id) is archived, since \(archived).")
            }
            let (profile, adapter) = try await context.gateway.profileAndAdapter(for: record)
            guard let kept = try await context.gateway.keptTokens(of: record, profile) else {
                throw AuthorizationText.unable(record, profile)
            }
            if let open = try await context.store.askedOperation(on: record.id, act: .authorize) {
                let shown = try Authorization.shown(open)
                if !anew, shown.notice.expires > context.now { return AuthorizationView(open, shown) }
                try await context.store.giveUpStep(
                    open.id,
                    anew ? "A new code was asked for in its place." : "Its code ended before somebody typed it.",
                    at: context.now,
                    audit: context.audit(
                        CancelStep.name, customer: record.customer, subject: record.id,
                        detail: "operation \(open.id), for a new code"))
            }
            guard !kept.canRefresh else { throw AuthorizationText.notNeeded(record) }
            let now = context.now
            var facts = Facts(
                record, profile, operation: Identifiers.operation(at: now), nonce: Identifiers.nonce(), at: now)
            kept.tell(&facts)
            let transition = try adapter.begin(.authorize, facts: facts)
            let claim = try await context.store.claim(
                NewOperation(
                    id: facts.operation, installation: record.id, customer: record.customer,
                    protocolName: profile.protocolName, act: .authorize, caller: context.caller.id,
                    owner: context.gateway.owner.get().id, started: now, basedOn: record.revision, edits: record.edits,
                    first: try Conversation.journal(transition, nonce: facts.nonce, at: now),
                    audit: context.audit(
                        Self.name, customer: record.customer, subject: record.id,
                        detail: "operation \(facts.operation)")))
            switch claim {
            case .claimed:
                return try await Authorization(context, record, profile, adapter, facts)
                    .goOn(facts.operation, from: transition, nonce: facts.nonce)
            case .busy(let open): try await StepCompletion(context: context).wait(for: open)
            case .asked, .stale: break
            }
        }
        throw CallError(.conflict, "\(installation) is being changed by others all the time: try again.")
    }
}

extension CompleteAuthorization: PerformedCall {
    /// How often an installation is read again because another process was quicker.
    private static let maximumReloads = 5

    func perform(in context: CallContext) async throws -> AuthorizationView {
        for _ in 1...Self.maximumReloads {
            let record = try await context.installation(installation)
            let (profile, adapter) = try await context.gateway.profileAndAdapter(for: record)
            guard let kept = try await context.gateway.keptTokens(of: record, profile) else {
                throw AuthorizationText.unable(record, profile)
            }
            guard let open = try await context.store.askedOperation(on: record.id, act: .authorize) else {
                if let other = try await context.store.openOperation(on: record.id) {
                    try await StepCompletion(context: context).wait(for: other)
                    if other.act == .authorize, let ended = try await context.ended(other.id) { return ended }
                    continue
                }
                throw CallError(
                    .conflict,
                    "No code is shown for \(record.id): "
                        + (record.held && kept.canRefresh
                            ? "it has a license already." : "`gatehouse authorize \(record.id)` begins."))
            }
            let shown = try Authorization.shown(open)
            // Asking sooner than the server wants only makes it want longer.
            if shown.until > context.now { return AuthorizationView(open, shown) }
            guard
                try await context.store.startPlanned(
                    open.id, on: record.id, owner: context.gateway.owner.get().id)
            else {
                if let other = try await context.store.openOperation(on: record.id) {
                    try await StepCompletion(context: context).wait(for: other)
                }
                continue
            }
            let (transition, nonce) = try Conversation.journaled(open)
            var facts = Facts(record, profile, operation: open.id, nonce: nonce, at: context.now)
            kept.tell(&facts)
            return try await Authorization(context, record, profile, adapter, facts)
                .goOn(open.id, from: transition, nonce: nonce)
        }
        throw CallError(.conflict, "\(installation) is being changed by others all the time: try again.")
    }
}

/// An authorization that this process is at.
struct Authorization {
    private let context: CallContext
    private let record: InstallationRecord
    private let profile: Profile
    private let adapter: AnyAdapter
    private let facts: Facts

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

    /// Goes on with it until it waits for a person, or has ended.
    func goOn(_ operation: String, from transition: ErasedTransition, nonce: String) async throws -> AuthorizationView {
        let conversation = Conversation(
            gateway: context.gateway, adapter: adapter, profile: profile, installation: record.id, facts: facts)
        let settling = try await Settling(
            context: context, record: record, profile: profile,
            delivered: try await context.store.deliveredFiles(of: record.id), adopt: false,
            contact: Settling.Contact(.authorize))
        let result = try await settling.settle(operation) {
            try await conversation.run(from: transition, nonce: nonce)
        }
        if let open = try await context.store.askedOperation(on: record.id, act: .authorize), open.id == operation {
            return AuthorizationView(open, try Self.shown(open))
        }
        return AuthorizationView(installation: record.id, operation: operation, result: result)
    }
}

extension AuthorizationView {
    /// One that waits for a person.
    fileprivate init(_ open: OperationRecord, _ shown: (notice: Notice, until: Instant)) {
        self.init(
            installation: open.installation, operation: open.id, notice: shown.notice, askAgain: shown.until)
    }
}

extension CallContext {
    /// What an authorization came to that another process ended; nil while it is open.
    fileprivate func ended(_ operation: String) async throws -> AuthorizationView? {
        guard let (record, _) = try await store.operation(operation, in: scope), record.ended != nil else { return nil }
        return AuthorizationView(
            installation: record.installation, operation: record.id, result: RefreshResult(record))
    }
}
