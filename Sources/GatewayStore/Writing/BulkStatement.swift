import AdapterKit
import CSQLite
import Foundation
import GRDB

/// A statement that is run for a hundred thousand rows, or for each of as many refreshes: its values are bound without
/// an array made for each.
struct BulkStatement {
    /// Keeps the compiled statement alive.
    private let statement: Statement
    private let pointer: OpaquePointer

    init(_ database: Database, _ sql: String) throws {
        statement = try database.makeStatement(sql: sql)
        pointer = statement.sqliteStatement
    }

    /// A statement that is compiled once for the connection.
    init(cached sql: String, _ database: Database) throws {
        statement = try database.cachedStatement(sql: sql)
        pointer = statement.sqliteStatement
    }

    /// Binds a text to `?index`.
    func bind(_ index: Int32, _ text: String) throws {
        var text = text
        try check(
            text.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) { bytes in
                    bytes.baseAddress.map { gatehouse_bind_text(pointer, index, $0, Int32(bytes.count)) }
                        ?? gatehouse_bind_text(pointer, index, "", 0)
                }
            })
    }

    /// Binds a text, or NULL for nil.
    func bind(_ index: Int32, _ text: String?) throws {
        if let text { try bind(index, text) } else { try check(sqlite3_bind_null(pointer, index)) }
    }

    /// Binds bytes.
    func bind(_ index: Int32, _ data: Data) throws {
        try check(
            data.withUnsafeBytes { bytes in
                bytes.baseAddress.map { gatehouse_bind_blob(pointer, index, $0, Int32(bytes.count)) }
                    ?? sqlite3_bind_zeroblob(pointer, index, 0)
            })
    }

    /// Binds a time, or NULL for nil.
    func bind(_ index: Int32, _ time: Instant?) throws {
        if let time { try bind(index, time.milliseconds) } else { try check(sqlite3_bind_null(pointer, index)) }
    }

    /// Binds a number.
    func bind(_ index: Int32, _ number: Int64) throws {
        try check(sqlite3_bind_int64(pointer, index, number))
    }

    /// Runs it with the values that were bound.
    func run() throws {
        let code = sqlite3_step(pointer)
        // A failed statement tells its error once more when it is reset.
        sqlite3_reset(pointer)
        guard code == SQLITE_DONE || code == SQLITE_ROW else { throw failure(code) }
    }

    private func check(_ code: CInt) throws {
        guard code == SQLITE_OK else { throw failure(code) }
    }

    private func failure(_ code: CInt) -> DatabaseError {
        DatabaseError(
            resultCode: ResultCode(rawValue: code),
            message: String(cString: sqlite3_errmsg(sqlite3_db_handle(pointer))))
    }
}
