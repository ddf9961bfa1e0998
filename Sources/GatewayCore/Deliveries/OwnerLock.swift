import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The proof that a process lives: a file that it holds locked, under a random name that stands in the
/// operations it owns. The kernel drops the lock when the process ends, however it ends, so an operation whose
/// owner is dead may be taken over, and one whose owner lives never is.
///
/// The names are never used twice, so whoever finds a file unlocked may remove it. On a local disk only.
final class OwnerLock: Sendable {
    /// The owner's ID: a random UUID.
    let id: String

    private let folder: OpenDescriptor
    private let file: OpenDescriptor

    /// Makes an owner.
    ///
    /// - Parameter path: the folder of the owners' files, made with mode 0700 where there is none.
    init(folder path: String) throws(DeliveryError) {
        do throws(SystemFailure) {
            do throws(SystemFailure) {
                try SystemFailure.check { mkdir(path, 0o700) }
            } catch {
                if error.number != EEXIST { throw error }
            }
            folder = try Self.open(path)
            while true {
                let id = UUID().uuidString.lowercased()
                let file = try OpenDescriptor(
                    opening: id, in: folder, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
                // Between the two calls another process may have taken it for a dead one's, and removed it.
                if try Self.lock(file), try Self.stands(file, id, in: folder) {
                    self.id = id
                    self.file = file
                    return
                }
            }
        } catch {
            throw .system(error, path, "can't hold this process's lock")
        }
    }

    /// Gives the lock back. What a killed process leaves is removed by whoever finds it.
    deinit {
        _ = try? folder.remove(id)
    }

    /// Whether an owner's process lives. A dead one's file is removed.
    ///
    /// - Throws: where that can't be known: then it must be taken for alive.
    static func isAlive(_ id: String, folder path: String) throws(DeliveryError) -> Bool {
        guard UUID(uuidString: id) != nil else {
            throw DeliveryError(.io, path, "\(DeliveryError.quoted(id)) is not the ID of an owner")
        }
        do throws(SystemFailure) {
            let folder: OpenDescriptor
            let file: OpenDescriptor
            do throws(SystemFailure) {
                folder = try Self.open(path)
                file = try OpenDescriptor(opening: id, in: folder, O_RDWR | O_NOFOLLOW | O_NONBLOCK)
            } catch {
                if error.number == ENOENT { return false }
                throw error
            }
            guard try lock(file) else { return true }
            // Held while it is removed, and only if the name still means this file: of two that find it dead,
            // one removes it.
            if try stands(file, id, in: folder) { try folder.remove(id) }
            return false
        } catch {
            throw .system(error, path, "can't be asked whether the owner \(id) lives")
        }
    }

    /// Removes the files of all dead owners.
    static func removeDead(folder path: String) throws(DeliveryError) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        where UUID(uuidString: name) != nil {
            _ = try isAlive(name, folder: path)
        }
    }

    private static func open(_ path: String) throws(SystemFailure) -> OpenDescriptor {
        try OpenDescriptor(opening: path, in: nil, O_RDONLY | O_DIRECTORY)
    }

    /// - Returns: false where somebody else holds it.
    private static func lock(_ file: OpenDescriptor) throws(SystemFailure) -> Bool {
        do throws(SystemFailure) {
            try SystemFailure.check { flock(file.number, LOCK_EX | LOCK_NB) }
        } catch {
            if error.number == EWOULDBLOCK { return false }
            throw error
        }
        return true
    }

    private static func stands(
        _ file: OpenDescriptor, _ name: String, in folder: OpenDescriptor
    ) throws(SystemFailure) -> Bool {
        guard let there = try folder.status(of: name) else { return false }
        let status = try file.status()
        return there.inode == status.inode && there.device == status.device
    }
}
