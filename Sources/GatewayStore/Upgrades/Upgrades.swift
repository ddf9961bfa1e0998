public import AdapterKit
public import Foundation
import GRDB
public import GatewayAPI

extension Store {
    /// Begins an upgrade as the one open operation on its installation.
    ///
    /// - Parameters:
    ///   - keys: Sealed.
    ///   - files: Where the registration file goes.
    public func beginUpgrade(
        _ new: NewOperation, plan: Data, start: Instant, keys: Data, files: [UpgradeFileRecord], audit: AuditEntry
    ) async throws -> ClaimResult {
        try await commits.write { db in
            let claim = try db.claim(new)
            guard case .claimed = claim else { return claim }
            try db.run(
                """
                INSERT INTO upgrades (operation, installation, customer, phase, plan, start_at)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                """,
                [
                    new.id, new.installation, new.customer, UpgradePhase.announce.rawValue,
                    String(decoding: plan, as: UTF8.self), start.milliseconds,
                ])
            try db.seal(keys, as: SealedAnswer.keys, of: new.id)
            for file in files {
                try db.run(
                    """
                    INSERT INTO upgrade_files (operation, number, host, delivery, path) VALUES (?1, ?2, ?3, ?4, ?5)
                    """, [new.id, file.number, file.host, file.delivery, file.path])
            }
            try db.append(audit)
            return claim
        }
    }

    /// An upgrade in scope; nil where the operation is none.
    public func upgrade(_ operation: String, in scope: Scope) async throws -> UpgradeRecord? {
        try await pool.read { db in
            try db.row(
                Self.selectUpgrade + " WHERE operation = ?1 AND (?2 IS NULL OR customer = ?2)",
                [operation, scope.customer]
            ).map(UpgradeRecord.init(row:))
        }
    }

    /// The last upgrades of an installation, the newest first.
    public func upgrades(of installation: String, limit: Int) async throws -> [UpgradeRecord] {
        try await pool.read { db in
            try db.rows(
                Self.selectUpgrade + " WHERE installation = ?1 ORDER BY operation DESC LIMIT ?2",
                [installation, limit]
            ).map(UpgradeRecord.init(row:))
        }
    }

    /// Upgrades in scope that a person has to see to: that could not be put right, or are being watched.
    public func upgradesOfNote(in scope: Scope, customer: String?) async throws -> [UpgradeRecord] {
        try await pool.read { db in
            try db.rows(
                Self.selectUpgrade + """
                     WHERE (?1 IS NULL OR customer = ?1) AND (?2 IS NULL OR customer = ?2)
                    AND ((phase = 'done' AND closed_at IS NULL) OR operation IN (
                        SELECT id FROM operations WHERE act = 'upgrade' AND ended_at IS NULL
                        AND (status = 'interrupted' OR (status = 'running' AND owner = ''))))
                    AND installation IN (SELECT id FROM installations WHERE archived_at IS NULL)
                    ORDER BY operation
                    """, [scope.customer, customer]
            ).map(UpgradeRecord.init(row:))
        }
    }

    /// The files of an upgrade, by number.
    public func upgradeFiles(of operation: String) async throws -> [UpgradeFileRecord] {
        try await pool.read { db in
            try db.rows(
                """
                SELECT number, host, delivery, path, before_sha256, plan, trouble FROM upgrade_files
                WHERE operation = ?1 ORDER BY number
                """, [operation]
            ).map { row in
                let plan: String? = row[5]
                return UpgradeFileRecord(
                    number: row[0], host: row[1], delivery: row[2], path: row[3], beforeSHA256: row[4],
                    plan: plan.map { Data($0.utf8) }, trouble: row[6])
            }
        }
    }

    /// Upgrades in scope whose time has come, and those that ended half way, the oldest first.
    public func dueUpgrades(in scope: Scope, at now: Instant) async throws -> [OperationRecord] {
        try await pool.read { db in
            try db.rows(
                Self.selectOperation + """
                     WHERE act = 'upgrade' AND ended_at IS NULL AND status <> 'asking'
                    AND (?1 IS NULL OR customer = ?1) AND (waits_until IS NULL OR waits_until <= ?2)
                    """, [scope.customer, now.milliseconds]
            ).map(OperationRecord.init(row:)).sorted { $0.id < $1.id }
        }
    }

