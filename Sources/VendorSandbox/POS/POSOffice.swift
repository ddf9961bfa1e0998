import AdapterKit
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Where the authorization server keeps what it remembers, from one version of the book to the next; and, of that,
/// licenses and keys in a file from one run to the next.
final class POSOffice: Sendable {
    private struct Desk {
        var state = POSState()
        var file: String?
        var report: @Sendable (String) -> Void = { _ in }
        var isTold = false
    }

    /// What stands in the file: no token, but what tells one that is good.
    private struct Kept: Codable {
        var version = 1
        var licenses: [POSLicense]
        var keys: [TokenKeys.Used]
    }

    private let desk = Mutex(Desk())

    /// Takes up what an earlier run kept.
    func start(keepingIn file: String, report: @escaping @Sendable (String) -> Void) throws(SandboxError) {
        let kept = try Self.read(file)
        desk.withLock { desk in
            desk.file = file
            desk.report = report
            guard let kept else { return }
            desk.state.licenses = Licenses(kept.licenses)
            desk.state.keys = TokenKeys(kept.keys)
        }
    }

    /// Changes what is remembered, in one piece, by the rules of one version of the book.
    func work<Value: Sendable>(
        by book: POSBook, at now: Instant, _ body: (inout POSState) throws -> Value
    ) rethrows -> Value {
        try desk.withLock { desk in
            desk.state.licenses.settle(book, at: now)
            defer { Self.keep(&desk) }
            return try body(&desk.state)
        }
    }

    // MARK: The file

    private static func read(_ file: String) throws(SandboxError) -> Kept? {
        if access(file, F_OK) != 0, errno == ENOENT { return nil }
        do {
            let kept = try JSONDecoder().decode(Kept.self, from: Data(contentsOf: URL(fileURLWithPath: file)))
            if kept.version == 1 { return kept }
        } catch {}
        throw SandboxError(
            "What the stand-in for POS kept in \(file) can't be read. Put the right file there, or remove it: then every "
                + "device has to be authorized again.")
    }

    /// Writes down what has changed. Where that fails it goes on, and says so once.
    private static func keep(_ desk: inout Desk) {
        guard let file = desk.file, desk.state.licenses.isChanged || desk.state.keys.isChanged else { return }
        let licenses = desk.state.licenses.all.values.sorted { ($0.acquired, $0.serverID) < ($1.acquired, $1.serverID) }
        let kept = Kept(licenses: licenses, keys: desk.state.keys.used)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let failure = (try? encoder.encode(kept)).map { replacePrivateFile(file, with: Array($0)) } ?? EINVAL
        guard failure != 0 else {
            desk.state.licenses.isChanged = false
            desk.state.keys.isChanged = false
            desk.isTold = false
            return
        }
        if !desk.isTold {
            desk.report(
                "\(serverName): what it has to remember of POS can't be kept in \(file): \(systemMessage(failure)). It "
                    + "goes on, but devices have to be authorized again when it was started anew.")
        }
        desk.isTold = true
    }
}
