import GRDB
import Synchronization

/// Reads of concurrent callers in shared transactions: what a crowd asks at once costs one turn on a reader, not one each.
///
/// Each sees all that was durable when it asked: it is only joined to a transaction that has not begun.
final class GroupRead: Sendable {
    /// Is handed the database, or why there is none.
    private typealias Job = @Sendable (Result<Database, any Error>) -> Void

    private struct Pending {
        var jobs: [Job] = []
        var reading = false
    }

    private let pool: DatabasePool
    private let pending = Mutex(Pending())

    /// The most reads in one transaction, so that their answers do not wait long for one another.
    private static let maximumBatch = 64

    init(pool: DatabasePool) { self.pool = pool }

    /// Runs `body` in a reading transaction.
    func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let begins = pending.withLock { pending -> Bool in
                pending.jobs.append { db in continuation.resume(with: Result { try body(db.get()) }) }
                guard !pending.reading else { return false }
                pending.reading = true
                return true
            }
            if begins { readNext() }
        }
    }

    private func readNext() {
        // Taken before the transaction begins: whoever comes later may have written what it does not see.
        let batch = pending.withLock { pending -> [Job] in
            let batch = Array(pending.jobs.prefix(Self.maximumBatch))
            pending.jobs.removeFirst(batch.count)
            return batch
        }
        pool.asyncRead { [self] database in
            for job in batch { job(database) }
            let goesOn = pending.withLock { pending -> Bool in
                pending.reading = !pending.jobs.isEmpty
                return pending.reading
            }
            if goesOn { readNext() }
        }
    }
}
