public import GatewayAPI
import GRDB

/// What people choose IDs for.
public enum IDKind: Sendable {
    /// Customers.
    case customer
    /// Installations.
    case installation
}

extension Store {
    /// The IDs in scope among which one that was mistyped may be: those that stand next to it in the alphabet, and those
    /// that differ from it in how they begin. In a small portfolio they are all of them, and in a large one no more
    /// than can be compared at once.
    public func idsBeside(_ id: String, of kind: IDKind, in scope: Scope) async throws -> [String] {
        // Each with the index that it needs: a condition that may be left out would scan the whole portfolio.
        let (table, condition) =
            switch (kind, scope.customer) {
            case (.customer, nil): ("customers", "?2 IS NULL")
            case (.customer, _): ("customers", "id = ?2")
            case (.installation, nil): ("installations", "?2 IS NULL")
            case (.installation, _): ("installations", "customer = ?2")
            }
        return try await pool.read { db in
            var found: [String] = []
            for (side, order) in [("<", "DESC"), (">", "ASC")] {
                let sql = """
                    SELECT id FROM \(table) WHERE \(condition) AND id \(side) ?1 ORDER BY id \(order) LIMIT \(Self.mostBeside)
                    """
                found += try db.rows(sql, [id, scope.customer]).map { $0[0] }
            }
            let sql = "SELECT id FROM \(table) WHERE id = ?1 AND \(condition)"
            for other in Self.otherBeginnings(of: id) {
                if let row = try db.row(sql, [other, scope.customer]) { found.append(row[0]) }
            }
            return found
        }
    }

    /// So many to each side.
    private static let mostBeside = 500

    /// The ID with its first character left out, replaced, swapped with the second, or another put before it.
    private static func otherBeginnings(of id: String) -> [String] {
        let longest = 64
        guard id.utf8.count <= longest, let first = id.first else { return [] }
        let rest = id.dropFirst()
        let letters = "abcdefghijklmnopqrstuvwxyz0123456789._-"
        var others = [String(rest)] + letters.map { "\($0)\(rest)" } + letters.map { "\($0)\(id)" }
        if let second = rest.first { others.append("\(second)\(first)\(rest.dropFirst())") }
        return others
    }
}
