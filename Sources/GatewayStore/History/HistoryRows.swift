public import AdapterKit
import Foundation
import GRDB
public import GatewayAPI

/// Something that happened to an installation, as it is stored.
public struct HistoryRecord: Sendable {
    /// When.
    public var at: Instant
    /// Who, by name; by ID where there is none, or where it was erased.
    public var who: String
    /// The operation that it belongs to.
    public var operation: String?
    /// What it was.
    public var event: Event

    /// What happened.
    public enum Event: Sendable {
        /// Somebody made a call.
        case audit(act: String, detail: String)
        /// An operation ended, or is open.
        case operation(act: String, status: String, outcome: String?, message: String?)
        /// A person did a step of an operation, or sent what it asks for: `done`, `ask again`, `sent`.
        case step(kind: String, detail: String)
        /// An entitlement came into force, after another one or as the first.
        case entitlement(Entitlement, before: Entitlement?)
        /// The rollback of an upgrade put in force again what was in force before it; nil where nothing was.
        case reverted(from: Entitlement, to: Entitlement?)
        /// A file was put in place, or counts as delivered as it stood there.
        case delivery(path: String, sha256: String, wasThere: Bool)
        /// A file was put back or taken away by the rollback of an upgrade: `put back`, `taken away`.
        case undone(kind: String, detail: String)
    }
}

extension Store {
    /// The newest events of each kind of an installation in scope, at most so many of each, in no order.
    ///
    /// All of one moment: what one source tells, the others do too.
    public func history(of installation: String, in scope: Scope, limit: Int) async throws -> [HistoryRecord] {
        try await pool.read { db in
            // Each source by its index, whatever the scope: an installation is in scope as a whole.
            guard
                let row = try db.row(
                    "SELECT customer, created_at FROM installations WHERE id = ?1 AND (?2 IS NULL OR customer = ?2)",
                    [installation, scope.customer])
            else { return [] }
            return try db.auditEvents(installation, limit) + db.archivings(of: row[0], since: row[1], limit)
                + db.stepEvents(installation, limit) + db.operationEvents(installation, limit)
                + db.entitlementEvents(installation, limit) + db.deliveryEvents(installation, limit)
        }
    }
}

extension Database {
    // A customer may have the ID of an installation, so what was done to the customer is left out; and so is the
    // update of an entitlement, which tells more itself.
    fileprivate func auditEvents(_ installation: String, _ limit: Int) throws -> [HistoryRecord] {
        try rows(
            """
            SELECT a.at, COALESCE(p.name, a.actor), a.act, a.detail FROM audit a LEFT JOIN people p ON p.id = a.actor
            WHERE a.subject = ?1 AND a.act NOT LIKE 'customers.%'
            AND a.act <> 'entitlement.update' ORDER BY a.number DESC LIMIT ?2
            """, [installation, limit]
        ).map(HistoryRecord.init(audit:))
    }

    /// What befell the installation together with its customer.
    fileprivate func archivings(of customer: String, since: Int64, _ limit: Int) throws -> [HistoryRecord] {
        try rows(
            """
            SELECT a.at, COALESCE(p.name, a.actor), a.act, a.detail FROM audit a LEFT JOIN people p ON p.id = a.actor
            WHERE a.subject = ?1 AND a.act = 'customers.archive' AND a.at >= ?2 ORDER BY a.number DESC LIMIT ?3
            """, [customer, since, limit]
        ).map(HistoryRecord.init(audit:))
    }

    fileprivate func stepEvents(_ installation: String, _ limit: Int) throws -> [HistoryRecord] {
        // What people did, and what a rollback did to files, stands in the operation's notes, and what they saw with an
        // upgrade; refreshes that asked nobody have none of it.
        try rows(
            """
            SELECT id, caller, notes, act, ended_at IS NULL OR outcome <> 'upgraded' FROM operations
            WHERE installation = ?1 AND (act = 'upgrade' OR notes LIKE '%' || char(9) || 'ask' || char(9) || '%')
            UNION ALL SELECT operation, '', observations, '', 0 FROM upgrades
            WHERE installation = ?1 AND observations <> ''
            ORDER BY id DESC LIMIT ?2
            """, [installation, limit]
        ).flatMap { row in
            let operation: String = row[0]
            let caller: String = row[1]
            // An upgrade's own steps are told by its operation.
            let isUpgrade = row[3] as String == Act.upgrade.rawValue
            return try (NotesColumn.read(row[2]) ?? []).reversed().compactMap { note -> HistoryRecord? in
                let isUndone = [StepNote.putBack, StepNote.takenAway].contains(note.kind)
                guard isUndone || [StepNote.done, StepNote.again, StepNote.sent, StepNote.seen].contains(note.kind)
                else { return nil }
                let parts = StepNote.parts(note.detail)
                // One that was done and is rolled back has two ends, and its operation tells the second.
                let wasDone = isUpgrade && note.kind == UpgradePhase.done.rawValue && parts == nil && row[4]
                guard parts != nil || !isUpgrade || wasDone else { return nil }
                let (who, detail) = parts ?? (caller, note.detail)
                let name: String? = try self.row("SELECT name FROM people WHERE id = ?1", [who])?[0]
                if wasDone {
                    return HistoryRecord(
                        at: note.at, who: name ?? who, operation: operation,
                        event: .operation(
                            act: Act.upgrade.rawValue, status: OperationStatus.done.rawValue,
                            outcome: HistoryRecord.upgraded, message: detail))
                }
                return HistoryRecord(
                    at: note.at, who: name ?? who, operation: operation,
                    event: isUndone
                        ? .undone(kind: note.kind, detail: detail) : .step(kind: note.kind, detail: detail))
            }
        }
    }

