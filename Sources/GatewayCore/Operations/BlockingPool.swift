import Dispatch
import Synchronization

/// Threads for work that waits for the disk: not those that all tasks share.
///
/// Each is a serial queue, since the system gives every busy one a thread of its own; a concurrent queue would get as
/// many as there are cores, and two slow disks would stop everything.
final class BlockingPool: Sendable {
    private let queues: [DispatchQueue]
    private let pending: Mutex<[Int]>
    private let glances = Glances(width: BlockingPool.width)

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

    /// Runs work that only looks at a file, which takes no time worth a thread of its own unless its disk is slow.
    ///
    /// - Parameter work: Answers by the continuation, once, then or later.
    func glance<Value: Sendable>(
        _ work: @escaping @Sendable (CheckedContinuation<Value, any Error>) -> Void
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            glances.add { work(continuation) }
        }
    }
}

/// Brief work in the order in which it came, on as few threads as keep up with it: to wake one for each piece would
/// take longer than the piece. While work waits somebody looks every few milliseconds whether it moves, and puts one
/// thread more to it where it does not, so that a disk that hangs holds up nothing but itself.
private final class Glances: Sendable {
    private struct State {
        var work: [(@Sendable () -> Void)?] = []
        /// How much was added, and how much was begun, ever.
        var added = 0
        var begun = 0
        /// The queues that nobody works on.
        var idle: [Int]
        var isWatched = false
    }

    private let queues: [DispatchQueue]
    private let watch = DispatchQueue(label: "gatehouse.glances")
    private let state: Mutex<State>

    /// How many threads are put to work that moves.
    private static let usual = 2
    /// How much waits before the second one is.
    private static let backlog = 4
    /// How long work may wait before one thread more is put to it.
    private static let patience = DispatchTimeInterval.milliseconds(10)

    init(width: Int) {
        queues = (0..<width).map { DispatchQueue(label: "gatehouse.glance.\($0)") }
        state = Mutex(State(idle: Array((0..<width).reversed())))
    }

    func add(_ work: @escaping @Sendable () -> Void) {
        let (free, watches) = state.withLock { state in
            state.work.append(work)
            state.added += 1
            let busy = queues.count - state.idle.count
            let isShort = busy == 0 || busy < Self.usual && state.added - state.begun > Self.backlog
            let watches = !state.isWatched
            state.isWatched = true
            return (isShort ? state.idle.popLast() : nil, watches)
        }
        if let free { start(free) }
        if watches { look(after: state.withLock { $0.added }) }
    }

    private func start(_ index: Int) {
        queues[index].async {
            while let work = self.next(index) { work() }
        }
    }

    private func next(_ index: Int) -> (@Sendable () -> Void)? {
        state.withLock { state in
            let place = state.begun - (state.added - state.work.count)
            guard place < state.work.count else {
                state.work.removeAll(keepingCapacity: true)
                state.idle.append(index)
                return nil
            }
            state.begun += 1
            defer {
                state.work[place] = nil
                if place == 63 { state.work.removeFirst(64) }
            }
            return state.work[place]
        }
    }

    /// Sees to it, a moment from now, that what has been added by now is begun.
    private func look(after added: Int) {
        watch.asyncAfter(deadline: .now() + Self.patience) {
            let (free, next) = self.state.withLock { state -> (Int?, Int?) in
                let waits = state.begun < state.added
                state.isWatched = waits
                return (state.begun < added ? state.idle.popLast() : nil, waits ? state.added : nil)
            }
            if let free { self.start(free) }
            if let next { self.look(after: next) }
        }
    }
}
