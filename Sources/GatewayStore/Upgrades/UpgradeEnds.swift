public import AdapterKit
import GRDB

extension Store {
    /// Ends an upgrade, and lets people in again.
    public func endUpgrade(_ ending: UpgradeEnding) async throws {
        try await commits.write { db in
            try db.run(
                "UPDATE upgrades SET phase = ?2, monitored_until = ?3 WHERE operation = ?1",
                [ending.operation, ending.phase.rawValue, ending.monitoredUntil?.milliseconds])
            let succeeded = ending.phase == .done
            try db.run(
                """
                UPDATE operations SET status = ?2, ended_at = ?3, outcome = ?4, message = ?5, trouble = NULL,
                state = NULL, step = NULL, answer = NULL, waits_until = NULL, owner = '', notes = notes || ?6
                WHERE id = ?1
                """,
                [
                    ending.operation, succeeded ? "done" : "failed", ending.at.milliseconds, ending.outcome,
                    ending.message, NotesColumn.write(ending.notes),
                ])
            try db.seal(nil, as: SealedAnswer.keys, of: ending.operation)
            if !succeeded {
                try db.seal(nil, as: SealedAnswer.grant, of: ending.operation)
                try db.giveUpSnapshots(" AND operation = ?2", [ending.installation, ending.operation])
            }
            try db.run(
                """
                UPDATE installations SET closed_for = NULL, last_failure = ?2, last_failure_at = ?3, next_try = NULL
                WHERE id = ?1
                """,
                [
                    ending.installation, succeeded ? nil : "\(Self.failureOfUpgrade)\(ending.message)",
                    succeeded ? nil : ending.at.milliseconds,
                ])
            if succeeded {
                // What it follows is not watched any more: there is nothing left of it to put back.
                try db.run(
                    """
                    UPDATE upgrades SET closed_at = ?3 WHERE installation = ?2 AND phase = 'done' AND closed_at IS NULL
                    AND operation <> ?1
                    """, [ending.operation, ending.installation, ending.at.milliseconds])
                try db.giveUpSnapshots(" AND operation <> ?2", [ending.installation, ending.operation])
            }
            for file in ending.delivered { try db.deliver(file, by: ending.operation, at: ending.at) }
            if succeeded { try db.giveUpGrants(of: ending.installation) }
            try db.append(ending.audit)
        }
    }

    /// What stands before the failure of an upgrade where an installation's last failure is told.
    private static let failureOfUpgrade = "Upgrade of the license keys: "

    /// Leaves an upgrade open that could not be put right: people are let in again, and it goes on once somebody asks.
    public func interruptUpgrade(
        _ operation: String, on installation: String, message: String, note: StepNote
    ) async throws {
        try await commits.write { db in
            try db.run(
                "UPDATE operations SET status = 'interrupted', owner = '', trouble = ?2, notes = notes || ?3 WHERE id = ?1",
                [operation, message, NotesColumn.write([note])])
            try db.run(
                """
                UPDATE installations SET closed_for = NULL, last_failure = ?2, last_failure_at = ?3 WHERE id = ?1
                """, [installation, "\(Self.failureOfUpgrade)\(message)", note.at.milliseconds])
        }
    }

    /// Adds what somebody observed while an upgrade was watched, and ends the watching where they say so.
    ///
    /// - Returns: Whether it could be: while it is being rolled back it is not closed.
    public func observe(
        _ observation: StepNote?, closing: (at: Instant, by: String)?, of operation: String, audit: AuditEntry
    ) async throws -> Bool {
        let (at, by) = (closing?.at, closing?.by)
        return try await commits.write { db in
            if at != nil, try db.row("SELECT 1 FROM operations WHERE id = ?1 AND ended_at IS NULL", [operation]) != nil
            {
                return false
            }
            try db.run(
                "UPDATE upgrades SET observations = observations || ?2 WHERE operation = ?1",
                [operation, NotesColumn.write([observation].compactMap { $0 })])
            if let at {
                try db.run(
                    "UPDATE upgrades SET closed_at = ?2, closed_by = ?3 WHERE operation = ?1",
                    [operation, at.milliseconds, by])
                try db.run("DELETE FROM sealed WHERE operation = ?1 AND name LIKE 'before %'", [operation])
                let row = try db.row("SELECT installation FROM upgrades WHERE operation = ?1", [operation])
                if let row { try db.giveUpGrants(of: row[0]) }
            }
            try db.append(audit)
            return true
        }
    }
}

