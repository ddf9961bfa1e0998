public import AdapterKit
public import Foundation
import GRDB
public import GatewayAPI

/// Secrets of an installation that came with an answer, sealed, each under its name.
public struct WithheldSecrets: Hashable, Sendable {
    /// The installation's ID.
    public var installation: String
    /// The sealed bytes by name.
    public var sealed: [String: Data]

    /// The name of the token that a license is refreshed with (RFC 6749, section 6).
    public static let refreshToken = "refresh_token"

    /// The name of what a code's tokens are asked for with (RFC 8628, section 3.2).
    public static let deviceCode = "device_code"

    /// Secrets of an installation.
    public init(installation: String, sealed: [String: Data]) {
        self.installation = installation
        self.sealed = sealed
    }
}

extension Store {
    /// The names of the secrets that are kept for an installation, sorted.
    public func withheldNames(of installation: String) async throws -> [String] {
        try await pool.read { db in
            try db.rows(
                "SELECT name FROM withheld WHERE installation = ?1 ORDER BY name", [installation]
            ).map { $0[0] }
        }
    }

    /// A sealed secret of an installation; nil where none is kept under the name.
    public func withheld(_ name: String, of installation: String) async throws -> Data? {
        try await pool.read { db in
            try db.row("SELECT bytes FROM withheld WHERE installation = ?1 AND name = ?2", [installation, name])?[0]
        }
    }

    /// Which operation brought a secret of an installation, and when; nil where none is kept under the name.
    public func tokenSource(_ name: String, of installation: String) async throws -> (operation: String, at: Instant)? {
        try await pool.read { db in
            try db.row(
                "SELECT operation, at FROM withheld WHERE installation = ?1 AND name = ?2", [installation, name]
            )
            .map { ($0[0], Instant(milliseconds: $0[1])) }
        }
    }

    /// Keeps what came of an operation's step, in one transaction, before the adapter sees it: the sealed answer where
    /// the step is made only once, and the secrets that stand in it, each in place of the one before.
    public func keepAnswer(
        _ answer: Data?, with secrets: WithheldSecrets, of operation: String, at now: Instant, note: StepNote
    ) async throws {
        try await commits.write { db in
            if let answer {
                try db.run("UPDATE operations SET answer = ?2 WHERE id = ?1", [operation, answer])
            }
            for (name, bytes) in secrets.sealed {
                try db.run(
                    """
                    INSERT INTO withheld (installation, name, bytes, operation, at) VALUES (?1, ?2, ?3, ?4, ?5)
                    ON CONFLICT (installation, name) DO UPDATE SET bytes = excluded.bytes,
                    operation = excluded.operation, at = excluded.at
                    """, [secrets.installation, name, bytes, operation, now.milliseconds])
            }
            try db.note(operation, [note])
        }
    }

    /// The installations in scope whose license must be acquired again, each with why, those that are archived left out.
    public func licensesToAcquire(
        in scope: Scope, customer: String?
    ) async throws -> [(installation: String, message: String)] {
        try await pool.read { db in
            try db.rows(
                """
                SELECT id, authorize_again FROM installations WHERE authorize_again IS NOT NULL
                AND archived_at IS NULL AND (?1 IS NULL OR customer = ?1) AND (?2 IS NULL OR customer = ?2)
                """, [scope.customer, customer]
            ) { row in (row[0], row[1]) }
        }
    }
}

extension Database {
    /// Forgets what an operation asks for tokens with: it has ended without them.
    func forgetCode(of operation: String) throws {
        try run(
            "DELETE FROM withheld WHERE operation = ?1 AND name = ?2", [operation, WithheldSecrets.deviceCode])
    }

    /// Marks an installation whose license lives on tokens that can't be refreshed any more. They are kept: the license is
    /// given back by them.
    func authorizeAgain(_ installation: String, because why: String) throws {
        try run(
            "UPDATE installations SET authorize_again = ?2, refresh_due = NULL, next_try = NULL WHERE id = ?1",
            [installation, why])
    }
}
