import Foundation
import GRDB

/// What a look at every page, reference and record of a store found. It only reads.
struct StoreCheck {
    /// The version of its schema.
    var version = 0
    /// What it holds.
    var customers = 0, installations = 0, openOperations = 0
    /// The audit trail.
    var chain = AuditChain()
    /// What is wrong, each in a sentence.
    var problems: [String] = []

    /// The most problems of one kind that are told.
    static let most = 20

    /// Checks a store.
    ///
    /// - Throws: ``StoreError`` `tooNew`, `corrupt` where it is none; `DatabaseError` where it can't be read.
    init(_ db: Database) throws {
        version = try Migrations.version(of: db)
        try Migrations.checkIsKnown(version)
        guard version > 0, try Self.isStore(db) else {
            throw StoreError(.corrupt, "It is no store of Gatehouse's.")
        }
        problems = try Self.integrity(db) + Self.references(db)
        // Where pages are damaged, what follows could hardly be believed.
        guard problems.isEmpty else { return }
        try count(db)
        chain = try Self.chain(db)
        if let problem = chain.problem { problems.append("The audit trail's chain is broken: \(problem)") }
    }

    private mutating func count(_ db: Database) throws {
        customers = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM customers") ?? 0
        installations = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM installations") ?? 0
        openOperations =
            try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM operations WHERE \(StoreRestore.isVoided)") ?? 0
    }

    /// What SQLite's own check of every page and index finds.
    static func integrity(_ db: Database) throws -> [String] {
        let rows = try String.fetchAll(db, sql: "PRAGMA integrity_check(\(most))")
        return rows == ["ok"] ? [] : rows.map { "SQLite's check of the file: \($0)" }
    }

    /// What refers to something that is not there.
    static func references(_ db: Database) throws -> [String] {
        let rows = try Row.fetchCursor(db, sql: "PRAGMA foreign_key_check")
        var problems: [String] = []
        while problems.count < most, let row = try rows.next() {
            let table: String = row[0]
            let parent: String = row[2]
            problems.append("A row of the table \(table) refers to one of \(parent) that is not there.")
        }
        return problems
    }

    /// The audit trail's chain.
    static func chain(_ db: Database) throws -> AuditChain {
        var chain = AuditChain()
        let rows = try Row.fetchCursor(db, sql: Store.selectAudit + " ORDER BY a.number")
        while chain.problem == nil, let row = try rows.next() { chain.add(AuditRecord(row: row)) }
        return chain
    }

    /// Whether a file has the tables of a store.
    private static func isStore(_ db: Database) throws -> Bool {
        let names = Set(try String.fetchAll(db, sql: "SELECT name FROM sqlite_schema WHERE type = 'table'"))
        return names.isSuperset(of: ["customers", "installations", "operations", "deliveries", "people", "audit"])
    }

    /// What a strange file's schema has that a store's has not: statements of its own, that would run unasked, or other
    /// columns.
    static func strangeSchema(_ db: Database) throws -> String? {
        let active = try String.fetchOne(
            db, sql: "SELECT type || ' ' || name FROM sqlite_schema WHERE type IN ('trigger', 'view')")
        if let active { return "It has a \(active), which no store has." }
        let sample = try DatabaseQueue()
        let wanted = try sample.writeWithoutTransaction { sample in
            try Migrations.run(in: sample, through: Migrations.version(of: db))
            return try columns(sample)
        }
        let found = try columns(db)
        for (table, columns) in wanted.sorted(by: { $0.key < $1.key }) where found[table] != columns {
            return "Its table \(table) has other columns than a store's."
        }
        return nil
    }

    /// The columns of every table, with all that is declared of them.
    private static func columns(_ db: Database) throws -> [String: [String]] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT t.name, c.name || ' ' || c.type || ' ' || c."notnull" || ' ' || c.pk || ' ' || c.hidden
                FROM sqlite_schema t JOIN pragma_table_xinfo(t.name) c WHERE t.type = 'table' ORDER BY t.name, c.cid
                """)
        return Dictionary(grouping: rows) { $0[0] as String }.mapValues { $0.map { $0[1] as String } }
    }
}
