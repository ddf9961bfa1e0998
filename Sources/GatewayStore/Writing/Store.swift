import CSQLite
import Foundation
import GRDB

/// Everything that Gatehouse keeps, in one SQLite file on a local disk. All SQL is in this target.
///
/// Several processes may share a store: writes go through a lock beside it. What is answered is durable:
/// `synchronous` is `FULL`.
public final class Store: Sendable {
    /// The store's file.
    public let path: String
    let pool: DatabasePool
    let commits: GroupCommit
    let reads: GroupRead

    /// Opens the store, makes it where there is none, and brings an older one up to date.
    ///
    /// - Throws: ``StoreError`` with what to do.
    public init(path: String) throws {
        self.path = path
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw StoreError(.cannotOpen, "The folder \(folder) for the store can't be made: choose another --store.")
        }
        let lock = try StoreLock(path: path + ".lock")
        do {
            // A store that is ready is opened without the lock, so that reading waits for no writer.
            pool = try Self.openReady(path) ?? lock.withLock { try Self.open(path) }
        } catch let error as DatabaseError {
            throw StoreError(.cannotOpen, error, store: path, "can't be opened")
        }
        commits = GroupCommit(pool: pool, lock: lock)
        reads = GroupRead(pool: pool)
    }

    /// How many writes of this process shared how many commits so far.
    package var commitTally: CommitTally { commits.tally }

    /// Closes the store once the writes under way are durable.
    public func close() throws {
        try commits.close()
    }

    /// The value of SQLite's `synchronous` for writes as it is in force: 2 is `FULL`.
    public func synchronousMode() throws -> Int {
        try commits.exclusively { try Int.fetchOne($0, sql: "PRAGMA synchronous") ?? -1 }
    }

    /// Opens a store that needs no writing to be opened; nil for any other.
    private static func openReady(_ path: String) throws -> DatabasePool? {
        // Without a journal there, GRDB would write one.
        guard let size = try? FileManager.default.attributesOfItem(atPath: path + "-wal")[.size] as? Int, size > 0
        else {
            return nil
        }
        let pool = try DatabasePool(path: path, configuration: configuration)
        guard try pool.read({ try Migrations.isCurrent($0) }) else { return nil }
        try makeDurable(pool)
        return pool
    }

    private static func open(_ path: String) throws -> DatabasePool {
        // SQLite gives its journal the file's own permissions, so they are right before there is one.
        let file = Foundation.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        if file >= 0 { Foundation.close(file) }
        let pool = try DatabasePool(path: path, configuration: configuration)
        try makeDurable(pool)
        let version = try pool.read { try Migrations.version(of: $0) }
        if (1..<Migrations.current).contains(version) {
            try BackupBeforeMigration.make(pool, of: path, from: version)
        }
        try pool.writeWithoutTransaction { try Migrations.run(in: $0) }
        return pool
    }

    /// GRDB sets NORMAL after it has prepared a connection, so FULL is set once it is open.
    private static func makeDurable(_ pool: DatabasePool) throws {
        try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
    }

    static var configuration: Configuration {
        var configuration = Configuration()
        configuration.label = "gatehouse"
        configuration.maximumReaderCount = 4
        // Writers are kept apart by the lock; this is for readers that meet a recovery or a checkpoint.
        configuration.busyMode = .timeout(10)
        configuration.prepareDatabase { db in
            // A checkpoint on close would run outside the lock when a process is ended in an orderly way.
            if let connection = db.sqliteConnection {
                _ = gatehouse_no_checkpoint_on_close(UnsafeMutableRawPointer(connection))
            }
        }
        return configuration
    }
}

extension Database {
    /// Runs a statement that is compiled once for the connection.
    func run(_ sql: String, _ arguments: StatementArguments = StatementArguments()) throws {
        try cachedStatement(sql: sql).execute(arguments: arguments)
    }

    /// The first row of a query that is compiled once for the connection.
    func row(_ sql: String, _ arguments: StatementArguments = StatementArguments()) throws -> Row? {
        try Row.fetchOne(cachedStatement(sql: sql), arguments: arguments)
    }

    /// All rows of a query that is compiled once for the connection.
    func rows(_ sql: String, _ arguments: StatementArguments = StatementArguments()) throws -> [Row] {
        try Row.fetchAll(cachedStatement(sql: sql), arguments: arguments)
    }

    /// What is made of each row of a query that is compiled once for the connection, with no copies of the rows.
    func rows<Value>(
        _ sql: String, _ arguments: StatementArguments, _ make: (Row) throws -> Value
    ) throws -> [Value] {
        let cursor = try Row.fetchCursor(cachedStatement(sql: sql), arguments: arguments)
        var values: [Value] = []
        while let row = try cursor.next() { values.append(try make(row)) }
        return values
    }
}
