import Synchronization

/// So many at a time, in the order in which they came.
final class Turns: Sendable {
    private struct State {
        var free: Int
        var waiting: [CheckedContinuation<Void, Never>] = []

        mutating func take() -> Bool {
            guard free > 0 else { return false }
            free -= 1
            return true
        }
    }

    private let state: Mutex<State>

    init(_ count: Int) { state = Mutex(State(free: count)) }

    /// Waits for a turn. Whoever is cancelled meanwhile gets one all the same, since others give theirs back soon.
    func take() async -> Turn {
        if !state.withLock({ $0.take() }) {
            await withCheckedContinuation { continuation in
                let isFree = state.withLock { state in
                    guard !state.take() else { return true }
                    state.waiting.append(continuation)
                    return false
                }
                if isFree { continuation.resume() }
            }
        }
        return Turn(of: self)
    }

    fileprivate func giveBack() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
            state.free += 1
            return nil
        }
        next?.resume()
    }
}

/// A turn of one of ``Turns``, until it is over.
final class Turn: Sendable {
    private let turns: Turns
    private let isOver = Atomic(false)

    fileprivate init(of turns: Turns) { self.turns = turns }

    /// Gives it back; the next time does nothing.
    func end() {
        if !isOver.exchange(true, ordering: .relaxed) { turns.giveBack() }
    }
}
