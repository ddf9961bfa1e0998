import Foundation
import Glibc
import Synchronization

/// Stands between the program and the stand-in vendor: hands every request on, writes down what both say, and lets a
/// test come in between.
final class Wiretap: Sendable {
    /// One request, and what was answered.
    struct Exchange: Sendable {
        /// From 1, since the test last asked for something else.
        var number = 0
        var path = ""
        /// The form or the body.
        var sent = ""
        /// Empty while the server was not asked yet.
        var answer: [UInt8] = []

        var isAnswered: Bool { !answer.isEmpty }
        /// The members of the answer's JSON.
        var members: JSON? {
            let parts = String(decoding: answer, as: UTF8.self).split(separator: "\r\n\r\n", maxSplits: 1)
            return parts.count == 2 ? try? JSON(String(parts[1])) : nil
        }
    }

    /// What becomes of a request before it is handed on, and of an answer before it is.
    enum Way: Sendable {
        case on
        /// The connection ends.
        case end
        /// This is answered.
        case instead(status: Int, String)
    }

    typealias Watch = @Sendable (Exchange) -> Way

    private struct State {
        var watch: Watch = { _ in .on }
        var count = 0
        var exchanges: [Exchange] = []
    }

    let port: UInt16
    private let server: UInt16
    private let listener: Int32
    private let state = Mutex(State())

    var url: String { "http://127.0.0.1:\(port)" }
    /// All that were answered by the server.
    var exchanges: [Exchange] { state.withLock { $0.exchanges } }

    /// - Parameter server: The port of the stand-in.
    init(_ server: UInt16) throws {
        self.server = server
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = Self.address(0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let isThere = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, size) == 0 && listen(listener, 64) == 0
                    && getsockname(listener, address, &size) == 0
            }
        }
        guard isThere else { throw Trouble("no port can be had") }
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [self] in acceptAll() }
    }

    /// Has a test come in between from now on, counting from 1 again.
    func watch(_ watch: @escaping Watch = { _ in .on }) {
        state.withLock {
            $0.watch = watch
            $0.count = 0
        }
    }

    func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    private func acceptAll() {
        while true {
            let socket = accept(listener, nil, nil)
            guard socket >= 0 else { break }
            _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
            Self.limit(socket)
            Thread.detachNewThread { [self] in
                serve(socket)
                shutdown(socket, Int32(SHUT_RDWR))
                close(socket)
            }
        }
        close(listener)
    }

    private func serve(_ socket: Int32) {
        let request = Self.read(socket, isRequest: true)
        let parts = String(decoding: request, as: UTF8.self).split(separator: "\r\n\r\n", maxSplits: 1)
        guard let head = parts.first, let path = head.split(separator: " ").dropFirst().first else { return }
        var exchange = Exchange(path: String(path.prefix { $0 != "?" }), sent: parts.count == 2 ? String(parts[1]) : "")
        let watch = state.withLock { state in
            state.count += 1
            exchange.number = state.count
            return state.watch
        }
        guard pass(watch(exchange), to: socket) else { return }
        let lines = head.split(separator: "\r\n").filter { !$0.lowercased().hasPrefix("connection:") }
        let closing = (lines + ["Connection: close"]).joined(separator: "\r\n") + "\r\n\r\n" + exchange.sent
        exchange.answer = (try? Self.ask(server, Array(closing.utf8))) ?? []
        state.withLock { $0.exchanges.append(exchange) }
        guard pass(watch(exchange), to: socket) else { return }
        Self.write(exchange.answer, to: socket)
    }

    /// - Returns: Whether it goes on.
    private func pass(_ way: Way, to socket: Int32) -> Bool {
        switch way {
        case .on: return true
        case .end: break
        case .instead(let status, let body):
            let head = "HTTP/1.1 \(status) Other\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n"
            Self.write(Array((head + body).utf8), to: socket)
        }
        return false
    }

    // MARK: Bytes

    /// What a server of this machine answers to a request that closes its connection.
    static func ask(_ port: UInt16, _ request: [UInt8]) throws -> [UInt8] {
        let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(connection) }
        limit(connection)
        var address = address(port)
        let isThere = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isThere else { throw Trouble("nobody listens on port \(port)") }
        write(request, to: connection)
        return read(connection, isRequest: false)
    }

    private static func address(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    private static func limit(_ socket: Int32) {
        var limit = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    private static func write(_ bytes: [UInt8], to socket: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// A request to the end of its body, or whatever comes until the connection ends.
    private static func read(_ socket: Int32, isRequest: Bool) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            if isRequest, let head = bytes.firstRange(of: Array("\r\n\r\n".utf8)) {
                let length = String(decoding: bytes[..<head.lowerBound], as: UTF8.self).lowercased()
                    .split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
                    .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) }
                if bytes.count >= head.upperBound + (length ?? 0) { return bytes }
            }
            let count = recv(socket, &buffer, buffer.count, 0)
            guard count > 0 else { return bytes }
            bytes += buffer[..<count]
        }
    }
}
