public import AdapterKit
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
        var changes = timeline.changes.map { TimelineView.Change($0, in: result.zone) }
        func insert(_ instant: Instant, _ cause: String, _ message: String? = nil) {
            let index = changes.firstIndex { $0.at > instant } ?? changes.endIndex
            let before =
                index > 0 ? (changes[index - 1].level, changes[index - 1].label) : (timeline.level, timeline.label)
            changes.insert(
                TimelineView.Change(
                    at: instant, local: result.zone.wallTime(instant), cause: cause, level: before.0, label: before.1,
                    message: message), at: index)
        }
        if let archived = record.archived {
            insert(archived, "archived", "It is archived: nothing is refreshed any more.")
        } else if let due = record.refreshDue {
            insert(due, "refresh due")
        }
        if let upgrade = try await context.store.openUpgrade(on: installation), let begins = upgrade.waitsUntil {
            insert(
                begins, "upgrade planned",
                "An upgrade of the license keys begins: nobody new is let in until it has ended.")
        }
        if record.orderUntil != nil {
            for order in try await context.store.orders(in: context.scope, installation: installation, open: true) {
                insert(order.placed, "order placed", OrderMessage.placed(order))
                insert(OrderState.until(placed: order.placed), "order overdue", OrderMessage.overdue(order))
            }
        }
        return TimelineView(
            installation: installation, timeZone: result.zone.name, now: result.at, archived: record.archived,
            level: result.standing.level, initialLevel: timeline.level, isUnverified: record.isUnverified,
            changes: changes)
    }
}

extension TimelineView.Change {
    init(_ change: Timeline.Change, in zone: Zone) {
        self.init(
            at: change.at, local: zone.wallTime(change.at), cause: change.cause, level: change.after,
            label: change.label, message: change.message)
    }
}

extension Timeline.Change {
    /// What changes, for people: a countdown's name, with the module's code where it runs per module.
    var cause: String {
        guard let countdown else { return "valid from" }
        return module.map { "\(countdown) \($0)" } ?? countdown
    }
}

extension Zone {
    /// The date and time on the wall, to the minute: `2027-03-18 00:00`.
    public func wallTime(_ instant: Instant) -> String { String(wallTimeInSeconds(instant).prefix(16)) }

    /// The same to the second: `2027-03-18 00:00:00`.
    public func wallTimeInSeconds(_ instant: Instant) -> String {
        let wall = instant.adding(seconds: offset(at: instant)).description
        return wall.prefix(10) + " " + wall.dropFirst(11).prefix(8)
    }
}
