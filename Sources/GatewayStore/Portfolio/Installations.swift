public import AdapterKit
import Foundation
import GRDB
public import GatewayAPI

/// An installation as it is stored.
public struct InstallationRecord: Hashable, Sendable {
    /// The ID.
    public var id: String
    /// The customer's ID.
    public var customer: String
    /// The customer's IANA time zone.
    public var timeZone: String
    /// The customer's name.
    public var customerName: String
    /// The profile's name.
    public var profile: String
    /// What the vendor knows it by.
    public var identity: [String: String]
    /// Its named places.
    public var site: [String: [String]]
    /// Whether an entitlement is in force.
    public var held: Bool
    /// The dates in force, in the compact form of the countdown rules.
    public var dates: String
    /// The vendor's mark for the entitlement in force.
    public var revision: String?
    /// When the vendor issued the entitlement in force.
    public var issued: Instant?
    /// When the vendor last gave a verified answer.
    public var lastContact: Instant?
    /// When a refresh last succeeded.
    public var lastRefresh: Instant?
    /// When a refresh is due next; nil where it never succeeded, and where the profile wants none.
    public var refreshDue: Instant?
    /// Before when a failed refresh is not tried again by itself.
    public var nextTry: Instant?
    /// Why the last operation failed, where the last one did.
    public var lastFailure: String?
    /// Until when the last of its open orders may be on its way; nil where none is open.
    public var orderUntil: Instant?
    /// When it was archived; nil where it was not.
    public var archived: Instant?
    /// How often it was edited.
    public var edits: Int
    /// When an offline activation was imported, if that is how what is held came.
    public var offlineActivated: Instant?
    /// Whether a person recorded what is held, and no vendor proved it.
    public var isUnverified = false
    /// Why its license must be acquired again, where its tokens can't be refreshed any more.
    public var authorizeAgain: String?
}

extension InstallationRecord {
    /// Until when a failed refresh is put off; nil where it is not.
    public func putOff(at now: Instant) -> Instant? { refreshTimes.putOff(at: now) }

    /// Whether a refresh is due. It is, too, where the last one lies in the future: our clock was set back.
    public func isRefreshDue(at now: Instant) -> Bool { refreshTimes.isWanted(at: now) }

    private var refreshTimes: RefreshTimes {
        RefreshTimes(held: held, due: refreshDue, last: lastRefresh, nextTry: nextTry)
    }
}

/// When an installation is to be refreshed.
public struct RefreshTimes: Hashable, Sendable {
    /// Whether an entitlement is in force.
    public var held: Bool
    /// When a refresh is due next; nil where the profile wants none.
    public var due: Instant?
    /// When one last succeeded.
    public var last: Instant?
    /// Before when a failed one is not tried again by itself.
    public var nextTry: Instant?

    /// The times of an installation.
    public init(held: Bool, due: Instant?, last: Instant?, nextTry: Instant?) {
        self.held = held
        self.due = due
        self.last = last
        self.nextTry = nextTry
    }

    /// The longest that a failed refresh is put off, in milliseconds. What is put off for longer was put off by a
    /// clock that has been set back since.
    public static let longestBackOff: Int64 = 25 * 3_600_000

    /// Until when a failed refresh is put off; nil where it is not.
    public func putOff(at now: Instant) -> Instant? {
        guard let nextTry, nextTry > now, nextTry.milliseconds <= now.milliseconds + Self.longestBackOff else {
            return nil
        }
        return nextTry
    }

    /// Whether a refresh is wanted. It is, too, where the last one lies in the future: our clock was set back.
    public func isWanted(at now: Instant) -> Bool {
        guard held else { return true }
        return due.map { $0 <= now } == true || last.map { $0 > now } == true
    }

    /// Whether a refresh is due: wanted, and not put off.
    public func isDue(at now: Instant) -> Bool { isWanted(at: now) && putOff(at: now) == nil }
}

/// A new installation.
public struct NewInstallation: Sendable {
    /// The ID.
    public var id: String
    /// The customer's ID.
    public var customer: String
    /// The profile's name.
    public var profile: String
    /// What the vendor knows it by.
    public var identity: [String: String]
    /// Its named places.
    public var site: [String: [String]]
    /// What people record of it.
    public var facts: RecordedFacts

