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
            var seats = SeatTexts()
            var rows: [StatusRow] = []
            rows.reserveCapacity(expected)
            while let record = try cursor.next() {
                guard let result = try desk.standing(of: record, customer: cursor.customer) else {
                    if levels.isEmpty || levels.contains(.unlicensed) {
                        let message = gateway.missingProfile(record.profile)
                        rows.append(
                            StatusRow(
                                record, withoutProfile: message, seats: seats.counts(record.seats),
                                timeZone: cursor.customer.timeZone))
                    }
                    continue
                }
                if levels.isEmpty || levels.contains(result.standing.level) {
                    rows.append(
                        StatusRow(
                            record, result, seats: seats.counts(record.seats), timeZone: cursor.customer.timeZone))
                }
            }
            return StatusList.Part(rows)
        }
    }
}

extension StatusRow {
    init(_ record: StatusRecord, _ result: StandingDesk.Result, seats: SeatCounts, timeZone: String) {
        self.init(
            customer: record.customer, installation: record.id, product: result.profile.product,
            profile: record.profile, protocolName: result.profile.protocolName, level: result.standing.level,
            label: result.standing.label, access: result.standing.access, messages: result.messages,
            until: result.standing.until, fullUntil: result.standing.fullUntil, refreshDue: record.refreshDue,
            lastContact: record.lastContact, seats: seats, timeZone: timeZone)
    }

    /// The label of an installation whose profile can't be used.
    static let withoutProfileLabel = "No profile"

    /// An installation whose profile can't be used: nobody can say how it stands, so it is never green.
    init(_ record: StatusRecord, withoutProfile message: String, seats: SeatCounts, timeZone: String) {
        self.init(
            customer: record.customer, installation: record.id, product: "", profile: record.profile,
            protocolName: "", level: .unlicensed, label: Self.withoutProfileLabel, access: .none, messages: [message],
            until: nil,
            fullUntil: nil, refreshDue: record.refreshDue, lastContact: record.lastContact,
            seats: seats, timeZone: timeZone)
    }
}

/// Seats as columns write them, each read once: most of a portfolio's are the same few.
private struct SeatTexts {
    private var known: [String: SeatCounts] = [:]
    private var latest = (text: "", counts: SeatCounts([]))

    /// How many are kept at most.
    private static let limit = 4096

    mutating func counts(_ text: String) -> SeatCounts {
        // The very text of the row before is compared without being looked into.
        if text == latest.text { return latest.counts }
        let counts = known[text] ?? SeatCounts(SeatColumn.read(text))
        if known.count < Self.limit { known[text] = counts }
        latest = (text, counts)
        return counts
    }
}
