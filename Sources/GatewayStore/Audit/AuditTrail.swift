public import AdapterKit
import Crypto
import Foundation
import GRDB
public import GatewayAPI

/// A record to append to the audit trail.
public struct AuditEntry: Sendable {
    /// When.
    public var at: Instant
    /// Who, by an ID that is no name.
    public var actor: String
    /// Their name, kept apart from the chain so that it can be erased.
    public var actorName: String
    /// What was done.
    public var act: String
    /// The customer it is about.
    public var customer: String?
    /// What it is about: an ID.
    public var subject: String?
    /// What exactly; no names of people.
    public var detail: String

    /// An entry.
    public init(
        at: Instant, actor: String, actorName: String, act: String, customer: String?, subject: String?,
        detail: String
    ) {
        self.at = at
        self.actor = actor
        self.actorName = actorName
        self.act = act
        self.customer = customer
        self.subject = subject
        self.detail = detail
    }
}

/// A record of the audit trail as it is stored.
public struct AuditRecord: Sendable {
    /// Its number, from 1, without gaps.
    public var number: Int
    /// When.
    public var at: Instant
    /// Who, by ID.
    public var actor: String
    /// Who, by name; nil once it was erased.
    public var actorName: String?
    /// What was done.
    public var act: String
    /// The customer it is about.
    public var customer: String?
    /// What it is about.
    public var subject: String?
    /// What exactly.
    public var detail: String
    /// The hash of the record before it; empty for the first.
    public var previous: String
    /// Its own hash.
    public var hash: String

    /// The hash that the record must have: SHA-256 over its content as a JSON array and the hash before it.
    public func computedHash() -> String {
        Self.hash(number, at, actor, act, customer, subject, detail, previous)
    }

    /// The SHA-256 of the record's texts as a JSON array, as `JSONEncoder` writes it without escaping slashes; put
    /// together by hand, since a trail of a hundred thousand records is checked with it.
    static func hash(
        _ number: Int, _ at: Instant, _ actor: String, _ act: String, _ customer: String?, _ subject: String?,
        _ detail: String, _ previous: String
    ) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(512)
        bytes.append(UInt8(ascii: "["))
        CompactJSON.append(String(number), to: &bytes)
        for text in [String(at.milliseconds), actor, act, customer, subject, detail, previous] {
            bytes.append(UInt8(ascii: ","))
            if let text { CompactJSON.append(text, to: &bytes) } else { bytes += "null".utf8 }
        }
        bytes.append(UInt8(ascii: "]"))
        return Hex.encode(SHA256.hash(data: bytes))
    }
}

extension Store {
    /// Appends a record by itself.
    public func append(_ entry: AuditEntry) async throws {
        try await commits.write { try $0.append(entry) }
    }

    /// The newest records in scope, newest first.
    public func audit(in scope: Scope, limit: Int) async throws -> [AuditRecord] {
        try await pool.read { db in
            try db.rows(
                Self.selectAudit + " WHERE ?1 IS NULL OR a.customer = ?1 ORDER BY a.number DESC LIMIT ?2",
                [scope.customer, limit]
            ).map(AuditRecord.init(row:))
        }
    }

    /// Hands over every record, oldest first.
    public func eachAuditRecord(_ body: @escaping @Sendable (AuditRecord) throws -> Void) async throws {
        try await pool.read { db in
            let rows = try Row.fetchCursor(db, sql: Self.selectAudit + " ORDER BY a.number")
            while let row = try rows.next() { try body(AuditRecord(row: row)) }
        }
    }

    static let selectAudit = """
        SELECT a.number, a.at, a.actor, p.name, a.act, a.customer, a.subject, a.detail, a.previous, a.hash
        FROM audit a LEFT JOIN people p ON p.id = a.actor
        """
}

extension AuditRecord {
    init(row: Row) {
        self.init(
            number: row[0], at: Instant(milliseconds: row[1]), actor: row[2], actorName: row[3], act: row[4],
            customer: row[5], subject: row[6], detail: row[7], previous: row[8], hash: row[9])
    }
}

extension Database {
    /// Appends a record to the chain, in the caller's transaction.
    func append(_ entry: AuditEntry) throws {
        try run(
            "INSERT INTO people (id, name) VALUES (?1, ?2) ON CONFLICT (id) DO NOTHING",
            [entry.actor, entry.actorName])
        let last = try row("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1")
        var record = AuditRecord(
            number: 1, at: entry.at, actor: entry.actor, actorName: nil, act: entry.act, customer: entry.customer,
            subject: entry.subject, detail: entry.detail, previous: "", hash: "")
        if let last {
            record.number = last[0] + 1
            record.previous = last[1]
        }
        record.hash = record.computedHash()
        try run(
            """
            INSERT INTO audit (number, at, actor, act, customer, subject, detail, previous, hash)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            """,
            [
                record.number, record.at.milliseconds, record.actor, record.act, record.customer, record.subject,
                record.detail, record.previous, record.hash,
            ])
    }
}
