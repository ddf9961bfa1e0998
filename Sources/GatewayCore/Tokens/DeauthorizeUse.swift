import AdapterKit
import GatewayAPI
import GatewayProfiles
import GatewayStore

extension Deauthorize: PerformedCall {
    /// How often an installation is read again because something else came into force meanwhile.
    private static let maximumReloads = 5

    func perform(in context: CallContext) async throws -> RefreshResult {
        for _ in 1...Self.maximumReloads {
            let record = try await context.installation(installation)
            let (profile, adapter) = try await context.gateway.profileAndAdapter(for: record)
            guard let kept = try await context.gateway.keptTokens(of: record, profile) else {
                throw AuthorizationText.unable(record, profile)
            }
            guard record.held || kept.withheld.contains(where: { $0 != WithheldSecrets.deviceCode }) else {
                throw CallError(.conflict, "\(record.id) has no license that could be given back.")
            }
            if let open = try await context.store.askedOperation(on: record.id, act: .authorize) {
                try await context.store.giveUpStep(
                    open.id, "The license was given back meanwhile.", at: context.now,
                    audit: context.audit(
                        CancelStep.name, customer: record.customer, subject: record.id,
                        detail: "operation \(open.id), since the license is given back"))
            }
            let now = context.now
            var facts = Facts(
                record, profile, operation: Identifiers.operation(at: now), nonce: Identifiers.nonce(), at: now)
            kept.tell(&facts)
            // Without anything that the server could revoke the adapter has nothing to ask it for.
            if onlyHere { facts.withheld = [] }
            let transition = try adapter.begin(.deauthorize, facts: facts)
            let work = TokenWork(context, record, profile, adapter, facts)
            switch try await work.claim(
                .deauthorize, transition, audit: Self.name, detail: onlyHere ? ", only here" : "")
            {
            case .claimed: return try await work.settle(.deauthorize, from: transition, nonce: facts.nonce)
            case .busy(let open):
                try await StepCompletion(context: context).wait(for: open)
                // Another process was quicker, or had been killed at it.
                if open.act == .deauthorize,
                    let (ended, _) = try await context.store.operation(open.id, in: .portfolio),
                    ended.status == .done
                {
                    return RefreshResult(ended)
                }
            case .asked, .stale: break
            }
        }
        throw CallError(.conflict, "\(installation) is being changed by others all the time: try again.")
    }
}
