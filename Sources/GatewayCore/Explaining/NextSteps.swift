import AdapterKit
import GatewayAPI

/// What to do about an installation, most urgent first, in the product's own words where it has any.
struct NextSteps {
    let explanation: Explanation
    let zone: Zone
    /// Whether the profile wants it refreshed.
    let needsRefresh: Bool
    /// How its entitlement is brought into force.
    let way: EntitlementWay
    /// Why its license must be acquired again, and how; nil where it need not be.
    let authorizeAgain: String?
    /// When an upgrade of its keys that is planned begins; nil where none is.
    let plannedUpgrade: Instant?
    /// Whether the last thing that failed is an upgrade of its keys.
    let hasFailedUpgrade: Bool
    /// Whether its customer is archived.
    let isCustomerArchived: Bool
    /// The steps that wait for a person.
    let asked: [StepItem]

    private var standing: Explanation.StandingView { explanation.standing }
    private var refresh: String {
        // What was acquired is kept by refreshing it.
        let way = way == .authorization && standing.heldSince != nil ? .refresh : way
        return "`\(way.command(for: explanation.installation))`"
    }
    private var product: String { explanation.product ?? "the product" }
    /// The place in the product's menus, behind a space; empty where there is none.
    private var place: String { explanation.place.map { $0.isEmpty ? "" : " (\($0))" } ?? "" }

    /// The steps; never empty.
    var steps: [String] {
        if let archived = explanation.archived { return [bringBack(archived)] }
        guard explanation.file != nil else { return [withoutProfile] }
        let steps =
            asked.map(Self.about)
            + [
                aboutOperation, aboutLicense, aboutFailure, aboutPlan, aboutUpgrade, aboutStanding, aboutFiles,
                aboutRefresh,
            ]
            .compactMap { $0 }
        return steps.isEmpty ? [nothing] : steps
    }

    private static func about(_ step: StepItem) -> String {
        "\(step.title): `gatehouse steps show \(step.operation)` says how."
    }

    private func bringBack(_ archived: Instant) -> String {
        let way =
            isCustomerArchived
            ? "customers archive \(explanation.customer)" : "installations archive \(explanation.installation)"
        return
            "It is archived, since \(zone.wallTime(archived)), and not refreshed: what is told here is what was known "
            + "last. `gatehouse \(way) --undo` brings it back."
    }

    private var withoutProfile: String {
        "Put the profile \(explanation.profile) right or back in its place (`gatehouse profiles lint FILE` tells every "
            + "mistake), or give the installation another: `gatehouse installations set \(explanation.installation) "
            + "--profile NAME`. Until then nobody can say how it stands."
    }

    private var aboutOperation: String? {
        guard let operation = explanation.operation else { return nil }
        guard operation.act != .upgrade else {
            let installation = explanation.installation
            return
                "An upgrade of the license keys is open (\(operation.status)): `gatehouse upgrade show \(installation)` tells "
                + "what is in its way; where its process is gone, `gatehouse upgrade resume \(installation)` goes on with it, "
                + "and `gatehouse upgrade rollback \(installation)` takes it back."
        }
        let show = "`gatehouse operations show \(operation.id)` tells its steps"
        return switch operation.status {
        case "interrupted":
            "A file could not be put in place. See to what stands in the way, then \(refresh), which goes on with it; "
                + "\(show)."
        case "waiting": "An operation is open and waits; \(show)."
        default: "An operation is open. Where its process is gone, \(refresh) goes on with it; \(show)."
        }
    }

    private var aboutLicense: String? {
        guard let authorizeAgain, !asked.contains(where: { $0.act == .authorize }) else { return nil }
        return "Acquire the license again: \(authorizeAgain)"
    }

    private var aboutFailure: String? {
        guard authorizeAgain == nil, explanation.operation == nil, explanation.refresh.failure != nil else {
            return nil
        }
        switch explanation.refresh.operation?.outcome {
        case OtherKeys.outcome where badFiles.isEmpty == false: return nil
        case AdapterError.Code.rejected.rawValue:
            return
                "The vendor refused: compare what it knows the installation by with the vendor's own record\(place), "
                + "correct it with `gatehouse installations set \(explanation.installation) --identity NAME=VALUE`, "
                + "then \(refresh)."
        case AdapterError.Code.unreachable.rawValue:
            let host = explanation.vendor.map { " \($0.host)" } ?? ""
            return
                "The vendor's server\(host) could not be reached: see that this machine can reach it, then \(refresh)."
        case AdapterError.Code.untrusted.rawValue:
            return
                "The vendor's answer was not proven to be the vendor's: compare the keys in \(explanation.file ?? "") "
                + "with those that the vendor publishes before anything else."
        default:
            return "The last refresh failed: see to what it says, then \(refresh)."
        }
    }

