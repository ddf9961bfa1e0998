import Foundation

/// `gatehouse status` over a large store, against the SQLite shell that reads the same rows and columns.
struct StatusFigures {
    let workspace: Workspace
    let options: Measure

    /// What a listing reads, by the same index and in the same order.
    private static let query = """
        SELECT i.id, i.customer, i.profile, i.held, i.dates, i.seats, i.vendor_status, i.refresh_due, i.last_contact, \
        i.order_until FROM installations i WHERE i.archived_at IS NULL ORDER BY i.customer, i.id
        """

    func figures() throws -> [Figure] {
        let shell = try SQLiteShell()
        let count = options.scaled(100_000)
        let store = workspace.path("status.db")
        Measure.tell("  filling a store with \(count) installations, each refreshed through the store's own functions")
        _ = try workspace.role("role-fill-status", "--store", store, "--installations", String(count))
        var json = Series("gatehouse status --json")
        var table = Series("gatehouse status")
        var plain = Series("sqlite3, its list mode, read-only")
        let common = ["--store", store, "--profiles", workspace.profiles]
        // Once each beforehand: the store is then in memory for all of them.
        _ = try shell.run(store, Self.query)
        _ = try Child.run(workspace.gatehouse, ["status", "--json"] + common)
        for round in 1...(2 * options.rounds) {
            Measure.tell("  status, round \(round) of \(2 * options.rounds)")
            json.add(try Child.run(workspace.gatehouse, ["status", "--json"] + common))
            plain.add(try shell.run(store, Self.query))
            table.add(try Child.run(workspace.gatehouse, ["status"] + common))
            plain.add(try shell.run(store, Self.query))
        }
        let note =
            "\(count) installations at \(LoadPortfolio.customers(of: count).count) customers; whole processes, to /dev/null"
        return [
            Figure("status --json", json, against: plain, .atMost(3), unit: .milliseconds, notes: [note]),
            .memory("status --json, memory", json, below: 200),
            Figure("status, table", table, against: plain, .atMost(3), unit: .milliseconds),
            .memory("status, table, memory", table, below: 200),
        ]
    }
}

/// `gatehouse status` on a small store, against the least that the program can do.
struct StartFigures {
    let workspace: Workspace
    let options: Measure

    func figures() throws -> [Figure] {
        let store = workspace.path("ten.db")
        _ = try workspace.role("role-fill-status", "--store", store, "--installations", "10")
        var status = Series("gatehouse status")
        var version = Series("gatehouse --version")
        let arguments = ["status", "--store", store, "--profiles", workspace.profiles]
        _ = try Child.run(workspace.gatehouse, arguments)
        for _ in 1...(6 * options.rounds) {
            status.add(try Child.run(workspace.gatehouse, arguments))
            version.add(try Child.run(workspace.gatehouse, ["--version"]))
        }
        return [Figure("status of ten", status, against: version, .atMost(3), unit: .milliseconds)]
    }
}

/// The `sqlite3` program.
struct SQLiteShell {
    let program: String

    init() throws {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":")
        guard let folder = folders.first(where: { access("\($0)/sqlite3", X_OK) == 0 }) else {
            throw BenchError("The program sqlite3 is not installed: apt-get install sqlite3.")
        }
        program = "\(folder)/sqlite3"
    }

    /// Read-only: else it would write the log back and remove it when it ends, which is no part of reading.
    func run(_ store: String, _ query: String) throws -> Child.Ending {
        try Child.run(program, ["-readonly", store, query])
    }
}
