public import AdapterKit
public import Foundation
import GRDB

/// A sealed answer that an operation keeps.
public struct SealedAnswer: Hashable, Sendable {
    /// The operation's ID.
    public var operation: String
    /// The sealed bytes.
    public var bytes: Data
}

extension Store {
    /// Every sealed answer that the store holds.
    public func sealedAnswers() async throws -> [SealedAnswer] {
        try await pool.read { try Self.sealedAnswers($0) }
    }

    /// Seals every answer anew, all of them or none.
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
                try db.run("UPDATE operations SET answer = ?2 WHERE id = ?1", [answer.operation, bytes])
            }
            try db.append(audit)
            return (answers.count, givenUp)
        }
    }

    // Only open operations keep an answer, and those an index finds.
    private static func sealedAnswers(_ db: Database) throws -> [SealedAnswer] {
        try db.rows("SELECT id, answer FROM operations WHERE ended_at IS NULL AND answer IS NOT NULL ORDER BY id")
            .map { SealedAnswer(operation: $0[0], bytes: $0[1]) }
    }
}
