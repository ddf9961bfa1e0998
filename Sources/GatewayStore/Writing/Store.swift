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
            pool = try lock.withLock { try Self.open(path) }
        } catch let error as DatabaseError {
            throw StoreError(.cannotOpen, error, store: path, "can't be opened")
        }
        commits = GroupCommit(pool: pool, lock: lock)
    }

    /// Closes the store once the writes under way are durable.
    public func close() throws {
        try commits.close()
    }

    /// The value of SQLite's `synchronous` for writes as it is in force: 2 is `FULL`.
    public func synchronousMode() throws -> Int {
        try commits.exclusively { try Int.fetchOne($0, sql: "PRAGMA synchronous") ?? -1 }
    }

    private static func open(_ path: String) throws -> DatabasePool {
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
        // SQLite gives its journal the file's own permissions, so they are right before there is one.
        let file = Foundation.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        if file >= 0 { Foundation.close(file) }
        let pool = try DatabasePool(path: path, configuration: configuration)
        // GRDB sets NORMAL after it has prepared a connection, so FULL is set once it is open.
        try pool.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA synchronous = FULL")
            try Migrations.run(in: db)
        }
        return pool
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
}
