import GRDB

/// The store's schema, version by version: forward only, each in a transaction, never changed once released.
///
/// The SQL is of a form that PostgreSQL could run too: text keys, `BIGINT` milliseconds UTC, JSON as text.
enum Migrations {
    /// The version that this program writes.
    static var current: Int { steps.count }

    private static let steps = [version1, version2, version3, version4, version5, version6, version7, version8]

    /// Whether a store is of this program's version.
    static func isCurrent(_ db: Database) throws -> Bool { try version(of: db) == current }

    /// The version of a store's schema; 0 for an empty file.
    static func version(of db: Database) throws -> Int {
        try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    }

    /// Makes sure that this program knows a version.
    static func checkIsKnown(_ version: Int) throws(StoreError) {
        guard version <= current else {
            throw StoreError(
                .tooNew,
                "The store is of version \(version), and this gatehouse knows up to \(current): use the newer gatehouse "
                    + "that wrote it.")
        }
    }

    /// Brings a store up to date.
    ///
    /// - Parameter last: The version to stop at.
    static func run(in db: Database, through last: Int = current) throws {
        let version = try version(of: db)
        try checkIsKnown(version)
        for number in version..<max(version, last) {
            try db.inTransaction(.immediate) {
                try db.execute(sql: steps[number])
                try db.execute(sql: "PRAGMA user_version = \(number + 1)")
                return .commit
            }
        }
    }
}
