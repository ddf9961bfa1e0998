import AdapterKit
import GatewayAPI
import GatewayProfiles
import GatewayStore

extension Explain: PerformedCall {
    func perform(in context: CallContext) async throws -> Explanation {
        let user = try user.map(Self.checked)
        let record = try await context.installation(installation)
        guard let explained = try await context.store.explained(installation, in: context.scope) else {
            throw CallError(.notFound, "The installation \"\(installation)\" was taken away just now.")
        }
        let gateway = context.gateway
        let result = try await context.standing(of: installation, at: at)
        let zone = try result?.zone ?? gateway.zones.zone(named: record.timeZone)
        let timeline = result.map { $0.profile.rules.timeline(of: $0.facts, in: zone, naming: $0.names) }
        let at = result?.at ?? at.instant(now: context.now, in: zone)
        var explanation = Explanation(
            installation: installation, customer: record.customer, customerName: record.customerName,
            product: result?.profile.product, profile: record.profile, file: result?.profile.file,
            place: result?.profile.place, timeZone: zone.name, at: at, archived: record.archived,
            standing: Self.standing(
                result, timeline, explained, record.profile, gateway, isUnverified: record.isUnverified),
            next: (timeline?.changes ?? []).filter { $0.at > at }.prefix(Explanation.mostChanges).map {
                TimelineView.Change($0, in: zone)
            },
            seats: SeatCounts(SeatColumn.read(explained.seats)),
            modules: try await context.store.entitlement(of: installation, in: context.scope)?.modules.map(\.code)
                ?? [],
            refresh: Self.refresh(record, explained, at: context.now),
            files: try await FileLook(context: context, record: record, profile: result?.profile).files(),
            vendor: try await Self.vendor(result?.profile, context),
            operation: explained.openOperation.map { OperationView($0, notes: []) },
            orders: try await Self.orders(of: record, context), user: nil, steps: [])
        if let user {
            let seats = try await Self.seats(of: user, in: installation, context)
            explanation.user =
                ExplainedUser(explanation, zone: zone, seats: seats, closedFor: explained.closedFor).view(named: user)
        }
        explanation.steps =
            NextSteps(
                explanation: explanation, zone: zone, needsRefresh: result?.profile.refreshDays != nil,
                way: try await Self.way(of: record, result, context),
                authorizeAgain: try await context.acquireAgain(record, at: at)?.text,
                plannedUpgrade: explained.plannedUpgrade?.waitsUntil,
                hasFailedUpgrade: record.lastFailure != nil && explained.isOfUpgrade,
                isCustomerArchived: try await Self.isCustomerArchived(record, context),
                asked: try await ListSteps(installation: installation).perform(in: context)
            ).steps
        return explanation
    }

    /// How its entitlement is brought into force: tokens that were given and could not be taken yet need no code.
    private static func way(
        of record: InstallationRecord, _ result: StandingDesk.Result?, _ context: CallContext
    ) async throws -> EntitlementWay {
        guard let result else { return .refresh }
        guard result.bench.way == .authorization, !record.held else { return result.bench.way }
        let kept = try await context.gateway.keptTokens(of: record, result.profile)
        return kept?.canRefresh == true ? .refresh : .authorization
    }

    private static func isCustomerArchived(_ record: InstallationRecord, _ context: CallContext) async throws -> Bool {
        guard record.archived != nil else { return false }
        return try await ShowCustomer(id: record.customer).perform(in: context).archived != nil
    }

    private static func checked(_ user: String) throws(CallError) -> String {
        let name = user.trimmingSpace()
        guard (1...200).contains(name.count), !name.unicodeScalars.contains(where: { $0.value < 32 }) else {
            throw CallError(.invalid, "A user's name has 1 to 200 characters, without control characters.")
        }
        return name
    }

    /// The seats as they are taken now, whatever time the rest is explained for.
    private static func seats(
        of user: String, in installation: String, _ context: CallContext
    ) async throws -> ExplainedSeats {
        let now = context.now
        let usage = try await context.store.usage(of: installation, in: context.scope, from: now.utcDay, at: now)
        return ExplainedSeats(
            held: try await context.store.sessions(
                of: installation, in: context.scope, at: now, SessionFilter(user: user)),
            taken: Dictionary(uniqueKeysWithValues: usage.map { ($0.pool, $0.inUse) }),
            isClaimed: try await !context.store.seatUsers(of: installation, in: context.scope).isEmpty,
            next: try await context.store.sessions(
                of: installation, in: context.scope, at: now, SessionFilter(limit: 1)
            ).first?.until)
    }

    private static func refresh(
        _ record: InstallationRecord, _ explained: ExplainedRecord, at now: Instant
    ) -> Explanation.RefreshView {
        // An upgrade that failed is no refresh that did.
        let isUpgrade = explained.isOfUpgrade
        return Explanation.RefreshView(
            last: record.lastRefresh, lastContact: record.lastContact, due: record.refreshDue,
            isDue: record.isRefreshDue(at: now),
            operation: isUpgrade ? nil : explained.lastOperation.map { OperationView($0, notes: []) },
            failure: isUpgrade ? nil : record.lastFailure, failed: isUpgrade ? nil : explained.failed,
            nextTry: record.putOff(at: now))
    }

    private static func orders(of record: InstallationRecord, _ context: CallContext) async throws -> [OrderView] {
        guard record.orderUntil != nil else { return [] }
        let now = context.now
        return try await context.store.orders(in: context.scope, installation: record.id, open: true)
            .map { OrderView($0, at: now) }
    }

    private static func vendor(_ profile: Profile?, _ context: CallContext) async throws -> Explanation.VendorView? {
        guard let address = profile?.vendor.address else { return nil }
        let host = VendorLine.host(of: address)
        let found = try await context.store.vendorHosts().first { $0.host == host } ?? VendorHostRecord(host: host)
        return Explanation.VendorView(
            address: address, host: host, breaker: found.breaker(at: context.now), openUntil: found.openUntil,
            failures: found.failures, lastContact: found.lastContact, lastFailure: found.lastFailure,
            lastFailureAt: found.lastFailureAt)
    }
}

extension PointInTime {
    /// The instant that is meant, in a customer's zone.
    func instant(now: Instant, in zone: Zone) -> Instant {
        switch self {
        case .now: now
        case .instant(let instant): instant
        case .day(let day): zone.firstInstant(of: day)
        }
    }
}

extension ExplainedRecord {
    /// Whether what was done last, or is being done, is an upgrade of license keys.
    fileprivate var isOfUpgrade: Bool { (openOperation ?? lastOperation)?.act == .upgrade }
}
