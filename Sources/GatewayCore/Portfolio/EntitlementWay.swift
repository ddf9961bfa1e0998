import AdapterKit
import GatewayProfiles

/// How an installation's entitlement is brought into force.
enum EntitlementWay: Hashable, Sendable {
    /// A refresh brings it, or has a person record it.
    case refresh
    /// A refresh brings what the registered keys grant; other keys come with an upgrade.
    case refreshAndKeys
    /// Nothing but keys bring it.
    case keys
    /// A person acquires it at the vendor's authorization server; a refresh keeps it.
    case authorization
    /// A person records it, this date at least.
    case recording(date: String)

    /// The command, without quotes.
    func command(for installation: String) -> String {
        switch self {
        case .refresh, .refreshAndKeys: "gatehouse refresh \(installation)"
        case .keys: "gatehouse upgrade begin \(installation) --keys FILE"
        case .authorization: "gatehouse authorize \(installation)"
        case .recording(DateName.expires.rawValue): "gatehouse record \(installation) --expires DATE"
        case .recording(let date): "gatehouse record \(installation) --date \(date)=TIME"
        }
    }

    /// The command and, where there are keys, how those that are active in the product are taken up; without a full stop.
    func next(for installation: String) -> String {
        switch self {
        case .refresh, .authorization, .recording: command(for: installation)
        case .refreshAndKeys:
            command(for: installation)
                + ", which takes up what the keys that are active in the product grant; other keys "
                + "come with gatehouse upgrade begin \(installation) --keys FILE"
        case .keys:
            command(for: installation)
                + "; keys that are active in the product already are given as they are, and so taken up"
        }
    }
}

extension Gateway {
    /// How a profile's installations get their entitlement.
    func way(of profile: Profile) -> EntitlementWay { registry.way(of: profile) }
}

extension AdapterRegistry {
    /// How a profile's installations get their entitlement.
    func way(of profile: Profile) -> EntitlementWay {
        guard let adapter = adapter(for: profile.protocolName) else { return .refresh }
        if isOnTokens(profile) { return .authorization }
        if adapter.capabilities.contains(.recording) { return .recording(date: RecordedCountdowns(profile).first) }
        guard adapter.keys != nil else { return .refresh }
        // By hand a refresh has a person look up what is in force.
        if adapter.capabilities.contains(.onlineRefresh) || profile.vendor.isByHand { return .refreshAndKeys }
        return .keys
    }
}