    private var aboutPlan: String? {
        plannedUpgrade.map {
            "An upgrade of the license keys is planned for \(zone.wallTime($0)): `gatehouse upgrade show "
                + "\(explanation.installation)` tells of it. A timer has to run `gatehouse run --due` then."
        }
    }

    private var aboutUpgrade: String? {
        guard hasFailedUpgrade, explanation.operation == nil else { return nil }
        return
            "The last upgrade of the license keys failed: `gatehouse upgrade show \(explanation.installation)` tells why, "
            + "and what was put back."
    }

    private var aboutStanding: String? {
        if standing.heldSince == nil {
            // What the vendor refuses is told already, and so is whom the license waits for.
            guard explanation.refresh.failure == nil, asked.isEmpty else { return nil }
            if case .recording = way { return "Record what is licensed: \(refresh)." }
            if way == .authorization { return authorizeAgain == nil ? "Acquire a license: \(refresh)." : nil }
            if way == .keys { return "Get an entitlement: \(refresh), also where its keys are active already\(place)." }
            return
                "Get an entitlement: check that its identity is what the vendor's record says\(place), then \(refresh)."
        }
        guard let cause = standing.causes.first else { return nil }
        guard let date = cause.date else {
            return "Ask the vendor why the entitlement lacks the date \(cause.from), then \(refresh)."
        }
        switch cause.from {
        case DateName.validFrom.rawValue:
            return "Wait until \(date), from when on it counts, or ask the vendor for an earlier beginning."
        case DateName.lastContact.rawValue:
            return "Let Gatehouse reach the vendor: \(refresh)."
        case TokenDate.tokenExpires.rawValue where way == .authorization:
            // It ends and is refreshed by itself; nobody renews it.
            return authorizeAgain == nil ? "Let Gatehouse reach the authorization server: \(refresh)\(place)." : nil
        default:
            return renewal(of: cause)
        }
    }

    private func renewal(of cause: Explanation.Cause) -> String? {
        let what = cause.module.map { "the module \($0) of \(product)" } ?? product
        if let order = explanation.orders.first(where: { $0.state == .propagating }) {
            return
                "An order is on its way until \(zone.wallTime(order.until)): \(refresh) shows when it has arrived\(place)."
        }
        if let order = explanation.orders.first {
            let reference = order.reference.isEmpty ? "" : " \(order.reference)"
            return
                "The order\(reference) of \(zone.wallTime(order.placed)) is overdue: ask the vendor for it, "
                + "then \(refresh)."
        }
        if way == .authorization, cause.date.map({ $0.end(in: zone) <= explanation.at }) == true {
            // What is to be done is told already where the server has said so.
            return authorizeAgain == nil
                ? AuthorizationText.again(explanation.installation, isPastRenewal: true) : nil
        }
        return "Renew \(what) with the vendor, then \(refresh)\(place)."
    }

    private var badFiles: [Explanation.FileView] {
        explanation.files.filter { $0.state == .changed || $0.state == .missing || $0.state == .otherKeys }
    }

    private var aboutFiles: String? {
        let others = badFiles.filter { $0.state == .otherKeys }.map(\.path)
        if !others.isEmpty {
            return
                "\(others.joined(separator: ", ")): other keys stand there than the record holds, and Gatehouse leaves them "
                + "alone. "
                + OtherKeys.advice(way, for: explanation.installation, place: explanation.place ?? "")
        }
        let bad = badFiles.map(\.path).joined(separator: ", ")
        if !bad.isEmpty {
            switch way {
            case .refreshAndKeys where explanation.refresh.operation?.outcome == OtherKeys.outcome, .keys:
                return
                    "Somebody changed or removed \(bad), and what was delivered there is not put back. "
                    + OtherKeys.advice(.keys, for: explanation.installation, place: explanation.place ?? "")
            default:
                return "Somebody changed or removed \(bad): \(refresh) puts back what was delivered."
            }
        }
        let unknown = explanation.files.filter { $0.state == .unknown }
        guard let first = unknown.first else { return nil }
        return "\(first.path) could not be looked at: \(first.detail ?? "")"
    }

    private var aboutRefresh: String? {
        guard needsRefresh, explanation.operation == nil, !asked.contains(where: { $0.act == .refresh }),
            explanation.refresh.failure == nil, standing.heldSince != nil,
            explanation.refresh.isDue, standing.causes.first?.from != DateName.lastContact.rawValue
        else { return nil }
        return "A refresh is due: \(refresh), or let a timer run `gatehouse refresh --due`."
    }

    private var nothing: String {
        let due = explanation.refresh.due.map { " The next refresh is due \(zone.wallTime($0))." } ?? ""
        return "Nothing needs to be done.\(due)"
    }
}
