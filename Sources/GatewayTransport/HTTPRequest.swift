/// A request to a vendor, complete with how far to trust and how long to wait.
public struct HTTPRequest: Sendable, Hashable {
    /// The methods a request may have.
    public enum Method: String, Sendable, Hashable, CaseIterable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    /// The method. `GET` and `HEAD` carry no body.
    public var method: Method

    /// An absolute URL in ASCII, at most 8,192 bytes, without user name or password.
    ///
    /// `https`, or `http` where the host is loopback: `localhost`, `127.0.0.0/8` or `::1`.
    public var url: String

    /// Headers in order. The client itself sets `Host`, `Accept-Encoding` and those about the connection and the
    /// body's length; naming one of them is refused. Together at most 64 kB.
    public var headers: [HTTPHeader]

    /// The body, sent as it is. No `Content-Type` is sent unless `headers` names one.
    public var body: [UInt8]

    /// How long resolving, connecting and the TLS handshake may take together: 1 millisecond to 24 hours.
    public var connectTimeout: Duration

    /// How long the whole exchange may take: 1 millisecond to 24 hours. It starts with the transfer; the wait for
    /// a free place in the client's limits is not counted.
    public var totalTimeout: Duration

    /// The largest body that is taken, in bytes after decompression; a longer one fails the request.
    public var maxResponseBytes: Int

    /// The proxy to go through; none by default. The environment's proxies are never used.
    public var proxy: HTTPProxy?

    /// The keys one of which the host's certificate must have, besides being trusted: `sha256//` and the base64 of
    /// the SHA-256 of the public key (SubjectPublicKeyInfo in DER); several are separated by `;`.
    public var pinnedPublicKey: String?

    /// The path of a PEM file of certificates that are trusted in place of the system's.
    public var caFile: String?

    /// Whether the request must reach the host at most once.
    ///
    /// On a kept connection that turns out to be dead libcurl repeats a request by itself, which the host may
    /// already have acted upon. Such a request takes a fresh connection, where that can't happen.
    public var isSentOnce: Bool

    /// Makes a request. Nothing is checked before it is sent.
    public init(
        method: Method = .get, url: String, headers: [HTTPHeader] = [], body: [UInt8] = [],
        connectTimeout: Duration = .seconds(10), totalTimeout: Duration = .seconds(30),
        maxResponseBytes: Int = 1_048_576, proxy: HTTPProxy? = nil, pinnedPublicKey: String? = nil,
        caFile: String? = nil, isSentOnce: Bool = false
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.connectTimeout = connectTimeout
        self.totalTimeout = totalTimeout
        self.maxResponseBytes = maxResponseBytes
        self.proxy = proxy
        self.pinnedPublicKey = pinnedPublicKey
        self.caFile = caFile
        self.isSentOnce = isSentOnce
    }
}

extension HTTPRequest: CustomDebugStringConvertible {
    /// The method and host without what may be secret, for logs.
    public var debugDescription: String {
        let host = (try? VendorURL(url))?.origin ?? "?"
        return "HTTPRequest(\(method.rawValue) \(host), \(headers.count) headers, \(body.count) bytes)"
    }
}

/// One header of a request or an answer.
public struct HTTPHeader: Sendable, Hashable {
    /// The name: a token (RFC 9110, section 5.6.2); in an answer always in lower case.
    public var name: String

    /// The value, without a line break.
    public var value: String

    /// Makes a header.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// A proxy through which vendors are asked, always by a tunnel (`CONNECT`), so that it sees no request.
public struct HTTPProxy: Sendable, Hashable, CustomDebugStringConvertible {
    /// `http://HOST:PORT` or `https://HOST:PORT`; the port is required.
    public var url: String

    /// The user name for Basic authentication, without a colon.
    public var user: String?

    /// The password that belongs to the user name.
    public var password: String?

    /// Names a proxy.
    public init(url: String, user: String? = nil, password: String? = nil) {
        self.url = url
        self.user = user
        self.password = password
    }

    /// The proxy without its password, for logs.
    public var debugDescription: String {
        "HTTPProxy(\(url)\(user == nil ? "" : ", with credentials"))"
    }
}
