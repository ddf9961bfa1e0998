import Foundation
import GatewayAPI

/// A spreadsheet's file on the disk.
struct SheetFile {
    let path: String

    /// The most bytes that are read: more than an import takes.
    private static let mostBytes = 65 << 20

    /// Reads it to its end, from a pipe too.
    func read() throws -> Data {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw refusal("can't be read: \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        var contents = Data()
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while contents.count <= Self.mostBytes {
            let count = buffer.withUnsafeMutableBytes { Foundation.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw refusal("can't be read: \(String(cString: strerror(errno)))") }
            if count == 0 { break }
            contents.append(contentsOf: buffer[..<count])
        }
        return contents
    }

    /// Makes sure that nothing is written over without having been asked for.
    func checkFree(replacing: Bool) throws {
        guard !replacing, FileManager.default.fileExists(atPath: path) else { return }
        throw refusal("exists: --force replaces it")
    }

    /// Writes the file as a whole, readable by its owner alone: it holds what the vendors know the customers by.
    func write(_ contents: Data, replacing: Bool) throws {
        try checkFree(replacing: replacing)
        let part = path + ".\(getpid()).part"
        let descriptor = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw refusal("can't be written: \(String(cString: strerror(errno)))") }
        do {
            let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
            defer { try? handle.close() }
            try handle.write(contentsOf: contents)
            try handle.synchronize()
        } catch {
            unlink(part)
            throw refusal("can't be written: \(error.localizedDescription)")
        }
        guard rename(part, path) == 0 else {
            let why = String(cString: strerror(errno))
            unlink(part)
            throw refusal("can't be written: \(why)")
        }
    }

    private func refusal(_ what: String) -> CallError { CallError(.failed, "\(path) \(what).") }
}
