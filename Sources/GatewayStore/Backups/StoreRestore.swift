public import AdapterKit
import Foundation
import GRDB

#if canImport(Glibc)
    import Glibc
#endif

/// Puts a backup in the place of a store, in one step: whoever looks, whenever this process is killed, finds the old
/// store or the restored one.
///
/// The backup is copied, checked, brought up to date and made ready beside the store; then the whole of it is written
/// into the store by one transaction of SQLite's, so that no log of the old store is left that could be taken for one of
/// the new, and other processes that have the store open simply see it change. Only a file that SQLite itself can't
/// open any more is put aside, and the new one moved to its place.
public struct StoreRestore: Sendable {
    /// What is put in place.
    public struct Report: Hashable, Sendable {
        /// The backup as it was, before it was made ready.
        public var backup: BackupSummary
        /// Where the store is kept that was replaced; nil where there was none.
        public var kept: String?
        /// Operations that were open in the backup and are given up.
        public var voided: Int
        /// Operations of the store that was replaced that would have been; nil where it could not be read.
        public var replacedOpen: Int?
    }

    private let store: String
    private let file: String
    private let now: Instant

    /// - Parameters:
    ///   - store: the store's file, absolute.
    ///   - file: the backup, absolute.
    ///   - now: what counts as the time of the restore.
    public init(store: String, from file: String, at now: Instant) {
        self.store = store
        self.file = file
        self.now = now
    }

