/// Why a request brought no answer that can be used.
///
/// An answer with any HTTP status, 500 included, is no error here: the vendor was reached and spoke.
public struct TransportError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kinds of failure, a closed set to act upon.
    public enum Code: String, Sendable, Hashable, CaseIterable, Codable {
        /// The request is malformed or outside the limits; nothing was sent.
        case invalidRequest
        /// The URL asks for a connection that anyone on the way could read; nothing was sent.
        case insecureURL
        /// The host's name has no address.
        case resolve
        /// No connection to the host: refused, unreachable.
        case connect
        /// The proxy could not be reached, refused, or wants other credentials (407).
        case proxy
        /// The TLS handshake failed or the host's certificate is not trusted.
        case tls
        /// The host's public key is not the pinned one.
        case pinMismatch
        /// No connection, or no complete answer, in the time given.
        case timeout
        /// The host closed the connection before it began to answer.
        case disconnected
        /// The host closed the connection in the middle of its answer.
        case truncated
        /// The answer's body or headers are larger than allowed.
        case tooLarge
        /// What came back is not HTTP, or not encoded as it says.
        case protocolError
        /// The task that asked was canceled.
        case cancelled
        /// The client was shut down before the answer was complete.
        case clientClosed
        /// Anything else, such as a lack of memory; the message says what.
        case other
    }

    /// What kind of failure this is.
    public let code: Code

    /// The host that was asked, without port; empty where the URL names none.
    public let host: String

    /// What happened and what to look at next, in a sentence or two, with libcurl's own text where there is one.
    ///
    /// It holds no header, body, query or password of the request.
    public let message: String

    /// Whether the same request may succeed later, with nothing changed.
    ///
    /// Says nothing about harm: a request that must not reach the vendor twice is repeated only if
    /// `requestMayHaveArrived` is false.
    public let isRetryable: Bool

    /// Whether a part of the request was written to the vendor's connection, so that it may have been acted upon.
    public let requestMayHaveArrived: Bool

    /// Describes a failure.
    ///
    /// - Parameter isRetryable: by default what is usual for the code.
    public init(
        code: Code, host: String, message: String, isRetryable: Bool? = nil, requestMayHaveArrived: Bool = false
    ) {
        self.code = code
        self.host = host
        self.message = message
        self.isRetryable = isRetryable ?? code.isUsuallyRetryable
        self.requestMayHaveArrived = requestMayHaveArrived
    }

    /// The message.
    public var description: String { message }
}

extension TransportError.Code {
    fileprivate var isUsuallyRetryable: Bool {
        switch self {
        case .resolve, .connect, .proxy, .timeout, .disconnected, .truncated: true
        case .invalidRequest, .insecureURL, .tls, .pinMismatch, .tooLarge, .protocolError, .cancelled, .clientClosed,
            .other:
            false
        }
    }
}
