import AdapterKit
import GatewayAPI
import GatewayStore
import MarkedCSV
import MarkedText

/// An import under way: the file's rows, checked and taken one after the other in one transaction.
///
/// Once anything is wrong nothing more is written, and the rest is only checked; the transaction is undone then.
struct PortfolioImport {
    let call: ImportPortfolio
    let context: CallContext
    /// The file's hash.
    let hash: String
    let now: Instant
    let known: [PortfolioColumn]

    var reader: CSVReader
    var rules: SheetRules
    var diagnostics = Diagnostics()
    var report: PortfolioImportReport
    /// The customers that were met, by ID.
    var customers: [String: MetCustomer] = [:]
    /// The lines of the installations that were met.
    var installations: [String: Int] = [:]

    /// A customer of an earlier row.
    struct MetCustomer {
        /// As it is after that row.
        var columns: CustomerColumns
        /// The row's line.
        var line: Int
        /// Whether something is wrong with it, and was told.
        var isBroken: Bool
    }

    /// The file's problems, by which the transaction is undone.
    struct Refusal: Error {
        var report: PortfolioImportReport
    }

    init(_ call: ImportPortfolio, _ context: CallContext, _ reader: CSVReader, hash: String) {
        self.call = call
        self.context = context
        self.hash = hash
        self.reader = reader
        now = context.now
        rules = SheetRules(gateway: context.gateway)
        known = PortfolioColumn.all(for: context.gateway.registry.all.map(\.descriptor))
        report = PortfolioImportReport(
            outcome: call.dryRun ? .dryRun : .done, sha256: hash, encoding: reader.encoding.rawValue,
            separator: String(reader.separator), remarks: reader.remarks.map(PortfolioImportReport.Problem.init))
    }

    /// How the records of this import name it.
    var title: String { "import \(hash.prefix(12))" }

    /// Whether what was found so far may be written.
    var writes: Bool { !call.dryRun && !diagnostics.hasErrors }

    /// Reads the file to its end.
    ///
    /// - Parameter isCancelled: is asked now and then.
    /// - Throws: ``Refusal``, `CancellationError`, and what the store throws.
    mutating func run(
        _ batch: inout PortfolioBatch, isCancelled: () -> Bool
    ) throws -> PortfolioImportReport {
        var row = CSVRow()
        var header: SheetHeader?
        var rows = 0
        while reader.next(&row, &diagnostics) {
            guard let columns = header else {
                if !row.isEmpty { header = SheetHeader(row, of: reader, known: known, &diagnostics) }
                // Without its columns no row can be understood.
                if diagnostics.hasErrors { break }
                continue
            }
            guard !row.isEmpty else { continue }
            try take(SheetRow(row, columns), &batch)
            rows += 1
            if rows.isMultiple(of: Self.rowsBetweenLooks) {
                if isCancelled() { throw CancellationError() }
                context.progress(
                    Progress(done: min(row.line, reader.lines), total: reader.lines, latest: "rows read"))
            }
        }
        if header == nil, !diagnostics.hasErrors {
            let start = Mark(file: reader.file, start: Mark.Position(line: 1, column: 1))
            diagnostics.error(
                "the file is empty", at: start, help: "`gatehouse portfolio template` gives one to begin with")
        }
        return try finish(&batch)
    }

    /// How many rows are read between two looks whether to go on.
    private static let rowsBetweenLooks = 500

    private mutating func take(_ row: SheetRow, _ batch: inout PortfolioBatch) throws {
        row.checkShape(reader, &diagnostics)
        guard let customer = try takeCustomer(row, &batch) else { return }
        try takeInstallation(row, of: customer, &batch)
    }

    private mutating func finish(_ batch: inout PortfolioBatch) throws -> PortfolioImportReport {
        guard !diagnostics.hasErrors else {
            report.outcome = .refused
            report.problems = DiagnosticsError(diagnostics.all).diagnostics.map(PortfolioImportReport.Problem.init)
            report.omittedProblems = diagnostics.omitted
            (report.customers, report.installations) = (.init(), .init())
            (report.changes, report.omittedChanges) = ([], 0)
            throw Refusal(report: report)
        }
        // A file that changes nothing leaves nothing behind.
        if writes, report.customers.touched + report.installations.touched > 0 {
            try batch.append(
                context.audit(
                    ImportPortfolio.name, customer: nil, subject: nil,
                    detail: "\(quoted(reader.file)), SHA-256 \(hash): customers \(report.customers.text); "
                        + "installations \(report.installations.text)"))
        }
        return report
    }

    /// Notes what is added or changed.
    mutating func note(_ change: PortfolioImportReport.Change) {
        if report.changes.count < PortfolioImportReport.mostChanges {
            report.changes.append(change)
        } else {
            report.omittedChanges += 1
        }
    }
}

extension PortfolioImportReport.Counts {
    fileprivate var touched: Int { added + changed }

    fileprivate var text: String { "\(added) added, \(changed) changed, \(unchanged) as they were" }
}

extension PortfolioImportReport.Problem {
    init(_ diagnostic: Diagnostic) {
        self.init(
            line: diagnostic.mark.line, column: diagnostic.mark.column, message: diagnostic.message,
            help: diagnostic.help, shown: diagnostic.shown)
    }
}
