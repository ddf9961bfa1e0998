import AdapterKit
import GatewayAPI
import MarkedCSV
import MarkedText

/// A CSV file of what is licensed, row by row: a column for the installation, one for each date, `seats`, `modules`,
/// `edition` and `note`.
struct LicenseSheet {
    /// A row.
    struct Row {
        fileprivate var row: CSVRow
        /// The installation's ID.
        var installation: String
        /// What it says, by the names that ``ByHandSheet`` has.
        var values: [String: String]
        /// What is said of it.
        var note: String
    }

    private enum Column: Hashable {
        case installation
        case date(String)
        case seats
        case modules
        case edition
        case note
    }

    private let known: [String: Column]
    private let names: String
    private var reader: CSVReader
    private var columns: [Column: Int] = [:]
    private var hasHeader = false

    /// - Parameter dates: the dates that may be recorded.
    init(_ bytes: [UInt8], file: String, dates: [String]) throws(DiagnosticsError) {
        reader = try CSVReader(bytes, file: file)
        let named: [(String, Column)] =
            [("installation", .installation)] + dates.map { ($0, .date($0)) }
            + [("seats", .seats), ("modules", .modules), ("edition", .edition), ("note", .note)]
        known = Dictionary(named.map { ($0.0.lowercased(), $0.1) }) { first, _ in first }
        names = named.map(\.0).joined(separator: ", ")
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
            if let read = read(row, &diagnostics) { return read }
        }
        if !hasHeader, !diagnostics.hasErrors {
            diagnostics.error(
                "the file is empty", at: Mark(file: reader.file, start: Mark.Position(line: 1, column: 1)),
                help: "the first row names the columns: \(names)")
        }
        return nil
    }

    /// Tells what is wrong with a row that could be read.
    func tell(_ problem: LicenseDesk.Problem, of row: Row, _ diagnostics: inout Diagnostics) {
        let column: Column =
            switch problem.value {
            case nil: .installation
            case ByHandSheet.modules?: .modules
            case ByHandSheet.edition?: .edition
            case LicenseDesk.note?: .note
            case let name?: name.hasPrefix(ByHandSheet.seats) ? .seats : .date(name)
            }
        reader.error(
            problem.message, at: columns[column] ?? columns[.installation] ?? 0, of: row.row, help: nil, &diagnostics)
    }

    private mutating func readHeader(_ row: CSVRow, _ diagnostics: inout Diagnostics) {
        for index in 0..<row.count where !row.isEmpty(index) {
            let name = row.text(index).trimmingSpace()
            guard let column = known[name.lowercased()] else {
                let near = nearest(to: name, among: known.keys.sorted()).map { "did you mean \(quoted($0))?" }
                reader.error(
                    "no column is called \(quoted(name))", at: index, of: row,
                    help: near ?? "the columns are \(names)", &diagnostics)
                continue
            }
            if columns.updateValue(index, forKey: column) != nil {
                reader.error("the column \(name) is there twice", at: index, of: row, &diagnostics)
            }
        }
        if columns[.installation] == nil {
            reader.error(
                "the column installation is missing", at: 0, of: row, help: "the columns are \(names)", &diagnostics)
        }
    }

    private func read(_ row: CSVRow, _ diagnostics: inout Diagnostics) -> Row? {
        let before = diagnostics.errorCount
        var values: [String: String] = [:]
        var texts: [Column: String] = [:]
        // In the order of the file, in which everything that is wrong is told.
        let columns = columns.sorted { $0.value < $1.value }
        let known = Set(columns.map(\.value))
        for index in 0..<row.count where !known.contains(index) && !row.text(index).trimmingSpace().isEmpty {
            reader.error(
                "\(quoted(row.text(index).trimmingSpace())) stands under no column", at: index, of: row,
                help: "a value that holds the file's own separator stands in quotation marks", &diagnostics)
        }
        for (column, index) in columns where index < row.count {
            let cell = CellGuard.read(row.text(index))
            let text = cell.value.trimmingSpace()
            guard !text.isEmpty else { continue }
            if !cell.isExact, column != .note, let damage = CellDamage.problem(with: text) {
                reader.error(
                    "\(quoted(text)) \(damage)", at: index, of: row, help: CellDamage.advice, &diagnostics)
                continue
            }
            texts[column] = text
        }
        for (column, index) in columns {
            guard let text = texts[column] else { continue }
            switch column {
            case .installation, .note: break
            case .date(let name): values[name] = text
            case .modules: values[ByHandSheet.modules] = Self.list(text).joined(separator: ",")
            case .edition: values[ByHandSheet.edition] = text
            case .seats:
                for pair in Self.list(text) {
                    let parts = pair.split(separator: "=", maxSplits: 1).map { String($0).trimmingSpace() }
                    guard parts.count == 2, SeatText.isName(parts[0]) else {
                        reader.error(
                            "\(quoted(pair)) names no seats", at: index, of: row,
                            help: "write users=10, several with ; between them", &diagnostics)
                        continue
                    }
                    if values.updateValue(parts[1], forKey: ByHandSheet.seats + parts[0]) != nil {
                        reader.error("the seats of \(parts[0]) stand here twice", at: index, of: row, &diagnostics)
                    }
                }
            }
        }
        guard let installation = texts[.installation] else {
            let index = self.columns[.installation] ?? 0
            // One that a spreadsheet has damaged was told of.
            if index >= row.count || row.text(index).trimmingSpace().isEmpty {
                reader.error("the installation is empty", at: index, of: row, &diagnostics)
            }
            return nil
        }
        guard diagnostics.errorCount == before else { return nil }
        return Row(row: row, installation: installation, values: values, note: texts[.note] ?? "")
    }

    /// What stands in a cell, separated by semicolons or commas.
    private static func list(_ text: String) -> [String] {
        text.split(whereSeparator: { $0 == ";" || $0 == "," }).map { String($0).trimmingSpace() }.filter { !$0.isEmpty }
    }
}

