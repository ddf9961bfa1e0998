import AdapterKit
public import GatewayAPI
import GatewayStore

/// The seats of an installation as they are taken.
struct ExplainedSeats {
    /// The user's own sessions.
    var held: [SessionRecord]
    /// Seats that are taken, by pool.
    var taken: [String: Int]
    /// Whether anybody ever claimed one.
    var isClaimed: Bool
    /// When the next session ends by itself.
    var next: Instant?
}

/// What may keep a user out of the product, a line for each thing.
struct ExplainedUser {
    private let explanation: Explanation
    private let zone: Zone
    private let taken: ExplainedSeats
    private let closedFor: String?

    /// - Parameter closedFor: Why nobody new is let in just now; nil where they are.
    init(_ explanation: Explanation, zone: Zone, seats: ExplainedSeats, closedFor: String?) {
        self.explanation = explanation
        self.zone = zone
        taken = seats
        self.closedFor = closedFor
    }

    func view(named name: String) -> Explanation.UserView {
        Explanation.UserView(name: name, lines: [standing, seats, refresh, delivery, vendor])
    }

    private func line(_ topic: String, _ isTrouble: Bool, _ text: String) -> Explanation.UserView.Line {
        Explanation.UserView.Line(topic: topic, isTrouble: isTrouble, text: text)
    }

    private var standing: Explanation.UserView.Line {
        let standing = explanation.standing
        let since = standing.since.map { " since \(zone.wallTime($0))" } ?? ""
        let may =
            switch standing.access {
            case .full: "everything is allowed"
            case .readOnly: "only view and report are allowed"
            case .none: "nobody may work with it"
            }
        return line("standing", standing.access != .full, "\(standing.label)\(since): \(may).")
    }

    /// Where the product claims seats here, what is taken is known; else it says what is granted, and where the rest is
    /// seen.
    private var seats: Explanation.UserView.Line {
        let pools = explanation.seats.pools
        if let session = taken.held.first {
            let host = session.host.isEmpty ? "" : " at \(session.host)"
            let more = taken.held.count > 1 ? " (and \(taken.held.count - 1) more)" : ""
            return line(
                "seats", false,
                "A seat of \(session.pool) is held\(host) since \(zone.wallTime(session.since)), until "
                    + "\(zone.wallTime(session.until))\(more).")
        }
        if let closedFor { return line("seats", true, closedFor) }
        if pools.isEmpty { return line("seats", true, "No seats are on record.") }
        guard taken.isClaimed else {
            let granted = pools.map { "\($0.count) \($0.name)" }.joined(separator: ", ")
            let place = explanation.place.map { $0.isEmpty ? "" : " (\($0))" } ?? ""
            return line(
                "seats", pools.allSatisfy { $0.count == 0 },
                "\(granted) are granted. None was ever claimed here: whether one is free is seen in the product\(place)."
            )
        }
        let full = pools.filter { taken.taken[$0.name] ?? 0 >= $0.count }
        let counts = pools.map { "\(taken.taken[$0.name] ?? 0) of \($0.count) \($0.name)" }.joined(separator: ", ")
        let next =
            full.isEmpty ? "" : taken.next.map { " The next session ends \(zone.wallTime($0)) at the latest." } ?? ""
        return line("seats", !full.isEmpty, "Taken are \(counts).\(next)")
    }

    private var refresh: Explanation.UserView.Line {
        let refresh = explanation.refresh
        if let failure = refresh.failure {
            let failed = refresh.failed.map { " on \(zone.wallTime($0))" } ?? ""
            return line("refresh", true, "The last one failed\(failed): \(failure)")
        }
        guard let last = refresh.last else { return line("refresh", true, "Never refreshed.") }
        let due = refresh.isDue ? "one is due now" : refresh.due.map { "due \(zone.wallTime($0))" } ?? "none is due"
        return line("refresh", false, "Last on \(zone.wallTime(last)), \(due).")
    }

    private var delivery: Explanation.UserView.Line {
        guard !explanation.files.isEmpty else { return line("delivery", false, "No files are delivered.") }
        let bad = explanation.files.filter { $0.state != .asDelivered }
        guard let first = bad.first else {
            let count = explanation.files.count
            return line(
                "delivery", false,
                count == 1
                    ? "The license file is as it was delivered." : "All \(count) files are as they were delivered.")
        }
        let more = bad.count > 1 ? " So are or might be \(bad.count - 1) others." : ""
        return line("delivery", true, "\(first.path) \(first.state.phrase).\(more)")
    }

    private var vendor: Explanation.UserView.Line {
        guard let vendor = explanation.vendor else { return line("vendor", true, "No address of the vendor is known.") }
        let reached = vendor.lastContact.map { "last reached \(zone.wallTime($0))" } ?? "never reached"
        switch vendor.breaker {
        case "open":
            let until = vendor.openUntil.map { " until \(zone.wallTime($0))" } ?? ""
            return line("vendor", true, "\(vendor.host) does not answer and is left alone\(until); \(reached).")
        default:
            return line("vendor", vendor.failures > 0, "\(vendor.host), \(reached).")
        }
    }
}

extension Explanation.FileView.State {
    /// What is to be said behind a path.
    public var phrase: String {
        switch self {
        case .asDelivered: "is as it was delivered"
        case .changed: "was changed by somebody"
        case .missing: "is not there any more"
        case .notDelivered: "was not delivered yet"
        case .unknown: "could not be looked at"
        }
    }
}
