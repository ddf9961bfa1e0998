import AdapterKit
import GatewayAPI
import GatewayProfiles
import GatewayStore

extension ListTimeline: PerformedCall {
    func perform(in context: CallContext) async throws -> ComingList {
        let isNegative =
            switch within {
            case .days(let count): count < 0
            case .hours(let count): count < 0
            }
        guard !isNegative else {
            throw CallError(.invalid, "How far ahead to look is no negative time: \"\(within)\".")
        }
        guard (1...100_000).contains(limit) else {
            throw CallError(.invalid, "The limit of a timeline is a number from 1 to 100000.")
        }
        if let customer { _ = try await ShowCustomer(id: customer).perform(in: context) }
        let desk = StandingDesk(context.gateway, at: at, now: context.now)
        return try await context.store.readComing(in: context.scope, customer: customer) { cursor in
            var desk = desk
            var changes: [ComingChange] = []
            var hasMore = false
            while let record = try cursor.next() {
                // Whose profile can't be used has no future that anybody knows; `status` tells it.
                guard let result = try desk.standing(of: record.status, customer: cursor.customer) else { continue }
                append(record, result, to: &changes)
                // So that memory stays bounded however far ahead a large portfolio is looked at.
                if changes.count >= 2 * limit + Self.slack { hasMore = cut(&changes) || hasMore }
            }
            hasMore = cut(&changes) || hasMore
            return ComingList(changes: changes, hasMore: hasMore)
        }
    }

    /// How many changes beyond twice the limit are gathered before they are put in order.
    private static let slack = 1024

    /// Puts changes in order and keeps the soonest.
    ///
    /// - Returns: Whether others went.
    private func cut(_ changes: inout [ComingChange]) -> Bool {
        // Stable: what happens at one moment stays in the order of customers and installations.
        changes = changes.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
            .map(\.element)
        let goes = changes.count > limit
        if goes { changes.removeSubrange(limit...) }
        return goes
    }

    private func append(_ record: ComingRecord, _ result: StandingDesk.Result, to changes: inout [ComingChange]) {
        let end =
            switch within {
            case .days(let count): result.zone.instant(result.at, addingDays: count)
            case .hours(let count): result.at.adding(hours: count)
            }
        if let until = record.orderUntil, until > result.at, until <= end {
            let then = result.profile.rules.standing(of: result.facts, at: until, in: result.zone)
            changes.append(
                ComingChange(
                    at: until, local: result.zone.wallTime(until), customer: record.status.customer,
                    installation: record.status.id, product: result.profile.product, cause: "order overdue",
                    level: then.level, label: then.label, access: then.access,
                    message: OrderMessage.overdue(until: until)))
        }
        // Most of a portfolio has nothing before it for a while: its messages need not be made.
        guard let next = result.standing.until, next <= end else { return }
        let timeline = result.profile.rules.timeline(of: result.facts, in: result.zone, naming: result.names)
        for change in timeline.changes where change.at > result.at && change.at <= end {
            changes.append(
                ComingChange(
                    at: change.at, local: result.zone.wallTime(change.at), customer: record.status.customer,
                    installation: record.status.id, product: result.profile.product, cause: change.cause,
                    level: change.after, label: change.label, access: change.after.access, message: change.message))
        }
    }
}