    /// A new installation.
    public init(
        id: String, customer: String, profile: String, identity: [String: String], site: [String: [String]],
        facts: RecordedFacts = RecordedFacts()
    ) {
        self.id = id
        self.customer = customer
        self.profile = profile
        self.identity = identity
        self.site = site
        self.facts = facts
    }
}

/// Which installations a read is about.
public enum InstallationFilter: Hashable, Sendable {
    /// All in scope.
    case all
    /// One customer's.
    case customer(String)
    /// Whose refresh is due, or never was made, at the given time, and not put off until later.
    case due(at: Instant)
}

extension Store {
    /// Adds installations, all or none.
    ///
    /// - Throws: ``StoreError`` `exists`; `notFound` or, where it is archived, `refused` for the customer.
    public func addInstallations(_ new: [NewInstallation], at now: Instant, audit: [AuditEntry]) async throws {
        try await commits.write { db in
            let encoder = JSONEncoder.stored
            for installation in new {
                try db.requireActive(customer: installation.customer)
                if let row = try db.row(
                    "SELECT archived_at IS NOT NULL FROM installations WHERE id = ?1", [installation.id])
                {
                    let id = installation.id
                    let way =
                        row[0] ? " It is archived: `gatehouse installations archive \(id) --undo` brings it back." : ""
                    throw StoreError(.exists, "There is an installation \"\(id)\" already.\(way)")
                }
                let identity = String(decoding: try encoder.encode(installation.identity), as: UTF8.self)
                let site = String(decoding: try encoder.encode(installation.site), as: UTF8.self)
                let facts = installation.facts
                try db.run(
                    """
                    INSERT INTO installations (id, customer, profile, created_at, identity, site, name, term, price,
                    owner, emergency_plan, notes) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
                    """,
                    [
                        installation.id, installation.customer, installation.profile, now.milliseconds, identity, site,
                        facts.name, facts.term?.rawValue, facts.price?.description, facts.owner, facts.emergencyPlan,
                        facts.notes,
                    ])
            }
            for entry in audit { try db.append(entry) }
        }
    }

    /// One installation in scope, archived or not; nil where there is none.
    public func installation(_ id: String, in scope: Scope) async throws -> InstallationRecord? {
        try await pool.read { db in
            try db.row(
                Self.selectInstallation + " WHERE i.id = ?1 AND (?2 IS NULL OR i.customer = ?2)", [id, scope.customer]
            ).map(Self.installation)
        }
    }

    /// Up to `limit` installations in scope after the one given, by ID: a page at a time, so that memory stays
    /// bounded whatever the portfolio's size. Those that are archived are left out.
    public func installations(
        _ filter: InstallationFilter, in scope: Scope, after id: String?, limit: Int
    ) async throws -> [InstallationRecord] {
        var customer: String?
        var due: Int64?
        switch filter {
        case .all: break
        case .customer(let id): customer = id
        case .due(let now): due = now.milliseconds
        }
        let arguments: StatementArguments = [id ?? "", scope.customer, customer, due, limit]
        return try await pool.read { db in
            try db.rows(
                Self.selectInstallation + """
                     WHERE i.id > ?1 AND i.archived_at IS NULL AND (?2 IS NULL OR i.customer = ?2) AND (?3 IS NULL OR i.customer = ?3)
                    AND (?4 IS NULL OR (\(Self.isDue("?4"))))
                    ORDER BY i.id LIMIT ?5
                    """, arguments, Self.installation)
        }
    }

    /// How many installations a filter finds; those that are archived are not counted.
    public func installationCount(_ filter: InstallationFilter, in scope: Scope) async throws -> Int {
        var customer: String?
        var due: Int64?
        switch filter {
        case .all: break
        case .customer(let id): customer = id
        case .due(let now): due = now.milliseconds
        }
        let arguments: StatementArguments = [scope.customer, customer, due]
        return try await pool.read { db in
            try db.row(
                """
                SELECT COUNT(*) FROM installations i
                WHERE i.archived_at IS NULL AND (?1 IS NULL OR i.customer = ?1) AND (?2 IS NULL OR i.customer = ?2)
                AND (?3 IS NULL OR (\(Self.isDue("?3"))))
                """, arguments)?[0] ?? 0
        }
    }