/// How an upgrade ends.
public struct UpgradeEnding: Sendable {
    /// The operation's ID.
    public var operation: String
    /// The installation's ID.
    public var installation: String
    /// When.
    public var at: Instant
    /// `done`, `rolledBack` or `failed`.
    public var phase: UpgradePhase
    /// The same for the operation's record: `upgraded`, `rolledBack`, an error's code.
    public var outcome: String
    /// What happened, and what to do.
    public var message: String
    /// Until when it is watched.
    public var monitoredUntil: Instant?
    /// The files that are in place now, with their hashes: of an upgrade that is done.
    public var delivered: [DeliveredFile]
    /// What to write down for people.
    public var notes: [StepNote]
    /// What the audit trail gets.
    public var audit: AuditEntry

    /// An ending.
    public init(
        operation: String, installation: String, at: Instant, phase: UpgradePhase, outcome: String, message: String,
        monitoredUntil: Instant? = nil, delivered: [DeliveredFile] = [], notes: [StepNote], audit: AuditEntry
    ) {
        self.operation = operation
        self.installation = installation
        self.at = at
        self.phase = phase
        self.outcome = outcome
        self.message = message
        self.monitoredUntil = monitoredUntil
        self.delivered = delivered
        self.notes = notes
        self.audit = audit
    }
}

extension Database {
    /// Gives up what files held before upgrades of an installation that are not put back any more.
    fileprivate func giveUpSnapshots(_ which: String, _ arguments: StatementArguments) throws {
        try run(
            """
            DELETE FROM sealed WHERE name LIKE 'before %' AND operation IN
            (SELECT operation FROM upgrades WHERE installation = ?1\(which))
            """, arguments)
    }

    /// Gives up what upgrades of an installation were granted whose files are in place no more, and could not come back by
    /// a rollback of the one that is watched.
    func giveUpGrants(of installation: String) throws {
        try run(
            """
            DELETE FROM sealed WHERE name = ?2 AND operation IN (
                SELECT u.operation FROM upgrades u JOIN operations o ON o.id = u.operation
                WHERE u.installation = ?1 AND o.ended_at IS NOT NULL)
            AND NOT EXISTS (
                SELECT 1 FROM deliveries d WHERE d.operation = sealed.operation AND d.status = 'current')
            AND NOT EXISTS (
                SELECT 1 FROM deliveries d JOIN upgrade_files f ON f.path = d.path AND f.before_sha256 = d.sha256
                JOIN upgrades w ON w.operation = f.operation
                WHERE d.operation = sealed.operation AND w.installation = ?1 AND w.phase = 'done'
                AND w.closed_at IS NULL)
            """, [installation, SealedAnswer.grant])
    }

    /// Records a file that is in place: an upgrade has put it there, or a refresh has found it. Its contents hold keys, so
    /// they are not kept here.
    func deliver(_ file: DeliveredFile, by operation: String, at now: Instant) throws {
        try run(
            "UPDATE deliveries SET status = 'superseded', contents = NULL WHERE status = 'current' AND path = ?1",
            [file.path])
        let number: Int =
            try row("SELECT COALESCE(MAX(number), 0) + 1 FROM deliveries WHERE operation = ?1", [operation])?[0] ?? 1
        try run(
            """
            INSERT INTO deliveries (operation, number, installation, delivery, path, plan, sha256, contents, status, at)
            VALUES (?1, ?2, ?3, ?4, ?5, '', ?6, NULL, 'current', ?7)
            """,
            [operation, number, file.installation, file.delivery, file.path, file.sha256, now.milliseconds])
    }
}
