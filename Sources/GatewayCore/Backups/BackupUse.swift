import Foundation
import GatewayAPI
import GatewayStore
import Synchronization

extension BackUpStore: PerformedCall {
    func perform(in context: CallContext) async throws -> BackupView {
        try context.requirePortfolio(to: "back up the store")
        let spared = context.gateway.configuration.spared
        let (store, file, force) = (context.store, file, force)
        let watch = BlockingWatch(progress: context.progress)
        let summary = try await watch.run(on: context.gateway.blocking, "backup") { progress in
            try store.backup(to: file, replacing: force, sparing: spared, progress: progress)
        }
        var view = BackupView(summary)
        do {
            try await context.store.append(
                context.audit(
                    Self.name, customer: nil, subject: nil,
                    detail: "\(file), \(summary.auditRecords) records, head \(summary.auditHead)"))
        } catch let error as StoreError {
            // A store that can't be written to any more is the one that most needs a backup.
            view.remarks.append("The backup is sound, but the audit trail could not be told: \(error.message)")
        }
        return view
    }
}

extension BackupView {
    /// What the store tells of a backup.
    init(_ summary: BackupSummary) {
        self.init(
            file: summary.path, bytes: summary.bytes, version: summary.version, customers: summary.customers,
            installations: summary.installations, auditRecords: summary.auditRecords, auditHead: summary.auditHead)
    }
}

/// Long work on a thread of its own that tells how far it has come, and can be cancelled.
struct BlockingWatch: Sendable {
    let progress: @Sendable (GatewayAPI.Progress) -> Void

    /// Runs work; the closure that it is handed takes the share that is done, and throws once the task is cancelled.
    func run<Value: Sendable>(
        on pool: BlockingPool, _ what: String,
        _ work: @escaping @Sendable (@escaping @Sendable (Double) throws -> Void) throws -> Value
    ) async throws -> Value {
        let isCancelled = Cancelled()
        let told = progress
        return try await withTaskCancellationHandler {
            try await pool.run {
                try work { share in
                    if isCancelled.value.load(ordering: .relaxed) { throw CancellationError() }
                    told(GatewayAPI.Progress(done: Int(share * 100), total: 100, latest: what))
                }
            }
        } onCancel: {
            isCancelled.value.store(true, ordering: .relaxed)
        }
    }

    private final class Cancelled: Sendable {
        let value = Atomic(false)
    }
}
