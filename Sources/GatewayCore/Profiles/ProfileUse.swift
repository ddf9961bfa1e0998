import AdapterKit
import GatewayAPI
import GatewayProfiles
import GatewayStore
import MarkedText
import MarkedYAML

extension ListProfiles: PerformedCall {
    func perform(in context: CallContext) async throws -> [ProfileSummary] {
        let counts = try await context.store.installationsByProfile(in: context.scope)
        return context.gateway.profiles.profiles.values.sorted { $0.name < $1.name }.map {
            ProfileSummary(
                name: $0.name, product: $0.product, protocolName: $0.protocolName, file: $0.file,
                extends: $0.parent, installations: counts[$0.name] ?? 0)
        }
    }
}

extension ShowProfile: PerformedCall {
    func perform(in context: CallContext) async throws -> ProfileView {
        let (profile, _) = try context.gateway.profileAndAdapter(profile)
        return ProfileView(
            name: profile.name, extends: profile.parent, product: profile.product, protocolName: profile.protocolName,
            place: profile.place,
            file: profile.file, vendor: profile.vendor.address, keys: profile.vendor.keys.keys.sorted(),
            refreshEvery: profile.refreshDays.map { "\($0)d" }, deliveries: profile.deliveries,
            countdowns: profile.rules.countdowns)
    }
}

extension ResolveProfile: PerformedCall {
    func perform(in context: CallContext) async throws -> ResolvedProfile {
        _ = try context.gateway.profileAndAdapter(profile)
        guard let effective = context.gateway.profiles.effective(profile) else {
            throw CallError(.notFound, context.gateway.missingProfile(profile))
        }
        return ResolvedProfile(
            name: effective.name, files: effective.files,
            values: effective.values.map { value in
                ResolvedProfile.Value(
                    path: value.path, value: value.text, secret: value.isMasked, file: value.mark?.file,
                    line: value.mark?.line, column: value.mark?.column,
                    variables: value.variables.map { .init(name: $0.name, isDefault: $0.isDefault) })
            }, yaml: effective.yaml)
    }
}
