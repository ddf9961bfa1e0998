public import AdapterKit
import GRDB
public import GatewayAPI

/// What an explanation needs of an installation besides its standing.
public struct ExplainedRecord: Sendable {
    /// When it was added.
    public var added: Instant
    /// When the entitlement that is held was taken; nil where none is.
    public var taken: Instant?
    /// The seats by pool, in the compact form of ``SeatColumn``.
    public var seats: String
    /// When the last operation failed, where it did.
    public var failed: Instant?
    /// The last operation that ended.
    public var lastOperation: OperationRecord?
    /// The operation that is open.
    public var openOperation: OperationRecord?
    /// The upgrade of its keys that is planned.
    public var plannedUpgrade: OperationRecord?
    /// Why nobody new is let in just now; nil where they are.
    public var closedFor: String?
}

extension Store {
    /// What an explanation needs of an installation in scope; nil where there is none. Each row by an index: a
    /// portfolio has a hundred thousand installations, and each has its history.
    public func explained(_ installation: String, in scope: Scope) async throws -> ExplainedRecord? {
        try await pool.read { db in
            guard
                let row = try db.row(
                    """
                    SELECT i.created_at, e.taken_at, i.seats, i.last_failure_at, i.closed_for FROM installations i
                    LEFT JOIN entitlements e ON e.operation = i.entitlement_from
                    WHERE i.id = ?1 AND (?2 IS NULL OR i.customer = ?2)
                    """, [installation, scope.customer])
            else { return nil }
            let last = try db.row(
                Self.selectOperation
                    + " WHERE installation = ?1 AND ended_at IS NOT NULL ORDER BY id DESC LIMIT 1", [installation])
            let open = try db.openOperation(on: installation)
            let planned = try db.row(
                Self.selectOperation + " WHERE installation = ?1 AND status = 'planned' AND act = 'upgrade'",
                [installation])
            return ExplainedRecord(
                added: Instant(milliseconds: row[0]), taken: row.instant(1), seats: row[2], failed: row.instant(3),
                lastOperation: try last.map(OperationRecord.init(row:)),
                openOperation: open, plannedUpgrade: try planned.map(OperationRecord.init(row:)), closedFor: row[4])
        }
    }
}
