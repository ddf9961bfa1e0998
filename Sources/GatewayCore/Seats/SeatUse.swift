import AdapterKit
import GatewayAPI
import GatewayStore

extension ClaimSeat: PerformedCall {
    func perform(in context: CallContext) async throws -> SeatAnswer {
        try check()
        var desk = SeatDesk(
            gateway: context.gateway, now: context.now, user: user, pool: pool, modules: modules,
            administrator: administrator, refreshesFirst: true)
        let id = session ?? Identifiers.operation(at: desk.now)
        var result = try await claim(id, desk, context)
        var refresh: LoginRefresh?
        if result.reason.isRefreshDue {
            refresh = try await LoginRefreshRun(installation: installation, context: context)
                .run(waiting: result.reason.loginWait)
            desk = SeatDesk(
                gateway: context.gateway, now: context.now, user: user, pool: pool, modules: modules,
                administrator: administrator, refreshesFirst: false)
            result = try await claim(id, desk, context)
        }
        var answer = result.answer
        answer.refresh = refresh
        if let full = result.reason.full { try await tell(full, at: desk.now, in: context, &answer) }
        return answer
    }

    private func claim(
        _ id: String, _ desk: SeatDesk, _ context: CallContext
    ) async throws -> SeatResult<SeatDesk.Reason> {
        let wanted = SessionRecord(
            id: id, installation: installation, pool: pool, user: user, host: host, modules: modules, since: desk.now,
            until: desk.now)
        do {
            return try await context.store.claimSeat(
                SeatClaim(wanted, isNew: session == nil), in: context.scope, decide: desk.decide)
        } catch let error as StoreError where error.code == .notFound {
            // Said in the words of every other call.
            _ = try await context.installation(installation)
            throw error
        }
    }

    /// Tells who holds what is full. Read beside the writing, which others wait for.
    private func tell(
        _ full: SeatDesk.Full, at now: Instant, in context: CallContext, _ answer: inout SeatAnswer
    ) async throws {
        var filter = full.holders
        filter.limit = max(Self.mostHolders, (full.ends ?? 0) + (full.administrators ?? 0))
        let held = try await context.store.sessions(of: installation, in: context.scope, at: now, filter)
        if let ends = full.ends {
            let freeing = full.administrators == nil ? held : held.filter { !$0.kind.contains(.administrator) }
            if freeing.count >= ends { answer.nextFree = freeing[ends - 1].until }
        }
        guard context.caller.seesUsers else { return }
        answer.holders = held.prefix(Self.mostHolders).map {
            SeatHolder(user: $0.user, host: $0.host, since: $0.since, until: $0.until)
        }
    }

    /// How many holders an answer names.
    private static let mostHolders = 10

    private func check() throws(CallError) {
        var problems = SeatText.problems(user: user, pool: pool, host: host)
        if let session, session.wholeMatch(of: /[A-Za-z0-9._:@\-]{1,128}/) == nil {
            problems.append("A session's ID is made of 1 to 128 letters, digits and ._:@- alone.")
        }
        if Set(modules).count != modules.count { problems.append("A module is named twice.") }
        if modules.count > Self.mostModules { problems.append("A claim names at most \(Self.mostModules) modules.") }
        if modules.contains(pool) { problems.append("The pool \(pool) is named as a module, too: once is enough.") }
        for module in modules where !SeatText.isName(module) {
            problems.append("The module \"\(module)\" must be named by letters, digits, dots, hyphens and _ alone.")
        }
        guard problems.isEmpty else { throw CallError(.invalid, problems.joined(separator: "\n")) }
    }

    private static let mostModules = 64
}

extension RenewSeat: PerformedCall {
    func perform(in context: CallContext) async throws -> SeatAnswer {
        guard let id = try await session.resolve(in: context) else { return Self.ended(session.told, session) }
        let now = context.now
        let renewed: SeatResult<SeatDesk.Reason>? = try await context.store.renewSeat(
            id, in: context.scope, at: now
        ) { situation, lookup in
            guard let held = situation.session else { throw StoreError(.corrupt, "A renewal found no session.") }
            if let other = session.mismatch(held) { throw CallError(.conflict, other) }
            return try SeatDesk(
                gateway: context.gateway, now: now, user: held.user, pool: held.pool, modules: held.modules,
                administrator: held.kind.contains(.administrator), refreshesFirst: false
            ).decide(situation, lookup)
        }
        return renewed?.answer ?? Self.ended("No session \"\(id)\" is open", session)
    }

    private static func ended(_ what: String, _ session: SessionSelection) -> SeatAnswer {
        SeatAnswer(
            granted: false, reason: "\(what): it has ended, or never began. Claim a seat anew.", session: nil,
            installation: session.installation ?? "", pool: session.pool ?? "", until: nil, access: .none,
            level: .unlicensed, inUse: 0, limit: 0, overLimit: false)
    }
}

extension ReleaseSeat: PerformedCall {
    func perform(in context: CallContext) async throws -> SeatRelease {
        guard let id = try await session.resolve(in: context) else {
            return SeatRelease(released: false, session: nil)
        }
        let selection = session
        let held = try await context.store.releaseSeat(id, in: context.scope, at: context.now) { held, _ in
            if let other = selection.mismatch(held) { throw CallError(.conflict, other) }
            return nil
        }
        return SeatRelease(released: held != nil, session: held.map { SessionView($0, for: context.caller) })
    }
}

extension EndSession: PerformedCall {
    func perform(in context: CallContext) async throws -> SeatRelease {
        guard context.caller.seesUsers else {
            throw CallError(.forbidden, "Only who may see a product's users may end their sessions.")
        }
        let reason = reason.trimmingSpace()
        let why = reason.isEmpty ? "" : ": " + (try RecordedText.name(reason, "A reason"))
        let held = try await context.store.releaseSeat(session, in: context.scope, at: context.now) { held, customer in
            // The user's name stays out of the trail, which can't forget one.
            context.audit(
                Self.name, customer: customer, subject: held.installation,
                detail: "session \(held.id) of \(held.pool)\(why)")
        }
        guard let held else {
            throw CallError(
                .notFound,
                "No session \"\(session)\" is open. `gatehouse seats list ID` shows those of an installation.")
        }
        return SeatRelease(released: true, session: SessionView(held, for: context.caller))
    }
}

extension SeatResult where Reason == SeatDesk.Reason {
    /// The answer, with what is taken after it.
    fileprivate var answer: SeatAnswer {
        var answer = reason.answer
        answer.session = session?.id
        answer.until = session?.until
        answer.inUse = counters[answer.pool].inUse
        return answer
    }
}
