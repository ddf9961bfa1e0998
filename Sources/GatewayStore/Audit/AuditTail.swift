import AdapterKit
import Crypto
import Foundation
import GRDB

/// The end of the audit trail while one transaction appends many records to it: the record before is not read again
/// for each.
struct AuditTail {
    private var number: Int
    private var previous: String
    private var people: Set<String> = []
    private let insert: BulkStatement

    init(_ database: Database) throws {
        let last = try database.row("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1")
        number = last?[0] ?? 0
        previous = last?[1] ?? ""
        insert = try BulkStatement(
            database,
            """
            INSERT INTO audit (number, at, actor, act, customer, subject, detail, previous, hash)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            """)
    }

    mutating func append(_ entry: AuditEntry, in database: Database) throws {
        if people.insert(entry.actor).inserted {
            try database.run(
                "INSERT INTO people (id, name) VALUES (?1, ?2) ON CONFLICT (id) DO NOTHING",
                [entry.actor, entry.actorName])
        }
        number += 1
        let hash = AuditRecord.hash(
            number, entry.at, entry.actor, entry.act, entry.customer, entry.subject, entry.detail, previous)
        try insert.bind(1, Int64(number))
        try insert.bind(2, entry.at.milliseconds)
        try insert.bind(3, entry.actor)
        try insert.bind(4, entry.act)
        try insert.bind(5, entry.customer)
        try insert.bind(6, entry.subject)
        try insert.bind(7, entry.detail)
        try insert.bind(8, previous)
        try insert.bind(9, hash)
        try insert.run()
        previous = hash
    }
}
