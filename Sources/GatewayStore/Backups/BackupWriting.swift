import Foundation
import GRDB

#if canImport(Glibc)
    import Glibc
#endif

/// A file that holds a store at one moment, checked after it was written.
public struct BackupSummary: Hashable, Sendable {
    /// The file.
    public var path: String
    /// Its size.
    public var bytes: Int
    /// The version of the store's schema.
    public var version: Int
    /// How many customers it holds.
    public var customers: Int
    /// How many installations.
    public var installations: Int
    /// How many records its audit trail has.
    public var auditRecords: Int
    /// The hash of the last of them; empty where there is none.
    public var auditHead: String
    /// How many operations were open at that moment.
    public var openOperations: Int

    init(_ check: StoreCheck, path: String) {
        self.path = path
        bytes = ((try? FileManager.default.attributesOfItem(atPath: path)[.size]) as? NSNumber)?.intValue ?? 0
        version = check.version
        customers = check.customers
        installations = check.installations
        auditRecords = check.chain.records
        auditHead = check.chain.head
        openOperations = check.openOperations
    }
}

extension Store {
    /// Writes what the store holds at this moment to a file; everybody goes on reading and writing meanwhile.
    ///
    /// The file is made beside its place, of mode 0600, flushed, read back and checked as a whole, and only then gets
    /// its name. Blocks its thread.
    ///
    /// - Parameters:
    ///   - file: absolute; its folder is there already.
    ///   - replacing: whether a file of that name is replaced.
    ///   - sparing: files that it never may be, besides the store's own.
    ///   - progress: is told the share that is done, from 0 to 1; what it throws ends the backup.
    /// - Throws: ``StoreError`` with what to do. Then no file of that name was made or changed.
    public func backup(
        to file: String, replacing: Bool, sparing: [String] = [],
        progress: @escaping (Double) throws -> Void = { _ in }
    ) throws -> BackupSummary {
        try BackupPlace.check(file, store: path, sparing: sparing, replacing: replacing)
        return try Self.copy(pool, of: path, to: file, replacing: replacing, progress: progress)
    }

    /// Writes a store to a file, as ``backup(to:replacing:sparing:progress:)`` does.
    static func copy(
        _ source: some DatabaseReader, of store: String, to file: String, replacing: Bool,
        progress: @escaping (Double) throws -> Void = { _ in }
    ) throws -> BackupSummary {
        let draft = try Draft(for: file)
        do {
            try write(source, to: draft.path) { try progress($0 * 0.5) }
        } catch let error as DatabaseError {
            throw StoreError(copying: store, to: file, error)
        }
        try draft.flush()
        try progress(0.5)
        let check = try checked(draft.path, of: store, for: file)
        try progress(1)
        try draft.place(replacing: replacing)
        return BackupSummary(check, path: file)
    }

    /// Checks a copy before it gets its name.
    private static func checked(_ copy: String, of store: String, for file: String) throws -> StoreCheck {
        var problems = ["SQLite can't read it."]
        do throws(StoreError) {
            let check = try CopiedStore.check(copy, as: file)
            if check.problems.isEmpty { return check }
            problems = check.problems
        } catch {
            guard error.code == .corrupt else { throw error }
        }
        throw StoreError(
            .corrupt,
            "The store \(store) could be copied, but the copy is damaged, and so is the store, or the disk of \(file): "
                + problems.joined(separator: " ")
                + " Nothing was written to \(file). `gatehouse doctor` tells more of the store; it can be restored from an "
                + "older backup.")
    }

    private static func write(
        _ source: some DatabaseReader, to path: String, progress: @escaping (Double) throws -> Void
    ) throws {
        var configuration = Configuration()
        configuration.label = "gatehouse.backup"
        configuration.prepareDatabase { db in
            // The draft is thrown away if anything goes wrong, and flushed as a whole at the end.
            try db.execute(sql: "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
        }
        let target = try DatabaseQueue(path: path, configuration: configuration)
        // A snapshot is held for as long as it takes: pages that change meanwhile are copied as they were.
        try source.backup(to: target, pagesPerStep: pagesPerStep) { step in
            try progress(Double(step.completedPageCount) / Double(max(1, step.totalPageCount)))
        }
        // The file shall be the whole of the backup: without a log beside it, and readable from a read-only disk.
        _ = try target.writeWithoutTransaction { try String.fetchOne($0, sql: "PRAGMA journal_mode = DELETE") }
        try target.close()
    }

    /// 16 MB: few enough that progress is seen.
    private static let pagesPerStep: CInt = 4096
}

/// A copy of a store that nobody else has open.
struct CopiedStore {
    private let queue: DatabaseQueue

    /// Opens it, for reading alone unless it is to be changed.
    init(_ path: String, changing: Bool = false) throws {
        var configuration = Configuration()
        configuration.label = "gatehouse.copy"
        configuration.readonly = !changing
        configuration.prepareDatabase { db in
            // Whoever made the file: nothing in its schema calls functions, and no page is believed unseen.
            try db.execute(sql: "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0")
            if changing { try db.execute(sql: "PRAGMA journal_mode = DELETE; PRAGMA synchronous = OFF") }
        }
        queue = try DatabaseQueue(path: path, configuration: configuration)
    }