    /// The upgrade of an installation that has not ended; nil where there is none.
    public func openUpgrade(on installation: String) async throws -> OperationRecord? {
        try await pool.read { db in
            try db.row(
                Self.selectOperation + " WHERE installation = ?1 AND act = 'upgrade' AND ended_at IS NULL",
                [installation]
            ).map(OperationRecord.init(row:))
        }
    }

    /// Begins an upgrade that was planned, or takes one up that waits for a person.
    ///
    /// - Returns: Whether nothing else is open on the installation, and nobody else was quicker.
    public func startPlanned(_ operation: String, on installation: String, owner: String) async throws -> Bool {
        try await commits.write { db in
            guard try db.openOperation(on: installation) == nil else { return false }
            try db.run(
                """
                UPDATE operations SET status = 'running', waits_until = NULL, owner = ?2
                WHERE id = ?1 AND status IN ('asking', 'planned')
                """, [operation, owner])
            return db.changesCount == 1
        }
    }

    // MARK: - Steps

    /// Writes down which step comes next, before it is made.
    ///
    /// - Parameter closedFor: Why nobody new is let in from now on; nil where they are.
    public func enter(
        _ phase: UpgradePhase, of operation: String, on installation: String, note: StepNote, closedFor: String?
    ) async throws {
        try await commits.write { db in
            try db.run("UPDATE upgrades SET phase = ?2 WHERE operation = ?1", [operation, phase.rawValue])
            try db.run(
                "UPDATE operations SET status = 'running', waits_until = NULL, trouble = NULL, notes = notes || ?2 WHERE id = ?1",
                [operation, NotesColumn.write([note])])
            try db.run("UPDATE installations SET closed_for = ?2 WHERE id = ?1", [installation, closedFor])
        }
    }

    /// Keeps where the backup is.
    public func keepBackup(_ path: String, of operation: String, note: StepNote) async throws {
        try await commits.write { db in
            try db.run("UPDATE upgrades SET backup = ?2 WHERE operation = ?1", [operation, path])
            try db.note(operation, [note])
        }
    }

    /// Keeps what stood on every host and what is in force, to be put back.
    ///
    /// - Parameter files: With the hashes of what stood there; and their contents, sealed, by number.
    public func keepSnapshot(
        _ files: [UpgradeFileRecord], sealed: [Int: Data], registration: [RegistrationLine], of operation: String,
        on installation: String, note: StepNote
    ) async throws {
        try await commits.write { db in
            guard let columns = try db.licenseColumns(of: installation) else {
                throw StoreError(.notFound, "There is no installation \"\(installation)\".")
            }
            try db.run(
                "UPDATE upgrades SET before = ?2, registration_before = ?3 WHERE operation = ?1",
                [operation, try Self.json(columns), try Self.json(registration)])
            for file in files {
                try db.run(
                    "UPDATE upgrade_files SET before_sha256 = ?3 WHERE operation = ?1 AND number = ?2",
                    [operation, file.number, file.beforeSHA256])
                try db.seal(sealed[file.number], as: SealedAnswer.before(file.number), of: operation)
            }
            try db.note(operation, [note])
        }
    }

    /// Takes the vendor's answer: the grant sealed, and how its file is put on every host. The keys are given up.
    public func keepActivation(
        _ grant: Data, files: [UpgradeFileRecord], of operation: String, notes: [StepNote]
    ) async throws {
        try await commits.write { db in
            try db.seal(grant, as: SealedAnswer.grant, of: operation)
            try db.seal(nil, as: SealedAnswer.keys, of: operation)
            for file in files {
                try db.run(
                    "UPDATE upgrade_files SET plan = ?3, trouble = NULL WHERE operation = ?1 AND number = ?2",
                    [operation, file.number, file.plan.map { String(decoding: $0, as: UTF8.self) }])
            }
            try db.run(
                "UPDATE upgrades SET phase = ?2 WHERE operation = ?1", [operation, UpgradePhase.deliver.rawValue])
            try db.run(
                "UPDATE operations SET status = 'running', answer = NULL, notes = notes || ?2 WHERE id = ?1",
                [operation, NotesColumn.write(notes)])
        }
    }

