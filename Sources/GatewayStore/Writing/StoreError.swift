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
        /// It exists already.
        case exists
        /// There is no such thing.
        case notFound
        /// What is stored can't be read.
        case corrupt
    }
}

extension StoreError {
    /// What lost a transaction, without the statement's values.
    init(losing error: DatabaseError) {
        let what =
            switch error.resultCode {
            case .SQLITE_FULL: "its disk is full: free some space"
            case .SQLITE_IOERR: "its disk fails: look at the system's log"
            case .SQLITE_READONLY: "it is read-only: look at its permissions and its filesystem"
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: "it is damaged: restore a backup"
            case .SQLITE_BUSY, .SQLITE_LOCKED: "another program holds it: close that"
            default: "SQLite says \"\(error.message ?? "nothing")\" (\(error.extendedResultCode.rawValue))"
            }
        self.init(.cannotWrite, "The store can't be written to; \(what), then try again. Nothing is half done.")
    }
}
