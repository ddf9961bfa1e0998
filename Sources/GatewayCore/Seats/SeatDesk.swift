import AdapterKit
import GatewayAPI
import GatewayProfiles
import GatewayStore

/// Decides a claim or a renewal, inside the transaction that takes the seat: by how the installation stands, by what the
/// license grants, and by what is taken.
struct SeatDesk: Sendable {
    let gateway: Gateway
    let now: Instant
    let user: String
    let pool: String
    let modules: [String]
    let administrator: Bool
    /// Whether a refresh that is due is made first.
    var refreshesFirst: Bool
    /// Whether it is only tried, where nobody is let in.
    var isRehearsal = false

    /// What a decision is explained with.
    struct Reason: Sendable {
        var answer: SeatAnswer
        /// Whether a refresh is due that has to be made first.
        var isRefreshDue = false
        /// How long a login waits for it, in milliseconds.
        var loginWait = 0
        /// What is full, where that is the reason.
        var full: Full?
    }

    /// What stands in the way of one more.
    struct Full {
        var text: String
        /// Who holds it.
        var holders: SessionFilter
        /// How it is counted.
        var counted: String
        /// How many sessions must end before one more can begin; nil where that frees nothing.
        var ends: Int?
        /// Administrators' sessions that are open, where their ends free nothing.
        var administrators: Int?
    }

    func decide(
        _ situation: SeatSituation, _ lookup: SeatLookup
    ) throws -> (decision: SeatDecision, reason: Reason) {
        let id = situation.status.id
        if let archived = situation.archived {
            return refuse(situation, "\(id) is archived, since \(archived): nobody is let in any more.")
        }
        if let closedFor = situation.closedFor, situation.session == nil, !isRehearsal {
            return refuse(situation, closedFor)
        }
        var desk = StandingDesk(gateway, at: .now, now: now)
        guard let result = try desk.standing(of: situation.status, customer: situation.customer) else {
            let refused = refuse(situation, gateway.missingProfile(situation.status.profile))
            // A mistake in a file puts nobody out: a session goes on to its end.
            return situation.session == nil ? refused : (.postpone, refused.reason)
        }
        let rules = result.profile.seats
        if refreshesFirst, situation.session == nil, result.profile.refreshDays != nil,
            situation.isRefreshDue(at: now)
        {
            var reason = reason(situation, .unlicensed, "")
            reason.isRefreshDue = true
            reason.loginWait = rules.loginWait
            return (.postpone, reason)
        }
        var allowance = result.allowance(of: nil)
        let seats = SeatColumn.read(situation.status.seats)
        let granted = seats.first { $0.name == pool }
        guard allowance.access != .none else {
            return refuse(
                situation, allowance.reason(allowed: false), allowance.level, limit: granted?.count ?? 0,
                counted: granted != nil)
        }
        if situation.session == nil, granted == nil {
            return refuse(situation, SeatWords.unknown(pool, among: seats), allowance.level)
        }
        let limit = granted?.count ?? 0
        for code in situation.session?.modules ?? modules {
            let entitlement = try lookup.entitlement(of: id)
            guard entitlement?.modules.contains(where: { $0.code == code }) == true else {
                // A license that lost a module puts nobody out who is there.
                if situation.session != nil { continue }
                return refuse(
                    situation, "The entitlement of \(id) has no module \(code).", allowance.level, limit: limit)
            }
            let own = result.allowance(of: code)
            guard own.access != .none else {
                return refuse(
                    situation, own.reason(allowed: false), own.level, limit: limit, counted: true,
                    of: PoolCounters.module(code))
            }
            if own.level > allowance.level { allowance = own }
        }
        let until = now.adding(milliseconds: rules.endsAfter)
        var reason = reason(
            situation, allowance.level, allowance.reason(allowed: allowance.access == .full), limit: limit)
        reason.answer.granted = true
        if let session = situation.session {
            reason.answer.overLimit = session.kind.contains(.overLimit)
            return (.grant(until: until, kind: session.kind, assigns: false), reason)
        }
        var kind: SessionKind = administrator ? .administrator : []
        var assigns = false
        var over: String?
        if rules.pool(pool).kind == .named {
            kind.insert(.named)
            assigns = try !lookup.has(user, pool: pool, of: id)
        }
        if let full = full(situation, rules: rules, seats: seats, limit: limit, assigns: assigns) {
            guard rules.overLimit == .record else {
                var refused = refuse(
                    situation, full.text, allowance.level, limit: limit, counted: true, of: full.counted)
                refused.reason.full = full
                return refused
            }
            kind.insert(.overLimit)
            over = full.counted
            assigns = false
            reason.answer.overLimit = true
            reason.answer.reason = "\(full.text) The profile lets more in, and records it."
        }
        return (.grant(until: until, kind: kind, assigns: assigns, over: over), reason)
    }

