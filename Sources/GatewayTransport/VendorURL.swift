import Foundation

/// The parts of a URL that decide whether it may be asked, read more strictly than libcurl reads it, so that the
/// two can't take one text for two hosts.
struct VendorURL: Sendable, Equatable {
    enum Scheme: String, Sendable {
        case http, https
    }

    /// Why a URL is refused.
    struct Refusal: Error, Equatable {
        let code: TransportError.Code
        let message: String

        static func invalid(_ message: String) -> Refusal { Refusal(code: .invalidRequest, message: message) }
    }

    let scheme: Scheme
    /// In lower case, an IPv6 address without its brackets.
    let host: String
    let port: Int?
    /// Whether nothing but perhaps a slash follows host and port.
    let isBare: Bool
    /// Host and port, which the limit per host counts by.
    let origin: String
    /// Whether the host can only be this machine; libcurl takes `localhost` as loopback without asking the resolver.
    let isLoopback: Bool

    private static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" { return true }
        var address4 = in_addr()
        if inet_pton(AF_INET, host, &address4) == 1 { return UInt32(bigEndian: address4.s_addr) >> 24 == 127 }
        var address6 = in6_addr()
        guard inet_pton(AF_INET6, host, &address6) == 1 else { return false }
        return withUnsafeBytes(of: address6) { $0.dropLast().allSatisfy { $0 == 0 } && $0.last == 1 }
    }

    init(_ text: String) throws(Refusal) {
        let bytes = Array(text.utf8)
        guard bytes.count <= 8192 else { throw .invalid("the URL is longer than 8,192 bytes") }
        guard bytes.allSatisfy(Self.isURLByte) else {
            throw .invalid(
                "the URL holds a character that a URL can't (a space, a control character, a backslash, or one "
                    + "outside ASCII); write it percent-encoded, a host's name in Punycode")
        }
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), bytes[colon...].starts(with: "://".utf8)
        else { throw .invalid("the URL has no scheme; write it as https://HOST/PATH") }
        guard let scheme = Scheme(rawValue: String(decoding: bytes[..<colon], as: UTF8.self).lowercased()) else {
            throw Refusal(code: .insecureURL, message: "the URL's scheme is not https")
        }
        let afterScheme = bytes[(colon + 3)...]
        let end = afterScheme.firstIndex(where: Self.endsAuthority) ?? afterScheme.endIndex
        let authority = afterScheme[..<end]
        guard !authority.contains(UInt8(ascii: "@")) else {
            throw .invalid("the URL holds a user name; credentials belong in a header")
        }
        let (host, port) = try Self.hostAndPort(authority)
        self.scheme = scheme
        self.host = host
        self.port = port
        self.isBare = end == bytes.count || end == bytes.count - 1 && bytes.last == UInt8(ascii: "/")
        self.origin = host + ":" + String(port ?? (scheme == .https ? 443 : 80))
        self.isLoopback = Self.isLoopback(host)
    }

    private static func hostAndPort(_ authority: ArraySlice<UInt8>) throws(Refusal) -> (String, Int?) {
        let host: ArraySlice<UInt8>
        let tail: ArraySlice<UInt8>
        if authority.first == UInt8(ascii: "[") {
            guard let close = authority.firstIndex(of: UInt8(ascii: "]")) else {
                throw .invalid("the URL's IPv6 address has no closing bracket")
            }
            host = authority[(authority.startIndex + 1)..<close]
            tail = authority[(close + 1)...]
            var address = in6_addr()
            guard inet_pton(AF_INET6, String(decoding: host, as: UTF8.self), &address) == 1 else {
                throw .invalid("the URL's host is not an IPv6 address")
            }
        } else {
            let colon = authority.firstIndex(of: UInt8(ascii: ":")) ?? authority.endIndex
            host = authority[..<colon]
            tail = authority[colon...]
            guard !host.isEmpty, host.count <= 253, host.allSatisfy(isNameByte) else {
                throw .invalid("the URL's host is not a name of letters, digits, hyphens and dots")
            }
        }
        let name = String(decoding: host, as: UTF8.self).lowercased()
        guard let separator = tail.first else { return (name, nil) }
        let digits = tail.dropFirst()
        guard separator == UInt8(ascii: ":"), (1...5).contains(digits.count),
            digits.allSatisfy({ (48...57).contains($0) }),
            let port = Int(String(decoding: digits, as: UTF8.self)), (1...65535).contains(port)
        else { throw .invalid("the URL's port is not a number from 1 to 65535") }
        return (name, port)
    }

    /// Printable ASCII but for what RFC 3986 leaves out: `"`, `<`, `>`, `\`, `^`, a backtick, `{`, `|`, `}`.
    private static func isURLByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x22, 0x3C, 0x3E, 0x5C, 0x5E, 0x60, 0x7B...0x7D: false
        case 0x21...0x7E: true
        default: false
        }
    }

    private static func endsAuthority(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): true
        default: false
        }
    }
}
