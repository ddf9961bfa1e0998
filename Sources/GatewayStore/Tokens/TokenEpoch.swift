import Foundation
import GRDB
import Synchronization

/// Tells whether anything that a check of tokens depends on has changed, by whichever process, for the price of a look
/// into the store's shared memory.
///
/// SQLite tells a connection whether others have committed since it last asked (`data_version`). This one does nothing
/// else, and only where they have does it read the count that is raised with every change that matters.
public final class TokenEpoch: Sendable {
    private let connection: DatabaseQueue
    private let seen = Mutex<(version: Int64, epoch: Int64)?>(nil)

    /// Opens a connection of its own to a store that is open.
    ///
    /// - Throws: ``StoreError`` `cannotOpen`.
    public init(_ store: Store) throws {
        var configuration = Store.configuration
        configuration.readonly = true
        do {
            connection = try DatabaseQueue(path: store.path, configuration: configuration)
        } catch let error as DatabaseError {
            throw StoreError(.cannotOpen, error, store: store.path, "can't be opened")
        }
    }

    /// The count as it is now. Blocks its thread for a few microseconds.
    public func current() throws -> Int64 {
        try connection.unsafeRead { db in
            let version = try Self.number("PRAGMA data_version", db)
            if let last = seen.withLock({ $0 }), last.version == version { return last.epoch }
            // Whatever is committed between the two is seen as another version by the next look.
            let epoch = try Self.number("SELECT epoch FROM token_epoch", db)
            seen.withLock { $0 = (version, epoch) }
            return epoch
        }
    }

    private static func number(_ sql: String, _ db: Database) throws -> Int64 {
        var rows = try RowSteps(db, sql, [])
        guard try rows.next(), let number = rows.integer(0) else {
            throw StoreError(.corrupt, "The store does not tell whether it has changed.")
        }
        return number
    }
}

extension Store {
    /// The licenses of an issuer's servers that were given back, by server, each with when.
    public func revocations(by issuer: String) async throws -> [String: Int64] {
        try await pool.read { db in
            let rows = try db.rows("SELECT server, at FROM revoked_servers WHERE issuer = ?1", [issuer])
            return Dictionary(rows.map { ($0[0], $0[1]) }, uniquingKeysWith: { first, _ in first })
        }
    }
}
