import AdapterKit
import GatewayAPI
import GatewayProfiles

/// Checks the values of an installation against its profile, and finds where its files go.
struct InstallationValues {
    let profile: Profile
    let descriptor: AdapterDescriptor

    /// The absolute paths that its files go to.
    ///
    /// Whether one lies under an allowed root, and is there, is seen when something is delivered: roots and hosts come
    /// and go.
    ///
    /// - Throws: ``CallError`` with everything that is wrong.
    func places(identity: [String: String], site: [String: [String]]) throws(CallError) -> [String] {
        let problems =
            descriptor.identity.problems(with: identity, kind: "identity")
            + descriptor.site.problems(with: site.mapValues { $0.first ?? "" }, kind: "site")
        guard problems.isEmpty else {
            throw CallError(.invalid, problems.map(\.message).joined(separator: "\n"))
        }
        return try templatePlaces(identity: identity, site: site)
    }

    /// The same for values that were checked one by one.
    ///
    /// - Throws: ``CallError`` with what the profile's templates can't be filled with.
    func templatePlaces(identity: [String: String], site: [String: [String]]) throws(CallError) -> [String] {
        do {
            var places: [String] = []
            for (name, template) in profile.deliveries(of: descriptor, at: site) {
                for path in try DeliveryTemplate.expand(
                    template, profile.templates[name], site: site, identity: identity)
                {
                    try Self.check(path)
                    places.append(path)
                }
            }
            return places
        } catch {
            throw CallError(.invalid, error.sentence)
        }
    }

    /// Makes sure that a path can ever be delivered to.
    private static func check(_ path: String) throws(DeliveryError) {
        do {
            _ = try Destination.resolve(path: path, roots: ["/"])
        } catch  where error.code == .unsafePath {
            throw error
        } catch {}
    }
}
