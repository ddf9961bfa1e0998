import Foundation

/// `gatehouse portfolio import` of a whole portfolio, against the SQLite shell that takes the same file into a plain
/// table; and what comes after it: the same file again, and one in which every serial number is another.
struct ImportFigures {
    let workspace: Workspace
    let options: Measure

    /// The seconds in which a hundred thousand rows must be taken.
    private static let mostSeconds = 20.0

    func figures() throws -> [Figure] {
        let shell = try SQLiteShell()
        let count = options.scaled(100_000)
        let (file, later) = (workspace.path("import.csv"), workspace.path("import-later.csv"))
        _ = try workspace.role(
            "role-write-sheet", "--file", file, "--installations", String(count), "--release", "2026")
        _ = try workspace.role(
            "role-write-sheet", "--file", later, "--installations", String(count), "--release", "2027")
        var added = Series("gatehouse portfolio import")
        var plain = Series("sqlite3, its .import of the file into a table without indexes")
        var same = Series("gatehouse portfolio import of what is there")
        var changed = Series("gatehouse portfolio import --update of new serial numbers")
        for round in 1...options.rounds {
            Measure.tell("  import, round \(round) of \(options.rounds)")
            let (store, table) = (workspace.path("import-\(round).db"), workspace.path("plain-\(round).db"))
            added.add(try take(file, store))
            plain.add(try shell.takeFile(file, into: table))
            same.add(try take(file, store))
            changed.add(try take(later, store, "--update"))
            for path in [store, store + "-wal", store + "-shm", table] {
                try? FileManager.default.removeItem(atPath: path)
            }
        }
        let note = "\(count) installations at \(LoadPortfolio.customers(of: count).count) customers; whole processes"
        return [
            Figure(
                "import", added, against: plain, .atMost(20), unit: .milliseconds,
                notes: [note, "ours checks, indexes, records each row in the audit trail and is durable"]),
            Figure(
                "import, time", ours: Figure.Unit.milliseconds.text(added.median),
                target: "< \(Int(Self.mostSeconds)) s", met: added.median < Self.mostSeconds,
                notes: [
                    "what is there already: \(Figure.Unit.milliseconds.text(same.median))",
                    "every serial number new: \(Figure.Unit.milliseconds.text(changed.median))",
                ], series: [same, changed]),
            .memory("import, memory", added, below: 300),
            .memory("import --update, memory", changed, below: 300),
        ]
    }

    private func take(_ file: String, _ store: String, _ more: String...) throws -> Child.Ending {
        try Child.run(
            workspace.gatehouse,
            ["portfolio", "import", file, "--store", store, "--profiles", workspace.profiles, "--quiet"] + more)
    }
}

extension SQLiteShell {
    /// Takes a CSV file into a table that the shell makes of its first row.
    func takeFile(_ file: String, into store: String) throws -> Child.Ending {
        try Child.run(program, [store, ".import --csv '\(file)' sheet"])
    }
}
