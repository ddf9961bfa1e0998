/// Where a server listens: `127.0.0.1:8080`, `[::1]:0`, `localhost:8080`.
public struct ListenAddress: Hashable, Sendable, CustomStringConvertible, LosslessStringConvertible {
    /// A host name or an address, IPv6 without its brackets.
    public let host: String
    /// 0 to 65535; 0 takes a free port.
    public let port: Int

    /// A free port of 127.0.0.1.
    public static let loopback = ListenAddress(host: "127.0.0.1", port: 0)

    private init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// The address that `HOST:PORT` names, an IPv6 address in brackets; nil for anything else.
    public init?(_ description: String) {
        let bytes = description.utf8
        guard let colon = bytes.lastIndex(of: UInt8(ascii: ":")) else { return nil }
        let digits = bytes[bytes.index(after: colon)...]
        guard (1...5).contains(digits.count), digits.allSatisfy({ $0 >= 48 && $0 <= 57 }),
            let port = Int(String(decoding: digits, as: UTF8.self)), port <= 65_535
        else { return nil }
        var host = bytes[..<colon]
        let isBracketed = host.first == UInt8(ascii: "[") && host.last == UInt8(ascii: "]")
        if isBracketed { host = host.dropFirst().dropLast() }
        guard !host.isEmpty, host.contains(UInt8(ascii: ":")) == isBracketed, host.allSatisfy(Self.mayStandInHost)
        else { return nil }
        self.init(host: String(decoding: host, as: UTF8.self), port: port)
    }

    /// `HOST:PORT`, an IPv6 address in brackets.
    public var description: String { "\(bracketed(host)):\(port)" }

    /// The URL by which it is reached from this machine, without a path.
    func url(scheme: String, port: Int) -> String {
        let reachable =
            switch host {
            case "0.0.0.0": "127.0.0.1"
            case "::": "::1"
            default: host
            }
        return "\(scheme)://\(bracketed(reachable)):\(port)"
    }

    private func bracketed(_ host: String) -> String { host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host }

    private static func mayStandInHost(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
