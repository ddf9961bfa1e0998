import AdapterKit
import GatewayAPI
import GatewayProfiles
import GatewayStore

extension Status: PerformedCall {
    func perform(in context: CallContext) async throws -> StatusList {
        if let customer {
            _ = try await ShowCustomer(id: customer).perform(in: context)
        }
        if let installation { _ = try await context.installation(installation) }
        let parts =
            installation == nil
            ? try await context.store.statusParts(in: context.scope, customer: customer, count: Self.readers) : [.whole]
        let desk = StandingDesk(context.gateway, at: at, now: context.now)
        let rows = try await withThrowingTaskGroup(of: (Int, StatusList.Part).self) { group in
            for (number, part) in parts.enumerated() {
                group.addTask {
                    (number, try await read(part, desk, context, expected: parts.count > 1 ? 1 << 16 : 256))
                }
            }
            var rows = parts.map { _ in StatusList.Part([]) }
            for try await (number, found) in group { rows[number] = found }
            return rows
        }
        return StatusList(rows)
    }

    /// How many parts of a long listing are read side by side: the least that any machine has cores today.
    private static let readers = 2

    private func read(
        _ part: StatusPart, _ desk: StandingDesk, _ context: CallContext, expected: Int
    ) async throws -> StatusList.Part {
        let levels = Set(levels)
        let gateway = context.gateway
        return try await context.store.readStatus(
            in: context.scope, customer: customer, installation: installation, part: part
        ) { cursor in
            var desk = desk
            var rows: [StatusRow] = []
            rows.reserveCapacity(expected)
            while let record = try cursor.nextBare() {
                let customer = cursor.customer
                guard
                    let outlook = try cursor.withDates({ try desk.outlook(on: record, dates: $0, customer: customer) })
                else {
                    if levels.isEmpty || levels.contains(.unlicensed) {
                        let message = gateway.missingProfile(record.profile)
                        rows.append(
                            StatusRow(
                                record, withoutProfile: message, seats: cursor.seatCounts(),
                                timeZone: customer.timeZone))
                    }
                    continue
                }
                guard levels.isEmpty || levels.contains(outlook.level) else { continue }
                let product = desk.product
                rows.append(
                    StatusRow(
                        customer: record.customer, installation: record.id, product: product.name,
                        profile: record.profile, protocolName: product.protocolName, level: outlook.level,
                        label: outlook.label, access: outlook.level.access,
                        messages: desk.messages(outlook, of: record, customer: customer), until: outlook.until,
                        fullUntil: outlook.fullUntil, refreshDue: record.refreshDue, lastContact: record.lastContact,
                        seats: cursor.seatCounts(), timeZone: customer.timeZone, isUnverified: record.isUnverified))
            }
            return StatusList.Part(rows)
        }
    }
}

extension StatusRow {
    /// The label of an installation whose profile can't be used.
    static let withoutProfileLabel = "No profile"

    /// An installation whose profile can't be used: nobody can say how it stands, so it is never green.
    init(_ record: StatusRecord, withoutProfile message: String, seats: SeatCounts, timeZone: String) {
        self.init(
            customer: record.customer, installation: record.id, product: "", profile: record.profile,
            protocolName: "", level: .unlicensed, label: Self.withoutProfileLabel, access: .none, messages: [message],
            until: nil,
            fullUntil: nil, refreshDue: record.refreshDue, lastContact: record.lastContact,
            seats: seats, timeZone: timeZone, isUnverified: record.isUnverified)
    }
}
