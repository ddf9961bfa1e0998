import AdapterKit
import Foundation
import GatewayCore
import Synchronization

/// Time that a test passes: it stands still until it is moved, and a pause is over at once.
final class TestTime: Sendable {
    private struct State {
        var now: Instant
        var pauses: [Int] = []
        var whenAsked: (@Sendable () -> Void)?
        var whenPausing: (@Sendable () -> Void)?
        var held: Set<Int> = []
    }

    private let state: Mutex<State>
    private let mostPauses: Int

    /// A gateway that pauses more often than this waits for something that never comes.
    struct PausesForEver: Error {}

    init(_ now: Instant, mostPauses: Int = 50_000) {
        state = Mutex(State(now: now))
        self.mostPauses = mostPauses
    }

    var now: Instant { state.withLock { $0.now } }

    /// The pauses so far, in milliseconds.
    var pauses: [Int] { state.withLock { $0.pauses } }

    func set(_ text: String) throws {
        guard let instant = Instant(text) else { throw TestFailure("\(text) is no time") }
        set(instant)
    }

    func set(_ instant: Instant) { state.withLock { $0.now = instant } }

    func pass(hours: Int = 0, minutes: Int = 0, seconds: Int = 0, milliseconds: Int = 0) {
        state.withLock {
            $0.now = $0.now.adding(hours: hours, minutes: minutes, seconds: seconds, milliseconds: milliseconds)
        }
    }

    func forgetPauses() { state.withLock { $0.pauses = [] } }

    /// Runs a closure whenever the gateway asks for the time, in the task that asks.
    func whenAsked(_ body: (@Sendable () -> Void)?) { state.withLock { $0.whenAsked = body } }

    /// Runs a closure whenever the gateway pauses, in the task that does.
    func whenPausing(_ body: (@Sendable () -> Void)?) { state.withLock { $0.whenPausing = body } }

    /// Lets pauses of exactly so many milliseconds last until they are cancelled.
    func hold(pausesOf milliseconds: Int...) { state.withLock { $0.held = Set(milliseconds) } }

    private func untilCancelled() async {
        let (nothing, end) = AsyncStream.makeStream(of: Never.self)
        for await _ in nothing {}
        end.finish()
    }

    var surroundings: Surroundings {
        Surroundings(
            now: { [self] in
                let (now, body) = state.withLock { ($0.now, $0.whenAsked) }
                body?()
                return now
            },
            pause: { [self] milliseconds in
                try Task.checkCancellation()
                let (count, body, isHeld) = state.withLock { state in
                    state.pauses.append(milliseconds)
                    return (state.pauses.count, state.whenPausing, state.held.contains(milliseconds))
                }
                body?()
                if isHeld { await untilCancelled() }
                guard count <= mostPauses else { throw PausesForEver() }
                await Task.yield()
            })
    }
}

/// Something that a test needs and did not get.
struct TestFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
