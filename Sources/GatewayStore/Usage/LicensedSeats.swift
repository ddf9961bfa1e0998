import GRDB
public import GatewayAPI

/// An installation's licensed seats, with what they cost together.
public struct LicensedSeats: Hashable, Sendable {
    /// The installation's ID.
    public var installation: String
    /// The customer's ID.
    public var customer: String
    /// The customer's IANA time zone.
    public var timeZone: String
    /// The seats by pool, in the compact form of ``SeatColumn``.
    public var seats: String
    /// For how long they are bought.
    public var term: RecordedFacts.Term?
    /// What a term of all of it costs.
    public var price: Price?
}

extension Store {
    /// The licenses in scope that are held, by installation; those of archived installations are left out, but for one
    /// that is asked for by ID.
    public func licensedSeats(
        in scope: Scope, customer: String? = nil, installation: String? = nil
    ) async throws -> [LicensedSeats] {
        // With the index that it needs: a condition that may be left out would scan the whole portfolio.
        let which =
            if installation != nil {
                "i.id = ?3"
            } else {
                "i.archived_at IS NULL AND ?3 IS NULL"
            }
        return try await pool.read { db in
            try db.rows(
                """
                SELECT i.id, i.customer, c.time_zone, i.seats, i.term, i.price
                FROM installations i JOIN customers c ON c.id = i.customer
                WHERE i.held = 1 AND (?1 IS NULL OR i.customer = ?1) AND (?2 IS NULL OR i.customer = ?2)
                AND \(which) ORDER BY i.id
                """, [scope.customer, customer, installation]
            ).map { row in
                let (term, price): (String?, String?) = (row[4], row[5])
                return LicensedSeats(
                    installation: row[0], customer: row[1], timeZone: row[2], seats: row[3],
                    term: term.flatMap(RecordedFacts.Term.init), price: price.flatMap(Price.init))
            }
        }
    }
}