    // MARK: - What is full

    /// What stands in the way of one more; nil where there is room.
    private func full(
        _ situation: SeatSituation, rules: SeatRules, seats: [Entitlement.SeatPool], limit: Int, assigns: Bool
    ) -> Full? {
        let counts = situation.counters[pool]
        let poolRules = rules.pool(pool)
        // A pool that is named as a module is that module's: who holds the module has one of its seats.
        let asModule = situation.counters[PoolCounters.module(pool)].inUse
        if poolRules.kind == .named {
            if assigns, counts.assigned + asModule >= limit {
                return Full(
                    text: SeatWords.assigned(
                        pool, of: situation.status.id, assigned: counts.assigned + asModule, limit: limit),
                    holders: asModule > 0 ? SessionFilter(module: pool) : SessionFilter(pool: pool), counted: pool)
            }
        } else {
            let kept = administrator ? 0 : max(0, min(poolRules.reserved, limit) - counts.administrators)
            let inUse = counts.inUse + asModule
            if inUse + kept >= limit {
                // Where seats are kept, an administrator who leaves leaves one more to be kept.
                return Full(
                    text: SeatWords.taken("(\(pool))", inUse: inUse, limit: limit, kept: kept),
                    holders: asModule > 0 ? SessionFilter(module: pool) : SessionFilter(pool: pool), counted: pool,
                    ends: limit > kept ? inUse + kept - limit + 1 : nil,
                    administrators: !administrator && poolRules.reserved > 0 ? counts.administrators : nil)
            }
        }
        for code in modules {
            // A pool that is named as the module limits it; else the profile does, or nothing.
            guard let most = seats.first(where: { $0.name == code })?.count ?? rules.modules[code] else { continue }
            let own = situation.counters[code]
            let inUse = situation.counters[PoolCounters.module(code)].inUse + max(own.inUse, own.assigned)
            if inUse >= most {
                return Full(
                    text: SeatWords.taken("of the module \(code)", inUse: inUse, limit: most, kept: 0),
                    holders: SessionFilter(module: code), counted: PoolCounters.module(code),
                    ends: most > 0 ? inUse - most + 1 : nil)
            }
        }
        return nil
    }

    // MARK: - Answers

    private func refuse(
        _ situation: SeatSituation, _ text: String, _ level: Level = .unlicensed, limit: Int = 0, counted: Bool = false,
        of full: String? = nil
    ) -> (decision: SeatDecision, reason: Reason) {
        // Who is kept out for an upgrade's own sake is told nothing of by its record.
        let why = situation.closedFor == nil && situation.session == nil ? text : nil
        return (.refuse(counted: counted, of: full, why: why), reason(situation, level, text, limit: limit))
    }

    private func reason(_ situation: SeatSituation, _ level: Level, _ text: String, limit: Int = 0) -> Reason {
        Reason(
            answer: SeatAnswer(
                granted: false, reason: text, session: nil, installation: situation.status.id, pool: pool, until: nil,
                access: level.access, level: level, inUse: 0, limit: limit, overLimit: false))
    }
}

extension SeatSituation {
    /// Whether a refresh is due, and not put off after one that failed.
    fileprivate func isRefreshDue(at now: Instant) -> Bool {
        RefreshTimes(held: status.held, due: status.refreshDue, last: lastRefresh, nextTry: nextTry).isDue(at: now)
    }
}
