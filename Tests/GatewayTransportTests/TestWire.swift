import Foundation

@testable import GatewayTransport

/// The server's end of a connection, plain or under TLS; used on the connection's thread only.
final class TestWire {
    private let socket: Int32
    private let session: TestTLS.Session?
    private var unread: [UInt8] = []

    /// Takes a connection; nil if the TLS handshake fails.
    init?(_ socket: Int32, _ tls: TestTLS?) {
        self.socket = socket
        guard let tls else {
            session = nil
            return
        }
        guard let session = tls.accept(socket) else { return nil }
        self.session = session
    }

    func end() {
        session?.end()
    }

    /// What has arrived; empty at the end of the connection.
    func read() -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = session.map { $0.read(&buffer) } ?? recv(socket, &buffer, buffer.count, 0)
        return Array(buffer.prefix(max(count, 0)))
    }

    func write(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { rest in
                session.map { $0.write(rest) } ?? send(socket, rest.baseAddress, rest.count, 0)
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// The next request with its body; nil at the end of the connection.
    func readRequest() -> TestServer.Request? {
        let blank = Array("\r\n\r\n".utf8)
        var head: ArraySlice<UInt8>
        while true {
            if let end = unread.firstRange(of: blank) {
                head = unread[..<end.lowerBound]
                unread.removeFirst(end.upperBound)
                break
            }
            let bytes = read()
            guard !bytes.isEmpty else { return nil }
            unread += bytes
        }
        var request = TestServer.Request()
        let first = String(decoding: head.prefix { $0 != UInt8(ascii: "\r") }, as: UTF8.self).split(separator: " ")
        guard first.count == 3 else { return nil }
        request.method = String(first[0])
        request.target = String(first[1])
        request.headers = RawAnswer.headers(in: Array(head))
        let length = request[header: "content-length"].flatMap { Int($0) } ?? 0
        while unread.count < length {
            let bytes = read()
            guard !bytes.isEmpty else { return nil }
            unread += bytes
        }
        request.body = Array(unread.prefix(length))
        unread.removeFirst(length)
        return request
    }
}
