#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Why a file could not be read.
public struct FileError: Error, Hashable, Sendable {
    /// What is wrong, in one line.
    public var message: String
    /// What to do about it, in one line.
    public var help: String?

    init(_ message: String, help: String? = nil) {
        self.message = message
        self.help = help
    }

    /// The last call's failure, told by the system's own words for it.
    init(errno code: Int32) {
        let help =
            switch code {
            case ENOENT, ENOTDIR: "check the path"
            case EACCES, EPERM: "give the user that runs this program the right to read it"
            default: String?.none
            }
        self.init("can't be read: \(String(cString: strerror(code)))", help: help)
    }
}

/// Reads a regular file, but never more than `limit` bytes of it.
///
/// - Parameters:
///   - kind: what the file should be, with its article, for who named something else: `a YAML file`.
/// - Throws: ``FileError``; a pipe, a device and a folder are refused without being waited for.
public func readFile(_ path: String, upTo limit: Int, as kind: String) throws(FileError) -> [UInt8] {
    guard !path.utf8.contains(0) else { throw FileError("can't be read: the path holds a NUL character") }
    // Not blocking: opening a pipe that nobody writes to would otherwise wait for ever.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileError(errno: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError(errno: errno) }
    guard status.st_mode & S_IFMT == S_IFREG else {
        throw FileError("is not a regular file", help: "name \(kind), not a folder, pipe or device")
    }
    // By the file's size, as far as that is true: most files are far below the limit.
    var bytes = [UInt8](repeating: 0, count: min(limit, max(0, min(limit, Int(clamping: status.st_size))) + 1))
    var filled = 0
    while filled < limit {
        if filled == bytes.count { bytes.append(contentsOf: repeatElement(0, count: min(filled, limit - filled))) }
        let room = bytes.count - filled
        let count = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress?.advanced(by: filled), room) }
        if count < 0 {
            if errno == EINTR { continue }
            throw FileError(errno: errno)
        }
        if count == 0 { break }
        filled += count
    }
    bytes.removeSubrange(filled...)
    return bytes
}
