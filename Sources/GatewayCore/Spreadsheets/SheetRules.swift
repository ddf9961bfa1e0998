import AdapterKit
import GatewayAPI
import GatewayProfiles

/// The rules that rows are checked by: each profile's fields with their patterns compiled once, and the customers'
/// time zones.
struct SheetRules {
    /// What a profile asks of its installations.
    struct Profiled {
        let profile: Profile
        let descriptor: AdapterDescriptor
        let identity: [FieldCheck]
        let site: [FieldCheck]
    }

    private let gateway: Gateway
    private var profiles: [String: Result<Profiled, CallError>] = [:]
    private var zones: [String: String?] = [:]

    init(gateway: Gateway) { self.gateway = gateway }

    /// A profile with its checks.
    mutating func profile(_ name: String) -> Result<Profiled, CallError> {
        if let known = profiles[name] { return known }
        let found: Result<Profiled, CallError>
        do throws(CallError) {
            let (profile, adapter) = try gateway.profileAndAdapter(name)
            found = .success(
                Profiled(
                    profile: profile, descriptor: adapter.descriptor,
                    identity: adapter.descriptor.identity.map(FieldCheck.init),
                    site: adapter.descriptor.site.map(FieldCheck.init)))
        } catch {
            found = .failure(error)
        }
        profiles[name] = found
        return found
    }

    /// What is wrong with a time zone; nil where nothing is.
    mutating func problem(withZone name: String) -> String? {
        if let known = zones[name] { return known }
        // Names that are near are looked for among all there are: not for a hostile file's every row.
        guard zones.count < Self.mostZones else { return "is no time zone, or one of too many" }
        var problem: String?
        do {
            _ = try gateway.zones.zone(named: name)
        } catch {
            problem = "\(error)"
        }
        zones[name] = problem
        return problem
    }

    /// More time zones than there are.
    private static let mostZones = 1000
}
