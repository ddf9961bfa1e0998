public import AdapterKit
import GRDB

/// How a vendor's host fares.
public struct VendorHostRecord: Hashable, Sendable {
    /// Host and port.
    public var host: String
    /// Failures since it last answered.
    public var failures: Int
    /// Until when it is left alone; nil where it is asked.
    public var openUntil: Instant?
    /// When it last answered.
    public var lastContact: Instant?
    /// What the last failure was.
    public var lastFailure: String?
    /// When that was.
    public var lastFailureAt: Instant?

    /// A host.
    public init(
        host: String, failures: Int = 0, openUntil: Instant? = nil, lastContact: Instant? = nil,
        lastFailure: String? = nil, lastFailureAt: Instant? = nil
    ) {
        self.host = host
        self.failures = failures
        self.openUntil = openUntil
        self.lastContact = lastContact
        self.lastFailure = lastFailure
        self.lastFailureAt = lastFailureAt
    }
}

extension Store {
    /// Every vendor's host that was ever asked.
    public func vendorHosts() async throws -> [VendorHostRecord] {
        try await pool.read { db in
            try db.rows(
                """
                SELECT host, failures, open_until, last_contact, last_failure, last_failure_at
                FROM vendor_hosts ORDER BY host
                """
            ).map {
                VendorHostRecord(
                    host: $0[0], failures: $0[1], openUntil: $0.instant(2), lastContact: $0.instant(3),
                    lastFailure: $0[4], lastFailureAt: $0.instant(5))
            }
        }
    }

    /// Writes down how a host fares.
    public func save(_ record: VendorHostRecord) async throws {
        try await commits.write { db in
            try db.run(
                """
                INSERT INTO vendor_hosts (host, failures, open_until, last_contact, last_failure, last_failure_at)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (host) DO UPDATE SET failures = ?2, open_until = ?3,
                last_contact = ?4, last_failure = ?5, last_failure_at = ?6
                """,
                [
                    record.host, record.failures, record.openUntil?.milliseconds, record.lastContact?.milliseconds,
                    record.lastFailure, record.lastFailureAt?.milliseconds,
                ])
        }
    }
}