    /// Restores. Blocks its thread.
    ///
    /// - Parameters:
    ///   - force: whether a store that holds anything is replaced.
    ///   - checkIdle: throws where another process works on the store; asked while nobody else can write.
    ///   - record: what goes into the restored store's audit trail.
    ///   - progress: is told the share that is done, from 0 to 1; what it throws ends the restore.
    /// - Throws: ``StoreError`` with what to do. Then the store is what it was.
    public func run(
        force: Bool, checkIdle: () throws -> Void, record: (Report) -> AuditEntry,
        progress: @escaping (Double) throws -> Void = { _ in }
    ) throws -> Report {
        let source = try open()
        defer { close(source) }
        let folder = URL(fileURLWithPath: store).deletingLastPathComponent().path
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw StoreError(.cannotWrite, "The folder \(folder) for the store can't be made: choose another --store.")
        }
        return try StoreLock(path: store + ".lock").withLock {
            try checkIdle()
            let present = try PresentStore(store)
            if present.holdsAnything, !force {
                throw StoreError(
                    .exists,
                    "The store \(store) \(present.described): give --force to replace it; it is then kept beside.")
            }
            let draft = try Draft(for: store)
            try draft.copy(from: source, named: file)
            try progress(0.1)
            let before = try CopiedStore.check(draft.path, as: file)
            try require(before.problems)
            try progress(0.3)
            var report = Report(
                backup: BackupSummary(before, path: file), kept: nil, voided: before.openOperations,
                replacedOpen: present.openOperations)
            if present.holdsAnything {
                report.kept = BackupBeforeMigration.name(store, before: "restore", at: now)
            }
            let entry = record(report)
            try CopiedStore.change(draft.path, as: file) { try Self.makeReady($0, at: now, entry) }
            try draft.flush()
            let ready = try CopiedStore.check(draft.path, as: file)
            try require(ready.problems)
            try progress(0.5)
            if let kept = report.kept { try present.keep(as: kept) }
            try progress(0.7)
            try present.replace(with: draft)
            try progress(1)
            return report
        }
    }

    /// Opens the backup, and nothing that is none.
    private func open() throws(StoreError) -> CInt {
        for other in ["", "-wal", "-shm"] where BackupPlace.isSame(file, store + other) {
            throw StoreError(.cannotOpen, "\(file) is the store itself: name a backup of it.")
        }
        // Not blocking: a pipe would otherwise be waited on for ever.
        let source = Glibc.open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard source >= 0 else {
            throw StoreError(.cannotOpen, "\(file) can't be read: \(String(cString: strerror(errno))).")
        }
        var status = stat()
        guard fstat(source, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(source)
            throw StoreError(.cannotOpen, "\(file) is no file: name one that `gatehouse backup` wrote.")
        }
        var log = stat()
        if stat(file + "-wal", &log) == 0, log.st_size > 0 {
            close(source)
            throw StoreError(
                .cannotOpen,
                "Beside \(file) there is \(file)-wal, so it is a store in use, or a plain copy of one, that "
                    + "would be restored without its last changes. Make a backup of it: "
                    + "gatehouse backup --store \(file) BACKUP")
        }
        return source
    }

    private func require(_ problems: [String]) throws(StoreError) {
        guard !problems.isEmpty else { return }
        throw StoreError(
            .corrupt,
            "\(file) is damaged: \(problems.joined(separator: " ")) Use another backup. Nothing was changed.")
    }

    /// Brings a backup up to date, and gives up what must not go on from an old state.
    private static func makeReady(_ db: Database, at now: Instant, _ entry: AuditEntry) throws {
        if let strange = try StoreCheck.strangeSchema(db) {
            throw StoreError(.corrupt, "\(strange) Use a file that `gatehouse backup` wrote.")
        }
        let pageSize = try Int.fetchOne(db, sql: "PRAGMA page_size")
        guard pageSize == PresentStore.pageSize else {
            throw StoreError(
                .corrupt,
                "Its pages are not of \(PresentStore.pageSize) bytes: use a file that `gatehouse backup` wrote.")
        }
        try Migrations.run(in: db)
        try db.inTransaction(.immediate) {
            try voidWhatWasUnderWay(db, at: now)
            try db.append(entry)
            return .commit
        }
    }

    /// Which operations a restore gives up. What a person is asked to look up is nothing that goes on elsewhere.
    static let isVoided = "ended_at IS NULL AND NOT (status = 'asking' AND act = 'refresh')"

    /// What the vendors were asked before the backup was made has gone on without this store: nothing of it may be
    /// repeated or taken up again, and everybody is asked anew.
    private static func voidWhatWasUnderWay(_ db: Database, at now: Instant) throws {
        let note = "A backup was restored while this was open: it was given up."
        // An entitlement whose files may not be in place is asked for with its files.
        try db.execute(
            sql: """
                UPDATE installations SET revision = NULL WHERE id IN (SELECT installation FROM operations
                WHERE ended_at IS NULL AND status NOT IN ('asking', 'planned'))
                """)
        try db.execute(
            sql: """
                UPDATE upgrades SET closed_at = CASE phase WHEN 'done' THEN ?2 ELSE closed_at END,
                phase = CASE phase WHEN 'done' THEN phase ELSE ?1 END
                WHERE operation IN (SELECT id FROM operations WHERE act = 'upgrade' AND \(isVoided))
                """, arguments: [UpgradePhase.failed.rawValue, now.milliseconds])
        try db.execute(
            sql: """
                DELETE FROM sealed
                WHERE operation IN (SELECT id FROM operations WHERE act = 'upgrade' AND \(isVoided))
                """)
        // Keys that were activated since are newer than what could be put back: what stands on the hosts is left alone.
        try db.execute(sql: "DELETE FROM sealed WHERE name = ?1", arguments: [SealedAnswer.grant])
        try db.execute(sql: "UPDATE installations SET closed_for = NULL")
        try db.execute(
            sql: """
                UPDATE operations SET status = 'failed', ended_at = ?1, outcome = 'voided', message = ?2, trouble = NULL,
                owner = '', nonce = NULL, state = NULL, step = NULL, answer = NULL, waits_until = NULL,
                notes = notes || ?3 WHERE \(isVoided)
                """,
            arguments: [
                now.milliseconds, note, NotesColumn.write([StepNote(at: now, kind: "voided", detail: note)]),
            ])
        try db.execute(sql: "UPDATE deliveries SET status = 'superseded', contents = NULL WHERE status = 'intended'")
        try db.execute(
            sql: "UPDATE installations SET refresh_due = ?1, next_try = NULL", arguments: [now.milliseconds])
        try db.authorizeRotatingAgain(because: "A backup was restored, and the token in it may have been used since.")
        // Whoever remembers checks of the store that was replaced must not take its count for this one's.
        try db.execute(
            sql: "UPDATE token_epoch SET epoch = CASE WHEN epoch < ?1 THEN ?1 ELSE epoch + 1 END",
            arguments: [now.milliseconds])
    }
}
