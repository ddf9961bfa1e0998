import AdapterKit
import Foundation
import GatewayAPI
import GatewayStore

extension ShowHistory: PerformedCall {
    func perform(in context: CallContext) async throws -> HistoryView {
        guard (1...10_000).contains(limit) else {
            throw CallError(.invalid, "The limit of a history is a number from 1 to 10000.")
        }
        let record = try await context.installation(installation)
        let zone = try context.gateway.zones.zone(named: record.timeZone)
        let upgrades = try await context.store.upgrades(of: installation, limit: limit)
        let changes = Dictionary(uniqueKeysWithValues: upgrades.map { ($0.operation, $0.registrationChanges) })
        let events = try await context.store.history(of: installation, in: context.scope, limit: limit + 1)
            .map { HistoryView.Event($0, in: zone, changes: $0.operation.flatMap { changes[$0] } ?? "") }
            // Sorting is stable for what is told newest first by its source: turned round, it is oldest first.
            .reversed().enumerated().sorted {
                ($0.element.at, $0.element.kind.rank, $0.offset) < ($1.element.at, $1.element.kind.rank, $1.offset)
            }.map(\.element)
        return HistoryView(
            installation: installation, timeZone: zone.name, events: Array(events.suffix(limit)),
            hasMore: events.count > limit)
    }
}

extension UpgradeRecord {
    /// What the registration said before, and says with the keys: now, or as far as it was granted where it was rolled
    /// back. Of one that ended before anything was looked at there is nothing to compare.
    fileprivate var registrationChanges: String {
        var notes = EditNotes()
        let before = Dictionary(registrationBefore.map { ($0.title, $0.value) }) { first, _ in first }
        if registrationAfter.isEmpty {
            let tried = (try? JSONDecoder().decode(UpgradePlan.self, from: plan))?.tried ?? []
            guard !before.isEmpty else { return "" }
            for line in tried { notes.add(line.title, before[line.title] ?? "", line.value) }
            return notes.text
        }
        let after = Dictionary(registrationAfter.map { ($0.title, $0.value) }) { first, _ in first }
        let titles = registrationAfter.map(\.title) + registrationBefore.map(\.title).filter { after[$0] == nil }
        for title in titles { notes.add(title, before[title] ?? "", after[title] ?? "") }
        return notes.text
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
    /// - Parameter changes: What an upgrade changed, or tried to; empty for other operations.
    fileprivate init(_ record: HistoryRecord, in zone: Zone, changes: String) {
        let (kind, what, detail): (HistoryView.Kind, String, String) =
            switch record.event {
            case .audit(let act, let detail): (act.hasPrefix("orders.") ? .order : .audit, act, detail)
            case .operation(let act, let status, let outcome, let message):
                (
                    .operation, act,
                    [
                        [outcome ?? status, message].compactMap { $0 }.joined(separator: ": "),
                        changes.isEmpty || outcome == HistoryRecord.upgraded ? changes : "Tried: \(changes)",
                    ].filter { !$0.isEmpty }.joined(separator: " ")
                )
            case .step(let kind, let detail): (.step, kind, detail)
            case .entitlement(let entitlement, let before):
                (.entitlement, before == nil ? "granted" : "changed", entitlement.changes(since: before))
            case .reverted(let from, let to):
                (.entitlement, "in force again", to?.changes(since: from) ?? "nothing is in force any more")
            case .undone(let kind, let detail): (.delivery, kind, detail)
            case .delivery(let path, let sha256, let wasThere):
                (.delivery, wasThere ? "taken up" : "delivered", "\(path) (SHA-256 \(sha256.prefix(12))…)")
            }
        self.init(
            at: record.at, local: zone.wallTimeInSeconds(record.at), kind: kind, what: what, who: record.who,
            detail: detail, operation: record.operation)
    }
}
