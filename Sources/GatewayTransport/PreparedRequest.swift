/// A request that was checked and may be sent; made by the task that asks, before the transfer thread sees it.
///
/// A class, though it never changes, so that it is handed about by one reference rather than a dozen.
final class PreparedRequest: Sendable {
    let request: HTTPRequest
    let url: VendorURL
    /// Header lines as libcurl takes them.
    let headerLines: [String]
    let connectMilliseconds: Int
    let totalMilliseconds: Int

    /// Checks a request.
    ///
    /// - Parameter known: What its URL was read as before; nil to read it.
    init(_ request: HTTPRequest, userAgent: String, known: VendorURL? = nil) throws(TransportError) {
        let url: VendorURL
        do {
            url = if let known { known } else { try VendorURL(request.url) }
        } catch {
            throw TransportError(code: error.code, host: "", message: "The request was not sent: \(error.message).")
        }
        do {
            try Self.checkTrust(request, url)
            self.headerLines = try Self.headerLines(request, userAgent: userAgent)
            self.connectMilliseconds = try Self.milliseconds(request.connectTimeout, "connect timeout")
            self.totalMilliseconds = try Self.milliseconds(request.totalTimeout, "total timeout")
        } catch {
            throw TransportError(
                code: error.code, host: url.host,
                message: "The request to \(url.host) was not sent: \(error.message).")
        }
        self.request = request
        self.url = url
    }

    private static func checkTrust(_ request: HTTPRequest, _ url: VendorURL) throws(VendorURL.Refusal) {
        if url.scheme == .http {
            guard url.isLoopback else {
                throw VendorURL.Refusal(
                    code: .insecureURL,
                    message: "plain http is for this machine only (localhost, 127.0.0.1, [::1]); use https")
            }
            guard request.pinnedPublicKey == nil else {
                throw VendorURL.Refusal(
                    code: .insecureURL, message: "a pinned key can't be checked over plain http; use https")
            }
        }
        guard request.method != .get && request.method != .head || request.body.isEmpty else {
            throw .invalid("a \(request.method.rawValue) request carries no body")
        }
        guard request.maxResponseBytes >= 0 else { throw .invalid("the largest answer's size is negative") }
        if let pin = request.pinnedPublicKey, !isPin(pin) {
            throw .invalid(
                "the pinned key is not of the form sha256//BASE64 with the 44 base64 characters of a SHA-256 hash")
        }
        if let file = request.caFile, file.isEmpty || file.utf8.contains(0) {
            throw .invalid("the path of the CA file is empty or holds a zero byte")
        }
        if let proxy = request.proxy { try check(proxy, for: url) }
    }

    private static func check(_ proxy: HTTPProxy, for url: VendorURL) throws(VendorURL.Refusal) {
        let place: VendorURL
        do {
            place = try VendorURL(proxy.url)
        } catch {
            throw .invalid("its proxy is not usable, \(error.message)")
        }
        guard place.port != nil, place.isBare else {
            throw .invalid("its proxy is not of the form http://HOST:PORT")
        }
        guard url.scheme == .https || place.isLoopback else {
            throw VendorURL.Refusal(
                code: .insecureURL, message: "plain http can't go through a proxy on another machine; use https")
        }
        for text in [proxy.user ?? "", proxy.password ?? ""]
        where text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
            throw .invalid("the proxy's credentials hold a control character")
        }
        guard proxy.user?.contains(":") != true else { throw .invalid("the proxy's user name holds a colon") }
        guard proxy.password == nil || proxy.user != nil else {
            throw .invalid("the proxy has a password but no user name")
        }
    }

    /// libcurl takes a pin of any other form for the name of a file.
    private static func isPin(_ text: String) -> Bool {
        text.split(separator: ";", omittingEmptySubsequences: false).allSatisfy { pin in
            let digits = pin.utf8.dropFirst(8)
            return pin.hasPrefix("sha256//") && digits.count == 44 && digits.last == UInt8(ascii: "=")
                && digits.dropLast().allSatisfy {
                    switch $0 {
                    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "+"), UInt8(ascii: "/"): true
                    default: false
                    }
                }
        }
    }

    private static let ownHeaders: Set<String> = [
        "accept-encoding", "connection", "content-length", "expect", "host", "keep-alive", "proxy-authorization",
        "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
    ]

    private static func headerLines(
        _ request: HTTPRequest, userAgent: String
    ) throws(VendorURL.Refusal) -> [String] {
        var lines: [String] = []
        lines.reserveCapacity(request.headers.count + 3)
        var size = 0
        var namesType = false
        var namesAgent = false
        for header in request.headers {
            guard isToken(header.name) else { throw .invalid("a header's name is empty or holds what a name can't") }
            let name = header.name.lowercased()
            guard !ownHeaders.contains(name) else { throw .invalid("the header \(name) is set by the client itself") }
            guard header.value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
                throw .invalid("the value of the header \(name) holds a line break or another control character")
            }
            namesType = namesType || name == "content-type"
            namesAgent = namesAgent || name == "user-agent"
            // libcurl takes "Name:" as a wish to leave the header out, "Name;" as a header without a value.
            let isBlank = header.value.utf8.allSatisfy { $0 == 0x20 || $0 == 0x09 }
            lines.append(isBlank ? header.name + ";" : header.name + ": " + header.value)
            size += header.name.utf8.count + header.value.utf8.count + 4
        }
        guard size <= 65_536 else { throw .invalid("its headers are larger than 64 kB") }
        if !namesAgent { lines.append("User-Agent: " + userAgent) }
        if !request.body.isEmpty {
            if !namesType { lines.append("Content-Type:") }
            // Else libcurl waits up to a second for the host's leave before a large body.
            lines.append("Expect:")
        } else if request.method != .get && request.method != .head && !namesType {
            lines.append("Content-Type:")
        }
        return lines
    }

    static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy {
                switch $0 {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                default: "!#$%&'*+-.^_`|~".utf8.contains($0)
                }
            }
    }

    private static func milliseconds(_ time: Duration, _ what: String) throws(VendorURL.Refusal) -> Int {
        guard time >= .milliseconds(1), time <= .seconds(86_400) else {
            throw .invalid("its \(what) is not between 1 millisecond and 24 hours")
        }
        let parts = time.components
        return Int(parts.seconds) * 1000 + Int((parts.attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
