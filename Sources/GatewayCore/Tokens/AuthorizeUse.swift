import AdapterKit
import GatewayAPI
import GatewayProfiles
import GatewayStore

/// What people are told of authorizations.
enum AuthorizationText {
    /// That there is no token to refresh a license with.
    ///
    /// - Parameter isPastRenewal: Whether the last day is over by which it had to be renewed.
    static func needed(_ record: InstallationRecord, isPastRenewal: Bool) -> String {
        let way = again(record.id, isPastRenewal: isPastRenewal)
        if let why = record.authorizeAgain {
            return "Its license must be acquired again: \(why) \(way)"
        }
        return record.held
            ? "Its tokens can't be refreshed: it must be acquired again. \(way)"
            : "It has no license yet: `gatehouse authorize \(record.id)` begins to acquire one."
    }

    /// How a license is acquired again, in whole sentences. A device has one license at most: one that is past its renewal
    /// date it has still.
    static func again(_ installation: String, isPastRenewal: Bool) -> String {
        let (remove, acquire) = ("`gatehouse deauthorize \(installation)`", "`gatehouse authorize \(installation)`")
        return isPastRenewal
            ? "It is past its renewal date: have it renewed at the authorization server, then \(remove) gives the old one "
                + "back, and \(acquire) acquires it again."
            : "\(acquire) begins; where the server's page says that the device has a license, \(remove) gives it back first."
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

extension CallContext {
    /// Why and how an installation's license must be acquired again; nil where it need not be.
    func acquireAgain(
        _ record: InstallationRecord, at instant: Instant
    ) async throws -> (text: String, isPastRenewal: Bool)? {
        guard let why = record.authorizeAgain else { return nil }
        let zone = try gateway.zones.zone(named: record.timeZone)
        let entitlement = record.held ? try await store.entitlement(of: record.id, in: scope) : nil
        let isPast = entitlement?.isPastRenewal(at: instant, in: zone) == true
        return ("\(why) \(AuthorizationText.again(record.id, isPastRenewal: isPast))", isPast)
    }
}

extension Entitlement {
    /// Whether the last day is over by which a license on tokens had to be renewed.
    func isPastRenewal(at now: Instant, in zone: Zone) -> Bool {
        dates[TokenDate.renewsOn.rawValue].map { $0.end(in: zone) <= now } ?? false
    }
}

extension DateValue {
    /// When it is over: a day when the next begins.
    func end(in zone: Zone) -> Instant {
        switch self {
        case .day(let day): zone.firstInstant(of: day.adding(days: 1))
        case .instant(let instant): instant
        }
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
                let shown = try TokenWork.shown(open)
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
            let work = TokenWork(context, record, profile, adapter, facts)
            switch try await work.claim(.authorize, transition, audit: Self.name) {
            case .claimed: return try await work.authorize(from: transition, nonce: facts.nonce)
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
            let shown = try TokenWork.shown(open)
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
            return try await TokenWork(context, record, profile, adapter, facts)
                .authorize(from: transition, nonce: nonce)
        }
        throw CallError(.conflict, "\(installation) is being changed by others all the time: try again.")
    }
}

extension AuthorizationView {
    /// One that waits for a person.
    init(_ open: OperationRecord, _ shown: (notice: Notice, until: Instant)) {
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
