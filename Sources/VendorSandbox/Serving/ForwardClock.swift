import AdapterKit
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A clock that never goes back, so that no answer is older than one given before.
final class ForwardClock: Sendable {
    private let clock: @Sendable () -> Instant
    private let latest: Mutex<Instant>

    init(_ clock: @escaping @Sendable () -> Instant) {
        self.clock = clock
        latest = Mutex(clock())
    }

    @Sendable func now() -> Instant {
        let time = clock()
        return latest.withLock { latest in
            latest = max(latest, time)
            return latest
        }
    }
}

/// The machine's time.
@Sendable func machineTime() -> Instant {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Instant(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
}