    fileprivate func operationEvents(_ installation: String, _ limit: Int) throws -> [HistoryRecord] {
        try rows(
            """
            SELECT COALESCE(o.ended_at, o.started_at), COALESCE(p.name, o.caller), o.id, o.act, o.status,
            CASE WHEN o.act <> 'upgrade' OR o.ended_at IS NOT NULL THEN o.outcome END,
            CASE WHEN o.act <> 'upgrade' OR o.ended_at IS NOT NULL THEN COALESCE(o.trouble, o.message)
            ELSE o.trouble END FROM operations o LEFT JOIN people p ON p.id = o.caller
            WHERE o.installation = ?1 ORDER BY o.id DESC LIMIT ?2
            """, [installation, limit]
        ).map {
            HistoryRecord(
                at: Instant(milliseconds: $0[0]), who: $0[1], operation: $0[2],
                event: .operation(act: $0[3], status: $0[4], outcome: $0[5], message: $0[6]))
        }
    }

    /// What came into force, and what a rollback put in force again.
    fileprivate func entitlementEvents(_ installation: String, _ limit: Int) throws -> [HistoryRecord] {
        // One more, so that the oldest of them has one to be compared with.
        let taken = try rows(
            """
            SELECT e.taken_at, e.operation, COALESCE(p.name, o.caller), e.body,
            CASE WHEN o.act = 'upgrade' THEN o.notes ELSE '' END FROM entitlements e
            JOIN operations o ON o.id = e.operation LEFT JOIN people p ON p.id = o.caller
            WHERE e.installation = ?1 ORDER BY e.taken_at DESC, e.operation DESC LIMIT ?2
            """, [installation, limit + 1]
        ).map { row in
            let body: String = row[3]
            guard let entitlement = try? JSONDecoder().decode(Entitlement.self, from: Data(body.utf8)) else {
                throw StoreError(.corrupt, "A stored entitlement of \(installation) can't be read.")
            }
            return Taken(
                at: Instant(milliseconds: row[0]), operation: row[1], who: row[2], entitlement: entitlement,
                reverted: (NotesColumn.read(row[4]) ?? []).first { $0.kind == StepNote.reverted })
        }
        var (inForce, before): (Entitlement?, [String: Entitlement]) = (nil, [:])
        var events: [HistoryRecord] = []
        for change in Taken.changes(taken.reversed()) {
            let taken = change.taken
            if let note = change.reverted {
                guard let from = inForce else { continue }
                inForce = before[taken.operation]
                let who = StepNote.parts(note.detail)?.caller ?? taken.who
                let name: String? = try row("SELECT name FROM people WHERE id = ?1", [who])?[0]
                events.append(
                    HistoryRecord(
                        at: note.at, who: name ?? who, operation: taken.operation,
                        event: .reverted(from: from, to: inForce)))
            } else {
                before[taken.operation] = inForce
                events.append(
                    HistoryRecord(
                        at: taken.at, who: taken.who, operation: taken.operation,
                        event: .entitlement(taken.entitlement, before: inForce)))
                inForce = taken.entitlement
            }
        }
        return Array(events.dropFirst(taken.count > limit ? 1 : 0).suffix(limit).reversed())
    }

    // A file that was superseded has the time at which that happened; its operation knows when it was put in place. Those
    // of an upgrade keep their own: it ends a second time where it is rolled back.
    fileprivate func deliveryEvents(_ installation: String, _ limit: Int) throws -> [HistoryRecord] {
        try rows(
            """
            SELECT CASE WHEN d.status = 'current' OR o.act = 'upgrade' THEN d.at ELSE COALESCE(o.ended_at, d.at) END,
            COALESCE(p.name, o.caller), d.operation, d.path, d.sha256, d.plan = '' AND o.act <> 'upgrade'
            FROM deliveries d JOIN operations o ON o.id = d.operation LEFT JOIN people p ON p.id = o.caller
            WHERE d.installation = ?1 AND d.status IN ('current', 'superseded')
            ORDER BY d.operation DESC, d.number LIMIT ?2
            """, [installation, limit]
        ).map {
            HistoryRecord(
                at: Instant(milliseconds: $0[0]), who: $0[1], operation: $0[2],
                event: .delivery(path: $0[3], sha256: $0[4], wasThere: $0[5]))
        }
    }
}

/// An entitlement that came into force, and maybe was put back.
private struct Taken {
    var at: Instant
    var operation: String
    var who: String
    var entitlement: Entitlement
    /// That a rollback put in force again what was before it; nil where none did.
    var reverted: StepNote?

    /// What changed one after the other, from the oldest entitlement on.
    static func changes(_ taken: [Taken]) -> [(taken: Taken, reverted: StepNote?)] {
        let all = taken.flatMap { one in
            [(at: one.at, taken: one, reverted: StepNote?.none)]
                + (one.reverted.map { [(at: $0.at, taken: one, reverted: $0)] } ?? [])
        }
        return all.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
            .map { ($0.element.taken, $0.element.reverted) }
    }
}

extension HistoryRecord {
    /// The outcome of an upgrade that is done.
    public static let upgraded = "upgraded"

    /// A record of the audit trail: when, who, what and its detail.
    fileprivate init(audit row: Row) {
        self.init(
            at: Instant(milliseconds: row[0]), who: row[1], operation: nil, event: .audit(act: row[2], detail: row[3]))
    }
}