extension ImportLicenses: PerformedCall {
    func perform(in context: CallContext) async throws -> LicenseImportReport {
        let dates = context.gateway.registry.all.filter { $0.capabilities.contains(.recording) }
            .flatMap { $0.descriptor.dates.map(\.name) }
        var sheet: LicenseSheet
        do throws(DiagnosticsError) {
            sheet = try LicenseSheet(contents, file: file, dates: dates)
        } catch {
            return LicenseImportReport(error)
        }
        let desk = LicenseDesk(context: context)
        var diagnostics = Diagnostics()
        var checked: [LicenseDesk.Checked] = []
        var seen: Set<String> = []
        while !Task.isCancelled, let row = sheet.next(&diagnostics) {
            guard seen.insert(row.installation).inserted else {
                sheet.tell(
                    LicenseDesk.Problem(value: nil, message: "\(row.installation) stands in the file twice."), of: row,
                    &diagnostics)
                continue
            }
            switch try await desk.check(row.installation, row.values, note: row.note) {
            case .success(let license): checked.append(license)
            case .failure(let problems):
                for problem in problems.all { sheet.tell(problem, of: row, &diagnostics) }
            }
        }
        try Task.checkCancellation()
        guard !diagnostics.hasErrors else {
            return LicenseImportReport(DiagnosticsError(diagnostics.all, omitted: diagnostics.omitted))
        }
        guard !checked.isEmpty else {
            throw CallError(.invalid, "\(file) holds no row below its header: nothing was recorded.")
        }
        return LicenseImportReport(results: dryRun ? [] : try await desk.take(checked))
    }
}

extension LicenseImportReport {
    /// A file of which nothing was taken.
    fileprivate init(_ error: DiagnosticsError) {
        self.init(
            results: [], problems: error.diagnostics.map(PortfolioImportReport.Problem.init),
            omittedProblems: error.omitted)
    }
}
