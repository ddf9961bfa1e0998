import Dispatch
import Synchronization

/// Threads for work that waits for the disk: not those that all tasks share.
///
/// Each is a serial queue, since the system gives every busy one a thread of its own; a concurrent queue would get as
/// many as there are cores, and two slow disks would stop everything.
final class BlockingPool: Sendable {
    private let queues: [DispatchQueue]
    private let pending: Mutex<[Int]>

    /// How many pieces of work wait for disks at once.
    static let width = 16

    init() {
        queues = (0..<Self.width).map { DispatchQueue(label: "gatehouse.blocking.\($0)") }
        pending = Mutex(Array(repeating: 0, count: Self.width))
    }

    /// Runs work on the least busy thread.
    func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        let index = pending.withLock { pending in
            let index = pending.indices.min { pending[$0] < pending[$1] } ?? 0
            pending[index] += 1
            return index
        }
        return try await withCheckedThrowingContinuation { continuation in
            queues[index].async {
                let result = Result(catching: work)
                self.pending.withLock { $0[index] -= 1 }
                continuation.resume(with: result)
            }
        }
    }
}
