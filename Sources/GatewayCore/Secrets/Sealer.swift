import AdapterKit
import Crypto
import Foundation

/// Seals what must not lie on the disk in the clear: AES-GCM under a key in a file of its own.
struct Sealer: Sendable {
    /// The key file.
    let file: KeyFile

    /// - Parameter path: the key file's.
    init(path: String) { file = KeyFile(path: path) }

    /// Seals bytes for one purpose: what is sealed for another does not open.
    func seal(_ bytes: [UInt8], for purpose: String) throws(SealError) -> Data {
        guard let key = try file.keysOrNew().first else { throw SealError(message: "There is no key.") }
        return try Self.seal(bytes, for: purpose, with: key)
    }

    /// Seals bytes with a key: a mark, the key's ID, then what AES-GCM makes of them.
    static func seal(_ bytes: [UInt8], for purpose: String, with key: KeyFile.Key) throws(SealError) -> Data {
        do {
            let box = try AES.GCM.seal(bytes, using: key.secret, authenticating: Data(purpose.utf8))
            guard let combined = box.combined else { throw SealError(message: "Nothing could be sealed.") }
            return Data(mark + key.id) + combined
        } catch let error as SealError {
            throw error
        } catch {
            throw SealError(message: "What must be kept secret could not be sealed: \(error).")
        }
    }

    /// Opens what ``seal(_:for:)`` sealed, with whichever key of the file it was.
    func open(_ sealed: Data, for purpose: String) throws(SealError) -> [UInt8] {
        guard let bytes = Self.open(sealed, for: purpose, with: try file.keys()) else {
            throw SealError(
                message: "What was sealed can't be opened with the key file \(file.path): it holds another key, or the "
                    + "store was changed. Put the right key file back. Where it is lost for good, `gatehouse keyfile "
                    + "rotate --lost` gives up what was sealed.")
        }
        return bytes
    }

    /// Opens something with one of these keys; nil where none fits.
    static func open(_ sealed: Data, for purpose: String, with keys: [KeyFile.Key]) -> [UInt8]? {
        let body = sealed.dropFirst(mark.count + KeyFile.Key.idLength)
        if sealed.starts(with: mark), let key = keys.first(where: { sealed.dropFirst(mark.count).starts(with: $0.id) })
        {
            if let bytes = open(Data(body), purpose, key) { return bytes }
        }
        // Before there were IDs, what AES-GCM made stood alone.
        return keys.lazy.compactMap { open(sealed, purpose, $0) }.first
    }

    private static func open(_ sealed: Data, _ purpose: String, _ key: KeyFile.Key) -> [UInt8]? {
        guard let box = try? AES.GCM.SealedBox(combined: sealed),
            let bytes = try? AES.GCM.open(box, using: key.secret, authenticating: Data(purpose.utf8))
        else { return nil }
        return Array(bytes)
    }

    private static let mark = Array("gh1".utf8)
}
