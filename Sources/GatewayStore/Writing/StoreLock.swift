import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// The lock beside a store that every write transaction, checkpoint and close of any process holds.
///
/// SQLite's own busy handler lets a writer starve and answers some conflicts with an error at once; the
/// kernel queues those that wait for an `flock`, and drops it when its owner dies.
struct StoreLock: ~Copyable {
    private let descriptor: CInt

    /// Opens, or makes, the lock's file; takes nothing yet.
    init(path: String) throws(StoreError) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw StoreError(.cannotOpen, "\(path) can't be opened: \(String(cString: strerror(errno))).")
        }
    }

    deinit { close(descriptor) }

    /// Runs `body` while no other process, and no other lock of this one, does. Blocks its thread.
    func withLock<Value>(_ body: () throws -> Value) throws -> Value {
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else {
                throw StoreError(.cannotOpen, "The store's lock can't be taken: \(String(cString: strerror(errno))).")
            }
        }
        defer { flock(descriptor, LOCK_UN) }
        return try body()
    }
}
