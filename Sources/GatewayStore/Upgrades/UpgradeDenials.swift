public import AdapterKit
import GRDB

/// Somebody who was refused a seat while an upgrade was watched.
public struct UpgradeDenial: Hashable, Sendable {
    /// When.
    public var at: Instant
    /// The pool that a seat was asked of.
    public var pool: String
    /// The user; empty once the name was erased.
    public var user: String
    /// The host; empty where nobody said, or once the name was erased.
    public var host: String
    /// Why.
    public var reason: String
}

extension Store {
    /// How many denials of an upgrade are kept, the newest.
    public static let mostDenials = 200

    /// Who was refused a seat while an upgrade was watched: the last of them, the oldest first.
    public func denials(of operation: String) async throws -> [UpgradeDenial] {
        try await pool.read { db in
            try db.rows(
                """
                SELECT at, pool, user_name, host, reason FROM upgrade_denials WHERE operation = ?1 ORDER BY number
                """, [operation]
            ).map {
                UpgradeDenial(
                    at: Instant(milliseconds: $0[0]), pool: $0[1], user: $0[2], host: $0[3], reason: $0[4])
            }
        }
    }
}

extension Database {
    /// Writes down a claim that was refused, where an upgrade of the installation is being watched.
    func keepDenial(_ wanted: SessionRecord, _ reason: String) throws {
        let (operation, number): (String, Int64)
        do {
            // Every claim that is refused asks: most installations have no upgrade, and no row is made of that.
            var watched = try RowSteps(
                self,
                """
                SELECT operation, denials FROM upgrades WHERE installation = ?1 AND phase = 'done' AND closed_at IS NULL
                ORDER BY operation DESC LIMIT 1
                """, [wanted.installation])
            guard try watched.next() else { return }
            (operation, number) = (watched.text(0), (watched.integer(1) ?? 0) + 1)
        }
        try run("UPDATE upgrades SET denials = ?2 WHERE operation = ?1", [operation, number])
        try run(
            """
            INSERT INTO upgrade_denials (operation, number, at, pool, user_name, host, reason)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            """,
            [operation, number, wanted.since.milliseconds, wanted.pool, wanted.user, wanted.host, reason])
        try run(
            "DELETE FROM upgrade_denials WHERE operation = ?1 AND number <= ?2",
            [operation, number - Int64(Store.mostDenials)])
    }

    /// Erases a user's name, and the hosts they worked at, from what was refused.
    func eraseDenials(of user: String, on installation: String) throws {
        try run(
            """
            UPDATE upgrade_denials SET user_name = '', host = '' WHERE user_name = ?1
            AND operation IN (SELECT operation FROM upgrades WHERE installation = ?2)
            """, [user, installation])
    }
}
