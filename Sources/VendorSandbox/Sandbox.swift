public import AdapterKit
import Hummingbird
import HummingbirdTLS
import Logging
import Synchronization

/// A stand-in for vendors' licensing servers: a real HTTP server that answers from a book anyone can edit.
///
/// It is no vendor, and says so wherever it shows. Every vendor that it stands in for has its own path on the one
/// port (`/sage300/…`), and its own section of the book.
///
/// ```swift
/// let sandbox = Sandbox(book: "examples/book.yaml")
/// try await sandbox.run(listen: .loopback) { ready in print(ready.url) }
/// ```
public struct Sandbox: Sendable {
    /// The ID of the key that every answer is signed with: the name under which a profile trusts
    /// ``SandboxReady/publicKey``.
    public static let keyID = "sandbox"

    /// What stands in the `Server` header of every answer, by which a script knows that it speaks with a stand-in.
    public static let serverHeader = serverName

    let book: String
    let keyFile: String
    let clock: @Sendable () -> Instant
    private let report: @Sendable (String) -> Void

    /// A stand-in that is not running yet; no file is touched before it runs.
    ///
    /// - Parameters:
    ///   - book: The path of the YAML file of what the vendors know of their customers. It is reread when it
    ///     changes; while a changed one is broken, the last good one stays in force. What a vendor has to remember
    ///     stands beside it, in a file of that path with the vendor's name behind it (`book.yaml.pos`).
    ///   - keyFile: The path of the file with the secret signing key, made on the first run with mode 0600; without
    ///     one, the book's path with `.key` behind it.
    ///   - clock: What time the stand-in takes it to be; without one, the machine's. Where it goes back, the stand-in stays at the latest time
    ///     it has seen: the protocols promise that no answer is older than one before it.
    ///   - report: Takes what a person should know while it runs, such as what is wrong with a changed book: a text
    ///     of one or several lines, without the last line feed. Without one it goes to standard error.
    public init(
        book: String, keyFile: String? = nil, clock: (@Sendable () -> Instant)? = nil,
        report: (@Sendable (String) -> Void)? = nil
    ) {
        self.book = book
        self.keyFile = keyFile ?? book + ".key"
        self.clock = clock ?? machineTime
        self.report = report ?? writeToStandardError
    }

    /// Serves until the task is cancelled, then closes every connection and returns.
    ///
    /// - Parameters:
    ///   - listen: Where to listen; port 0 takes a free one.
    ///   - tls: The certificate and key for TLS; without them it speaks plain HTTP.
    ///   - onReady: Called once, as soon as requests are answered.
    /// - Throws: `DiagnosticsError` of MarkedText, with every place, where the book can't be used;
    ///   ``SandboxError`` where the key, the certificate or the address can't.
    public func run(
        listen: ListenAddress, tls: TLSFiles? = nil, onReady: @escaping @Sendable (SandboxReady) -> Void = { _ in }
    ) async throws {
        let time = ForwardClock(clock)
        let keeper = try BookKeeper(path: book, now: time.now, report: report)
        let signer = try Signer(keyID: Self.keyID, key: signingKey(at: keyFile))
        let encryption = try tls?.configuration()
        for (name, vendor) in await keeper.current().vendors {
            try vendor.standIn.start(keepingIn: "\(book).\(name)", report: report)
        }
        // Seconds after which a connection that nothing comes over is let go: its peer may be gone.
        let idle: Int64 = 120
        let isReady = Atomic(false)
        let application = Application(
            responder: StandInResponder(
                keeper: keeper, signer: signer, scheme: tls == nil ? "http" : "https", now: time.now),
            server: try encryption.map {
                try .tls(.http1(configuration: .init(idleTimeout: .seconds(idle))), tlsConfiguration: $0)
            } ?? .http1(configuration: .init(idleTimeout: .seconds(idle))),
            configuration: .init(address: .hostname(listen.host, port: listen.port), serverName: serverName),
            onServerRunning: { channel in
                isReady.store(true, ordering: .relaxed)
                let port = channel.localAddress?.port ?? listen.port
                onReady(
                    SandboxReady(
                        url: listen.url(scheme: tls == nil ? "http" : "https", port: port),
                        publicKey: signer.publicKey))
            },
            // What a person should know goes to `report`; the server's own log would drown it.
            logger: Logger(label: "gatehouse-sandbox") { _ in SwiftLogNoOpLogHandler() })
        do {
            try await application.run()
        } catch {
            if Task.isCancelled { return }
            if isReady.load(ordering: .relaxed) { throw SandboxError("The stand-in vendor stopped: \(error)") }
            throw SandboxError.cannotListen(on: listen, tls: tls, because: error)
        }
    }

    /// Serves while a closure runs, then stops.
    ///
    /// - Parameters:
    ///   - listen: Where to listen; without it on a free port of the loopback address.
    ///   - tls: The certificate and key for TLS; without them it speaks plain HTTP.
    ///   - body: Is given the address and key of the running stand-in.
    /// - Returns: What the closure returned.
    /// - Throws: What ``run(listen:tls:onReady:)`` throws before it is ready, and what the closure throws.
    public func whileRunning<Value>(
        listen: ListenAddress = .loopback, tls: TLSFiles? = nil, _ body: (SandboxReady) async throws -> Value
    ) async throws -> Value {
        let (readiness, announcer) = AsyncThrowingStream.makeStream(of: SandboxReady.self)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await run(listen: listen, tls: tls) { announcer.yield($0) }
                    announcer.finish()
                } catch {
                    announcer.finish(throwing: error)
                }
            }
            defer { group.cancelAll() }
            for try await ready in readiness { return try await body(ready) }
            throw CancellationError()
        }
    }
}

/// What a running stand-in says of itself: as JSON, `{"url": …, "publicKey": …}`.
public struct SandboxReady: Encodable, Hashable, Sendable {
    /// Where it is, without a slash at the end, such as `http://127.0.0.1:40123`. A vendor's path comes behind it.
    public let url: String
    /// The Ed25519 public key that its answers are checked with: 32 bytes in base64.
    public let publicKey: String

    /// The ID of that key, which stands in every signature.
    public var keyID: String { Sandbox.keyID }
}
