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
        var level = result.standing.level
        var label = result.standing.label
        var why = result.messages.first
        if let module {
            guard let entitlement = try await context.store.entitlement(of: installation, in: context.scope),
                entitlement.modules.contains(where: { $0.code == module })
            else {
                return AllowsAnswer(
                    allowed: false, level: .unlicensed, access: .none,
                    reason: "The entitlement of \(installation) has no module \(module).")
            }
            // A module without a date of its own stands as the installation does.
            if let standing = result.standing.module(module) {
                if standing.level > level {
                    why = result.standing.messages(naming: result.names).first { $0.contains(module) } ?? why
                }
                level = standing.level
                label = standing.label
            }
        }
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
