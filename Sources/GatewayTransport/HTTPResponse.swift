/// A complete answer.
public struct HTTPResponse: Sendable, Hashable {
    /// The status, 200 to 999. A redirect (3xx) is an answer like any other; it is not followed.
    public let status: Int

    /// The headers in the order they came, names in lower case, bytes that are not UTF-8 replaced. Trailers after
    /// the body are dropped. A `content-encoding` tells how the body traveled, not how it stands in `body`.
    public var headers: [HTTPHeader] {
        switch headerForm {
        case .read(let headers): headers
        case .block(let bytes): RawAnswer.headers(in: bytes)
        }
    }

    /// As they came, they are taken apart only for who asks: most answers are looked at for their body alone.
    private let headerForm: HeaderForm

    private enum HeaderForm {
        case read([HTTPHeader])
        case block([UInt8])
    }

    /// The body, decompressed.
    public let body: [UInt8]

    /// The address that answered (a proxy's, where one was used); nil if not known.
    public let primaryIP: String?

    /// Makes an answer.
    public init(status: Int, headers: [HTTPHeader] = [], body: [UInt8] = [], primaryIP: String? = nil) {
        self.status = status
        headerForm = .read(headers)
        self.body = body
        self.primaryIP = primaryIP
    }

    fileprivate init(_ raw: RawAnswer) {
        status = raw.status
        headerForm = .block(raw.headerBlock)
        body = raw.body
        primaryIP = raw.primaryIP
    }

    /// Whether all that they say is the same, however it is held.
    public static func == (first: HTTPResponse, second: HTTPResponse) -> Bool {
        first.status == second.status && first.headers == second.headers && first.body == second.body
            && first.primaryIP == second.primaryIP
    }

    /// Hashes the status and the body.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(status)
        hasher.combine(body)
    }

    /// The first value of a header; the name's case does not matter.
    public subscript(header name: String) -> String? {
        let name = name.lowercased()
        return headers.first { $0.name == name }?.value
    }
}

/// What the transfer thread hands over: the header block is taken apart by the task that asked, which leaves the
/// one thread to its sockets.
struct RawAnswer: Sendable {
    let status: Int
    let headerBlock: [UInt8]
    let body: [UInt8]
    let primaryIP: String?

    func response() -> HTTPResponse {
        HTTPResponse(self)
    }

    /// Takes a header block apart: lines after the status line, each `name: value`, a folded line joined to the
    /// one before (RFC 9112, section 5.2).
    static func headers(in block: [UInt8]) -> [HTTPHeader] {
        var headers: [HTTPHeader] = []
        for line in block.split(separator: UInt8(ascii: "\n")).dropFirst() {
            let line = trimmed(line)
            guard let first = line.first else { continue }
            if isBlank(first) {
                guard !headers.isEmpty else { continue }
                headers[headers.count - 1].value +=
                    " " + String(decoding: trimmed(line.drop(while: isBlank)), as: UTF8.self)
            } else if let colon = line.firstIndex(of: UInt8(ascii: ":")) {
                let name = line[..<colon].map { (65...90).contains($0) ? $0 | 0x20 : $0 }
                let value = line[(colon + 1)...].drop(while: isBlank)
                headers.append(
                    HTTPHeader(String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self)))
            }
        }
        return headers
    }

    /// Without blanks and the carriage return at the end.
    private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var line = line
        while let last = line.last, isBlank(last) || last == UInt8(ascii: "\r") { line.removeLast() }
        return line
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }
}
