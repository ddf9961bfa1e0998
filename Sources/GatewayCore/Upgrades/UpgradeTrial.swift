import AdapterKit
import GatewayAPI
import GatewayStore

/// What came of trying whether everybody would be let in.
struct UpgradeTrial: Hashable, Sendable {
    /// What was tried, pool by pool, and what came of it.
    var told: [String] = []
    /// What could not be tried, and why.
    var untried: [String] = []
    /// Why not everybody would be let in; nil where nobody was refused.
    var refusal: String?

    /// Both in one clause.
    var text: String { (told + untried).joined(separator: "; ") }
}

extension UpgradeRun {
    /// The most seats of a pool that are tried at once.
    static let mostTried = 2000
    /// The most of all pools together: others wait while they are tried.
    static let mostTriedInAll = 10_000

    /// Makes sure that the new seats are in force and would all be granted at once.
    ///
    /// - Returns: What could not be tried of it, and why.
    func verify() async throws -> [String] {
        let seats = try await store.seats(of: installation.id, in: .portfolio)
        let grant = try await openGrant()
        guard seats == grant.entitlement.seats else {
            throw CallError(.failed, "What is in force is not what the vendor granted.")
        }
        // Who may only look can come in all the same.
        let standing = try await Allows(installation: installation.id, action: .enter).perform(in: context)
        guard standing.access == .full else {
            throw CallError(.failed, "With the new keys nobody can work in full: \(standing.reason)")
        }
        let trial = try await tried(seats)
        if let refusal = trial.refusal { throw CallError(.failed, refusal) }
        try await tell("verify", trial.text)
        return trial.untried
    }

    /// Tries to take every seat of every pool at once, and gives them back.
    func tried(_ seats: [Entitlement.SeatPool]) async throws -> UpgradeTrial {
        var trial = UpgradeTrial()
        guard !seats.isEmpty else {
            trial.untried.append("the license counts no seats that could be tried")
            return trial
        }
        var left = Self.mostTriedInAll
        for pool in seats {
            guard pool.count > 0 else {
                trial.untried.append("of \(pool.name) there are none that could be tried")
                continue
            }
            let most = min(pool.count, Self.mostTried, left)
            guard most > 0 else {
                trial.untried.append(
                    "\(pool.count) \(pool.name) were not tried: \(Self.mostTriedInAll) seats are the most at once")
                continue
            }
            left -= most
            try await attempt(most, of: pool, into: &trial)
            if trial.refusal != nil { break }
        }
        return trial
    }

    private func attempt(_ most: Int, of pool: Entitlement.SeatPool, into trial: inout UpgradeTrial) async throws {
        let now = context.now
        let claims = (1...most).map { number in
            let user = "upgrade-check-\(number)"
            var desk = SeatDesk(
                gateway: gateway, now: now, user: user, pool: pool.name, modules: [], administrator: true,
                refreshesFirst: false)
            desk.isRehearsal = true
            let session = SessionRecord(
                id: "upgrade-check-\(id)-\(number)", installation: installation.id, pool: pool.name, user: user,
                since: now, until: now)
            return (claim: SeatClaim(session, isNew: true), decide: desk.decide as SeatDeciding<SeatDesk.Reason>)
        }
        let (granted, refused) = try await store.rehearse(claims, in: .portfolio)
        guard let refused else {
            let bound = most < pool.count ? " (more are not tried at once)" : ""
            trial.told.append(
                "\(granted) of \(pool.count) \(pool.name) were let in at once\(bound), and let go again")
            return
        }
        // Where some were in, or seats of named users are given out, it ends as soon as all are taken.
        let counts = refused.counters[pool.name]
        guard refused.reason.full != nil, max(counts.inUse, counts.assigned) >= pool.count else {
            trial.refusal =
                "of \(pool.count) \(pool.name) only \(granted) would be let in: \(refused.reason.answer.reason)"
            return
        }
        if granted == 0 {
            trial.untried.append(
                "all \(pool.count) \(pool.name) are taken already, so that nobody could be let in to try")
        } else {
            trial.told.append(
                "\(granted) of \(pool.count) \(pool.name) were let in at once, and let go again; the others are taken")
        }
    }
}
