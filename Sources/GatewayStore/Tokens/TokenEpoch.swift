import CSQLite
import GRDB
import Synchronization

/// Tells whether anything that a check of tokens depends on has changed, by whichever process, for the price of a look
/// into the store's shared memory.
///
/// Every commit changes the header of SQLite's WAL index. Only where it is another than before is the count read that is
/// raised with every change that matters. Where there is no such header SQLite is asked whether others have committed.
public final class TokenEpoch: Sendable {
    private struct Seen {
        let connection: Connection
        var header = gatehouse_wal_header()
        var version: Int64 = -1
        var epoch: Int64?
    }

    private let seen: Mutex<Seen>

    /// Opens a connection of its own to a store that is open.
    ///
    /// - Throws: ``StoreError`` `cannotOpen`.
    public init(_ store: Store) throws { seen = Mutex(Seen(connection: try Connection(store.path))) }

    /// The count as it is now. Blocks its thread for less than a microsecond where nothing was committed.
    public func current() throws -> Int64 {
        try seen.withLock { seen in
            // Whatever is committed between this look and the count is seen by the next look.
            if let header = seen.connection.header {
                if let epoch = seen.epoch, gatehouse_is_same_header(header, seen.header) != 0 { return epoch }
                seen.header = header
            } else {
                let version = try seen.connection.version()
                if let epoch = seen.epoch, seen.version == version { return epoch }
                seen.version = version
            }
            let epoch = try seen.connection.epoch()
            seen.epoch = epoch
            return epoch
        }
    }

    /// A connection that is asked two things, in statements that are compiled once: what is around them in a library for
    /// everything costs more than they do.
    private final class Connection {
        private let handle: OpaquePointer
        private let versions: OpaquePointer
        private let epochs: OpaquePointer
        /// The WAL index's header, in memory that SQLite has mapped for this connection.
        private let index: UnsafeRawPointer?

        init(_ path: String) throws(StoreError) {
            var opened: OpaquePointer?
            let code = sqlite3_open_v2(path, &opened, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nil)
            guard code == SQLITE_OK, let opened else {
                sqlite3_close_v2(opened)
                throw StoreError(.cannotOpen, "The store \(path) can't be opened to see whether it changes.")
            }
            sqlite3_busy_timeout(opened, 10_000)
            _ = gatehouse_no_checkpoint_on_close(UnsafeMutableRawPointer(opened))
            var versions: OpaquePointer?
            var epochs: OpaquePointer?
            guard sqlite3_prepare_v2(opened, "PRAGMA data_version", -1, &versions, nil) == SQLITE_OK,
                sqlite3_prepare_v2(opened, "SELECT epoch FROM token_epoch", -1, &epochs, nil) == SQLITE_OK,
                let versions, let epochs
            else {
                sqlite3_finalize(versions)
                sqlite3_close_v2(opened)
                throw StoreError(.cannotOpen, "The store \(path) does not tell whether it changes.")
            }
            handle = opened
            self.versions = versions
            self.epochs = epochs
            // Once read, it has the index mapped.
            _ = sqlite3_step(epochs)
            sqlite3_reset(epochs)
            index = gatehouse_wal_index(UnsafeMutableRawPointer(opened))
        }

        /// What the header is now; nil where there is none.
        var header: gatehouse_wal_header? { index.map(gatehouse_read_wal_header) }

        deinit {
            sqlite3_finalize(versions)
            sqlite3_finalize(epochs)
            sqlite3_close_v2(handle)
        }

        func version() throws(StoreError) -> Int64 { try number(versions) }

        func epoch() throws(StoreError) -> Int64 { try number(epochs) }

        private func number(_ statement: OpaquePointer) throws(StoreError) -> Int64 {
            defer { sqlite3_reset(statement) }
            guard sqlite3_step(statement) == SQLITE_ROW else {
                throw StoreError(.corrupt, "The store does not tell whether it has changed.")
            }
            return sqlite3_column_int64(statement, 0)
        }
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
