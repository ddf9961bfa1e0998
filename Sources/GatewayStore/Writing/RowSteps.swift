import CSQLite
import Foundation
import GRDB

/// Steps through a query's rows and makes nothing of them but what is asked for.
struct RowSteps: ~Copyable {
    /// Keeps the compiled statement alive.
    private let statement: Statement
    private let pointer: OpaquePointer

    /// Begins a query that is compiled once for the connection.
    init(_ database: Database, _ sql: String, _ arguments: StatementArguments) throws {
        let compiled = try database.cachedStatement(sql: sql)
        try compiled.setArguments(arguments)
        statement = compiled
        pointer = statement.sqliteStatement
    }

    deinit { sqlite3_reset(pointer) }

    /// Goes to the next row; false after the last.
    mutating func next() throws -> Bool {
        switch sqlite3_step(pointer) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code:
            throw DatabaseError(
                resultCode: ResultCode(rawValue: code),
                message: String(cString: sqlite3_errmsg(sqlite3_db_handle(pointer))))
        }
    }

    /// A column of text; empty for none.
    func text(_ column: Int32) -> String {
        guard let bytes = sqlite3_column_text(pointer, column) else { return "" }
        let count = Int(sqlite3_column_bytes(pointer, column))
        return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }

    /// A column's bytes where SQLite holds them, good until the next step.
    func bytes(_ column: Int32) -> UnsafeBufferPointer<UInt8> {
        guard let bytes = sqlite3_column_text(pointer, column) else { return UnsafeBufferPointer(start: nil, count: 0) }
        return UnsafeBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(pointer, column)))
    }

    /// A column of text; nil for none.
    func optionalText(_ column: Int32) -> String? {
        sqlite3_column_type(pointer, column) == SQLITE_NULL ? nil : text(column)
    }

    /// Whether a column holds no text, or nothing.
    func isEmpty(_ column: Int32) -> Bool { sqlite3_column_bytes(pointer, column) == 0 }

    /// A column of numbers; nil for none.
    func integer(_ column: Int32) -> Int64? {
        sqlite3_column_type(pointer, column) == SQLITE_NULL ? nil : sqlite3_column_int64(pointer, column)
    }

    /// Whether a column holds this text, byte for byte.
    func holds(_ text: String, _ column: Int32) -> Bool {
        guard let bytes = sqlite3_column_text(pointer, column) else { return false }
        let count = Int(sqlite3_column_bytes(pointer, column))
        var text = text
        return text.withUTF8 { $0.count == count && memcmp($0.baseAddress ?? UnsafePointer(bytes), bytes, count) == 0 }
    }
}
