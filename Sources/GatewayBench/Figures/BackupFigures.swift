import Foundation

/// `gatehouse backup` of a large store, against the SQLite shell that copies it by the same means.
struct BackupFigures {
    let workspace: Workspace
    let options: Measure

    func figures() throws -> [Figure] {
        let shell = try SQLiteShell()
        let count = options.scaled(100_000)
        let store = workspace.path("backup.db")
        Measure.tell("  filling a store with \(count) installations, each refreshed through the store's own functions")
        _ = try workspace.role("role-fill-status", "--store", store, "--installations", String(count))
        let copy = workspace.path("copy.db")
        var ours = Series("gatehouse backup")
        var plain = Series("sqlite3 .backup, of which nothing is checked")
        var checked = Series("sqlite3 .backup, then integrity_check and foreign_key_check of the copy")
        for round in 1...options.rounds {
            Measure.tell("  backup, round \(round) of \(options.rounds)")
            ours.add(try Child.run(workspace.gatehouse, ["backup", copy, "--quiet", "--force", "--store", store]))
            plain.add(try backUp(store, to: copy) { try shell.backUp(store, to: $0, checking: false) })
            checked.add(try backUp(store, to: copy) { try shell.backUp(store, to: $0, checking: true) })
        }
        let note = "\(count) installations; whole processes; ours also walks the audit trail's chain"
        return [
            Figure("backup", ours, against: checked, .atMost(5), unit: .milliseconds, notes: [note]),
            Figure("backup, against the copy alone", ours, against: plain, .atMost(15), unit: .milliseconds),
            .memory("backup, memory", ours, below: 150),
        ]
    }

    /// Has the shell begin with no file, as our own draft does.
    private func backUp(
        _ store: String, to copy: String, _ run: (String) throws -> Child.Ending
    ) throws -> Child.Ending {
        for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: copy + ending) }
        return try run(copy)
    }
}

extension SQLiteShell {
    /// Copies a store by SQLite's online backup.
    func backUp(_ store: String, to copy: String, checking: Bool) throws -> Child.Ending {
        let checks = checking ? [".open '\(copy)'", "PRAGMA integrity_check", "PRAGMA foreign_key_check"] : []
        return try Child.run(program, [store, ".backup '\(copy)'"] + checks)
    }
}
