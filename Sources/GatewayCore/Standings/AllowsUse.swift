import AdapterKit
import GatewayAPI
import GatewayProfiles
import GatewayStore

extension Allows: PerformedCall {
    func perform(in context: CallContext) async throws -> AllowsAnswer {
        guard let result = try await context.standing(of: installation, at: at) else {
            let record = try await context.installation(installation)
            return AllowsAnswer(
                allowed: false, level: .unlicensed, access: .none,
                reason: context.gateway.missingProfile(record.profile))
        }
        var standing = result.standing
        if let module {
            guard let entitlement = try await context.store.entitlement(of: installation, in: context.scope),
                entitlement.modules.contains(where: { $0.code == module })
            else {
                return AllowsAnswer(
                    allowed: false, level: .unlicensed, access: .none,
                    reason: "The entitlement of \(installation) has no module \(module).")
            }
            // What other modules' ends do to the installation does not count here.
            var facts = result.facts
            facts.modules.removeAll { $0.code != module }
            standing = result.profile.rules.standing(of: facts, at: result.at, in: result.zone)
        }
        // A module without a date of its own stands as the installation does.
        let own = module.flatMap { standing.module($0) }
        let level = own?.level ?? standing.level
        let label = own?.label ?? standing.label
        let messages = result.facts.held ? standing.messages(naming: result.names) : result.messages
        // A module's own message stands behind the installation's where its level counts for less there.
        let why = (own.map { $0.level > standing.level } ?? false) ? messages.last : messages.first
        let allowed = level.access.allows(action)
        var reason = why ?? "\(result.profile.product) is licensed."
        if !allowed || level.access != .full { reason = "\(label), \(level.access.phrase). \(why ?? "")" }
        return AllowsAnswer(allowed: allowed, level: level, access: level.access, reason: reason)
    }
}

extension Access {
    /// What it allows, for people.
    fileprivate var phrase: String {
        switch self {
        case .full: "everything is allowed"
        case .readOnly: "only view and report are allowed"
        case .none: "nothing is allowed"
        }
    }
}

extension CallContext {
    /// How one installation stands; nil where its profile can't be used.
    func standing(of installation: String, at point: PointInTime) async throws -> StandingDesk.Result? {
        let desk = StandingDesk(gateway, at: point, now: now)
        let found = try await store.readStatus(in: scope, installation: installation) { cursor in
            var desk = desk
            guard let record = try cursor.next() else { return (false, StandingDesk.Result?.none) }
            return (true, try desk.standing(of: record, customer: cursor.customer))
        }
        // Says that there is none, in the words of every other call.
        if !found.0 { _ = try await self.installation(installation) }
        return found.1
    }
}
