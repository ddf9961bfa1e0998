public import AdapterKit
public import Foundation
import GRDB

/// Something sealed that an operation keeps: the vendor's answer, keys, a file that holds them.
public struct SealedAnswer: Hashable, Sendable {
    /// The operation's ID.
    public var operation: String
    /// What it is; nil for the answer to a request that is made only once.
    public var name: String?
    /// The sealed bytes.
    public var bytes: Data
    /// The installation whose secret it is, for one that outlives the operation which brought it; nil otherwise.
    public var installation: String?
}

extension Store {
    /// Everything sealed that the store holds.
    public func sealedAnswers() async throws -> [SealedAnswer] {
        try await pool.read { try Self.sealedAnswers($0) }
    }

    /// Seals everything anew, all of it or nothing.
    ///
    /// - Parameter reseal: gives what an answer is replaced by; nil to give it up, with a note on its operation.
    /// - Returns: How many there were, and how many were given up.
    public func resealAnswers(
        at now: Instant, audit: AuditEntry, _ reseal: @escaping @Sendable (SealedAnswer) throws -> Data?
    ) async throws -> (all: Int, givenUp: Int) {
        try await commits.write { db in
            let answers = try Self.sealedAnswers(db)
            var givenUp = 0
            for answer in answers {
                let bytes = try reseal(answer)
                if bytes == nil {
                    givenUp += 1
                    try db.note(
                        answer.operation,
                        [StepNote(at: now, kind: "lost", detail: "the sealed answer was given up with its key")])
                }
                if let installation = answer.installation, let name = answer.name {
                    try db.reseal(bytes, as: name, of: installation)
                } else if let name = answer.name {
                    try db.seal(bytes, as: name, of: answer.operation)
                } else {
                    try db.run("UPDATE operations SET answer = ?2 WHERE id = ?1", [answer.operation, bytes])
                }
            }
            try db.append(audit)
            return (answers.count, givenUp)
        }
    }

    /// Something sealed that an operation keeps; nil where it keeps nothing of that name.
    public func sealed(_ name: String, of operation: String) async throws -> Data? {
        try await pool.read { db in
            try db.row("SELECT bytes FROM sealed WHERE operation = ?1 AND name = ?2", [operation, name])?[0]
        }
    }

    // Only open operations keep an answer, and those an index finds.
    static func sealedAnswers(_ db: Database) throws -> [SealedAnswer] {
        try db.rows("SELECT id, answer FROM operations WHERE ended_at IS NULL AND answer IS NOT NULL ORDER BY id")
            .map { SealedAnswer(operation: $0[0], name: nil, bytes: $0[1]) }
            + db.rows("SELECT operation, name, bytes FROM sealed ORDER BY operation, name")
            .map { SealedAnswer(operation: $0[0], name: $0[1], bytes: $0[2]) }
            + db.rows("SELECT operation, name, bytes, installation FROM withheld ORDER BY installation, name")
            .map { SealedAnswer(operation: $0[0], name: $0[1], bytes: $0[2], installation: $0[3]) }
    }
}

extension Database {
    /// Keeps a secret of an installation sealed anew; nil to give it up.
    fileprivate func reseal(_ bytes: Data?, as name: String, of installation: String) throws {
        guard let bytes else {
            try run("DELETE FROM withheld WHERE installation = ?1 AND name = ?2", [installation, name])
            if name == WithheldSecrets.refreshToken {
                try authorizeAgain(installation, because: "The key that its tokens were sealed with was lost.")
            }
            return
        }
        try run(
            "UPDATE withheld SET bytes = ?3 WHERE installation = ?1 AND name = ?2", [installation, name, bytes])
    }

    /// Keeps something sealed with an operation; nil to give it up.
    func seal(_ bytes: Data?, as name: String, of operation: String) throws {
        guard let bytes else {
            return try run("DELETE FROM sealed WHERE operation = ?1 AND name = ?2", [operation, name])
        }
        try run(
            """
            INSERT INTO sealed (operation, name, bytes) VALUES (?1, ?2, ?3)
            ON CONFLICT (operation, name) DO UPDATE SET bytes = excluded.bytes
            """, [operation, name, bytes])
    }
}
