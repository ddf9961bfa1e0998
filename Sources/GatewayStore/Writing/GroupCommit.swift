import Dispatch
import GRDB
import Synchronization

/// Writes of concurrent callers in shared transactions: all made durable by one commit, each answered after it, and
/// one that fails undone alone.
///
/// Nearly all succeed, so they are tried without savepoints, which would have SQLite copy every page that each of them
/// changes. Where one fails, the transaction is undone and all are run again, each in a savepoint of its own: so a
/// write must not do anything but to the store.
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
    /// From so many at once, a commit waits longer, as long as more come: where there is a crowd, each commit that is
    /// spared is worth more than the moment it takes.
    private static let crowd = 8
    /// Every so many commits it is seen whether a crowd has grown to twice as many.
    private static let looks = 16
    /// How long it waits at most where there is a crowd, of which somebody comes all the time.
    private static let crowdGathering: UInt64 = 3_000_000

    init(pool: DatabasePool, lock: consuming StoreLock) {
        self.pool = pool
        self.lock = lock
    }

    /// Runs `body` in a transaction and returns once it is durable. An error of its own undoes it alone.
    func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            write(body) { continuation.resume(with: $0) }
        }
    }

    /// The same for who is no task: `answer` is called once it is durable, on the writer's thread, which waits for it.
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value,
        answer: @escaping @Sendable (Result<Value, any Error>) -> Void
    ) {
        enqueue(Write(body: body, answer: answer))
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
        var crowd = Crowd()
        while true {
            gather(before, wanted: crowd.wanted(after: before))
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

    /// How many a commit waits for. Twice a crowd is waited for only now and then, or where it grows: once all are there
    /// that come, every further moment is lost to all of them.
    private struct Crowd {
        private var commits = 0
        private var last = 1

        /// - Parameter count: how many shared the last commit.
        mutating func wanted(after count: Int) -> Int {
            let grows = count > last + last / 4
            last = count
            commits += 1
            guard count >= GroupCommit.crowd, grows || commits.isMultiple(of: GroupCommit.looks) else { return count }
            return min(count * 2, GroupCommit.maximumBatch)
        }
    }

    /// Waits a moment for those who shared the last commit; for a crowd as long as it grows.
    private func gather(_ count: Int, wanted: Int) {
        let isCrowd = count >= Self.crowd
        var come = pending.withLock { pending in
            pending.awaited = count > 1 && pending.jobs.count < wanted ? wanted : 0
            return pending.jobs.count
        }
        guard count > 1, come < wanted else { return }
        let end = DispatchTime.now().uptimeNanoseconds + (isCrowd ? Self.crowdGathering : 0)
        while gathered.wait(timeout: .now() + Self.gathering) == .timedOut {
            let goesOn = pending.withLock { pending in
                // Signaled between the time-out and this: the signal must not be left for the next commit.
                if pending.awaited == 0 { return true }
                let grows = pending.jobs.count > come && DispatchTime.now().uptimeNanoseconds < end
                come = pending.jobs.count
                if !grows { pending.awaited = 0 }
                return grows
            }
            if !goesOn { return }
        }
    }

    private func commit(_ batch: [any Job]) {
        do {
            try lock.withLock {
                try pool.writeWithoutTransaction { db in
                    do {
                        try Self.inTransaction(db, batch) { try $0.attempt(in: db, store: pool.path) }
                    } catch is FailedAttempt {
                        // Alone, it was undone with its transaction.
                        guard batch.count > 1 else { return }
                        try Self.inTransaction(db, batch) { try $0.run(in: db, store: pool.path) }
                    }
                }
            }
            for job in batch { job.finish(nil) }
        } catch {
            for job in batch { job.finish(told(error, store: pool.path)) }
        }
    }

    private static func inTransaction(_ db: Database, _ batch: [any Job], _ run: (any Job) throws -> Void) throws {
        try db.inTransaction(.immediate) {
            for job in batch { try run(job) }
            return .commit
        }
    }
}

/// A write failed by itself; the transaction is still open.
private struct FailedAttempt: Error {}

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
    /// Runs it in the transaction that it shares.
    ///
    /// - Throws: ``FailedAttempt`` where it fails by itself; anything else where the whole transaction is lost.
    func attempt(in db: Database, store path: String) throws
    /// Runs it in a savepoint. Throws only where the whole transaction is lost.
    func run(in db: Database, store path: String) throws
    /// Answers the caller: with its own result, or with the error that lost the transaction.
    func finish(_ error: (any Error)?)
}

private final class Write<Value: Sendable>: GroupCommitJob {
    private let body: @Sendable (Database) throws -> Value
    private let answer: @Sendable (Result<Value, any Error>) -> Void
    private let result = Mutex<Result<Value, any Error>?>(nil)

    init(
        body: @escaping @Sendable (Database) throws -> Value,
        answer: @escaping @Sendable (Result<Value, any Error>) -> Void
    ) {
        self.body = body
        self.answer = answer
    }

    func attempt(in db: Database, store path: String) throws {
        do {
            let value = try body(db)
            result.withLock { $0 = .success(value) }
        } catch {
            guard db.isInsideTransaction else { throw error }
            result.withLock { $0 = .failure(told(error, store: path)) }
            throw FailedAttempt()
        }
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
            answer(.failure(error))
        } else {
            answer(result.withLock { $0 } ?? .failure(StoreError(.corrupt, "A write left no result.")))
        }
    }
}
