import Foundation
import GRDB

#if canImport(Glibc)
    import Glibc
#endif

/// The store that stands where a backup is to be restored, whatever state it is in. Used under the store's lock.
struct PresentStore {
    /// Its state.
    enum State {
        /// There is none, or an empty one.
        case empty
        /// SQLite can read it, though it may be damaged.
        case readable(version: Int)
        /// SQLite does not take it for a database.
        case unreadable
    }

    private let path: String
    private let state: State
    /// How many operations are open in it; nil where that can't be told.
    let openOperations: Int?

    /// In bytes; SQLite's own choice since 2016, and the only one that a store ever has.
    static let pageSize = 4096

    /// Looks at what is there.
    init(_ path: String) throws {
        // As SQLite does: its log stands beside the file itself, not beside a link to it.
        let real = realpath(path, nil)
        defer { free(real) }
        let path = real.map { String(cString: $0) } ?? path
        self.path = path
        var status = stat()
        guard lstat(path, &status) == 0, status.st_size > 0 || status.st_mode & S_IFMT != S_IFREG else {
            (state, openOperations) = (.empty, nil)
            return
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw StoreError(.cannotOpen, "\(path) is no file: move it away, or name another --store.")
        }
        do {
            (state, openOperations) = try Self.look(path)
        } catch let error as DatabaseError {
            switch error.resultCode {
            case .SQLITE_NOTADB, .SQLITE_CORRUPT: (state, openOperations) = (.unreadable, nil)
            default: throw StoreError(.cannotOpen, error, store: path, "can't be replaced")
            }
        }
    }

    private static func look(_ path: String) throws -> (State, Int?) {
        let queue = try open(path)
        defer { try? queue.close() }
        return try queue.writeWithoutTransaction { db in
            let version = try Migrations.version(of: db)
            let pages = try Int.fetchOne(db, sql: "PRAGMA page_size")
            guard pages == pageSize else { return (.unreadable, nil) }
            // Damage deeper in shows here, and hinders nothing.
            let tables = (try? Int.fetchOne(db, sql: "SELECT COUNT(*) FROM sqlite_schema")) ?? 1
            if tables == 0 { return (.empty, nil) }
            let rows = try? Int.fetchOne(
                db,
                sql: "SELECT EXISTS (SELECT 1 FROM customers) + EXISTS (SELECT 1 FROM audit)")
            if rows == 0 { return (.empty, nil) }
            let open = try? Int.fetchOne(db, sql: "SELECT COUNT(*) FROM operations WHERE \(StoreRestore.isVoided)")
            return (.readable(version: version), open)
        }
    }

    /// Whether anything would be lost with it.
    var holdsAnything: Bool {
        if case .empty = state { false } else { true }
    }

    /// Its state, after its name.
    var described: String {
        switch state {
        case .empty: "is empty"
        case .readable: "is not empty"
        case .unreadable: "is damaged, or something else"
        }
    }

    /// Keeps it under another name: as a backup where it is sound, else as it is, with its log.
    func keep(as name: String) throws {
        if case .readable = state {
            do {
                let queue = try Self.open(path)
                defer { try? queue.close() }
                _ = try Store.copy(queue, of: path, to: name, replacing: false)
                return
            } catch let error as StoreError where error.code == .corrupt || error.code == .tooNew {
                // As it is, then.
            }
        }
        for ending in ["-wal", ""] {
            let file = Glibc.open(path + ending, O_RDONLY | O_CLOEXEC)
            guard file >= 0 else {
                if errno == ENOENT { continue }
                throw StoreError(writing: name, errno)
            }
            defer { close(file) }
            let draft = try Draft(for: name + ending)
            try draft.copy(from: file, named: path + ending)
            try draft.flush()
            try draft.place(replacing: false)
        }
    }

    /// Puts a complete store in its place.
    func replace(with draft: Draft) throws {
        if case .unreadable = state { return try moveIn(draft) }
        if case .empty = state {
            // SQLite gives its journal the file's own permissions, so they are right before there is one.
            let file = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            if file >= 0 { close(file) }
        }
        do {
            let queue = try Self.open(path)
            defer { try? queue.close() }
            let source = try CopiedStore(draft.path).reader()
            // One transaction, whose last page makes all of it valid at once.
            try source.backup(to: queue)
            try source.close()
            // What was in the log is now in the file, unless a reader holds it; then it comes there later.
            _ = try? queue.writeWithoutTransaction { try $0.checkpoint(.truncate) }
            let check = try queue.read { try StoreCheck($0) }
            guard check.problems.isEmpty else {
                throw StoreError(
                    .corrupt,
                    "The backup was restored to \(path), but what is read back is damaged: "
                        + check.problems.joined(separator: " ") + " Look at the disk, and restore to another one.")
            }
        } catch let error as DatabaseError {
            throw StoreError(.cannotWrite, error, store: path, "can't be replaced")
        }
    }

    /// Moves it to the place of a file that can't be opened. The log goes first: found beside the new store, it would be
    /// read as a part of it. It was kept, and of no use any more.
    private func moveIn(_ draft: Draft) throws {
        for ending in ["-shm", "-wal", "-journal"] { unlink(path + ending) }
        try Draft.flushFolder(of: path)
        try draft.place(replacing: true)
    }

    private static func open(_ path: String) throws -> DatabaseQueue {
        var configuration = Store.configuration
        configuration.label = "gatehouse.restore"
        configuration.journalMode = .wal
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        return queue
    }
}
