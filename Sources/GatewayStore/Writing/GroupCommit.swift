import Dispatch
import GRDB
import Synchronization

/// Writes of concurrent callers in shared transactions: each in a savepoint of its own, all made durable by
/// one commit, each answered after it.
///
/// A commit costs a flush of the disk, whatever stands in it, so the callers that come while one runs share
/// the next. They are drained on a queue of the writer's own: a caller that is cancelled harms no other.
final class GroupCommit: Sendable {
    private typealias Job = GroupCommitJob

    private struct Pending {
        var jobs: [any Job] = []
        var draining = false
        /// How many jobs the drain waits for; 0 where it does not wait.
        var awaited = 0
        var hasWritten = false
        var tally = CommitTally()
    }

    private let pool: DatabasePool
    private let lock: StoreLock
    private let pending = Mutex(Pending())
    private let queue = DispatchQueue(label: "gatehouse.store.writer")
    private let gathered = DispatchSemaphore(value: 0)

    /// The most writes in one transaction, so that other processes get their turn.
    private static let maximumBatch = 256
    /// How long a commit waits at most for those who shared the one before it: they come back within this time, or
    /// have something else to do. A lone writer never waits.
    private static let gathering = DispatchTimeInterval.microseconds(500)
    /// From so many at once, a commit waits longer and for twice as many: where there is a crowd, each commit that is
    /// spared is worth more than the moment it takes.
    private static let crowd = 8
    /// How long it waits at most where there is a crowd.
    private static let crowdGathering = DispatchTimeInterval.microseconds(1500)

    init(pool: DatabasePool, lock: consuming StoreLock) {
        self.pool = pool
        self.lock = lock
    }

    /// Runs `body` in a transaction and returns once it is durable. An error of its own undoes it alone.
    func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            enqueue(Write(body: body, continuation: continuation))
        }
    }

    /// Runs `body` on the writer's thread under the lock, outside any transaction.
    func exclusively<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try queue.sync {
            try lock.withLock { try pool.writeWithoutTransaction(body) }
        }
    }

    /// Waits for the writes under way and closes the pool; under the lock where anything was written, so that whoever
    /// only reads waits for nobody.
    func close() throws {
        try queue.sync {
            if pending.withLock({ $0.hasWritten }) {
                try lock.withLock { try pool.close() }
            } else {
                try pool.close()
            }
        }
    }

    /// How many writes shared how many commits so far.
    var tally: CommitTally { pending.withLock { $0.tally } }

    private func enqueue(_ job: any Job) {
        let (start, signal) = pending.withLock { pending in
            pending.jobs.append(job)
            pending.hasWritten = true
            let start = !pending.draining
            pending.draining = true
            let signal = pending.awaited > 0 && pending.jobs.count >= pending.awaited
            if signal { pending.awaited = 0 }
            return (start, signal)
        }
        if signal { gathered.signal() }
        if start { queue.async { self.drain() } }
    }

    private func drain() {
        var before = 1
        while true {
            gather(before)
            let batch = pending.withLock { pending -> [any Job] in
                let batch = Array(pending.jobs.prefix(Self.maximumBatch))
                pending.jobs.removeFirst(batch.count)
                if batch.isEmpty {
                    pending.draining = false
                } else {
                    pending.tally.writes += batch.count
                    pending.tally.commits += 1
                }
                return batch
            }
            if batch.isEmpty { return }
            commit(batch)
            before = batch.count
        }
    }

    /// Waits a moment for as many writers as shared the last commit.
    private func gather(_ count: Int) {
        let isCrowd = count >= Self.crowd
        let wanted = isCrowd ? min(count * 2, Self.maximumBatch) : count
        let waits = pending.withLock { pending in
            let waits = count > 1 && pending.jobs.count < wanted
            pending.awaited = waits ? wanted : 0
            return waits
        }
        let time = isCrowd ? Self.crowdGathering : Self.gathering
        guard waits, gathered.wait(timeout: .now() + time) == .timedOut else { return }
        // A signal may come between the time-out and this: it must not be left for the next commit.
        let isLate = pending.withLock { pending in
            defer { pending.awaited = 0 }
            return pending.awaited == 0
        }
        if isLate { gathered.wait() }
    }

    private func commit(_ batch: [any Job]) {
        do {
            try lock.withLock {
                try pool.writeWithoutTransaction { db in
                    try db.inTransaction(.immediate) {
                        for job in batch { try job.run(in: db, store: pool.path) }
                        return .commit
                    }
                }
            }
            for job in batch { job.finish(nil) }
        } catch {
            for job in batch { job.finish(told(error, store: pool.path)) }
        }
    }
}

/// How many writes shared how many commits.
package struct CommitTally: Hashable, Sendable {
    /// Writes.
    package var writes = 0
    /// Transactions that they were made durable in.
    package var commits = 0
}

/// An error of a write as callers see it.
private func told(_ error: any Error, store path: String) -> any Error {
    guard let error = error as? DatabaseError else { return error }
    return StoreError(.cannotWrite, error, store: path, "can't be written to")
}

/// A write whose result waits for the commit.
private protocol GroupCommitJob: Sendable {
    /// Runs it in a savepoint. Throws only where the whole transaction is lost.
    func run(in db: Database, store path: String) throws
    /// Answers the caller: with its own result, or with the error that lost the transaction.
    func finish(_ error: (any Error)?)
}

private final class Write<Value: Sendable>: GroupCommitJob {
    private let body: @Sendable (Database) throws -> Value
    private let continuation: CheckedContinuation<Value, any Error>
    private let result = Mutex<Result<Value, any Error>?>(nil)

    init(
        body: @escaping @Sendable (Database) throws -> Value, continuation: CheckedContinuation<Value, any Error>
    ) {
        self.body = body
        self.continuation = continuation
    }

    func run(in db: Database, store path: String) throws {
        do {
            try db.run("SAVEPOINT write")
            let value = try body(db)
            try db.run("RELEASE SAVEPOINT write")
            result.withLock { $0 = .success(value) }
        } catch {
            // A full disk or a failed write ends the whole transaction, not the savepoint alone.
            guard db.isInsideTransaction else { throw error }
            try db.run("ROLLBACK TO SAVEPOINT write")
            try db.run("RELEASE SAVEPOINT write")
            result.withLock { $0 = .failure(told(error, store: path)) }
        }
    }

    func finish(_ error: (any Error)?) {
        if let error {
            continuation.resume(throwing: error)
        } else if let result = result.withLock({ $0 }) {
            continuation.resume(with: result)
        } else {
            continuation.resume(throwing: StoreError(.corrupt, "A write left no result."))
        }
    }
}
