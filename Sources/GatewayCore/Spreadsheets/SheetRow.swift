import MarkedCSV
import MarkedText

/// A row of the file, by the columns of its header.
struct SheetRow {
    private let header: SheetHeader
    private let row: CSVRow

    init(_ row: CSVRow, _ header: SheetHeader) {
        self.row = row
        self.header = header
    }

    /// A cell's value.
    struct Cell {
        var value: String
        /// Whether the file says that it is meant as it stands.
        var isExact: Bool
        /// Whether it says that there is to be no value.
        var clears: Bool { value == "-" && !isExact }
    }

    /// The line that it begins on.
    var line: Int { row.line }

    /// A cell; nil where it is empty, or there is no such column.
    subscript(column: PortfolioColumn) -> Cell? {
        guard let index = header[column], !row.isEmpty(index) else { return nil }
        let (value, isExact) = CellGuard.read(row.text(index))
        let trimmed = column.isTrimmed ? value.trimmingSpace() : value
        return trimmed.isEmpty ? nil : Cell(value: trimmed, isExact: isExact)
    }

    /// Tells what is wrong with a cell, or where there is no such column, with the row.
    func tell(
        _ message: String, _ column: PortfolioColumn, help: String? = nil, _ reader: CSVReader,
        _ diagnostics: inout Diagnostics
    ) {
        reader.error(
            "\(column.title) \(message)", at: header[column] ?? header[.installation] ?? 0, of: row, help: help,
            &diagnostics)
    }

    /// Tells what is wrong with the row's shape.
    func checkShape(_ reader: CSVReader, _ diagnostics: inout Diagnostics) {
        if row.isCutOff, row.count < header.columns.count {
            reader.error(
                "the file ends within a row: \(row.count) cells of \(header.columns.count), and no end of the line",
                at: row.count, of: row, help: "the end of the file was lost: save or copy it again", &diagnostics)
        }
        for index in 0..<row.count where !row.isEmpty(index) {
            if index >= header.columns.count {
                reader.error(
                    "a cell beyond the last column: the row has \(row.count) cells, the header "
                        + "\(header.columns.count)", at: index, of: row,
                    help: "a value that holds the separator must be in quotes", &diagnostics)
                return
            }
            if header.columns[index] == nil {
                reader.error(
                    "a value in a column without a known name", at: index, of: row,
                    help: "give the column a name in the first row, or empty it", &diagnostics)
                return
            }
        }
    }
}
