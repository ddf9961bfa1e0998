import AdapterKit
import Crypto
import Foundation

/// Seals what must not lie on the disk in the clear: AES-GCM under a key in a file of its own.
///
/// The key file is made when it is first needed, of mode 0600, apart from the store and its backups.
struct Sealer: Sendable {
    /// The key file.
    let path: String

    /// Seals bytes for one purpose: what is sealed for another does not open.
    func seal(_ bytes: [UInt8], for purpose: String) throws(SealError) -> Data {
        do {
            let box = try AES.GCM.seal(bytes, using: key(), authenticating: Data(purpose.utf8))
            guard let combined = box.combined else { throw SealError(message: "Nothing could be sealed.") }
            return combined
        } catch let error as SealError {
            throw error
        } catch {
            throw SealError(message: "What must be kept secret could not be sealed: \(error).")
        }
    }

    /// Opens what ``seal(_:for:)`` sealed.
    func open(_ sealed: Data, for purpose: String) throws(SealError) -> [UInt8] {
        do {
            let box = try AES.GCM.SealedBox(combined: sealed)
            return Array(try AES.GCM.open(box, using: key(), authenticating: Data(purpose.utf8)))
        } catch let error as SealError {
            throw error
        } catch {
            throw SealError(
                message: "What was sealed can't be opened with the key file \(path): it is another key, or the store "
                    + "was changed.")
        }
    }

    private func key() throws(SealError) -> SymmetricKey {
        if !FileManager.default.fileExists(atPath: path) { try make() }
        guard let text = FileManager.default.contents(atPath: path) else {
            throw SealError(
                message: "The key file \(path) can't be read: look at its permissions, or put the right one back.")
        }
        guard let bytes = Hex.decode(text.prefix { $0 > 0x20 }), bytes.count == 32 else {
            throw SealError(message: "The key file \(path) holds no key: put the right one back.")
        }
        return SymmetricKey(data: bytes)
    }

    private func make() throws(SealError) {
        let key = SymmetricKey(size: .bits256).withUnsafeBytes { Hex.encode($0) }
        // Written whole under another name first: a key file that can be seen is complete.
        let draft = "\(path).\(UInt64.random(in: 0...UInt64.max)).new"
        let descriptor = Foundation.open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure(path) }
        defer {
            close(descriptor)
            unlink(draft)
        }
        let bytes = Array((key + "\n").utf8)
        guard write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
            throw Self.failure(path)
        }
        guard link(draft, path) == 0 || errno == EEXIST else { throw Self.failure(path) }
    }

    private static func failure(_ path: String) -> SealError {
        SealError(message: "The key file \(path) can't be made: \(String(cString: strerror(errno))).")
    }
}

/// Why something could not be sealed or opened.
struct SealError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What happened and what to do.
    var message: String

    var description: String { message }
}
