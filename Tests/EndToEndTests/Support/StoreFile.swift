import CSQLite

/// The store's file as SQLite sees it, past Gatehouse.
struct StoreFile {
    let path: String

    init(_ estate: Estate) { path = estate.store }

    /// Performs statements.
    ///
    /// - Returns: The rows of all of them, each column as text.
    @discardableResult
    func run(_ sql: String) throws -> [[String]] {
        var connection: OpaquePointer?
        defer { sqlite3_close(connection) }
        guard sqlite3_open_v2(path, &connection, SQLITE_OPEN_READWRITE, nil) == SQLITE_OK else {
            throw Trouble("\(path) can't be opened")
        }
        sqlite3_busy_timeout(connection, 30_000)
        var rows: [[String]] = []
        let result = withUnsafeMutablePointer(to: &rows) { rows in
            sqlite3_exec(
                connection, sql,
                { rows, count, values, _ in
                    let row = (0..<Int(count)).map { values?[$0].map { String(cString: $0) } ?? "" }
                    rows?.assumingMemoryBound(to: [[String]].self).pointee.append(row)
                    return 0
                }, rows, nil)
        }
        guard result == SQLITE_OK else { throw Trouble("\(sql): \(String(cString: sqlite3_errmsg(connection)))") }
        return rows
    }

    /// One number that a query gives.
    func number(_ sql: String) throws -> Int { try run(sql).first?.first.flatMap { Int($0) } ?? -1 }
}
