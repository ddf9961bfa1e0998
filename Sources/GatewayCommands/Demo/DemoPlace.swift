import AdapterKit
import Foundation
import GatewayAPI
import GatewayCore
import Synchronization

/// The temporary folder of a demo: a copy of the book, the store, and the customers' sites.
struct DemoPlace: Sendable {
    let folder: String
    let script: String

    var book: String { folder + "/book.yaml" }
    var store: String { folder + "/gatehouse.db" }
    var sites: String { folder + "/sites" }

    init(examples: String) throws {
        folder = NSTemporaryDirectory() + "gatehouse-demo-\(getpid())"
        script = examples + "/portfolio.sh"
        let files = FileManager.default
        do {
            try files.createDirectory(
                atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
            try files.createDirectory(atPath: folder + "/sites", withIntermediateDirectories: false)
            try files.copyItem(atPath: examples + "/book.yaml", toPath: folder + "/book.yaml")
        } catch {
            throw CallError(.failed, "The temporary folder \(folder) can't be made: \(error.localizedDescription)")
        }
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }

    /// Gives an entry of the book another last day; the stand-in rereads it at the next request.
    func setExpiry(_ day: LocalDay, ofClient id: String) throws {
        var lines = try String(contentsOfFile: book, encoding: .utf8).components(separatedBy: "\n")
        guard let entry = lines.firstIndex(where: { $0.contains("clientID: \"\(id)\"") }),
            let line = lines[entry...].firstIndex(where: { $0.contains("expires:") })
        else { throw CallError(.failed, "The book has no client \(id) with an expiry.") }
        let indent = lines[line].prefix { $0 == " " }
        lines[line] = "\(indent)expires: \(day)"
        try lines.joined(separator: "\n").write(toFile: book, atomically: true, encoding: .utf8)
    }
}

/// The demo's clock: the machine's, moved on by what a person would have waited.
final class DemoClock: Sendable {
    private let seconds = Mutex(0)

    var now: Instant { Surroundings.system.now().adding(seconds: seconds.withLock { $0 }) }

    /// Moves on to a time, unless it has passed.
    func advance(to time: Instant) {
        let left = time.milliseconds - now.milliseconds
        if left > 0 { seconds.withLock { $0 += Int(left / 1000) + 1 } }
    }
}
