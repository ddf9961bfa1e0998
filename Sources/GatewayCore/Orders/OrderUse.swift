import AdapterKit
import GatewayAPI
import GatewayProfiles
import GatewayStore

extension AddOrder: PerformedCall {
    func perform(in context: CallContext) async throws -> OrderView {
        try context.requirePortfolio(to: "record an order")
        let record = try await context.installation(installation)
        let zone = try context.gateway.zones.zone(named: record.timeZone)
        let placed = try instant(at: context.now, in: zone)
        try check()
        let reference = reference.trimmingSpace()
        let order = OrderRecord(
            id: Identifiers.operation(at: context.now), installation: installation, customer: record.customer,
            placed: placed, items: items,
            reference: reference.isEmpty ? "" : try RecordedText.name(reference, "An order's reference"),
            caller: context.caller.id)
        let profile = context.gateway.profiles.profiles[record.profile]
        try await context.store.addOrder(
            order, refreshes: profile?.refreshDays != nil, at: context.now,
            audit: context.audit(
                Self.name, customer: record.customer, subject: installation, detail: "order \(order.id), \(order.told)")
        )
        return OrderView(order, at: context.now)
    }

    /// When it was placed.
    ///
    /// A day is refused: which of its 24 hours is meant decides until when the order may be on its way.
    private func instant(at now: Instant, in zone: Zone) throws(CallError) -> Instant {
        switch placed {
        case .now: return now
        case .instant(let instant):
            guard instant <= now else {
                throw CallError(
                    .invalid,
                    "\(instant) is still to come (it is \(now)): an order is recorded once it is placed, with the time "
                        + "at which it was.")
            }
            return instant
        case .day(let day):
            let morning = zone.firstInstant(of: day).adding(hours: 9)
            let minutes = zone.offset(at: morning) / 60
            let offset =
                "\(minutes < 0 ? "-" : "+")\(Self.twoDigits(abs(minutes) / 60)):\(Self.twoDigits(abs(minutes) % 60))"
            throw CallError(
                .invalid,
                "\(day) is a day, and an order is on its way for \(OrderState.propagationHours) hours: say at what time "
                    + "it was placed. Nine in the morning in \(zone.name) is \(day)T09:00:00\(offset); \"now\" is now.")
        }
    }

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    /// The most seats of a pool.
    private static let mostSeats = 1_000_000

    private func check() throws(CallError) {
        var problems: [String] = []
        var pools: Set<String> = []
        for pool in items.seats {
            if !Self.isCode(pool.name) {
                problems.append(
                    "The seats \"\(pool.name)\" are named by letters, digits, dots, hyphens and underscores.")
            }
            if !(0...Self.mostSeats).contains(pool.count) {
                problems.append("The seats \(pool.name) are a number from 0 to \(Self.mostSeats).")
            }
            if !pools.insert(pool.name).inserted { problems.append("The seats \(pool.name) are given twice.") }
        }
        for module in items.modules where !Self.isCode(module.replacing("/", with: "")) {
            problems.append("The module \"\(module)\" must be named by letters, digits, dots, hyphens, _ and / alone.")
        }
        guard problems.isEmpty else { throw CallError(.invalid, problems.joined(separator: "\n")) }
    }

    /// Whether a text can be the name of a pool or the code of a module.
    private static func isCode(_ text: String) -> Bool { text.wholeMatch(of: /[A-Za-z0-9._\-]{1,64}/) != nil }
}

extension ListOrders: PerformedCall {
    func perform(in context: CallContext) async throws -> [OrderView] {
        if let customer { _ = try await ShowCustomer(id: customer).perform(in: context) }
        if let installation { _ = try await context.installation(installation) }
        let now = context.now
        return try await context.store.orders(
            in: context.scope, customer: customer, installation: installation, open: open
        ).map { OrderView($0, at: now) }
    }
}

extension WithdrawOrder: PerformedCall {
    func perform(in context: CallContext) async throws -> OrderView {
        try context.requirePortfolio(to: "withdraw an order")
        guard let order = try await context.store.order(id, in: context.scope) else {
            throw CallError(.notFound, "There is no order \"\(id)\". `gatehouse orders list` shows those there are.")
        }
        try await context.store.withdrawOrder(
            id, at: context.now,
            audit: context.audit(
                Self.name, customer: order.customer, subject: order.installation, detail: "order \(id)"))
        guard let withdrawn = try await context.store.order(id, in: context.scope) else {
            throw CallError(.failed, "The order \(id) is gone.")
        }
        return OrderView(withdrawn, at: context.now)
    }
}

extension OrderRecord {
    /// What it is about, for the audit trail.
    fileprivate var told: String {
        var parts = ["placed \(placed)"]
        if let expires = items.expires { parts.append("expires \(expires)") }
        parts += items.seats.map { "\($0.count) \($0.name)" }
        parts += items.modules.map { "module \($0)" }
        if !reference.isEmpty { parts.append("reference \"\(reference)\"") }
        return parts.joined(separator: ", ")
    }
}

extension OrderView {
    init(_ record: OrderRecord, at now: Instant) {
        self.init(
            id: record.id, installation: record.installation, customer: record.customer, state: record.state(at: now),
            placed: record.placed, until: OrderState.until(placed: record.placed), items: record.items,
            reference: record.reference, caller: record.caller, applied: record.applied, appliedBy: record.appliedBy,
            withdrawn: record.withdrawn)
    }
}
