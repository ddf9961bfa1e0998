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

    /// What a decision is explained with.
    struct Reason: Sendable {
        var answer: SeatAnswer
        /// Whether a refresh is due that has to be made first.
        var isRefreshDue = false
        /// How long a login waits for it, in milliseconds.
        var loginWait = 0
        /// What is full, where that is the reason.
        var full: SessionFilter?
    }

    func decide(
        _ situation: SeatSituation, _ lookup: SeatLookup
    ) throws -> (decision: SeatDecision, reason: Reason) {
        let id = situation.status.id
        if let archived = situation.archived {
            return refuse(situation, "\(id) is archived, since \(archived): nobody is let in any more.")
        }
        var desk = StandingDesk(gateway, at: .now, now: now)
        guard let result = try desk.standing(of: situation.status, customer: situation.customer) else {
            return refuse(situation, gateway.missingProfile(situation.status.profile))
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
            return refuse(situation, Self.unknown(pool, among: seats), allowance.level)
        }
        let limit = granted?.count ?? 0
        for code in situation.session?.modules ?? modules {
            let entitlement = try lookup.entitlement(of: id)
            guard entitlement?.modules.contains(where: { $0.code == code }) == true else {
                return refuse(
                    situation, "The entitlement of \(id) has no module \(code).", allowance.level, limit: limit)
            }
            let own = result.allowance(of: code)
            guard own.access != .none else {
                return refuse(situation, own.reason(allowed: false), own.level, limit: limit, counted: true)
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
        if rules.pool(pool).kind == .named {
            kind.insert(.named)
            assigns = try !lookup.has(user, pool: pool, of: id)
        }
        if let full = full(situation, rules: rules, seats: seats, limit: limit, assigns: assigns) {
            guard rules.overLimit == .record else {
                var refused = refuse(situation, full.text, allowance.level, limit: limit, counted: true)
                refused.reason.full = full.filter
                return refused
            }
            kind.insert(.overLimit)
            assigns = false
            reason.answer.overLimit = true
            reason.answer.reason = "\(full.text) The profile lets more in, and records it."
        }
        return (.grant(until: until, kind: kind, assigns: assigns), reason)
    }

    // MARK: - What is full

    /// What stands in the way of one more; nil where there is room.
    private func full(
        _ situation: SeatSituation, rules: SeatRules, seats: [Entitlement.SeatPool], limit: Int, assigns: Bool
    ) -> (text: String, filter: SessionFilter)? {
        let counts = situation.counters[pool]
        let poolRules = rules.pool(pool)
        if poolRules.kind == .named {
            if assigns, counts.assigned >= limit {
                return (Self.named(pool, assigned: counts.assigned, limit: limit), SessionFilter(pool: pool))
            }
        } else {
            let kept = administrator ? 0 : max(0, min(poolRules.reserved, limit) - counts.administrators)
            if counts.inUse + kept >= limit {
                return (
                    Self.taken("seats (\(pool))", inUse: counts.inUse, limit: limit, kept: kept),
                    SessionFilter(pool: pool)
                )
            }
        }
        for code in modules {
            // A pool that is named as the module limits it; else the profile does, or nothing.
            guard let most = seats.first(where: { $0.name == code })?.count ?? rules.modules[code] else { continue }
            let inUse = situation.counters[PoolCounters.module(code)].inUse
            if inUse >= most {
                return (
                    Self.taken("seats of the module \(code)", inUse: inUse, limit: most, kept: 0),
                    SessionFilter(module: code)
                )
            }
        }
        return nil
    }

    private static func taken(_ what: String, inUse: Int, limit: Int, kept: Int) -> String {
        if inUse > limit {
            return
                "\(inUse) \(what) are taken and the license has \(limit) now: nobody is put out, and nobody else comes "
                + "in before \(inUse - limit + 1) of them are given back."
        }
        if limit == 0 { return "The license has no \(what)." }
        if inUse < limit {
            return "\(inUse) of \(limit) \(what) are taken, and the others are kept for administrators."
        }
        return "All \(limit) \(what) are taken."
    }

    private static func named(_ pool: String, assigned: Int, limit: Int) -> String {
        if assigned > limit {
            return
                "\(assigned) named users have a seat (\(pool)) and the license has \(limit) now: whoever has one keeps "
                + "it, and nobody else gets one before \(assigned - limit + 1) are taken back."
        }
        return "All \(limit) seats (\(pool)) are named users' own: an administrator can take one back that is not used."
    }

    private static func unknown(_ pool: String, among seats: [Entitlement.SeatPool]) -> String {
        let known = seats.map { "\($0.name) (\($0.count))" }.joined(separator: ", ")
        return "The license has no seats \"\(pool)\"; it has \(known.isEmpty ? "none at all" : known)."
    }

    // MARK: - Answers

    private func refuse(
        _ situation: SeatSituation, _ text: String, _ level: Level = .unlicensed, limit: Int = 0, counted: Bool = false
    ) -> (decision: SeatDecision, reason: Reason) {
        (.refuse(counted: counted), reason(situation, level, text, limit: limit))
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
