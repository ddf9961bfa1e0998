import AdapterKit
import GatewayAPI
import GatewayProfiles
import GatewayStore

extension ShowTimeline: PerformedCall {
    func perform(in context: CallContext) async throws -> TimelineView {
        let record = try await context.installation(installation)
        guard let result = try await context.standing(of: installation, at: at) else {
            throw CallError(.failed, context.gateway.missingProfile(record.profile))
        }
        let timeline = result.profile.rules.timeline(of: result.facts, in: result.zone, naming: result.names)
        var changes = timeline.changes.map { change in
            TimelineView.Change(
                at: change.at, local: result.zone.wallTime(change.at),
                cause: Self.cause(change), level: change.after, label: change.label, message: change.message)
        }
        func insert(_ instant: Instant, _ cause: String, _ message: String? = nil) {
            let index = changes.firstIndex { $0.at > instant } ?? changes.endIndex
            let before =
                index > 0 ? (changes[index - 1].level, changes[index - 1].label) : (timeline.level, timeline.label)
            changes.insert(
                TimelineView.Change(
                    at: instant, local: result.zone.wallTime(instant), cause: cause, level: before.0, label: before.1,
                    message: message), at: index)
        }
        if let due = record.refreshDue { insert(due, "refresh due") }
        if record.orderUntil != nil {
            for order in try await context.store.orders(in: context.scope, installation: installation, open: true) {
                insert(order.placed, "order placed", OrderMessage.placed(order))
                insert(OrderState.until(placed: order.placed), "order overdue", OrderMessage.overdue(order))
            }
        }
        return TimelineView(
            installation: installation, timeZone: result.zone.name, now: result.at, level: result.standing.level,
            initialLevel: timeline.level, changes: changes)
    }

    private static func cause(_ change: Timeline.Change) -> String {
        guard let countdown = change.countdown else { return "valid from" }
        return change.module.map { "\(countdown) \($0)" } ?? countdown
    }
}

extension Zone {
    /// The date and time on the wall, to the minute: `2027-03-18 00:00`.
    func wallTime(_ instant: Instant) -> String {
        let wall = instant.adding(seconds: offset(at: instant)).description
        return wall.prefix(10) + " " + wall.dropFirst(11).prefix(5)
    }
}
