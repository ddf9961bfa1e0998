public import AdapterKit
import GRDB
public import GatewayAPI

extension Store {
    /// Adds a review.
    public func addReview(_ review: ReviewView, audit: AuditEntry) async throws {
        try await commits.write { db in
            try db.run(
                """
                INSERT INTO reviews (id, installation, customer, kind, every_days, next_at)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                """,
                [
                    review.id, review.installation, review.customer, review.kind.rawValue, review.everyDays,
                    review.next.milliseconds,
                ])
            try db.append(audit)
        }
    }

    /// The reviews in scope, soonest due first; those of archived installations left out.
    public func reviews(in scope: Scope, customer: String?) async throws -> [ReviewView] {
        try await pool.read { db in
            try db.rows(
                Self.selectReview + """
                     WHERE (?1 IS NULL OR customer = ?1) AND (?2 IS NULL OR customer = ?2)
                    AND installation IN (SELECT id FROM installations WHERE archived_at IS NULL)
                    ORDER BY next_at, id
                    """, [scope.customer, customer]
            ).map(ReviewView.init(row:))
        }
    }

    /// One review in scope; nil where there is none.
    public func review(_ id: String, in scope: Scope) async throws -> ReviewView? {
        try await pool.read { db in
            try db.row(Self.selectReview + " WHERE id = ?1 AND (?2 IS NULL OR customer = ?2)", [id, scope.customer])
                .map(ReviewView.init(row:))
        }
    }

    /// Records that a review was done, or ends it.
    ///
    /// - Parameter next: When it is due next; nil to end it for good.
    public func finishReview(
        _ id: String, at done: Instant, note: String, next: Instant?, audit: AuditEntry
    ) async throws {
        try await commits.write { db in
            if let next {
                try db.run(
                    "UPDATE reviews SET last_at = ?2, last_note = ?3, next_at = ?4 WHERE id = ?1",
                    [id, done.milliseconds, note, next.milliseconds])
            } else {
                try db.run("DELETE FROM reviews WHERE id = ?1", [id])
            }
            try db.append(audit)
        }
    }

    private static let selectReview = """
        SELECT id, installation, customer, kind, every_days, next_at, last_at, last_note FROM reviews
        """
}

extension ReviewView {
    fileprivate init(row: Row) throws {
        let kind: String = row[3]
        guard let kind = ReviewKind(rawValue: kind) else {
            throw StoreError(.corrupt, "The stored review \(row[0] as String) can't be read: \(kind).")
        }
        self.init(
            id: row[0], installation: row[1], customer: row[2], kind: kind, everyDays: row[4],
            next: Instant(milliseconds: row[5]), last: row.instant(6), lastNote: row[7])
    }
}
