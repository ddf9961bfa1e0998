import AdapterKit
import GatewayAPI
import GatewayProfiles
import GatewayStore
import MarkedText

extension AddInstallation: PerformedCall {
    func perform(in context: CallContext) async throws -> InstallationView {
        if let problem = ChosenID.problem(with: id, kind: "installation") { throw CallError(.invalid, problem) }
        let owner = try await ShowCustomer(id: customer).perform(in: context)
        if let archived = owner.archived {
            throw CallError(
                .conflict,
                "The customer \(customer) is archived, since \(archived): `gatehouse customers archive \(customer) --undo` "
                    + "brings it back.")
        }
        let (profile, adapter) = try context.gateway.profileAndAdapter(profile)
        _ = try InstallationValues(profile: profile, descriptor: adapter.descriptor)
            .places(identity: identity, site: site)
        let new = NewInstallation(
            id: id, customer: customer, profile: profile.name, identity: identity, site: site,
            facts: try facts.applied(to: RecordedFacts()))
        try await context.store.addInstallations(
            [new], at: context.now,
            audit: [context.audit(Self.name, customer: customer, subject: id, detail: "profile \(profile.name)")])
        return try await ShowInstallation(id: id).perform(in: context)
    }
}

extension SetInstallation: PerformedCall {
    func perform(in context: CallContext) async throws -> InstallationView {
        guard profile != nil || !identity.isEmpty || !site.isEmpty || facts != FactChanges() else {
            throw CallError(.invalid, "Say what is to change of \(id).")
        }
        try await context.retryingChanges(of: id) {
            let record = try await context.installation(id)
            guard let recorded = try await context.store.recordedFacts(of: id, in: context.scope),
                recorded.edits == record.edits
            else { throw StoreError(.changed, "\(id) was changed meanwhile.") }
            let editing = InstallationEditing(gateway: context.gateway, now: context.now)
            let held = try await context.store.heldProtocol(of: id)
            guard var decision = try editing.decide(self, on: record, recorded.facts, held: held) else { return }
            if decision.edit.places != nil {
                decision.edit.givesUp = try context.deliveryToGiveUp(
                    try await context.store.openOperation(on: id))
            }
            try await context.store.editInstallations(
                [decision.edit], at: context.now,
                audit: [
                    context.audit(Self.name, customer: record.customer, subject: id, detail: decision.notes)
                ])
        }
        return try await ShowInstallation(id: id).perform(in: context)
    }
}

extension ArchiveInstallation: PerformedCall {
    func perform(in context: CallContext) async throws -> InstallationView {
        try context.requirePortfolio(to: "archive an installation")
        let record = try await context.installation(id)
        let audit = context.audit(
            Self.name, customer: record.customer, subject: id, detail: undo ? "brought back" : "archived")
        if undo {
            try await context.store.restoreInstallation(id, audit: audit)
        } else {
            try await context.retryingChanges(of: id) {
                let delivery = try context.deliveryToGiveUp(try await context.store.openOperation(on: id))
                try await context.store.archiveInstallation(id, at: context.now, givesUp: delivery, audit: audit)
            }
        }
        return try await ShowInstallation(id: id).perform(in: context)
    }
}

extension ListInstallations: PerformedCall {
    func perform(in context: CallContext) async throws -> [InstallationSummary] {
        if let customer { _ = try await ShowCustomer(id: customer).perform(in: context) }
        var list = try await context.store.installationList(in: context.scope, customer: customer, archived: archived)
        let gateway = context.gateway
        let byKeys = Set(gateway.profiles.profiles.filter { gateway.way(of: $0.value) == .keys }.keys)
        guard !byKeys.isEmpty else { return list }
        for index in list.indices where byKeys.contains(list[index].profile) { list[index].isRefreshed = false }
        return list
    }
}

extension ShowInstallation: PerformedCall {
    func perform(in context: CallContext) async throws -> InstallationView {
        let record = try await context.installation(id)
        let profile = context.gateway.profiles.profiles[record.profile]
        let fields = profile.flatMap { context.gateway.registry.adapter(for: $0.protocolName) }?.descriptor.identity
        let entitlement = try await context.store.entitlement(of: id, in: context.scope)
        let files = try await context.store.deliveredFiles(of: id)
        let recorded = try await context.store.recordedFacts(of: id, in: context.scope)
        let way = profile.map(context.gateway.way) ?? .refresh
        return InstallationView(
            id: id, customer: record.customer, profile: record.profile, product: profile?.product,
            protocolName: profile?.protocolName, place: profile?.place,
            identity: Self.identity(record.identity, fields: fields), site: record.site, entitlement: entitlement,
            issued: record.issued, lastContact: record.lastContact, lastRefresh: record.lastRefresh,
            refreshDue: record.refreshDue,
            files: files.map {
                InstallationView.DeliveredFileView(
                    delivery: $0.delivery, path: $0.path, sha256: $0.sha256, delivered: $0.at)
            }, lastFailure: record.lastFailure, isRefreshed: way != .keys, next: way.next(for: id),
            facts: recorded?.facts ?? RecordedFacts(), archived: record.archived,
            warnings: record.archived == nil ? Self.warnings(record, profile, context.gateway) : [])
    }

    /// What a refresh will stumble over, though it may be meant so: destinations that lie under none of the folders that
    /// are allowed here. Without any nothing is said, since they are then given elsewhere.
    private static func warnings(_ record: InstallationRecord, _ profile: Profile?, _ gateway: Gateway) -> [String] {
        let roots = gateway.configuration.deliveryRoots
        guard let profile, !roots.isEmpty else { return [] }
        var warnings: [String] = []
        let descriptor = gateway.registry.adapter(for: profile.protocolName)?.descriptor
        for (_, template) in profile.deliveries(of: descriptor, at: record.site) {
            do throws(DeliveryError) {
                for path in try DeliveryTemplate.expand(template, site: record.site, identity: record.identity) {
                    _ = try Destination.resolve(path: path, roots: roots)
                }
            } catch {
                warnings.append(error.sentence)
            }
        }
        return warnings
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

    /// The profile of an installation and who speaks for its vendor: its protocol's adapter, or a person.
    func profileAndAdapter(for record: InstallationRecord) async throws -> (Profile, AnyAdapter) {
        let (profile, adapter) = try profileAndAdapter(record.profile)
        guard profile.vendor.isByHand else { return (profile, adapter) }
        let held = try await store.entitlement(of: record.id, in: .portfolio)
        return (profile, ByHand.adapter(in: adapter, profile, held: held))
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
        let hint = nearest(to: name, among: known).map { ": did you mean \(quoted($0))?" } ?? "."
        return "There is no profile \(quoted(name)) in \(folders)\(hint) There are: \(known.joined(separator: ", "))."
    }
}
