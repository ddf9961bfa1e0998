import Synchronization

/// How many estates there may be at once: every test would start its processes at the same time, and each would be
/// judged by how long it had to wait for the others.
final class Room: Sendable {
    private struct State {
        var free: Int
        var queue: [(places: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    static let shared = Room(places: 4)

    /// All of it.
    let places: Int
    private let state: Mutex<State>

    private init(places: Int) {
        self.places = places
        state = Mutex(State(free: places))
    }

    /// Waits for places, in turn.
    func enter(_ places: Int) async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                if state.queue.isEmpty, state.free >= places {
                    state.free -= places
                    return true
                }
                state.queue.append((places, continuation))
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    func leave(_ places: Int) {
        let next = state.withLock { state in
            state.free += places
            var next: [CheckedContinuation<Void, Never>] = []
            while let first = state.queue.first, first.places <= state.free {
                state.free -= first.places
                next.append(state.queue.removeFirst().continuation)
            }
            return next
        }
        for continuation in next { continuation.resume() }
    }
}
