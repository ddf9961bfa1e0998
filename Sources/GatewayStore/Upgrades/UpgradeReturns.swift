public import AdapterKit
public import Foundation
import GRDB

extension Store {
    /// Lets nobody new in before an upgrade is gone on with, or put back. What kept it from its end stays on record.
    ///
    /// - Returns: Whether nobody was let in before either.
    public func closeAgain(
        _ operation: String, on installation: String, for reason: String, note: StepNote
    ) async throws -> Bool {
        try await commits.write { db in
            let wasClosed =
                try db.row("SELECT 1 FROM installations WHERE id = ?1 AND closed_for IS NOT NULL", [installation])
                != nil
            if !wasClosed {
                try db.run("UPDATE installations SET closed_for = ?2 WHERE id = ?1", [installation, reason])
            }
            try db.note(operation, [note])
            return wasClosed
        }
    }

    /// Leaves an upgrade open that was not gone on with.
    ///
    /// - Parameters:
    ///   - letsIn: Whether people are let in again.
    ///   - message: Why, where nothing else keeps it from its end.
    public func leaveInterrupted(
        _ operation: String, on installation: String, letsIn: Bool, message: String, note: StepNote
    ) async throws {
        try await commits.write { db in
            try db.run(
                """
                UPDATE operations SET status = 'interrupted', owner = '', trouble = COALESCE(trouble, ?2),
                notes = notes || ?3 WHERE id = ?1
                """, [operation, message, NotesColumn.write([note])])
            if letsIn { try db.run("UPDATE installations SET closed_for = NULL WHERE id = ?1", [installation]) }
        }
    }

    /// Opens an upgrade that was done again, to be rolled back once everyone is out; nobody new is let in meanwhile.
    ///
    /// - Returns: Whether nothing else is open on the installation, and it is still watched.
    public func reopenUpgrade(
        _ operation: String, on installation: String, owner: String, plan: Data, closedFor: String, note: StepNote,
        audit: AuditEntry
    ) async throws -> Bool {
        try await commits.write { db in
            guard try db.openOperation(on: installation) == nil else { return false }
            try db.run(
                "UPDATE upgrades SET plan = ?2 WHERE operation = ?1 AND phase = 'done' AND closed_at IS NULL",
                [operation, String(decoding: plan, as: UTF8.self)])
            guard db.changesCount == 1 else { return false }
            try db.run(
                """
                UPDATE operations SET status = 'running', ended_at = NULL, owner = ?2, notes = notes || ?3 WHERE id = ?1
                """, [operation, owner, NotesColumn.write([note])])
            try db.run("UPDATE installations SET closed_for = ?2 WHERE id = ?1", [installation, closedFor])
            try db.append(audit)
            return true
        }
    }

    /// Has an upgrade that was to be rolled back watched as before, and lets people in again.
    public func watchOn(
        _ operation: String, on installation: String, ended: Instant, note: StepNote
    ) async throws {
        try await commits.write { db in
            try db.run(
                "UPDATE operations SET status = 'done', ended_at = ?2, owner = '', notes = notes || ?3 WHERE id = ?1",
                [operation, ended.milliseconds, NotesColumn.write([note])])
            try db.run("UPDATE installations SET closed_for = NULL WHERE id = ?1", [installation])
        }
    }
}
