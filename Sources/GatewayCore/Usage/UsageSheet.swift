import AdapterKit
import GatewayAPI
import MarkedCSV
import MarkedText

/// A CSV file of what was seen in use, row by row.
struct UsageSheet {
    /// A column, by its name in the file's first row.
    enum Column: String, CaseIterable {
        case installation, pool, at, inUse, registered
    }

    /// A row.
    struct Row {
        fileprivate var row: CSVRow
        /// What it says; nil where it could not be read, which was told.
        var observation: UsageObservation?
    }

    private var reader: CSVReader
    private var columns: [Column: Int] = [:]
    private var hasHeader = false

    init(_ bytes: [UInt8], file: String) throws(DiagnosticsError) {
        reader = try CSVReader(bytes, file: file)
    }

    /// The next row that holds anything; nil after the last, and where the header can't be understood.
    mutating func next(_ diagnostics: inout Diagnostics) -> Row? {
        var row = CSVRow()
        while reader.next(&row, &diagnostics) {
            if row.isEmpty { continue }
            guard hasHeader else {
                hasHeader = true
                readHeader(row, &diagnostics)
                if diagnostics.hasErrors { return nil }
                continue
            }
            return Row(row: row, observation: read(row, &diagnostics))
        }
        if !hasHeader, !diagnostics.hasErrors {
            diagnostics.error(
                "the file is empty", at: Mark(file: reader.file, start: Mark.Position(line: 1, column: 1)),
                help: Self.columnsHelp)
        }
        return nil
    }

    /// Tells what is wrong with a row that could be read.
    func tell(_ problem: ObservationProblem, of row: Row, _ diagnostics: inout Diagnostics) {
        reader.error(
            problem.message, at: columns[problem.part] ?? 0, of: row.row, help: problem.help, &diagnostics)
    }

    private static let columnsHelp =
        "the first row names the columns: installation,pool,at,inUse and perhaps registered"

    private mutating func readHeader(_ row: CSVRow, _ diagnostics: inout Diagnostics) {
        for index in 0..<row.count where !row.isEmpty(index) {
            let name = row.text(index).trimmingSpace()
            guard let column = Column.allCases.first(where: { $0.rawValue.lowercased() == name.lowercased() }) else {
                reader.error(
                    "no column is called \(quoted(name))", at: index, of: row, help: Self.columnsHelp, &diagnostics)
                continue
            }
            if columns.updateValue(index, forKey: column) != nil {
                reader.error("the column \(column.rawValue) is there twice", at: index, of: row, &diagnostics)
            }
        }
        for column in [Column.installation, .pool, .at, .inUse] where columns[column] == nil {
            reader.error(
                "the column \(column.rawValue) is missing", at: 0, of: row, help: Self.columnsHelp, &diagnostics)
        }
    }

    private func read(_ row: CSVRow, _ diagnostics: inout Diagnostics) -> UsageObservation? {
        let before = diagnostics.errorCount
        func text(_ column: Column) -> String {
            guard let index = columns[column], index < row.count else { return "" }
            return CellGuard.read(row.text(index)).value.trimmingSpace()
        }
        func tell(_ column: Column, _ message: String, _ help: String? = nil) {
            reader.error(
                "\(column.rawValue) \(message)", at: columns[column] ?? 0, of: row, help: help, &diagnostics)
        }
        for column in [Column.installation, .pool, .at, .inUse] where text(column).isEmpty { tell(column, "is empty") }
        for column in [Column.installation, .pool, .inUse] {
            if let damage = CellDamage.problem(with: text(column)) { tell(column, damage, CellDamage.advice) }
        }
        func number(_ column: Column) -> Int? {
            let written = text(column)
            guard !written.isEmpty else { return nil }
            guard written.utf8.allSatisfy(CellGuard.isDigit), let number = Int(written) else {
                if CellDamage.problem(with: written) == nil { tell(column, "\(quoted(written)) is no number of seats") }
                return nil
            }
            return number
        }
        let inUse = number(.inUse)
        let registered = number(.registered)
        var at: PointInTime?
        let written = text(.at)
        if let day = LocalDay(written) {
            at = .day(day)
        } else if let instant = Instant(written) {
            at = .instant(instant)
        } else if !written.isEmpty {
            tell(
                .at, CellDamage.problem(with: written) ?? "\(quoted(written)) is no day and no time",
                "write 2026-11-22, or 2026-11-22T09:30:00-05:00")
        }
        guard diagnostics.errorCount == before, let inUse, let at else { return nil }
        return UsageObservation(
            installation: text(.installation), pool: text(.pool), inUse: inUse, registered: registered, at: at)
    }
}
