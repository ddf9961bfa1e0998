public import AdapterKit
public import Foundation
import GRDB

/// A file of a delivery as it is stored.
public struct DeliveryRecord: Sendable {
    /// The operation that delivers it.
    public var operation: String
    /// Which of the adapter's deliveries it is.
    public var delivery: String
    /// Its absolute path.
    public var path: String
    /// How it is put there, as JSON of the core's.
    public var plan: Data
    /// The SHA-256 of its contents, in hexadecimal.
    public var sha256: String
    /// Its contents; nil once another took its place.
    public var contents: Data?
    /// When its status last changed.
    public var at: Instant
}

extension Store {
    /// The files of an installation that are in place as far as Gatehouse knows.
    public func currentFiles(of installation: String) async throws -> [DeliveryRecord] {
        try await files(of: installation, status: "current", operation: nil)
    }

    /// The files that an operation still has to put in place.
    public func intendedFiles(of operation: String, on installation: String) async throws -> [DeliveryRecord] {
        try await files(of: installation, status: "intended", operation: operation)
    }

    /// Ends a delivery: its files are in place, those before them are superseded.
    public func delivered(_ operation: String, on installation: String, at now: Instant, note: StepNote) async throws {
        try await commits.write { db in
            try db.run(
                """
                UPDATE deliveries SET status = 'superseded', contents = NULL, at = ?2
                WHERE status = 'current' AND path IN
                (SELECT path FROM deliveries WHERE operation = ?1 AND status = 'intended')
                """, [operation, now.milliseconds])
            try db.run(
                "UPDATE deliveries SET status = 'current', at = ?2 WHERE operation = ?1 AND status = 'intended'",
                [operation, now.milliseconds])
            try db.run(
                "UPDATE operations SET status = 'done', ended_at = ?2 WHERE id = ?1 AND ended_at IS NULL",
                [operation, now.milliseconds])
            try db.run(
                """
                UPDATE installations SET last_failure = NULL, last_failure_at = NULL, next_try = NULL WHERE id = ?1
                """, [installation])
            try db.note(operation, [note])
        }
    }

    /// Leaves a delivery open that could not be finished.
    public func interrupted(
        _ operation: String, on installation: String, message: String, nextTry: Instant, note: StepNote
    ) async throws {
        try await commits.write { db in
            try db.run(
                "UPDATE operations SET status = 'interrupted', owner = '', message = ?2 WHERE id = ?1 AND ended_at IS NULL",
                [operation, message])
            try db.run(
                "UPDATE installations SET last_failure = ?2, last_failure_at = ?3, next_try = ?4 WHERE id = ?1",
                [installation, message, note.at.milliseconds, nextTry.milliseconds])
            try db.note(operation, [note])
        }
    }

    private func files(
        of installation: String, status: String, operation: String?
    ) async throws -> [DeliveryRecord] {
        try await pool.read { db in
            try db.rows(
                """
                SELECT operation, delivery, path, plan, sha256, contents, at FROM deliveries
                WHERE installation = ?1 AND status = ?2 AND (?3 IS NULL OR operation = ?3) ORDER BY operation, number
                """, [installation, status, operation]
            ).map {
                DeliveryRecord(
                    operation: $0[0], delivery: $0[1], path: $0[2], plan: $0[3], sha256: $0[4], contents: $0[5],
                    at: Instant(milliseconds: $0[6]))
            }
        }
    }
}

extension Database {
    /// Records that a file is to be put in place.
    func intend(_ file: IntendedFile, number: Int, ending: OperationEnding) throws {
        try run(
            """
            INSERT INTO deliveries (operation, number, installation, delivery, path, plan, sha256, contents, status, at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'intended', ?9)
            """,
            [
                ending.operation, number, ending.installation, file.delivery, file.path, file.plan, file.sha256,
                file.contents, ending.at.milliseconds,
            ])
    }
}
