import AdapterKit
import Crypto
import GatewayAPI
import GatewayStore
import MarkedCSV
import MarkedText
import Synchronization

extension ImportPortfolio: PerformedCall {
    func perform(in context: CallContext) async throws -> PortfolioImportReport {
        try context.requirePortfolio(to: "import a portfolio")
        let hash = Hex.encode(SHA256.hash(data: contents))
        let reader: CSVReader
        do throws(DiagnosticsError) {
            reader = try CSVReader(Array(contents), file: file)
        } catch {
            return PortfolioImportReport(
                outcome: .refused, sha256: hash, problems: error.diagnostics.map(PortfolioImportReport.Problem.init),
                omittedProblems: error.omitted)
        }
        // The rows are read on the store's thread, which knows nothing of this task.
        let isCancelled = CancellationFlag()
        do {
            return try await withTaskCancellationHandler {
                let take: @Sendable (inout PortfolioBatch) throws -> PortfolioImportReport = { batch in
                    var work = PortfolioImport(self, context, reader, hash: hash)
                    return try work.run(&batch) { isCancelled.isSet }
                }
                return dryRun
                    ? try await context.store.readPortfolio(take) : try await context.store.changePortfolio(take)
            } onCancel: {
                isCancelled.set()
            }
        } catch let refusal as PortfolioImport.Refusal {
            return refusal.report
        }
    }
}

/// Whether somebody has cancelled what runs elsewhere.
private final class CancellationFlag: Sendable {
    private let flag = Atomic(false)

    var isSet: Bool { flag.load(ordering: .relaxed) }

    func set() { flag.store(true, ordering: .relaxed) }
}
