import MarkedCSV
import MarkedText

/// A row of the file, by the columns of its header.
struct SheetRow {
    private let header: SheetHeader
    private let row: CSVRow
    /// The cells that hold anything, in the file's order.
    private let cells: [(column: PortfolioColumn, cell: Cell)]

    init(_ row: CSVRow, _ header: SheetHeader) {
        self.row = row
        self.header = header
        var cells: [(PortfolioColumn, Cell)] = []
        cells.reserveCapacity(row.count)
        for (index, column) in header.columns.prefix(row.count).enumerated() {
            guard let column, !row.isEmpty(index), let cell = Cell(row, index, column) else { continue }
            cells.append((column, cell))
        }
        self.cells = cells
    }

    /// A cell's value.
    struct Cell {
        var value: String
        /// Whether the file says that it is meant as it stands.
        var isExact: Bool

        /// Nil for one of white space alone.
        fileprivate init?(_ row: CSVRow, _ index: Int, _ column: PortfolioColumn) {
            (value, isExact) = CellGuard.read(row.text(index))
            if column.isTrimmed, Self.mayBeSpace(value.utf8.first) || Self.mayBeSpace(value.utf8.last) {
                value = value.trimmingSpace()
            }
            if value.isEmpty { return nil }
        }

        /// Whether a byte may be white space or a part of it: of most cells it can be seen at once that it is not.
        private static func mayBeSpace(_ byte: UInt8?) -> Bool { byte.map { $0 <= 0x20 || $0 >= 0x80 } ?? false }

        /// Whether it says that there is to be no value.
        var clears: Bool { value == "-" && !isExact }
    }

    /// The line that it begins on.
    var line: Int { row.line }

    /// The columns whose cells hold anything.
    var given: some Sequence<PortfolioColumn> { cells.lazy.map(\.column) }

    /// A cell; nil where it is empty, or there is no such column.
    subscript(column: PortfolioColumn) -> Cell? { cells.first { $0.column == column }?.cell }

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
