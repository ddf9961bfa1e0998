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
            for file in files { try db.add(file, to: new.id) }
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

    /// Upgrades in scope that a person has to see to: that could not be put right, that a process is at or was when it
    /// ended, that are being watched; or that came to nothing, until another is begun or somebody closes it.
    public func upgradesOfNote(in scope: Scope, customer: String?) async throws -> [UpgradeRecord] {
        try await pool.read { db in
            try db.rows(
                Self.selectUpgrade + """
                     WHERE (?1 IS NULL OR customer = ?1) AND (?2 IS NULL OR customer = ?2)
                    AND ((phase = 'done' AND closed_at IS NULL) OR EXISTS (
                        SELECT 1 FROM operations o WHERE o.id = upgrades.operation AND o.ended_at IS NULL
                        AND o.status IN ('interrupted', 'running'))
                    OR (phase IN ('failed', 'rolledBack') AND closed_at IS NULL
                        AND operation = (SELECT MAX(operation) FROM upgrades u WHERE u.installation = upgrades.installation)
                        AND EXISTS (SELECT 1 FROM operations o WHERE o.id = upgrades.operation
                            AND o.ended_at IS NOT NULL AND o.outcome <> 'cancelled')))
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
                     WHERE id IN (SELECT operation FROM upgrades) AND ended_at IS NULL AND status <> 'asking'
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

    /// Whether an upgrade of an installation is open that may have written to its hosts.
    public func isBeingUpgraded(_ installation: String) async throws -> Bool {
        try await pool.read { db in
            try db.row(
                """
                SELECT 1 FROM operations o JOIN upgrades u ON u.operation = o.id
                WHERE o.installation = ?1 AND o.ended_at IS NULL AND u.phase IN (\(UpgradePhase.touchingHosts))
                """, [installation]) != nil
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

    private static let selectUpgrade = """
        SELECT operation, installation, customer, phase, plan, start_at, backup, registration_before,
        registration_after, monitored_until, closed_at, closed_by, observations, denials FROM upgrades
        """
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
            closedBy: row[11], observations: observations, denials: row[13])
    }

    private static func lines(_ text: String?) -> [RegistrationLine] {
        text.flatMap { try? JSONDecoder().decode([RegistrationLine].self, from: Data($0.utf8)) } ?? []
    }
}

extension Database {
    /// Adds a file of an upgrade; how it is put there is known later.
    func add(_ file: UpgradeFileRecord, to operation: String) throws {
        try run(
            """
            INSERT INTO upgrade_files (operation, number, host, delivery, path, before_sha256)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            """, [operation, file.number, file.host, file.delivery, file.path, file.beforeSHA256])
    }
}
