import AdapterKit
import GatewayAPI
import GatewayProfiles
import GatewayStore

extension AddInstallation: PerformedCall {
    func perform(in context: CallContext) async throws -> InstallationView {
        if let problem = ChosenID.problem(with: id, kind: "installation") { throw CallError(.invalid, problem) }
        _ = try await ShowCustomer(id: customer).perform(in: context)
        let (profile, adapter) = try context.gateway.profileAndAdapter(profile)
        let problems =
            adapter.descriptor.identity.problems(with: identity, kind: "identity")
            + adapter.descriptor.site.problems(with: site.mapValues { $0.first ?? "" }, kind: "site")
        guard problems.isEmpty else {
            throw CallError(.invalid, problems.map(\.message).joined(separator: "\n"))
        }
        do {
            for template in profile.deliveries.values {
                for path in try DeliveryTemplate.expand(template, site: site, identity: identity) {
                    try Self.check(path)
                }
            }
        } catch {
            throw CallError(.invalid, error.message)
        }
        let new = NewInstallation(id: id, customer: customer, profile: profile.name, identity: identity, site: site)
        try await context.store.addInstallations(
            [new], at: context.now,
            audit: [context.audit(Self.name, customer: customer, subject: id, detail: "profile \(profile.name)")])
        return try await ShowInstallation(id: id).perform(in: context)
    }
}

extension AddInstallation {
    /// Makes sure that a path can ever be delivered to. Whether it lies under an allowed root, and is there, is seen
    /// when something is delivered: roots and hosts come and go.
    private static func check(_ path: String) throws(DeliveryError) {
        do {
            _ = try Destination.resolve(path: path, roots: ["/"])
        } catch  where error.code == .unsafePath {
            throw error
        } catch {}
    }
}

extension ListInstallations: PerformedCall {
    func perform(in context: CallContext) async throws -> [InstallationSummary] {
        if let customer { _ = try await ShowCustomer(id: customer).perform(in: context) }
        return try await context.store.readStatus(in: context.scope, customer: customer) { cursor in
            var list: [InstallationSummary] = []
            while let record = try cursor.next() {
                list.append(
                    InstallationSummary(
                        id: record.id, customer: record.customer, profile: record.profile,
                        refreshDue: record.refreshDue, lastContact: record.lastContact))
            }
            return list
        }
    }
}

extension ShowInstallation: PerformedCall {
    func perform(in context: CallContext) async throws -> InstallationView {
        let record = try await context.installation(id)
        let profile = context.gateway.profiles.profiles[record.profile]
        let fields = profile.flatMap { context.gateway.registry.adapter(for: $0.protocolName) }?.descriptor.identity
        let entitlement = try await context.store.entitlement(of: id, in: context.scope)
        let files = try await context.store.deliveredFiles(of: id)
        return InstallationView(
            id: id, customer: record.customer, profile: record.profile, product: profile?.product,
            protocolName: profile?.protocolName, place: profile?.place,
            identity: Self.identity(record.identity, fields: fields), site: record.site, entitlement: entitlement,
            issued: record.issued, lastContact: record.lastContact, lastRefresh: record.lastRefresh,
            refreshDue: record.refreshDue,
            files: files.map {
                InstallationView.DeliveredFileView(
                    delivery: $0.delivery, path: $0.path, sha256: $0.sha256, delivered: $0.at)
            }, lastFailure: record.lastFailure)
    }

    /// The identity in the order of the adapter's fields. Without them nothing says what is secret, so all is masked.
    private static func identity(
        _ values: [String: String], fields: [Field]?
    ) -> [InstallationView.IdentityValue] {
        guard let fields else {
            return values.keys.sorted().map { InstallationView.IdentityValue(name: $0, title: $0, value: "…") }
        }
        return fields.compactMap { field in
            values[field.name].map {
                InstallationView.IdentityValue(
                    name: field.name, title: field.title, value: field.secret ? "…" : $0)
            }
        }
    }
}

extension Gateway {
    /// A profile and the adapter that speaks its protocol.
    ///
    /// - Throws: ``CallError`` that tells a broken profile from an unknown one.
    func profileAndAdapter(_ name: String) throws(CallError) -> (Profile, AnyAdapter) {
        guard let profile = profiles.profiles[name] else { throw CallError(.notFound, missingProfile(name)) }
        guard let adapter = registry.adapter(for: profile.protocolName) else {
            throw CallError(.failed, "No adapter speaks the protocol \(profile.protocolName) of profile \(name).")
        }
        return (profile, adapter)
    }

    /// Why there is no profile of a name, and what to do.
    func missingProfile(_ name: String) -> String {
        if let problem = profiles.problem(ofProfile: name) {
            return "The profile \"\(name)\" can't be used:\n\(problem)"
        }
        let known = profiles.profiles.keys.sorted()
        let folders = profiles.folders.joined(separator: ", ")
        guard !known.isEmpty else {
            return "There is no profile \"\(name)\", and none at all in \(folders): name their folder with --profiles."
        }
        return "There is no profile \"\(name)\" in \(folders). There are: \(known.joined(separator: ", "))."
    }
}
