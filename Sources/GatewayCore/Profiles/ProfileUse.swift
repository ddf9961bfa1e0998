import AdapterKit
import GatewayAPI
import GatewayProfiles
import GatewayStore

extension ListProfiles: PerformedCall {
    func perform(in context: CallContext) async throws -> [ProfileSummary] {
        let counts = try await context.store.installationsByProfile(in: context.scope)
        return context.gateway.profiles.profiles.values.sorted { $0.name < $1.name }.map {
            ProfileSummary(
                name: $0.name, product: $0.product, protocolName: $0.protocolName, file: $0.file,
                installations: counts[$0.name] ?? 0)
        }
    }
}

extension ShowProfile: PerformedCall {
    func perform(in context: CallContext) async throws -> ProfileView {
        let (profile, _) = try context.gateway.profileAndAdapter(profile)
        return ProfileView(
            name: profile.name, product: profile.product, protocolName: profile.protocolName, place: profile.place,
            file: profile.file, vendor: profile.vendor.address, keys: profile.vendor.keys.keys.sorted(),
            refreshEvery: profile.refreshDays.map { "\($0)d" }, deliveries: profile.deliveries,
            countdowns: profile.rules.countdowns)
    }
}
