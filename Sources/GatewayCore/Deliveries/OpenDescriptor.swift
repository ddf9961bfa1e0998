#if os(Linux)
    import CLinux
#endif
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A system call that failed, by the system's number.
struct SystemFailure: Error {
    var number: Int32

    /// Makes a call, again as long as a signal interrupts it.
    ///
    /// - Returns: what it returned, never negative.
    @discardableResult
    static func check<Value: SignedInteger>(_ call: () -> Value) throws(SystemFailure) -> Value {
        while true {
            let result = call()
            if result >= 0 { return result }
            let number = errno
            if number != EINTR { throw SystemFailure(number: number) }
        }
    }
}

/// An open file or folder, closed when nothing holds it any more. No child process inherits it.
final class OpenDescriptor: Sendable {
    let number: Int32

    /// To read what should be a file: no link is followed, and nothing that was put in its place is waited for.
    static let readsPlainFile = O_RDONLY | O_NOFOLLOW | O_NONBLOCK

    /// Opens a path: below a folder, or absolute where there is none.
    init(
        opening path: String, in folder: OpenDescriptor?, _ flags: Int32, mode: mode_t = 0
    ) throws(SystemFailure) {
        let parent = folder?.number ?? AT_FDCWD
        number = try SystemFailure.check { openat(parent, path, flags | O_CLOEXEC, mode) }
    }

    #if os(Linux)
        /// Opens a path below a folder in one call of the kernel's, which follows no symbolic link on the way and does
        /// not leave the folder.
        ///
        /// - Throws: also where the kernel is older than 5.6, or keeps the call from us: then the path is walked.
        init(opening path: String, beneath folder: OpenDescriptor, _ flags: Int32) throws(SystemFailure) {
            number = try SystemFailure.check { gatehouse_open_beneath(folder.number, path, flags | O_CLOEXEC) }
        }
    #endif

    deinit {
        close(number)
    }

    /// What the system knows of it.
    func status() throws(SystemFailure) -> FileStatus { try FileStatus(of: number) }

    /// What the system knows of an entry of this folder, a symbolic link itself and not what it points at;
    /// nil where there is none.
    func status(of name: String) throws(SystemFailure) -> FileStatus? {
        do {
            return try FileStatus(of: name, in: number)
        } catch {
            if error.number == ENOENT { return nil }
            throw error
        }
    }

    /// Writes all of the bytes.
    func write(_ bytes: ArraySlice<UInt8>) throws(SystemFailure) {
        var rest = bytes
        while !rest.isEmpty {
            let room = rest.count
            let count = try SystemFailure.check {
                rest.withUnsafeBytes { systemWrite(number, $0.baseAddress, room) }
            }
            rest = rest.dropFirst(count)
        }
    }

    /// Reads at most so many bytes; none at the end.
    func read(upTo limit: Int) throws(SystemFailure) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: limit)
        let count = try SystemFailure.check {
            buffer.withUnsafeMutableBytes { systemRead(number, $0.baseAddress, limit) }
        }
        buffer.removeSubrange(count...)
        return buffer
    }

    /// Makes what was written last through a loss of power.
    func flush() throws(SystemFailure) {
        try SystemFailure.check { fsync(number) }
    }

    /// The same for a folder's entries. Some network filesystems can't, and say that the call is invalid.
    func flushFolder() throws(SystemFailure) {
        do {
            try flush()
        } catch {
            if error.number != EINVAL { throw error }
        }
    }

    /// Moves an entry of this folder, over what bears the new name.
    func move(_ name: String, to folder: OpenDescriptor, _ newName: String) throws(SystemFailure) {
        try SystemFailure.check { renameat(number, name, folder.number, newName) }
    }

    /// Removes an entry of this folder that is not a folder.
    ///
    /// - Returns: whether there was one.
    @discardableResult
    func remove(_ name: String) throws(SystemFailure) -> Bool {
        do {
            try SystemFailure.check { unlinkat(number, name, 0) }
        } catch {
            if error.number == ENOENT { return false }
            throw error
        }
        return true
    }
}

private func systemWrite(_ number: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(number, bytes, count)
}

private func systemRead(_ number: Int32, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(number, bytes, count)
}
