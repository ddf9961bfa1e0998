import AdapterKit
import Crypto

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What stands at a destination.
struct FileState: Hashable, Sendable {
    /// The SHA-256 of its contents, lower-case hexadecimal.
    var sha256: String
    /// Its bytes.
    var size: Int
    /// The number of its inode, and of the filesystem's device.
    var inode, device: UInt64
    /// When its contents changed last, in nanoseconds since 1970, UTC.
    var modified: Int64
    /// Its permissions and owner.
    var attributes: FileAttributes

    /// The most bytes that a delivered file may hold: license files are kilobytes.
    static let largest = 64 << 20

    /// Reads a file's contents and state, never following a symbolic link.
    ///
    /// - Returns: nil where there is no file.
    /// - Throws: ``DeliveryError/Code/notARegularFile``, ``DeliveryError/Code/symbolicLink``,
    ///   ``DeliveryError/Code/changedMeanwhile`` where somebody writes to it just now, and the system's.
    static func read(_ name: String, in folder: OpenDescriptor, path: String) throws(DeliveryError) -> FileState? {
        do {
            guard let found = try folder.status(of: name) else { return nil }
            try checkRegular(found, path)
            // Not blocking: a pipe that was put there meanwhile would otherwise be waited on for ever.
            let file = try OpenDescriptor(opening: name, in: folder, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
            let before = try file.status()
            try checkRegular(before, path)
            guard before.size <= largest else {
                throw DeliveryError(
                    .io, path,
                    "\(DeliveryError.quoted(path)) holds \(before.size) bytes, more than the \(largest) "
                        + "a delivered file may hold; check that the path is right")
            }
            var hash = SHA256()
            var size = 0
            while size <= largest {
                let bytes = try file.read(upTo: min(max(Int(before.size) + 1, 4096), 1 << 16))
                size += bytes.count
                bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
                // All of it, and asked for more: what is written behind it now is seen below.
                if bytes.isEmpty || size == Int(before.size) { break }
            }
            let state = FileState(before, sha256: Hex.encode(hash.finalize()))
            guard try state.isUntouched(file.status()), state.size == size else {
                throw DeliveryError(
                    .changedMeanwhile, path,
                    "\(DeliveryError.quoted(path)) is being written just now; run the command again when it is done")
            }
            return state
        } catch let error as DeliveryError {
            throw error
        } catch let error as SystemFailure {
            if error.number == ENOENT { return nil }
            if error.number == ELOOP { throw DeliveryFolder.symbolicLink(path) }
            throw .system(error, path, "can't be read")
        } catch {
            throw DeliveryError(.io, path, "\(error)")
        }
    }

    /// The SHA-256 of contents, lower-case hexadecimal.
    static func sha256(_ contents: [UInt8]) -> String {
        var hash = SHA256()
        contents.withUnsafeBytes { hash.update(bufferPointer: $0) }
        return Hex.encode(hash.finalize())
    }

    /// Whether it is still the same file, not written to since.
    func isUntouched(_ status: FileStatus) -> Bool {
        FileState(status, sha256: sha256) == self
    }

    private init(_ status: FileStatus, sha256: String) {
        self.sha256 = sha256
        size = Int(status.size)
        inode = status.inode
        device = status.device
        modified = status.modified
        attributes = FileAttributes(mode: status.mode & 0o7777, owner: status.owner, group: status.group)
    }

    private static func checkRegular(_ status: FileStatus, _ path: String) throws(DeliveryError) {
        switch status.kind {
        case UInt32(S_IFREG): return
        case UInt32(S_IFLNK): throw DeliveryFolder.symbolicLink(path)
        default:
            throw DeliveryError(
                .notARegularFile, path,
                "\(DeliveryError.quoted(path)) is a folder, pipe or device, not a file; "
                    + "move it away, or correct the site's path")
        }
    }
}

/// A file's permissions and owner.
struct FileAttributes: Codable, Hashable, Sendable {
    /// The permission bits.
    var mode: UInt32
    /// The owner's and the group's number.
    var owner, group: UInt32
}
