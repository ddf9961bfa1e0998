import MarkedCSV
import MarkedText

/// The first row of a spreadsheet: which column stands where.
struct SheetHeader {
    /// The columns by their place; nil for one without a name.
    let columns: [PortfolioColumn?]
    private let places: [PortfolioColumn: Int]

    /// Reads the row; what is wrong with it is told.
    ///
    /// - Parameter known: all columns that there are.
    init(
        _ row: CSVRow, of reader: CSVReader, known: [PortfolioColumn], _ diagnostics: inout Diagnostics
    ) {
        let byName = Dictionary(known.map { ($0.title, $0) }) { first, _ in first }
        var columns: [PortfolioColumn?] = []
        var places: [PortfolioColumn: Int] = [:]
        var misspelled: Set<String> = []
        for index in 0..<row.count {
            let name = row.text(index).trimmingSpace()
            let column = byName[name]
            columns.append(column)
            guard !name.isEmpty else { continue }
            guard let column else {
                let meant = nearest(to: name, among: known.map(\.title))
                if let meant { misspelled.insert(meant) }
                reader.error(
                    "unknown column \(quoted(name))", at: index, of: row,
                    help: meant.map { "did you mean \(quoted($0))?" } ?? "the columns are \(Self.names(known))",
                    &diagnostics)
                continue
            }
            if let first = places[column] {
                reader.error(
                    "the column \(name) stands twice, first at \(reader.mark(first, of: row).start)", at: index,
                    of: row, help: "keep one of them", &diagnostics)
            }
            places[column] = places[column] ?? index
        }
        // A misspelled column is one mistake, not two.
        for column in [PortfolioColumn.customer, .installation]
        where places[column] == nil && !misspelled.contains(column.title) {
            reader.error(
                "the column \(column.title) is missing", at: 0, of: row,
                help: "`gatehouse portfolio template` gives a file with all columns", &diagnostics)
        }
        self.columns = columns
        self.places = places
    }

    /// Where a column stands; nil where it is not there.
    subscript(column: PortfolioColumn) -> Int? { places[column] }

    private static func names(_ columns: [PortfolioColumn]) -> String {
        columns.map(\.title).joined(separator: ", ")
    }
}
