import AdapterKit
public import GatewayAPI
import GRDB

extension Store {
    /// The installations in scope, by customer and ID.
    ///
    /// - Parameters:
    ///   - customer: Only this one's; nil for all.
    ///   - archived: Whether those that are archived are among them.
    public func installationList(
        in scope: Scope, customer: String?, archived: Bool
    ) async throws -> [InstallationSummary] {
        let columns = """
            SELECT id, customer, profile, refresh_due, last_contact, archived_at, name, term, price, owner,
            emergency_plan, notes FROM installations
            """
        let shown = archived ? "" : " AND archived_at IS NULL"
        return try await pool.read { db in
            // Each with the index that it needs: a condition that may be left out would scan the whole portfolio.
            var rows =
                if let customer = customer ?? scope.customer {
                    try RowSteps(
                        db,
                        columns + " WHERE customer = ?1 AND (?2 IS NULL OR customer = ?2)\(shown) ORDER BY id",
                        [customer, scope.customer])
                } else {
                    try RowSteps(db, columns + " WHERE customer >= ''\(shown) ORDER BY customer, id", [])
                }
            var list: [InstallationSummary] = []
            while try rows.next() {
                let facts = RecordedFacts(
                    name: rows.text(6), term: rows.optionalText(7).flatMap(RecordedFacts.Term.init),
                    price: rows.optionalText(8).flatMap(Price.init), owner: rows.optionalText(9),
                    emergencyPlan: rows.optionalText(10), notes: rows.optionalText(11))
                list.append(
                    InstallationSummary(
                        id: rows.text(0), customer: rows.text(1), profile: rows.text(2),
                        refreshDue: rows.integer(3).map(Instant.init), lastContact: rows.integer(4).map(Instant.init),
                        facts: facts, archived: rows.integer(5).map(Instant.init)))
            }
            return list
        }
    }
}