    /// The entitlement in force; nil where there is none.
    public func entitlement(of installation: String, in scope: Scope) async throws -> Entitlement? {
        try await pool.read { db in try db.entitlement(of: installation, in: scope) }
    }

    /// The protocol that the entitlement in force was taken by; nil where there is none.
    public func heldProtocol(of installation: String) async throws -> String? {
        try await pool.read { db in
            try db.row(
                """
                SELECT o.protocol FROM installations i JOIN operations o ON o.id = i.entitlement_from
                WHERE i.id = ?1 AND i.held = 1
                """, [installation])?[0]
        }
    }

    /// Whether a refresh is due at a time, as SQL; the same as ``RefreshTimes/isDue(at:)`` says, but for those whose keys
    /// are being upgraded: they are refreshed when that has ended.
    private static func isDue(_ now: String) -> String {
        """
        (i.held = 0 OR i.refresh_due <= \(now) OR i.last_refresh > \(now))
        AND (COALESCE(i.next_try, 0) <= \(now) OR i.next_try > \(now) + \(RefreshTimes.longestBackOff))
        AND i.id NOT IN (
            SELECT installation FROM operations
            WHERE ended_at IS NULL AND status NOT IN ('asking', 'planned') AND act = 'upgrade'
            UNION ALL SELECT installation FROM operations
            WHERE status IN ('asking', 'planned') AND act = 'upgrade' AND status = 'asking')
        """
    }

    static let selectInstallation = """
        SELECT i.id, i.customer, c.time_zone, c.name, i.profile, i.identity, i.site, i.held, i.dates, i.revision,
        i.issued, i.last_contact, i.last_refresh, i.refresh_due, i.next_try, i.last_failure, i.order_until,
        i.archived_at, i.edits, i.offline_activated, i.unverified, i.authorize_again
        FROM installations i JOIN customers c ON c.id = i.customer
        """

    static func installation(_ row: Row) throws -> InstallationRecord {
        let id: String = row[0]
        guard let identity = NamedValues.strings(row[5]), let site = NamedValues.lists(row[6]) else {
            throw StoreError(.corrupt, "The stored identity or site of \(id) can't be read.")
        }
        return InstallationRecord(
            id: id, customer: row[1], timeZone: row[2], customerName: row[3], profile: row[4], identity: identity,
            site: site, held: row[7], dates: row[8], revision: row[9], issued: row.instant(10),
            lastContact: row.instant(11), lastRefresh: row.instant(12), refreshDue: row.instant(13),
            nextTry: row.instant(14), lastFailure: row[15], orderUntil: row.instant(16), archived: row.instant(17),
            edits: row[18], offlineActivated: row.instant(19), isUnverified: row[20], authorizeAgain: row[21])
    }
}

extension Database {
    /// The entitlement in force; nil where there is none.
    func entitlement(of installation: String, in scope: Scope) throws -> Entitlement? {
        guard
            let row = try row(
                """
                SELECT e.body FROM installations i JOIN entitlements e ON e.operation = i.entitlement_from
                WHERE i.id = ?1 AND i.held = 1 AND (?2 IS NULL OR i.customer = ?2)
                """, [installation, scope.customer])
        else { return nil }
        let body: String = row[0]
        guard let entitlement = try? JSONDecoder().decode(Entitlement.self, from: Data(body.utf8)) else {
            throw StoreError(.corrupt, "The stored entitlement of \(installation) can't be read.")
        }
        return entitlement
    }

    /// Makes sure that there is a customer who is not archived.
    func requireActive(customer id: String) throws {
        guard let row = try row("SELECT archived_at IS NOT NULL FROM customers WHERE id = ?1", [id]) else {
            throw StoreError(.notFound, "There is no customer \"\(id)\".")
        }
        guard row[0] == false else {
            throw StoreError(
                .refused,
                "The customer \"\(id)\" is archived: `gatehouse customers archive \(id) --undo` brings it back.")
        }
    }
}

extension Row {
    /// A column of milliseconds as an instant.
    func instant(_ column: Int) -> Instant? {
        let milliseconds: Int64? = self[column]
        return milliseconds.map(Instant.init(milliseconds:))
    }
}
