public import AdapterKit
import CSQLite
import Foundation
import GRDB

/// A store that is only looked at, in whatever state it is: nothing of it is brought up to date, and every question is
/// answered by itself, so that one that can't be answered takes no other away.
public final class StoreExamination: Sendable {
    private let path: String
    private let queue: DatabaseQueue

    /// Opens a store for reading alone.
    ///
    /// - Throws: ``StoreError`` where SQLite does not take it for a database.
    public init(_ path: String) throws {
        self.path = path
        var configuration = Store.configuration
        configuration.label = "gatehouse.examination"
        configuration.readonly = true
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
            // The first page is read, and a log beside it.
            _ = try queue.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM sqlite_schema") }
        } catch let error as DatabaseError {
            throw StoreError(.cannotOpen, error, store: path, "can't be read")
        }
    }

    /// Closes it.
    public func close() { try? queue.close() }

    /// The version of SQLite that reads it.
    public static var sqliteVersion: String { String(cString: sqlite3_libversion()) }

    /// The version of stores that this program writes.
    public static var currentVersion: Int { Migrations.current }

    /// The version of its schema.
    public func version() throws -> Int { try ask { try Migrations.version(of: $0) } }

    /// What SQLite's own check of every page and index finds; empty where all is well.
    public func integrity() throws -> [String] { try ask(StoreCheck.integrity) }

    /// What refers to something that is not there; empty where all is well.
    public func references() throws -> [String] { try ask(StoreCheck.references) }

    /// The audit trail's chain.
    public func chain() throws -> AuditChain { try ask(StoreCheck.chain) }

    /// The newest time that anything was written down at, of the acts and the contacts; nil where nothing was.
    public func newestTime() throws -> Instant? {
        try ask { db in
            try Int64.fetchOne(
                db,
                sql: """
                    SELECT MAX(at) FROM (SELECT MAX(at) AS at FROM audit UNION ALL SELECT MAX(last_contact) FROM installations
                    UNION ALL SELECT MAX(ended_at) FROM operations WHERE ended_at IS NOT NULL)
                    """
            ).map(Instant.init(milliseconds:))
        }
    }

    /// How many installations each profile governs; those that are archived need none.
    public func installationsByProfile() throws -> [String: Int] {
        try ask { db in
            let active = try Self.knowsArchives(db) ? "WHERE archived_at IS NULL" : ""
            let rows = try db.rows("SELECT profile, COUNT(*) FROM installations \(active) GROUP BY profile")
            return Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[1]) })
        }
    }

    /// How many installations there are, archived or not, and files that are looked after for those that are not.
    public func size() throws -> (installations: Int, files: Int) {
        try ask { db in
            let installations = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM installations") ?? 0
            let files =
                try Int.fetchOne(
                    db, sql: "SELECT COUNT(*) FROM deliveries WHERE status = 'current' \(Self.isLookedAfter(db))") ?? 0
            return (installations, files)
        }
    }

    /// Up to `limit` files that were delivered last, after one path, by path: a page at a time. Those of archived
    /// installations are nobody's any more, and left out.
    public func deliveredFiles(after path: String?, limit: Int) throws -> [DeliveredFile] {
        try ask { db in
            try db.rows(
                Store.selectDelivered + " AND path > ?1 \(Self.isLookedAfter(db)) ORDER BY path LIMIT ?2",
                [path ?? "", limit]
            ).map(DeliveredFile.init(row:))
        }
    }

    /// That a delivery's installation is not archived, as SQL.
    private static func isLookedAfter(_ db: Database) throws -> String {
        guard try knowsArchives(db) else { return "" }
        return "AND installation NOT IN (SELECT id FROM installations WHERE archived_at IS NOT NULL)"
    }

    /// Whether the store is of a version in which installations can be archived.
    private static func knowsArchives(_ db: Database) throws -> Bool {
        try db.columns(in: "installations").contains { $0.name == "archived_at" }
    }

    /// The operations that are open and wait for nobody.
    public func openOperations() throws -> [OperationRecord] {
        try ask { db in
            let knowsSent = try db.columns(in: "operations").contains { $0.name == "sent_at" }
            let select = knowsSent ? Store.selectOperation : Store.selectOperation.replacing("sent_at", with: "NULL")
            return try db.rows(select + " WHERE ended_at IS NULL AND status NOT IN ('asking', 'planned')")
                .map(OperationRecord.init(row:)).sorted { $0.id < $1.id }
        }
    }

    /// Everything sealed that the store holds.
    public func sealedAnswers() throws -> [SealedAnswer] {
        try ask { db in
            try db.tableExists("withheld") ? Store.sealedAnswers(db) : []
        }
    }

    /// The installations whose license must be acquired again, each with why, by ID; those that are archived left out.
    public func licensesToAcquire() throws -> [(installation: String, message: String)] {
        try ask { db in
            guard try db.columns(in: "installations").contains(where: { $0.name == "authorize_again" }) else {
                return []
            }
            return try db.rows(
                """
                SELECT id, authorize_again FROM installations WHERE authorize_again IS NOT NULL
                AND archived_at IS NULL ORDER BY id
                """, []
            ) { row in (row[0], row[1]) }
        }
    }

    /// The profiles of installations, by ID; those that are not there are left out.
    public func profiles(of installations: Set<String>) throws -> [String: String] {
        try ask { db in
            var profiles: [String: String] = [:]
            for id in installations {
                profiles[id] = try db.row("SELECT profile FROM installations WHERE id = ?1", [id])?[0]
            }
            return profiles
        }
    }

    /// The installations on whose hosts an upgrade that is open may have written.
    public func installationsBeingUpgraded() throws -> Set<String> {
        try ask { db in
            guard try db.tableExists("upgrades") else { return [] }
            return Set(
                try db.rows(
                    """
                    SELECT u.installation FROM operations o JOIN upgrades u ON u.operation = o.id
                    WHERE o.ended_at IS NULL AND u.phase IN (\(UpgradePhase.touchingHosts))
                    """
                ).map { $0[0] })
        }
    }

    /// What the vendors know the installations of some profiles by, by ID.
    public func identities(ofProfiles names: Set<String>) throws -> [String: (
        profile: String, identity: [String: String]
    )] {
        try ask { db in
            var found: [String: (profile: String, identity: [String: String])] = [:]
            for name in names {
                for row in try db.rows("SELECT id, identity FROM installations WHERE profile = ?1", [name]) {
                    let identity: String = row[1]
                    found[row[0]] = (name, try JSONDecoder().decode([String: String].self, from: Data(identity.utf8)))
                }
            }
            return found
        }
    }

    /// The backups that Gatehouse made by itself, beside a store, and their bytes.
    public static func automaticBackups(of store: String) -> [(path: String, bytes: Int)] {
        let folder = URL(fileURLWithPath: store).deletingLastPathComponent().path
        let start = URL(fileURLWithPath: store).lastPathComponent + "-before-"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasPrefix(start) && !$0.hasSuffix(".draft") }.sorted().map { name in
            let attributes = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
            return ("\(folder)/\(name)", (attributes?[.size] as? NSNumber)?.intValue ?? 0)
        }
    }

    /// What killed processes left of a store in the making, or of a backup beside it.
    public static func leftovers(of store: String) -> [String] { Draft.dead(for: store, orBeside: true) }

    func ask<Value>(_ question: (Database) throws -> Value) throws -> Value {
        do {
            return try queue.read(question)
        } catch let error as DatabaseError {
            throw StoreError(.corrupt, error, store: path, "can't be read there")
        }
    }
}
