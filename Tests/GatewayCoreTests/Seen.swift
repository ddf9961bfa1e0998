import Synchronization

/// What closures on other tasks and threads have seen, in order.
final class Seen<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])

    var all: [Value] { values.withLock { $0 } }
    var count: Int { values.withLock { $0.count } }

    func add(_ value: Value) { values.withLock { $0.append(value) } }
}
