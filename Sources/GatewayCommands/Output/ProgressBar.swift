import Foundation
import GatewayAPI
import Synchronization

/// A bar on standard error, where that is a terminal.
final class ProgressBar: Sendable {
    private let state = Mutex((last: ContinuousClock.Instant?.none, shown: false))
    private let enabled: Bool

    init(quiet: Bool) { enabled = !quiet && Console.errorIsTerminal }

    /// Draws how far it has come, at most ten times a second.
    func show(_ progress: GatewayAPI.Progress) {
        guard enabled else { return }
        let now = ContinuousClock.now
        let draws = state.withLock { state in
            if let last = state.last, last.duration(to: now) < .milliseconds(100), progress.done < progress.total {
                return false
            }
            state = (now, true)
            return true
        }
        guard draws else { return }
        let share = progress.total > 0 ? progress.done * 30 / progress.total : 0
        let bar = String(repeating: "█", count: share) + String(repeating: "░", count: 30 - share)
        Console.errorBytes("\r\u{1B}[K\(bar) \(progress.done)/\(progress.total) \(progress.latest.prefix(40))")
    }

    /// Removes the bar.
    func finish() {
        guard state.withLock({ $0.shown }) else { return }
        Console.errorBytes("\r\u{1B}[K")
    }
}
