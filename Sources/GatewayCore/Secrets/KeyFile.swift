import AdapterKit
import Crypto
import Foundation

/// The file that the keys stand in which secrets are sealed with: in hexadecimal, one a line, the one in force first.
/// There is more than one only while a rotation is under way.
///
/// It is made when it is first needed, of mode 0600, apart from the store and its backups.
struct KeyFile: Sendable {
    /// The file.
    let path: String

    /// A key, and the name that stands before what is sealed with it.
    struct Key: Sendable {
        let secret: SymmetricKey
        /// The first bytes of a hash of the key, which tell nothing of it.
        let id: [UInt8]

        /// How many bytes an ID has.
        static let idLength = 8

        init(_ secret: SymmetricKey) {
            self.secret = secret
            var hash = SHA256()
            hash.update(data: Data("gatehouse key ID".utf8))
            secret.withUnsafeBytes { hash.update(bufferPointer: $0) }
            id = Array(hash.finalize().prefix(Self.idLength))
        }

        /// A new one.
        static func make() -> Key { Key(SymmetricKey(size: .bits256)) }

        /// The ID as people see it.
        var shown: String { Hex.encode(id) }

        fileprivate var line: String { secret.withUnsafeBytes { Hex.encode($0) } + "\n" }
    }

    /// Whether there is such a file.
    var exists: Bool { FileManager.default.fileExists(atPath: path) }

    /// The keys, the one in force first; at least one.
    func keys() throws(SealError) -> [Key] {
        guard exists else {
            throw SealError(
                message: "The key file \(path) is not there: put it back from where you keep it, or name it with "
                    + "--key-file. Where it is lost for good, `gatehouse keyfile rotate --lost` makes another, and what "
                    + "was sealed is given up.")
        }
        guard let text = FileManager.default.contents(atPath: path) else {
            throw SealError(
                message: "The key file \(path) can't be read: look at its permissions, or put the right one back.")
        }
        var keys: [Key] = []
        for line in text.split(separator: UInt8(ascii: "\n")) {
            let digits = line.prefix { $0 > 0x20 }
            if digits.isEmpty { continue }
            guard let bytes = Hex.decode(digits), bytes.count == 32 else { throw holdsNone }
            keys.append(Key(SymmetricKey(data: bytes)))
        }
        guard !keys.isEmpty else { throw holdsNone }
        return keys
    }

    private var holdsNone: SealError {
        SealError(message: "The key file \(path) holds no key: put the right one back.")
    }

    /// The keys, with one that is made where there is no file yet.
    func keysOrNew() throws(SealError) -> [Key] {
        if !exists { try write([.make()], replacing: false) }
        return try keys()
    }

    /// Writes keys in the file's place, in one step that lasts.
    ///
    /// - Parameter replacing: Whether a file that is there is replaced; else it is left alone.
    func write(_ keys: [Key], replacing: Bool) throws(SealError) {
        // Where the file is a link, the file itself is replaced.
        let real = realpath(path, nil)
        defer { free(real) }
        let place = real.map { String(cString: $0) } ?? path
        // Written whole under another name first: a key file that can be seen is complete.
        let draft = "\(place).\(UInt64.random(in: 0...UInt64.max)).new"
        let descriptor = Foundation.open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure }
        defer {
            close(descriptor)
            unlink(draft)
        }
        let bytes = Array(keys.map(\.line).joined().utf8)
        guard Foundation.write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
            throw failure
        }
        if replacing {
            guard rename(draft, place) == 0 else { throw failure }
        } else {
            guard link(draft, place) == 0 || errno == EEXIST else { throw failure }
        }
        let folder = Foundation.open(URL(fileURLWithPath: place).deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { throw failure }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw failure }
    }

    private var failure: SealError {
        SealError(message: "The key file \(path) can't be made: \(String(cString: strerror(errno))).")
    }
}

/// Why something could not be sealed or opened.
struct SealError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What happened and what to do.
    var message: String

    var description: String { message }
}
