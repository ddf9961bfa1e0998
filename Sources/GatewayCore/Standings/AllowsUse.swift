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
        if let module {
            guard let entitlement = try await context.store.entitlement(of: installation, in: context.scope),
                entitlement.modules.contains(where: { $0.code == module })
            else {
                return AllowsAnswer(
                    allowed: false, level: .unlicensed, access: .none,
                    reason: "The entitlement of \(installation) has no module \(module).")
            }
        }
        let allowance = result.allowance(of: module)
        let allowed = allowance.access.allows(action)
        return AllowsAnswer(
            allowed: allowed, level: allowance.level, access: allowance.access,
            reason: allowance.reason(allowed: allowed))
    }
}

/// What a user may do in a product, or in one of its modules, and why.
struct Allowance {
    var level: Level
    var label: String
    /// What the countdowns say of it; nil where there is nothing to say.
    var why: String?
    var product: String

    var access: Access { level.access }

    /// Why something is allowed or not, in the countdowns' words.
    func reason(allowed: Bool) -> String {
        if allowed, access == .full { return why ?? "\(product) is licensed." }
        return ["\(label), \(access.phrase).", why].compactMap { $0 }.joined(separator: " ")
    }
}

extension StandingDesk.Result {
    /// What a user may do.
    ///
    /// - Parameter module: The code of a module that the entitlement has; nil for the whole.
    func allowance(of module: String?) -> Allowance {
        var standing = standing
        if let module {
            // What other modules' ends do to the installation does not count here.
            var facts = facts
            facts.modules.removeAll { $0.code != module }
            standing = profile.rules.standing(of: facts, at: at, in: zone)
        }
        // A module without a date of its own stands as the installation does.
        let own = module.flatMap { standing.module($0) }
        let messages = facts.held ? standing.messages(naming: names) : messages
        // A module's own message stands behind the installation's where its level counts for less there.
        let why = (own.map { $0.level > standing.level } ?? false) ? messages.last : messages.first
        return Allowance(
            level: own?.level ?? standing.level, label: own?.label ?? standing.label, why: why,
            product: profile.product)
    }
}

extension Access {
    /// What it allows, for people.
    var phrase: String {
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
