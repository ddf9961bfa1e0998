public import AdapterKit
public import Foundation
import GRDB

/// A file that is in place as far as Gatehouse knows.
public struct DeliveredFile: Hashable, Sendable {
    /// The installation's ID.
    public var installation: String
    /// Which of the adapter's deliveries it is.
    public var delivery: String
    /// Its absolute path.
    public var path: String
    /// The SHA-256 of its contents, in hexadecimal.
    public var sha256: String
    /// When it was delivered.
    public var at: Instant

    /// A file that is in place.
    public init(installation: String, delivery: String, path: String, sha256: String, at: Instant) {
        self.installation = installation
        self.delivery = delivery
        self.path = path
        self.sha256 = sha256
        self.at = at
    }
}

/// Where a file that is in place came from.
public struct DeliverySource: Hashable, Sendable {
    /// The operation that brought it, or found it there.
    public var operation: String
    /// Which of the adapter's deliveries it is.
    public var delivery: String
    /// The revision of what was granted with it; nil where nothing was.
    public var revision: String?
}

/// A file that is to be put in place.
public struct DeliveryRecord: Sendable {
    /// Which of the adapter's deliveries it is.
    public var delivery: String
    /// Its absolute path.
    public var path: String
    /// How it is put there, as JSON of the core's.
    public var plan: Data
    /// The SHA-256 of its contents, in hexadecimal.
    public var sha256: String
    /// Its contents.
    public var contents: Data
}

extension Store {
    /// The files of an installation that are in place as far as Gatehouse knows.
    public func deliveredFiles(of installation: String) async throws -> [DeliveredFile] {
        try await pool.read { db in
            try db.rows(
                Self.selectDelivered + " AND installation = ?1 ORDER BY operation, number", [installation]
            ).map(DeliveredFile.init(row:))
        }
    }

    /// The same of all installations after one ID through another, by installation: a page at a time.
    public func deliveredFiles(
        after first: String?, through last: String
    ) async throws -> [String: [DeliveredFile]] {
        try await pool.read { db in
            let files = try db.rows(
                Self.selectDelivered + " AND installation > ?1 AND installation <= ?2 ORDER BY operation, number",
                [first ?? "", last], DeliveredFile.init(row:))
            return Dictionary(grouping: files, by: \.installation)
        }
    }

    /// The installation whose file is at a path; nil where there is none, and where it is archived.
    public func installation(delivering path: String) async throws -> String? {
        try await pool.read { db in
            try db.row(
                """
                SELECT d.installation FROM deliveries d JOIN installations i ON i.id = d.installation
                WHERE d.status = 'current' AND d.path = ?1 AND i.archived_at IS NULL
                """, [path])?[0]
        }
    }

    /// What an installation's file that is in place holds; nil where there is none.
    public func contents(of installation: String, path: String) async throws -> Data? {
        try await pool.read { db in
            try db.row(
                "SELECT contents FROM deliveries WHERE status = 'current' AND path = ?1 AND installation = ?2",
                [path, installation])?[0]
        }
    }

    /// Where an installation's file that is in place came from; nil where there is none.
    public func source(of installation: String, path: String) async throws -> DeliverySource? {
        try await pool.read { db in
            try db.row(
                """
                SELECT d.operation, d.delivery, e.revision FROM deliveries d
                LEFT JOIN entitlements e ON e.operation = d.operation
                WHERE d.status = 'current' AND d.path = ?1 AND d.installation = ?2
                """, [path, installation]
            ).map { DeliverySource(operation: $0[0], delivery: $0[1], revision: $0[2]) }
        }
    }

    /// The files that an operation still has to put in place.
    public func intendedFiles(of operation: String) async throws -> [DeliveryRecord] {
        try await pool.read { db in
            try db.rows(
                """
                SELECT delivery, path, plan, sha256, contents FROM deliveries
                WHERE operation = ?1 AND status = 'intended' ORDER BY number
                """, [operation]
            ).map { DeliveryRecord(delivery: $0[0], path: $0[1], plan: $0[2], sha256: $0[3], contents: $0[4]) }
        }
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
                "UPDATE operations SET status = 'done', ended_at = ?2, trouble = NULL WHERE id = ?1 AND ended_at IS NULL",
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
                "UPDATE operations SET status = 'interrupted', owner = '', trouble = ?2 WHERE id = ?1 AND ended_at IS NULL",
                [operation, message])
            try db.run(
                "UPDATE installations SET last_failure = ?2, last_failure_at = ?3, next_try = ?4 WHERE id = ?1",
                [installation, message, note.at.milliseconds, nextTry.milliseconds])
            try db.note(operation, [note])
        }
    }

    // The status is written out, not bound: with a bound one SQLite compiles the statement anew for every call, to see
    // whether the partial index may be used.
    static let selectDelivered = """
        SELECT installation, delivery, path, sha256, at FROM deliveries WHERE status = 'current'
        """
}

extension DeliveredFile {
    init(row: Row) {
        self.init(
            installation: row[0], delivery: row[1], path: row[2], sha256: row[3], at: Instant(milliseconds: row[4]))
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
