import AdapterKit
import GatewayAPI
import GatewayCore

/// An explanation as people read it, in the customer's own time.
struct ExplanationText {
    private let explanation: Explanation
    private let zone: Zone

    init(_ explanation: Explanation) throws {
        self.explanation = explanation
        zone = try ZoneDatabase().zone(named: explanation.timeZone)
    }

    private var standing: Explanation.StandingView { explanation.standing }

    func lines(width: Int?, color: Bool) -> [String] {
        let style = standing.level.style.rawValue
        let product = explanation.product ?? "profile \(explanation.profile)"
        let user = explanation.user.map { "\($0.name) in " } ?? ""
        let head =
            "\(user)\(explanation.installation): \(product) of \(explanation.customerName) (\(explanation.customer)), "
            + "times in \(zone.name)"
        return LabeledLines.wrap(head, width ?? Int.max) + [""]
            + (explanation.user.map(body) ?? body).text(width: width) { label in
                color ? "\u{1B}[\(label == "Standing" ? style : Table.Style.faint.rawValue)m\(label)\u{1B}[0m" : label
            }
    }

    private func body(of user: Explanation.UserView) -> LabeledLines {
        var lines = LabeledLines()
        addArchived(to: &lines)
        for line in user.lines { lines.add(line.topic.prefix(1).uppercased() + line.topic.dropFirst(), line.text) }
        addSteps(to: &lines)
        return lines
    }

    private var body: LabeledLines {
        var lines = LabeledLines()
        addArchived(to: &lines)
        let since = standing.since.map { ", since \(time($0))" } ?? ""
        lines.add(
            "Standing", "\(standing.label) (\(standing.level.rawValue)): \(standing.access.phrase)\(since)")
        for message in standing.messages { lines.add("Standing", message) }
        for cause in standing.causes { lines.add("Why", Self.sentence(cause, time)) }
        if standing.heldSince == nil {
            lines.add("Why", "no entitlement was taken yet")
        } else if standing.causes.isEmpty, explanation.file != nil {
            lines.add("Why", "no countdown of the profile has come to a stage")
        }
        if standing.causes.isEmpty, let file = explanation.file {
            lines.add("Why", "rules of the profile \(explanation.profile), \(file)")
        }
        lines.add("Held", held)
        for change in explanation.next {
            lines.add("Next", "\(change.local)  \(change.level.rawValue), \(change.label) (\(change.cause))")
        }
        if explanation.next.isEmpty { lines.add("Next", "nothing changes by time alone") }
        addRefresh(to: &lines)
        for file in explanation.files {
            let delivered = file.delivered.map { ", delivered \(time($0))" } ?? ""
            let detail = file.detail.map { ". \($0)" } ?? ""
            lines.add("Delivery", "\(file.path) \(file.state.phrase)\(delivered)\(detail)")
        }
        if explanation.files.isEmpty { lines.add("Delivery", "no files are delivered") }
        addVendor(to: &lines)
        if let operation = explanation.operation {
            lines.add(
                "Operation",
                "\(operation.act.rawValue) \(operation.id) is \(operation.status), begun \(time(operation.started))")
            if let message = operation.message { lines.add("Operation", message) }
        }
        for order in explanation.orders {
            let reference = order.reference.isEmpty ? "" : " \(order.reference)"
            lines.add(
                "Order",
                "\(order.state.rawValue)\(reference), placed \(time(order.placed)), expected by \(time(order.until)): "
                    + OrdersList.text(order.items))
        }
        addSteps(to: &lines)
        return lines
    }

    private func time(_ instant: Instant) -> String { zone.wallTime(instant) }

    /// Which rule it is, and from which date it counts.
    private static func sentence(_ cause: Explanation.Cause, _ time: (Instant) -> String) -> String {
        let module = cause.module.map { " of module \($0)" } ?? ""
        let rule = cause.rule.map { " (\($0))" } ?? ""
        guard let date = cause.date else {
            return "countdown \(cause.countdown)\(rule): the entitlement lacks the date \(cause.from)"
        }
        guard let stage = cause.stage else { return "\(cause.from) \(date) is still to come" }
        let since = cause.since.map { " since \(time($0))" } ?? ""
        return "countdown \(cause.countdown), stage \(stage) (\(cause.level.rawValue))\(since), from \(cause.from)"
            + "\(module) \(date)\(rule)"
    }

    private var held: String {
        guard let since = standing.heldSince else { return "nothing yet" }
        let seats = explanation.seats.pools.map { "\($0.count) \($0.name)" }
        let modules = explanation.modules.isEmpty ? [] : ["modules \(explanation.modules.joined(separator: ", "))"]
        let taken = standing.isUnverified ? "recorded by a person, unverified, \(time(since))" : "taken \(time(since))"
        return (seats + modules + [taken]).joined(separator: "; ")
    }

    private func addRefresh(to lines: inout LabeledLines) {
        let refresh = explanation.refresh
        var text = refresh.last.map { "last on \(time($0))" } ?? "never yet"
        if let operation = refresh.operation, refresh.failure == nil, let outcome = operation.outcome {
            text += ", \(outcome)"
        }
        text +=
            explanation.archived != nil
            ? "; none any more"
            : refresh.isDue ? "; due now" : refresh.due.map { "; due \(time($0))" } ?? "; none is due"
        lines.add("Refresh", text)
        if let failure = refresh.failure {
            let failed = refresh.failed.map { " on \(time($0))" } ?? ""
            lines.add("Refresh", "the last one failed\(failed): \(failure)")
            if let next = refresh.nextTry { lines.add("Refresh", "not tried again by itself before \(time(next))") }
        }
    }

    private func addVendor(to lines: inout LabeledLines) {
        guard let vendor = explanation.vendor else { return lines.add("Vendor", "no address is known") }
        let reached = vendor.lastContact.map { "last reached \(time($0))" } ?? "never reached"
        let left =
            switch vendor.breaker {
            case "open": ", left alone until \(vendor.openUntil.map(time) ?? "it answers")"
            case "half-open": ", left alone until now: the next request tries"
            default: ""
            }
        lines.add("Vendor", "\(vendor.host), \(reached)\(left)")
        if vendor.failures > 0, let failure = vendor.lastFailure {
            let failed = vendor.lastFailureAt.map { " on \(time($0))" } ?? ""
            lines.add(
                "Vendor", "failed \(vendor.failures == 1 ? "once" : "\(vendor.failures) times")\(failed): \(failure)")
        }
    }

    private func addArchived(to lines: inout LabeledLines) {
        if let archived = explanation.archived { lines.add("Archived", "since \(time(archived))") }
    }

    private func addSteps(to lines: inout LabeledLines) {
        for step in explanation.steps { lines.add("Do", step) }
    }
}
