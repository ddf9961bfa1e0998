public import AdapterKit
import Foundation
import GRDB

extension Store {
    /// An issuer's key set as it was last fetched, and when; nil where it never was.
    ///
    /// - Parameter trust: What its server was trusted by, as ``OperationEnding/NewTokens/trust`` has it.
    public func keys(of issuer: String, trust: String) async throws -> (keySet: [UInt8], at: Instant)? {
        try await pool.read { db in
            try db.row("SELECT keys, at FROM issuer_keys WHERE issuer = ?1 AND trust = ?2", [issuer, trust]).map {
                let keys: Data = $0[0]
                return (Array(keys), Instant(milliseconds: $0[1]))
            }
        }
    }

    /// Has an installation be refreshed with the next that are due, since a key of its issuer's is not known.
    public func makeDue(_ installation: String, at now: Instant) async throws {
        try await commits.write { db in
            try db.run(
                """
                UPDATE installations SET refresh_due = ?2 WHERE id = ?1 AND held = 1 AND authorize_again IS NULL
                AND refresh_due > ?2
                """, [installation, now.milliseconds])
        }
    }
}

extension Database {
    /// Keeps an issuer's key set for all whose tokens it issues.
    func keep(keysOf terms: TokenTerms, trust: String, at now: Instant) throws {
        let keys = Data(terms.keySet)
        let before: Data? = try row(
            "SELECT keys FROM issuer_keys WHERE issuer = ?1 AND trust = ?2", [terms.issuer, trust])?[0]
        try run(
            """
            INSERT INTO issuer_keys (issuer, trust, keys, at) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (issuer, trust) DO UPDATE SET keys = excluded.keys, at = excluded.at
            """, [terms.issuer, trust, keys, now.milliseconds])
        if keys != before { try raiseTokenEpoch() }
    }
}
