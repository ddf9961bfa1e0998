public import AdapterKit
import Foundation

/// What the gateway takes from the world besides its store, vendors and files: time and randomness. Handed in, so
/// that nothing in it has to be waited for in a test.
public struct Surroundings: Sendable {
    /// The time now.
    public var now: @Sendable () -> Instant
    /// Returns after so many milliseconds.
    ///
    /// - Throws: `CancellationError` where the task is cancelled meanwhile.
    public var pause: @Sendable (Int) async throws -> Void

    /// Time from elsewhere.
    public init(
        now: @escaping @Sendable () -> Instant, pause: @escaping @Sendable (Int) async throws -> Void
    ) {
        self.now = now
        self.pause = pause
    }

    /// The system's clock.
    public static let system = Surroundings(
        now: {
            var time = timespec()
            clock_gettime(CLOCK_REALTIME, &time)
            return Instant(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
        },
        pause: { try await Task.sleep(for: .milliseconds($0)) })

    /// A delay of about so many milliseconds: from half of it to one and a half, so that those who failed together
    /// do not come back together.
    func jittered(_ milliseconds: Int) -> Int {
        Int.random(in: (milliseconds / 2)...(milliseconds + milliseconds / 2))
    }
}
