public import AdapterKit
import GRDB
public import GatewayAPI

extension Store {
    /// The newest operations in scope, newest first.
    public func operations(
        in scope: Scope, installation: String?, failed: Bool, limit: Int
    ) async throws -> [OperationRecord] {
        try await pool.read { db in
            try db.rows(
                Self.selectOperation + """
                     WHERE (?1 IS NULL OR customer = ?1) AND (?2 IS NULL OR installation = ?2)
                    AND (?3 = 0 OR status IN ('failed', 'interrupted')) ORDER BY id DESC LIMIT ?4
                    """, [scope.customer, installation, failed, limit]
            ).map(OperationRecord.init(row:))
        }
    }

    /// One operation in scope with its notes; nil where there is none.
    public func operation(_ id: String, in scope: Scope) async throws -> (OperationRecord, [StepNote])? {
        try await pool.read { db in
            let arguments: StatementArguments = [id, scope.customer]
            let condition = " WHERE id = ?1 AND (?2 IS NULL OR customer = ?2)"
            guard let row = try db.row(Self.selectOperation + condition, arguments),
                let column: String = try db.row("SELECT notes FROM operations" + condition, arguments)?[0]
            else { return nil }
            guard let notes = NotesColumn.read(column) else {
                throw StoreError(.corrupt, "The stored notes of operation \(id) can't be read.")
            }
            return (try OperationRecord(row: row), notes)
        }
    }

    /// Open operations in scope that wait for nothing and nobody: a process is at them, or ended before they did.
    ///
    /// - Parameter upgrades: Whether upgrades are among them, which are not gone on with by whatever command comes next.
    public func unfinishedOperations(
        in scope: Scope, now: Instant, upgrades: Bool = false
    ) async throws -> [OperationRecord] {
        try await pool.read { db in
            try db.rows(
                Self.selectOperation + """
                     WHERE ended_at IS NULL AND status NOT IN ('asking', 'planned') AND (?3 OR act <> 'upgrade')
                    AND (?1 IS NULL OR customer = ?1)
                    AND (waits_until IS NULL OR waits_until <= ?2)
                    """, [scope.customer, now.milliseconds, upgrades]
            ).map(OperationRecord.init(row:))
                // Sorted here: asked for the order, SQLite walks the whole history by its key and not the few that are open.
                .sorted { $0.id < $1.id }
        }
    }

    /// By protocol: failures since an instant.
    public func failures(in scope: Scope, since: Instant) async throws -> [String: Int] {
        try await pool.read { db in
            let rows = try db.rows(
                """
                SELECT protocol, COUNT(*) FROM operations
                WHERE status = 'failed' AND ended_at >= ?2 AND (?1 IS NULL OR customer = ?1) GROUP BY protocol
                """, [scope.customer, since.milliseconds])
            return Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[1]) })
        }
    }
}
