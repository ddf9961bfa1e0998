public import AdapterKit
public import Foundation
import GRDB
import GatewayAPI

extension Store {
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
                [operation, try JSONEncoder.stored.text(columns), try JSONEncoder.stored.text(registration)])
            // The site may have been edited while the upgrade was planned.
            try db.run("DELETE FROM upgrade_files WHERE operation = ?1", [operation])
            for file in files {
                try db.add(file, to: operation)
                try db.seal(sealed[file.number], as: SealedAnswer.before(file.number), of: operation)
            }
            try db.note(operation, [note])
        }
    }

    /// Takes the vendor's answer: the grant sealed. The keys are given up.
    public func keepActivation(_ grant: Data, of operation: String, notes: [StepNote]) async throws {
        try await commits.write { db in
            try db.seal(grant, as: SealedAnswer.grant, of: operation)
            try db.seal(nil, as: SealedAnswer.keys, of: operation)
            try db.run(
                "UPDATE upgrades SET phase = ?2 WHERE operation = ?1", [operation, UpgradePhase.deliver.rawValue])
            try db.run(
                "UPDATE operations SET status = 'running', answer = NULL, notes = notes || ?2 WHERE id = ?1",
                [operation, NotesColumn.write(notes)])
        }
    }

    /// Keeps how the new file is put on hosts, as JSON of the core's, by the number of the file.
    public func keepFilePlans(_ plans: [Int: Data], of operation: String) async throws {
        try await commits.write { db in
            for (number, plan) in plans {
                try db.run(
                    "UPDATE upgrade_files SET plan = ?3, trouble = NULL WHERE operation = ?1 AND number = ?2",
                    [operation, number, String(decoding: plan, as: UTF8.self)])
            }
        }
    }

    /// Puts a grant in force, with the identity that it is for.
    public func apply(
        _ grant: OperationEnding.NewGrant, identity: [String: String], contact: OperationEnding.Contact,
        registration: [RegistrationLine], of operation: String, on installation: String, note: StepNote
    ) async throws {
        let body = try JSONEncoder.stored.text(grant.entitlement)
        let identity = try JSONEncoder.stored.text(identity)
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
                [operation, try JSONEncoder.stored.text(registration)])
            try db.note(operation, [note])
        }
    }

    /// Keeps what the core has to remember of it.
    public func keepPlan(_ plan: Data, of operation: String) async throws {
        try await commits.write { db in
            try db.run(
                "UPDATE upgrades SET plan = ?2 WHERE operation = ?1",
                [operation, String(decoding: plan, as: UTF8.self)])
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
            // What an earlier upgrade had put there is in place again, where it ever was replaced.
            try db.run(
                """
                UPDATE deliveries SET status = 'current' WHERE (operation, number) IN (
                    SELECT MAX(d.operation), d.number FROM deliveries d
                    JOIN upgrade_files f ON f.path = d.path AND f.before_sha256 = d.sha256
                    WHERE f.operation = ?1 AND d.installation = ?2 AND d.status = 'superseded' AND d.operation <> ?1
                    AND NOT EXISTS (SELECT 1 FROM deliveries c WHERE c.path = d.path AND c.status = 'current')
                    GROUP BY d.path)
                """, [operation, installation])
            // What was granted stays on record: it was in force, and the history tells from when until when.
            try db.run("UPDATE upgrades SET registration_after = NULL WHERE operation = ?1", [operation])
            try db.note(operation, [note])
        }
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
}
