import GRDB

/// Why the store could not do something.
public struct StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    public var code: Code
    /// What was wrong, where, and what to do next.
    public var message: String

    /// An error.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }

    /// The kinds of failure.
    public enum Code: String, Sendable, CaseIterable {
        /// The file can't be opened or locked, or is no store.
        case cannotOpen
        /// Nothing can be written: the disk is full or failing, or the file is read-only.
        case cannotWrite
        /// A newer version of Gatehouse wrote it.
        case tooNew
        /// Another process works on it.
        case inUse
        /// It exists already.
        case exists
        /// There is no such thing.
        case notFound
        /// It is not as it was when it was read: read it again.
        case changed
        /// It can't be done as things are.
        case refused
        /// What is stored can't be read.
        case corrupt
    }
}

extension StoreError {
    /// What kept SQLite from its work on a store, without the statement's values.
    ///
    /// - Parameter what: what could not be done: `can't be written to`.
    init(_ code: Code, _ error: DatabaseError, store path: String, _ what: String) {
        let why =
            switch error.resultCode {
            case .SQLITE_FULL: "its disk is full: free some space"
            case .SQLITE_IOERR: "its disk is full or failing: free some space, or look at the system's log"
            case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_CANTOPEN:
                "it can't be opened for writing: look at its permissions and those of its folder"
            case .SQLITE_CORRUPT, .SQLITE_NOTADB:
                "it is damaged, or no store: restore a backup, or name another with --store"
            case .SQLITE_BUSY, .SQLITE_LOCKED: "another program holds it: close that"
            default: "SQLite says \"\(error.message ?? "nothing")\" (\(error.extendedResultCode.rawValue))"
            }
        self.init(code, "The store \(path) \(what); \(why). Nothing is half done.")
    }
}
