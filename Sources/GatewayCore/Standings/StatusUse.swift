import AdapterKit
import GatewayAPI
import GatewayProfiles
import GatewayStore

extension Status: PerformedCall {
    func perform(in context: CallContext) async throws -> [StatusRow] {
        if let customer {
            _ = try await ShowCustomer(id: customer).perform(in: context)
        }
        let desk = StandingDesk(context.gateway, at: at, now: context.now)
        let levels = Set(levels)
        let gateway = context.gateway
        var rows = try await context.store.readStatus(in: context.scope, customer: customer) { cursor in
            var desk = desk
            var rows: [StatusRow] = []
            while let record = try cursor.next() {
                let row =
                    try desk.standing(of: record, customer: cursor.customer).map { StatusRow(record, $0) }
                    ?? StatusRow(record, withoutProfile: gateway.missingProfile(record.profile))
                if levels.isEmpty || levels.contains(row.level) { rows.append(row) }
            }
            return rows
        }
        // The store reads them by customer and ID, which stays the order of those that lose access together.
        rows.arrange(rows.indices.map { (rows[$0].loss, $0) }.sorted { $0 < $1 }.map(\.1))
        return rows
    }
}

extension StatusRow {
    init(_ record: StatusRecord, _ result: StandingDesk.Result) {
        self.init(
            customer: record.customer, installation: record.id, product: result.profile.product,
            profile: record.profile, protocolName: result.profile.protocolName, level: result.standing.level,
            label: result.standing.label, access: result.standing.access, messages: result.messages,
            until: result.standing.until, fullUntil: result.standing.fullUntil, refreshDue: record.refreshDue,
            lastContact: record.lastContact, seats: SeatCounts(SeatColumn.read(record.seats)))
    }

    /// An installation whose profile can't be used: nobody can say how it stands, so it is never green.
    init(_ record: StatusRecord, withoutProfile message: String) {
        self.init(
            customer: record.customer, installation: record.id, product: "", profile: record.profile,
            protocolName: "", level: .unlicensed, label: "No profile", access: .none, messages: [message], until: nil,
            fullUntil: nil, refreshDue: record.refreshDue, lastContact: record.lastContact,
            seats: SeatCounts(SeatColumn.read(record.seats)))
    }

    /// When full access ends, in milliseconds; what was never licensed lost it before all others.
    fileprivate var loss: Int64 { fullUntil?.milliseconds ?? (access == .full ? Int64.max : Int64.min) }
}

extension [StatusRow] {
    /// Puts the elements in another order by moving them: copying a hundred thousand rows with all their strings
    /// takes longer than finding their order.
    ///
    /// - Parameter order: For each new position, the present one.
    fileprivate mutating func arrange(_ order: [Int]) {
        var order = order
        for start in order.indices {
            var position = start
            while order[position] != start {
                let source = order[position]
                swapAt(position, source)
                order[position] = position
                position = source
            }
            order[position] = position
        }
    }
}
