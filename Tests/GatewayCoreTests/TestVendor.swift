import AdapterKit
import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A small HTTP/1.1 server on a loopback port: it stands for the vendor of the adapters that tests bring, and counts
/// what reaches it. Every request has a connection and a thread of its own, so an answer may be held back.
final class TestVendor: Sendable {
    struct Request: Sendable {
        /// From 1, in the order in which they came.
        var number = 0
        var method = ""
        var path = ""
        var body: [UInt8] = []

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    enum Answer: Sendable {
        case reply(Int, String, headers: [String: String] = [:])
        /// The connection ends without an answer.
        case hangUp
    }

    typealias Script = @Sendable (Request) -> Answer

    let url: String
    private let listener: CInt
    private let script: Script
    private let received = Mutex<[Request]>([])

    /// Runs a vendor while the closure runs.
    static func with<Result>(
        _ script: @escaping Script, _ body: (TestVendor) async throws -> Result
    ) async throws -> Result {
        let vendor = try TestVendor(script)
        defer { shutdown(vendor.listener, CInt(SHUT_RDWR)) }
        return try await body(vendor)
    }

    /// What came so far.
    var requests: [Request] { received.withLock { $0 } }

    private init(_ script: @escaping Script) throws {
        self.script = script
        #if canImport(Glibc)
            listener = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        #else
            listener = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let bound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 64) == 0
                    && getsockname(listener, $0, &length) == 0
            }
        }
        guard bound else { throw TestFailure("no port to listen on") }
        url = "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))"
        Thread.detachNewThread { [self] in acceptAll() }
    }

    private func acceptAll() {
        while true {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else { break }
            var limit = timeval(tv_sec: 30, tv_usec: 0)
            setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
            Thread.detachNewThread { [self] in serve(connection) }
        }
        close(listener)
    }

    private func serve(_ connection: CInt) {
        defer { close(connection) }
        guard var request = readRequest(connection) else { return }
        received.withLock {
            request.number = $0.count + 1
            $0.append(request)
        }
        guard case .reply(let status, let text, let headers) = script(request) else { return }
        let lines = headers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)\r\n" }.joined()
        let reply =
            "HTTP/1.1 \(status) Status\r\nContent-Length: \(text.utf8.count)\r\nConnection: close\r\n\(lines)\r\n\(text)"
        var rest = Array(reply.utf8)[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Self.noSignal) }
            guard sent > 0 else { return }
            rest = rest.dropFirst(sent)
        }
    }

    private func readRequest(_ connection: CInt) -> Request? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let end = Array("\r\n\r\n".utf8)
        while true {
            if let head = bytes.firstRange(of: end) {
                let lines = String(decoding: bytes[..<head.lowerBound], as: UTF8.self).split(separator: "\r\n")
                let length = lines.first { $0.lowercased().hasPrefix("content-length:") }
                    .flatMap { Int($0.dropFirst(15).drop { $0 == " " }) }
                let words = lines.first?.split(separator: " ") ?? []
                if words.count >= 2, bytes.count >= head.upperBound + (length ?? 0) {
                    return Request(
                        method: String(words[0]), path: String(words[1]), body: Array(bytes[head.upperBound...]))
                }
            }
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            bytes += buffer[..<count]
        }
    }

    #if canImport(Glibc)
        private static let noSignal = CInt(MSG_NOSIGNAL)
    #else
        private static let noSignal: CInt = 0
    #endif
}
