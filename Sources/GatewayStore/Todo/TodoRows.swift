public import AdapterKit
import GRDB
public import GatewayAPI

/// What a list of things to do tells of an installation.
public struct InstallationCard: Hashable, Sendable {
    /// Its name; empty for none.
    public var name: String
    /// The customer's ID.
    public var customer: String
    /// The customer's name.
    public var customerName: String
    /// The profile's name.
    public var profile: String
    /// Who sees to it; nil where nobody is named.
    public var owner: String?
}

/// An installation that its vendor refused last.
public struct RefusedInstallation: Hashable, Sendable {
    /// The installation's ID.
    public var installation: String
    /// What was refused, and what to do.
    public var message: String
    /// When.
    public var at: Instant
}

extension Store {
    /// What there is to tell of installations in scope, by ID.
    public func cards(of installations: Set<String>, in scope: Scope) async throws -> [String: InstallationCard] {
        try await pool.read { db in
            var cards: [String: InstallationCard] = [:]
            for id in installations {
                cards[id] = try db.row(
                    """
                    SELECT i.name, i.customer, c.name, i.profile, i.owner FROM installations i
                    JOIN customers c ON c.id = i.customer WHERE i.id = ?1 AND (?2 IS NULL OR i.customer = ?2)
                    """, [id, scope.customer]
                ).map {
                    InstallationCard(
                        name: $0[0], customer: $0[1], customerName: $0[2], profile: $0[3], owner: $0[4])
                }
            }
            return cards
        }
    }

    /// The installations in scope that hold no entitlement, each with its profile; those that are archived left out.
    public func unlicensedInstallations(
        in scope: Scope, customer: String?
    ) async throws -> [(installation: String, profile: String, added: Instant)] {
        try await pool.read { db in
            try db.rows(
                """
                SELECT id, profile, created_at FROM installations WHERE held = 0 AND archived_at IS NULL
                AND (?1 IS NULL OR customer = ?1) AND (?2 IS NULL OR customer = ?2)
                """, [scope.customer, customer]
            ) { row in (row[0], row[1], Instant(milliseconds: row[2])) }
        }
    }

    /// The installations in scope that their vendors refused last, or where what they said is in conflict with what is
    /// known here; those that are archived left out.
    public func refusedInstallations(in scope: Scope, customer: String?) async throws -> [RefusedInstallation] {
        try await pool.read { db in
            try db.rows(
                """
                SELECT i.id, COALESCE(o.message, ''), o.ended_at FROM installations i
                JOIN operations o ON o.installation = i.id AND o.ended_at = i.last_failure_at
                WHERE o.status = 'failed' AND o.outcome IN ('rejected', 'conflict') AND i.archived_at IS NULL
                AND (?1 IS NULL OR i.customer = ?1) AND (?2 IS NULL OR i.customer = ?2)
                """, [scope.customer, customer]
            ) { row in
                RefusedInstallation(installation: row[0], message: row[1], at: Instant(milliseconds: row[2]))
            }
        }
    }
}
