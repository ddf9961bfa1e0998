import CCurl
import Foundation
import Synchronization

/// Asks vendors over HTTP/1.1, through the system's libcurl.
///
/// One thread serves all transfers. Connections are kept and used again; a request over the limits waits for its
/// turn, the hosts taking turns. A client is shared freely between tasks.
///
/// What it holds to: `https`, or `http` on loopback only; TLS 1.2 or later with the certificate verified; no
/// redirects, cookies, `.netrc` or proxies of the environment; an answer no larger than the request allows after
/// decompression, with at most 64 kB of headers; no line break in a header.
///
/// gzip data that stop early inside an otherwise whole answer are given out as far as they go, since libcurl does
/// not tell: what matters must be signed or parsed whole.
public final class HTTPClient: Sendable {
    /// How much a client does at once.
    public struct Limits: Sendable, Hashable {
        /// The most transfers under way: 1 to 1,024. Twice as many connections are kept at most.
        public var maxTransfers: Int

        /// The most transfers under way to one host and port, and so the most connections to it: 1 to 1,024.
        public var maxTransfersPerHost: Int

        /// Makes limits.
        public init(maxTransfers: Int = 64, maxTransfersPerHost: Int = 32) {
            self.maxTransfers = maxTransfers
            self.maxTransfersPerHost = maxTransfersPerHost
        }

        /// With no more connections than transfers, hosts that take turns would drive out each other's.
        var maxConnections: Int { 2 * maxTransfers }
    }

    private let mailbox = Mailbox()
    private let userAgent: String
    /// The URL that was read last: of many requests in a row most go to the same.
    private let latest = Mutex<(text: String, url: VendorURL)?>(nil)

    /// Starts a client and its thread.
    ///
    /// - Parameters:
    ///   - limits: how much it does at once.
    ///   - userAgent: what it calls itself to vendors, unless a request has a `User-Agent` of its own.
    /// - Throws: `invalidRequest` for limits out of range or a user agent that is no header value; `other` if the
    ///   system gives no thread.
    public init(limits: Limits = Limits(), userAgent: String = "Gatehouse") throws(TransportError) {
        guard (1...1024).contains(limits.maxTransfers), (1...1024).contains(limits.maxTransfersPerHost) else {
            throw TransportError(
                code: .invalidRequest, host: "",
                message: "An HTTP client's limits must be from 1 to 1,024 transfers, in all and per host.")
        }
        guard !userAgent.isEmpty, userAgent.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw TransportError(
                code: .invalidRequest, host: "", message: "An HTTP client's name must be of printable ASCII.")
        }
        self.userAgent = userAgent
        guard Self.libraryState == CURLE_OK else {
            throw TransportError(code: .other, host: "", message: "libcurl could not be started.")
        }
        let failure = LoopThread.start { [mailbox] in TransferLoop.run(mailbox, limits) }
        guard failure == 0 else {
            throw TransportError(
                code: .other, host: "",
                message: "The system gave no thread for the HTTP client (\(String(cString: strerror(failure)))).")
        }
    }

    deinit {
        shutdown()
    }

    /// Once per process, before anything else of libcurl.
    private static let libraryState = gatehouse_global_init()

    /// Sends a request and waits for the whole answer.
    ///
    /// Canceling the task ends the transfer at once and closes its connection.
    ///
    /// - Returns: the answer, whatever its status.
    /// - Throws: why there is none.
    public func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let known = latest.withLock { $0?.text == request.url ? $0?.url : nil }
        let prepared = try PreparedRequest(request, userAgent: userAgent, known: known)
        if known == nil { latest.withLock { $0 = (request.url, prepared.url) } }
        let ticket = mailbox.nextTicket()
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                submit(Mailbox.Submission(ticket: ticket, prepared: prepared, continuation: continuation))
            }
        } onCancel: {
            mailbox.cancel(ticket)
        }
        return try outcome.get().response()
    }

    private func submit(_ submission: Mailbox.Submission) {
        let host = submission.prepared.url.host
        guard !Task.isCancelled else {
            submission.continuation.resume(returning: .failure(.cancelled(host)))
            return
        }
        guard mailbox.submit(submission) else {
            submission.continuation.resume(returning: .failure(.closed(host, TransportError.shutDown)))
            return
        }
        // Canceled between the two, the handler may have run before there was anything to cancel.
        if Task.isCancelled { mailbox.cancel(submission.ticket) }
    }

    /// Ends the client: requests under way fail with `clientClosed`, as does every later one, and the thread ends
    /// by itself soon after. Returns at once; calling it again does nothing.
    public func shutdown() {
        mailbox.close()
    }
}
