import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// A file in the making, beside the one that it is to become: nobody sees it under that name before it is complete.
///
/// It is locked while it is made, so that what a killed process left behind can be told from what is being written.
final class Draft {
    /// Where it is made.
    let path: String
    /// Where it goes.
    let destination: String
    private let descriptor: CInt
    private var isPlaced = false

    /// Makes an empty file of mode 0600, and removes what killed processes left behind of earlier ones.
    init(for destination: String) throws(StoreError) {
        Self.removeDead(for: destination)
        self.destination = destination
        path = "\(destination).\(UUID().uuidString.lowercased())\(Self.ending)"
        descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw StoreError(writing: destination, errno) }
        flock(descriptor, LOCK_EX | LOCK_NB)
    }

    deinit {
        if !isPlaced { unlink(path) }
        for companion in Self.companions { unlink(path + companion) }
        close(descriptor)
    }

    /// Copies another file's bytes into it.
    func copy(from source: CInt, named name: String) throws(StoreError) {
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = read(source, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw StoreError(.cannotOpen, "\(name) can't be read: \(String(cString: strerror(errno))).")
            }
            if count == 0 { return }
            var written = 0
            while written < count {
                let step = buffer.withUnsafeBytes { bytes in
                    write(descriptor, bytes.baseAddress?.advanced(by: written), count - written)
                }
                if step < 0, errno == EINTR { continue }
                guard step > 0 else { throw StoreError(writing: destination, errno) }
                written += step
            }
        }
    }

    /// Makes its contents last, and has whoever reads it next read what the disk holds, where the system allows it.
    func flush() throws(StoreError) {
        guard fsync(descriptor) == 0 else { throw StoreError(writing: destination, errno) }
        _ = posix_fadvise(descriptor, 0, 0, Int32(POSIX_FADV_DONTNEED))
    }

    /// Gives it its name, in one step, and makes that last.
    ///
    /// - Parameter replacing: Whether a file of that name is replaced; else there must be none.
    func place(replacing: Bool) throws(StoreError) {
        if replacing {
            guard rename(path, destination) == 0 else { throw StoreError(writing: destination, errno) }
            isPlaced = true
        } else if link(path, destination) != 0 {
            let number = errno
            var status = stat()
            // Some filesystems know no links. Then a file that appears in this very moment would be replaced.
            guard [EPERM, ENOTSUP, EMLINK].contains(number), lstat(destination, &status) != 0 else {
                if number == EEXIST || number == EPERM { throw StoreError(exists: destination) }
                throw StoreError(writing: destination, number)
            }
            guard rename(path, destination) == 0 else { throw StoreError(writing: destination, errno) }
            isPlaced = true
        }
        try Self.flushFolder(of: destination)
    }

    /// Makes the entries of a file's folder last.
    static func flushFolder(of path: String) throws(StoreError) {
        let folder = open(Self.folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw StoreError(writing: path, errno) }
        defer { close(folder) }
        // Some network filesystems can't flush a folder, and say that the call is invalid.
        guard fsync(folder) == 0 || errno == EINVAL else { throw StoreError(writing: path, errno) }
    }

    /// The drafts of a file that processes left behind which are gone.
    ///
    /// - Parameter orBeside: also those of files whose name only begins with its name and a hyphen.
    static func dead(for destination: String, orBeside: Bool = false) -> [String] {
        let folder = Self.folder(of: destination)
        let start = URL(fileURLWithPath: destination).lastPathComponent
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { name in
            // A dot and a UUID stand between the name and the ending.
            guard name.hasSuffix(ending), UUID(uuidString: String(name.dropLast(ending.count).suffix(36))) != nil
            else { return false }
            let draftOf = name.dropLast(ending.count + 37)
            guard draftOf == start || orBeside && draftOf.hasPrefix(start + "-") else { return false }
            let file = open("\(folder)/\(name)", O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
            guard file >= 0 else { return false }
            defer { close(file) }
            return flock(file, LOCK_EX | LOCK_NB) == 0
        }.sorted().map { "\(folder)/\($0)" }
    }

    private static func removeDead(for destination: String) {
        for path in dead(for: destination) {
            unlink(path)
            for companion in companions { unlink(path + companion) }
        }
    }

    private static func folder(of path: String) -> String {
        URL(fileURLWithPath: path).deletingLastPathComponent().path
    }

    private static let ending = ".draft"
    /// What SQLite puts beside a file that it has open.
    private static let companions = ["-journal", "-wal", "-shm"]
}

extension StoreError {
    /// What kept a file from being written, by the system's number.
    init(writing path: String, _ number: CInt) {
        let advice =
            switch number {
            case ENOSPC, EDQUOT: "free some space on its disk, or name a file on another"
            case EACCES, EPERM: "look at the permissions of its folder, or name another"
            case ENOENT, ENOTDIR: "make its folder, or name another"
            case EROFS: "its disk can only be read: name a file on another"
            case ENAMETOOLONG: "choose a shorter name"
            default: "look at the disk, or name a file on another"
            }
        self.init(
            .cannotWrite,
            "\(path) can't be written: \(String(cString: strerror(number))); \(advice). Nothing was changed.")
    }

    /// A file that is in the way.
    init(exists path: String) {
        self.init(.exists, "\(path) is there already: choose another name, or give --force to replace it.")
    }
}