    /// Checks a copy and closes it.
    ///
    /// - Parameter name: what it is called in errors.
    static func check(_ path: String, as name: String) throws(StoreError) -> StoreCheck {
        do {
            let copy = try CopiedStore(path)
            let check = try copy.queue.read { try StoreCheck($0) }
            try copy.queue.close()
            return check
        } catch {
            throw StoreError(reading: name, error)
        }
    }

    /// Works on a copy and closes it.
    static func change(_ path: String, as name: String, _ body: (Database) throws -> Void) throws(StoreError) {
        do {
            let copy = try CopiedStore(path, changing: true)
            try copy.queue.writeWithoutTransaction(body)
            try copy.queue.close()
        } catch {
            throw StoreError(reading: name, error)
        }
    }

    /// Reads from it and leaves it open.
    func reader() -> DatabaseQueue { queue }
}

/// Where a backup may be written.
enum BackupPlace {
    /// Makes sure that a file may be made or replaced.
    static func check(
        _ file: String, store: String, sparing: [String], replacing: Bool
    ) throws(StoreError) {
        let folder = URL(fileURLWithPath: file).deletingLastPathComponent().path
        var status = stat()
        guard stat(folder, &status) == 0 else {
            throw StoreError(.cannotWrite, "The folder \(folder) is not there: make it, or name another file.")
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw StoreError(.cannotWrite, "\(folder) is no folder: name another file.")
        }
        for other in ["", "-wal", "-shm", "-journal", ".lock", "-owners"].map({ store + $0 }) + sparing
        where isSame(file, other) {
            throw StoreError(
                .cannotWrite, "\(file) is a file of the store itself, or its key: name another file for the backup.")
        }
        guard lstat(file, &status) == 0 else {
            guard errno == ENOENT else { throw StoreError(writing: file, errno) }
            return
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: if !replacing { throw StoreError(exists: file) }
        case S_IFDIR: throw StoreError(.cannotWrite, "\(file) is a folder: name a file in it.")
        case S_IFLNK:
            throw StoreError(.cannotWrite, "\(file) is a symbolic link: name the file itself.")
        default: throw StoreError(.cannotWrite, "\(file) is a pipe or a device: name a file.")
        }
    }

    /// Whether two paths mean one file, however they are spelled, whether it is there or not.
    static func isSame(_ left: String, _ right: String) -> Bool {
        var (first, second) = (stat(), stat())
        if stat(left, &first) == 0, stat(right, &second) == 0 {
            return first.st_ino == second.st_ino && first.st_dev == second.st_dev
        }
        let (one, other) = (URL(fileURLWithPath: left), URL(fileURLWithPath: right))
        guard one.lastPathComponent == other.lastPathComponent,
            stat(one.deletingLastPathComponent().path, &first) == 0,
            stat(other.deletingLastPathComponent().path, &second) == 0
        else { return false }
        return first.st_ino == second.st_ino && first.st_dev == second.st_dev
    }
}

extension StoreError {
    /// What kept a store from being copied.
    init(copying store: String, to file: String, _ error: DatabaseError) {
        switch error.resultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(
                .corrupt,
                "The store \(store) is damaged: nothing was written to \(file). `gatehouse doctor` tells what it "
                    + "finds; the store can be restored from an older backup.")
        case .SQLITE_FULL, .SQLITE_IOERR:
            self.init(
                .cannotWrite,
                "\(file) can't be written, since its disk is full or failing: free some space there, or "
                    + "name a file on another disk. Nothing was changed.")
        default:
            self.init(
                .cannotWrite,
                "\(file) can't be written: SQLite says \"\(error.message ?? "nothing")\" "
                    + "(\(error.extendedResultCode.rawValue)). Nothing was changed.")
        }
    }

    /// What kept a file from being read as a store.
    init(reading file: String, _ error: any Error) {
        switch error {
        case let error as StoreError: self.init(error.code, "\(file): \(error.message)")
        case let error as DatabaseError:
            switch error.resultCode {
            case .SQLITE_NOTADB:
                self.init(.corrupt, "\(file) is no store of Gatehouse's: name a file that `gatehouse backup` wrote.")
            case .SQLITE_CORRUPT:
                self.init(.corrupt, "\(file) is damaged or cut off: use another backup. Nothing was changed.")
            case .SQLITE_FULL, .SQLITE_IOERR:
                self.init(
                    .cannotWrite,
                    "\(file) can't be worked on beside the store: the disk is full or failing; free some space. "
                        + "Nothing was changed.")
            default:
                self.init(
                    .cannotOpen,
                    "\(file) can't be read: SQLite says \"\(error.message ?? "nothing")\" "
                        + "(\(error.extendedResultCode.rawValue)). Nothing was changed.")
            }
        default: self.init(.cannotOpen, "\(file) can't be read: \(error). Nothing was changed.")
        }
    }
}