    /// Puts a grant in force, with the identity that it is for.
    public func apply(
        _ grant: OperationEnding.NewGrant, identity: [String: String], contact: OperationEnding.Contact,
        registration: [RegistrationLine], of operation: String, on installation: String, note: StepNote
    ) async throws {
        let body = try Self.json(grant.entitlement)
        let identity = try Self.json(identity)
        try await commits.write { db in
            try db.run("DELETE FROM entitlements WHERE operation = ?1", [operation])
            try db.put(
                grant, body: body,
                of: OperationEnding(
                    operation: operation, installation: installation, at: contact.at, status: .running, outcome: "",
                    message: "", notes: []))
            try db.run(
                """
                UPDATE installations SET identity = ?2, last_contact = ?3, last_refresh = ?3, refresh_due = ?4,
                offline_activated = NULL WHERE id = ?1
                """, [installation, identity, contact.at.milliseconds, contact.refreshDue?.milliseconds])
            try db.run(
                "UPDATE upgrades SET registration_after = ?2 WHERE operation = ?1",
                [operation, try Self.json(registration)])
            try db.note(operation, [note])
        }
    }

    /// Writes down what went wrong on hosts, by the number of the file; nil for what is right.
    public func keepTrouble(_ trouble: [Int: String?], of operation: String) async throws {
        try await commits.write { db in
            for (number, text) in trouble {
                try db.run(
                    "UPDATE upgrade_files SET trouble = ?3 WHERE operation = ?1 AND number = ?2",
                    [operation, number, text])
            }
        }
    }

    /// Puts the installation's columns back as they were at the snapshot.
    public func revert(_ operation: String, on installation: String, note: StepNote) async throws {
        try await commits.write { db in
            guard let text: String = try db.row("SELECT before FROM upgrades WHERE operation = ?1", [operation])?[0],
                let columns = try? JSONDecoder().decode(LicenseColumns.self, from: Data(text.utf8))
            else { return try db.note(operation, [note]) }
            try db.setColumns(columns, of: installation)
            try db.run(
                "UPDATE deliveries SET status = 'superseded' WHERE operation = ?1 AND status = 'current'", [operation])
            // What an earlier upgrade had put there is in place again.
            try db.run(
                """
                UPDATE deliveries SET status = 'current' WHERE (operation, number) IN (
                    SELECT MAX(d.operation), d.number FROM deliveries d
                    JOIN upgrade_files f ON f.path = d.path AND f.before_sha256 = d.sha256
                    WHERE f.operation = ?1 AND d.installation = ?2 AND d.status = 'superseded' AND d.operation <> ?1
                    GROUP BY d.path)
                """, [operation, installation])
            try db.run("DELETE FROM entitlements WHERE operation = ?1", [operation])
            try db.run("UPDATE upgrades SET registration_after = NULL WHERE operation = ?1", [operation])
            try db.note(operation, [note])
        }
    }

