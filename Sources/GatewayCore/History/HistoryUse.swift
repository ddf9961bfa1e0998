import AdapterKit
import GatewayAPI
import GatewayStore

extension ShowHistory: PerformedCall {
    func perform(in context: CallContext) async throws -> HistoryView {
        guard (1...10_000).contains(limit) else {
            throw CallError(.invalid, "The limit of a history is a number from 1 to 10000.")
        }
        let record = try await context.installation(installation)
        let zone = try context.gateway.zones.zone(named: record.timeZone)
        let events = try await context.store.history(of: installation, in: context.scope, limit: limit + 1)
            .map { HistoryView.Event($0, in: zone) }
            // Sorting is stable for what is told newest first by its source: turned round, it is oldest first.
            .reversed().enumerated().sorted {
                ($0.element.at, $0.element.kind.rank, $0.offset) < ($1.element.at, $1.element.kind.rank, $1.offset)
            }.map(\.element)
        return HistoryView(
            installation: installation, timeZone: zone.name, events: Array(events.suffix(limit)),
            hasMore: events.count > limit)
    }
}

extension HistoryView.Kind {
    /// The order in which things of one moment are told: who asked, what came of it, and how it ended.
    fileprivate var rank: Int {
        switch self {
        case .audit: 0
        case .entitlement: 1
        case .order: 2
        case .delivery: 3
        case .step: 4
        case .operation: 5
        }
    }
}

extension HistoryView.Event {
    fileprivate init(_ record: HistoryRecord, in zone: Zone) {
        let (kind, what, detail): (HistoryView.Kind, String, String) =
            switch record.event {
            case .audit(let act, let detail): (act.hasPrefix("orders.") ? .order : .audit, act, detail)
            case .operation(let act, let status, let outcome, let message):
                (.operation, act, [outcome ?? status, message].compactMap { $0 }.joined(separator: ": "))
            case .step(let kind, let detail): (.step, kind, detail)
            case .entitlement(let entitlement, let before):
                (.entitlement, before == nil ? "granted" : "changed", entitlement.changes(since: before))
            case .delivery(let path, let sha256): (.delivery, "delivered", "\(path) (SHA-256 \(sha256.prefix(12))…)")
            }
        self.init(
            at: record.at, local: zone.wallTimeInSeconds(record.at), kind: kind, what: what, who: record.who,
            detail: detail, operation: record.operation)
    }
}
