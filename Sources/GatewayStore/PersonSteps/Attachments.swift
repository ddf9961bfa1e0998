public import AdapterKit
public import Foundation
import GRDB
public import GatewayAPI

/// Something that a person brought back from a step, to be kept with the operation.
public struct NewAttachment: Sendable {
    /// Which of the operation's person steps, from 1.
    public var step: Int
    /// The file's name.
    public var name: String
    /// Its bytes.
    public var contents: Data
    /// Their SHA-256 in hexadecimal.
    public var sha256: String
    /// When it was brought.
    public var at: Instant
    /// Who brought it, by ID.
    public var caller: String

    /// An attachment.
    public init(step: Int, name: String, contents: Data, sha256: String, at: Instant, caller: String) {
        self.step = step
        self.name = name
        self.contents = contents
        self.sha256 = sha256
        self.at = at
        self.caller = caller
    }
}

extension Store {
    /// What an operation keeps, by step and name.
    public func attachments(of operation: String) async throws -> [AttachmentView] {
        try await pool.read { db in
            try db.rows(
                """
                SELECT step, name, size, sha256, at, caller FROM attachments WHERE operation = ?1 ORDER BY step, name
                """, [operation]
            ).map {
                AttachmentView(
                    step: $0[0], name: $0[1], size: $0[2], sha256: $0[3], at: Instant(milliseconds: $0[4]),
                    caller: $0[5])
            }
        }
    }

    /// The bytes of an attachment in scope; nil where there is none.
    public func attachment(_ name: String, step: Int, of operation: String, in scope: Scope) async throws -> Data? {
        try await pool.read { db in
            try db.row(
                """
                SELECT a.contents FROM attachments a JOIN operations o ON o.id = a.operation
                WHERE a.operation = ?1 AND a.step = ?2 AND a.name = ?3 AND (?4 IS NULL OR o.customer = ?4)
                """, [operation, step, name, scope.customer])?[0]
        }
    }
}

extension Database {
    /// Keeps an attachment; one of the same name, brought before to the same step, is replaced.
    func attach(_ new: NewAttachment, to operation: String) throws {
        try run(
            """
            INSERT INTO attachments (operation, step, name, size, sha256, contents, at, caller)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            ON CONFLICT (operation, step, name) DO UPDATE SET size = excluded.size, sha256 = excluded.sha256,
            contents = excluded.contents, at = excluded.at, caller = excluded.caller
            """,
            [
                operation, new.step, new.name, new.contents.count, new.sha256, new.contents, new.at.milliseconds,
                new.caller,
            ])
    }
}