    // MARK: - Ends

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
            if !succeeded { try db.seal(nil, as: SealedAnswer.grant, of: ending.operation) }
            try db.run(
                """
                UPDATE installations SET closed_for = NULL, last_failure = ?2, last_failure_at = ?3, next_try = NULL
                WHERE id = ?1
                """,
                [
                    ending.installation, succeeded ? nil : ending.message,
                    succeeded ? nil : ending.at.milliseconds,
                ])
            if succeeded {
                // What it follows is not watched any more: there is nothing left of it to put back.
                try db.run(
                    """
                    UPDATE upgrades SET closed_at = ?3 WHERE installation = ?2 AND phase = 'done' AND closed_at IS NULL
                    AND operation <> ?1
                    """, [ending.operation, ending.installation, ending.at.milliseconds])
            }
            for file in ending.delivered { try db.deliver(file, ending) }
            try db.append(ending.audit)
        }
    }

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
                """, [installation, message, note.at.milliseconds])
        }
    }

    /// Opens an upgrade that was done again, to be rolled back.
    ///
    /// - Returns: Whether nothing else is open on the installation.
    public func reopenUpgrade(
        _ operation: String, on installation: String, owner: String, note: StepNote, audit: AuditEntry
    ) async throws -> Bool {
        try await commits.write { db in
            guard try db.openOperation(on: installation) == nil else { return false }
            try db.run(
                """
                UPDATE operations SET status = 'running', ended_at = NULL, owner = ?2, notes = notes || ?3 WHERE id = ?1
                """, [operation, owner, NotesColumn.write([note])])
            try db.run(
                "UPDATE upgrades SET phase = ?2, monitored_until = NULL WHERE operation = ?1",
                [operation, UpgradePhase.rollBack.rawValue])
            try db.append(audit)
            return true
        }
    }

    /// Adds what somebody observed while an upgrade was watched, and ends the watching where they say so.
    public func observe(
        _ observation: StepNote?, closing: (at: Instant, by: String)?, of operation: String, audit: AuditEntry
    ) async throws {
        let (at, by) = (closing?.at, closing?.by)
        try await commits.write { db in
            try db.run(
                "UPDATE upgrades SET observations = observations || ?2 WHERE operation = ?1",
                [operation, NotesColumn.write([observation].compactMap { $0 })])
            if let at {
                try db.run(
                    "UPDATE upgrades SET closed_at = ?2, closed_by = ?3 WHERE operation = ?1",
                    [operation, at.milliseconds, by])
            }
            try db.append(audit)
        }
    }

    static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    private static let selectUpgrade = """
        SELECT operation, installation, customer, phase, plan, start_at, backup, registration_before,
        registration_after, monitored_until, closed_at, closed_by, observations FROM upgrades
        """
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

extension SealedAnswer {
    /// The keys of an upgrade, until the vendor has answered.
    public static let keys = "keys"
    /// What the vendor granted to an upgrade.
    public static let grant = "grant"
    /// What a file held before an upgrade, by its number.
    public static func before(_ number: Int) -> String { "before \(number)" }
}

extension UpgradeRecord {
    fileprivate init(row: Row) throws {
        let operation: String = row[0]
        let phase: String = row[3]
        guard let phase = UpgradePhase(rawValue: phase), let observations = NotesColumn.read(row[12]) else {
            throw StoreError(.corrupt, "The stored upgrade \(operation) can't be read: phase \(phase).")
        }
        let plan: String = row[4]
        self.init(
            operation: operation, installation: row[1], customer: row[2], phase: phase, plan: Data(plan.utf8),
            start: Instant(milliseconds: row[5]), backup: row[6], registrationBefore: Self.lines(row[7]),
            registrationAfter: Self.lines(row[8]), monitoredUntil: row.instant(9), closed: row.instant(10),
            closedBy: row[11], observations: observations)
    }

    private static func lines(_ text: String?) -> [RegistrationLine] {
        text.flatMap { try? JSONDecoder().decode([RegistrationLine].self, from: Data($0.utf8)) } ?? []
    }
}

extension Database {
    fileprivate func licenseColumns(of installation: String) throws -> LicenseColumns? {
        try row(
            """
            SELECT identity, held, revision, issued, entitlement_from, seats, vendor_status, dates, unverified,
            last_contact, last_refresh, refresh_due, offline_activated FROM installations WHERE id = ?1
            """, [installation]
        ).map {
            LicenseColumns(
                identity: $0[0], held: $0[1], revision: $0[2], issued: $0[3], entitlementFrom: $0[4], seats: $0[5],
                vendorStatus: $0[6], dates: $0[7], unverified: $0[8], lastContact: $0[9], lastRefresh: $0[10],
                refreshDue: $0[11], offlineActivated: $0[12])
        }
    }

    fileprivate func setColumns(_ columns: LicenseColumns, of installation: String) throws {
        try run(
            """
            UPDATE installations SET identity = ?2, held = ?3, revision = ?4, issued = ?5, entitlement_from = ?6,
            seats = ?7, vendor_status = ?8, dates = ?9, unverified = ?10, last_contact = ?11, last_refresh = ?12,
            refresh_due = ?13, offline_activated = ?14, edits = edits + 1 WHERE id = ?1
            """,
            [
                installation, columns.identity, columns.held, columns.revision, columns.issued,
                columns.entitlementFrom, columns.seats, columns.vendorStatus, columns.dates, columns.unverified,
                columns.lastContact, columns.lastRefresh, columns.refreshDue, columns.offlineActivated,
            ])
    }

    /// Records a file that an upgrade has put in place. Its contents hold keys, so they are not kept here.
    fileprivate func deliver(_ file: DeliveredFile, _ ending: UpgradeEnding) throws {
        try run(
            "UPDATE deliveries SET status = 'superseded', contents = NULL WHERE status = 'current' AND path = ?1",
            [file.path])
        let number: Int =
            try row("SELECT COALESCE(MAX(number), 0) + 1 FROM deliveries WHERE operation = ?1", [ending.operation])?[0]
            ?? 1
        try run(
            """
            INSERT INTO deliveries (operation, number, installation, delivery, path, plan, sha256, contents, status, at)
            VALUES (?1, ?2, ?3, ?4, ?5, '', ?6, NULL, 'current', ?7)
            """,
            [
                ending.operation, number, ending.installation, file.delivery, file.path, file.sha256,
                ending.at.milliseconds,
            ])
    }
}
