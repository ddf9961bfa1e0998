import Foundation

/// Runs blocking calls on a thread of their own: a dispatch queue's are those that the server's tasks share.
func blocking<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result(catching: work)) }
    }
}

struct HTTPReply: Sendable {
    var status: Int
    /// By name in lower case.
    var headers: [String: String]
    var body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }
}

/// A TCP connection that speaks as much HTTP/1.1 as the tests need; its calls block, for ten seconds at most.
final class HTTPConnection: Sendable {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// The loopback addresses that this machine has: a container may lack IPv6.
    static let loopbacks: [String] = {
        let probe = socket(AF_INET6, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(probe) }
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        inet_pton(AF_INET6, "::1", &address.sin6_addr)
        let size = socklen_t(MemoryLayout<sockaddr_in6>.size)
        let isBound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(probe, $0, size) == 0 }
        }
        return isBound ? ["127.0.0.1", "[::1]"] : ["127.0.0.1"]
    }()

    private let descriptor: Int32

    /// - Parameter url: `http://HOST:PORT`, an address and no name.
    init(_ url: String) throws {
        guard let components = URLComponents(string: url), let host = components.host, let port = components.port else {
            throw Failure(description: "not the URL of a test: \(url)")
        }
        let bare = host.trimmingCharacters(in: ["[", "]"])
        let isSix = bare.contains(":")
        descriptor = socket(isSix ? AF_INET6 : AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(description: "socket: \(errno)") }
        var limit = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let result: Int32
        if isSix {
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = in_port_t(port).bigEndian
            inet_pton(AF_INET6, bare, &address.sin6_addr)
            result = Self.connect(descriptor, &address)
        } else {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(port).bigEndian
            inet_pton(AF_INET, bare, &address.sin_addr)
            result = Self.connect(descriptor, &address)
        }
        guard result == 0 else { throw Failure(description: "connect: \(errno)") }
    }

    deinit { close(descriptor) }

    private static func connect<Address>(_ descriptor: Int32, _ address: inout Address) -> Int32 {
        let size = socklen_t(MemoryLayout<Address>.size)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(descriptor, $0, size) }
        }
    }

    func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { throw Failure(description: "send: \(errno)") }
            rest = rest.dropFirst(count)
        }
    }

    /// Some bytes; none where the other side has closed.
    func receive() throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = bytes.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
        if count < 0, errno == ECONNRESET { return [] }
        guard count >= 0 else { throw Failure(description: "recv: \(errno)") }
        return Array(bytes[..<count])
    }

    /// Everything until the other side closes.
    func receiveAll() throws -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let part = try receive()
            if part.isEmpty { return bytes }
            bytes += part
        }
    }

    /// One request and its reply, after which the connection can be used again.
    func exchange(
        _ method: String, _ path: String, headers: [String: String] = [:], body: [UInt8] = []
    ) throws -> HTTPReply {
        try send(Self.request(method, path, headers: headers, body: body))
        var bytes: [UInt8] = []
        while true {
            if let reply = Self.reply(in: bytes, isWhole: false) { return reply }
            let part = try receive()
            if part.isEmpty { throw Failure(description: "closed after \(bytes.count) bytes") }
            bytes += part
        }
    }

    static func request(
        _ method: String, _ path: String, headers: [String: String] = [:], body: [UInt8] = []
    ) -> [UInt8] {
        var head = "\(method) \(path) HTTP/1.1\r\nHost: sandbox\r\nContent-Length: \(body.count)\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        return Array((head + "\r\n").utf8) + body
    }

    /// The reply in bytes received; nil where more belong to it, unless they are all there are.
    static func reply(in bytes: [UInt8], isWhole: Bool) -> HTTPReply? {
        guard let end = bytes.indices.first(where: { bytes[$0...].starts(with: "\r\n\r\n".utf8) }) else { return nil }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).components(separatedBy: "\r\n")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            headers[parts[0].lowercased()] = parts.last
        }
        let body = bytes[(end + 4)...]
        let length = headers["content-length"].flatMap { Int($0) } ?? 0
        guard isWhole || body.count >= length else { return nil }
        let status = lines[0].split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return HTTPReply(status: status, headers: headers, body: Array(body.prefix(length)))
    }
}
