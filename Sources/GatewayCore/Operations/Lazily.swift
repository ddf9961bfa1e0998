import Synchronization

/// A value that is made when it is first asked for, once: a command that only reads needs no lock and no network.
final class Lazily<Value: Sendable>: Sendable {
    private let state = Mutex<Value?>(nil)
    private let make: @Sendable () throws -> Value

    init(_ make: @escaping @Sendable () throws -> Value) { self.make = make }

    /// The value.
    func get() throws -> Value {
        try state.withLock { value in
            if let value { return value }
            let made = try make()
            value = made
            return made
        }
    }

    /// The value if it was made.
    var ifMade: Value? { state.withLock { $0 } }
}
