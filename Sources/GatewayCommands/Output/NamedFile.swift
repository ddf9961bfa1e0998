import Foundation
import GatewayAPI

/// A file that a command is given by name, to read it or to write it.
struct NamedFile {
    let path: String

    /// Reads it to its end, from a pipe too.
    ///
    /// - Parameter most: Of a larger file no more than a little above so many bytes are read; whoever takes them
    ///   refuses it.
    func read(most: Int = 65 << 20) throws -> Data {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw refusal("can't be read", errno) }
        defer { close(descriptor) }
        var contents = Data()
        var buffer = [UInt8](repeating: 0, count: min(most + 1, 1 << 18))
        while contents.count <= most {
            let count = buffer.withUnsafeMutableBytes { Foundation.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw refusal("can't be read", errno) }
            if count == 0 { break }
            contents.append(contentsOf: buffer[..<count])
        }
        return contents
    }

    /// Makes a folder where there is none, for its owner alone.
    static func makeFolder(_ path: String) throws {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw CallError(.failed, "The folder \(path) can't be made: \(String(cString: strerror(errno))).")
        }
    }

    /// Makes sure that nothing is written over without having been asked for, and no folder or device at all.
    func checkFree(replacing: Bool) throws {
        var status = stat()
        guard stat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw CallError(.failed, "\(path) is no file: name one that can be written.")
        }
        if !replacing { throw exists }
    }

    /// Writes the file as a whole or not at all, readable by its owner alone: it holds what the vendors know the
    /// customers by.
    ///
    /// - Parameter replacing: Whether one that is there is replaced; without it, one that appears meanwhile is left
    ///   alone too.
    func write(_ contents: Data, replacing: Bool) throws {
        try checkFree(replacing: replacing)
        let part = path + ".\(UInt32.random(in: 0 ... .max)).part"
        let descriptor = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw refusal("can't be written", errno) }
        defer { unlink(part) }
        do {
            let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
            defer { try? handle.close() }
            try handle.write(contentsOf: contents)
            try handle.synchronize()
        } catch {
            throw CallError(.failed, "\(path) can't be written: \(error.localizedDescription).")
        }
        if try replacing || !linked(part) {
            guard rename(part, path) == 0 else { throw refusal("can't be written", errno) }
        }
        try keepName()
    }

    /// Gives what was written the file's name, unless one appeared meanwhile; false where the file system has no links.
    private func linked(_ part: String) throws -> Bool {
        if link(part, path) == 0 { return true }
        switch errno {
        case EEXIST: throw exists
        case EPERM, EOPNOTSUPP: return false
        default: throw refusal("can't be written", errno)
        }
    }

    /// Makes the file's name last as its contents do.
    private func keepName() throws {
        let folder = open(URL(fileURLWithPath: path).deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { throw refusal("may not last", errno) }
        defer { close(folder) }
        // Some file systems can't flush a folder, and say so.
        guard fsync(folder) == 0 || errno == EINVAL else { throw refusal("may not last", errno) }
    }

    private var exists: CallError { CallError(.failed, "\(path) exists: --force replaces it.") }

    private func refusal(_ what: String, _ code: CInt) -> CallError {
        CallError(.failed, "\(path) \(what): \(String(cString: strerror(code))).")
    }
}
