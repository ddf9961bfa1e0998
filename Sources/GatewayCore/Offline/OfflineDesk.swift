import AdapterKit
import GatewayAPI
import GatewayProfiles
import GatewayStore

/// Works out where offline activations stand.
struct OfflineDesk {
    let gateway: Gateway
    let now: Instant

    /// The profiles that know offline activations.
    static func profiles(_ gateway: Gateway) -> [String] {
        gateway.profiles.profiles.values.filter { $0.offline != nil }.map(\.name).sorted()
    }

    /// Where an installation's stands; nil where its profile knows none.
    func item(_ record: OfflineRecord) throws -> OfflineItem? {
        guard let profile = gateway.profiles.profiles[record.profile], let rules = profile.offline else { return nil }
        let zone = try gateway.zones.zone(named: record.timeZone)
        // A success by either way puts the next request off.
        let due = record.lastContact.map { zone.instant($0, addingDays: rules.dueDays) }
        let state: OfflineItem.State =
            if let since = record.sent ?? record.requested {
                zone.instant(since, addingDays: rules.unansweredDays) <= now
                    ? .unanswered : record.sent == nil ? .requested : .sent
            } else {
                // By hand a person chooses the way; the next request is due where the last success was one.
                (due.map { $0 <= now } ?? true) && (record.activated != nil || !profile.vendor.isByHand)
                    ? .due : .current
            }
        return OfflineItem(
            installation: record.installation, installationName: record.installationName, customer: record.customer,
            customerName: record.customerName, profile: record.profile, owner: record.owner, state: state,
            operation: record.operation, requested: record.requested, sent: record.sent, activated: record.activated,
            due: due)
    }
}

extension ListOffline: PerformedCall {
    func perform(in context: CallContext) async throws -> [OfflineItem] {
        if let customer { _ = try await ShowCustomer(id: customer).perform(in: context) }
        let desk = OfflineDesk(gateway: context.gateway, now: context.now)
        let rows = try await context.store.offlineRows(
            of: OfflineDesk.profiles(context.gateway), in: context.scope, customer: customer)
        return try rows.compactMap(desk.item).filter { all || $0.state != .current }
    }
}

extension MarkOfflineSent: PerformedCall {
    func perform(in context: CallContext) async throws -> [OfflineItem] {
        guard !installations.isEmpty else { throw CallError(.invalid, "Name at least one installation.") }
        let now = context.now
        let sent: Instant
        switch at {
        case .now: sent = now
        case .instant(let instant):
            guard instant <= now else {
                throw CallError(.invalid, "\(instant) is still to come (it is \(now)): say when it was sent.")
            }
            sent = instant
        case .day(let day):
            throw CallError(.invalid, "\(day) is a day: say at what time it was sent, such as \(day)T09:00:00Z.")
        }
        var marks: [(id: String, audit: AuditEntry)] = []
        var seen: Set<String> = []
        for id in installations where seen.insert(id).inserted {
            let record = try await context.installation(id)
            guard let open = try await context.store.askedOperation(on: id, act: .request) else {
                throw CallError(
                    .conflict,
                    "No request of \(id) is open: `gatehouse offline request \(id)` makes one. Nothing was marked.")
            }
            marks.append(
                (
                    open.id,
                    context.audit(
                        Self.name, customer: record.customer, subject: id, detail: "operation \(open.id), sent \(sent)")
                ))
        }
        try await context.store.markSent(marks, sent: sent)
        let profiles = OfflineDesk.profiles(context.gateway)
        let desk = OfflineDesk(gateway: context.gateway, now: now)
        var items: [OfflineItem] = []
        for id in seen.sorted() {
            items += try await context.store.offlineRows(of: profiles, in: context.scope, installation: id)
                .compactMap(desk.item)
        }
        return items
    }
}
