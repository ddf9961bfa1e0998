import Foundation
import GatewayStore

/// What keeps a key from being given up between the moment in which something is sealed with it and the one in which
/// the store holds that: whoever seals shares the lock, whoever rotates has it alone. The kernel drops it with the
/// process.
final class SealingLock: Sendable {
    private let descriptor: CInt

    /// Takes the lock. Blocks its thread.
    init(path: String, alone: Bool) throws(SealError) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure(path) }
        while flock(descriptor, alone ? LOCK_EX : LOCK_SH) != 0 {
            guard errno == EINTR else { throw Self.failure(path) }
        }
    }

    deinit { close(descriptor) }

    private static func failure(_ path: String) -> SealError {
        SealError(message: "The lock \(path) can't be taken: \(String(cString: strerror(errno))).")
    }
}

extension Gateway {
    /// Seals bytes and hands them over to be kept; no rotation comes between.
    func keepSealed(_ bytes: [UInt8], for purpose: String, _ keep: (Data) async throws -> Void) async throws {
        let lock = try await sealingLock(alone: false)
        try await keep(sealer.seal(bytes, for: purpose))
        withExtendedLifetime(lock) {}
    }

    /// Seals several things, each for a purpose of its own, and hands them over to be kept; no rotation comes between.
    func keepSealed(_ secrets: [String: [UInt8]], _ keep: ([String: Data]) async throws -> Void) async throws {
        guard !secrets.isEmpty else { return try await keep([:]) }
        let lock = try await sealingLock(alone: false)
        var sealed: [String: Data] = [:]
        for (purpose, bytes) in secrets { sealed[purpose] = try sealer.seal(bytes, for: purpose) }
        try await keep(sealed)
        withExtendedLifetime(lock) {}
    }

    /// Makes sure that something can be sealed, before it is asked for what has to be. A key file is not made anew while
    /// something is sealed with one that is not there.
    func requireSealing() async throws {
        if !sealer.file.exists, try await store.sealedAnswers().isEmpty { return }
        _ = try sealer.file.keys()
    }

    /// Takes the lock of what is sealed.
    func sealingLock(alone: Bool) async throws -> SealingLock {
        let path = configuration.sealingLock
        return try await blocking.run { try SealingLock(path: path, alone: alone) }
    }
}
