import Foundation
import Synchronization

@testable import GatewayTransport

/// A small HTTP/1.1 server on a loopback port of its own: a thread for each connection, answers by script.
final class TestServer: Sendable {
    struct Request: Sendable {
        var method = ""
        var target = ""
        /// Names in lower case, in the order they came.
        var headers: [HTTPHeader] = []
        var body: [UInt8] = []

        subscript(header name: String) -> String? { headers.first { $0.name == name }?.value }
    }

    /// What the script does about a request, in order; then the connection waits for the next request.
    enum Step: Sendable {
        case send([UInt8])
        /// Waits until the test opens the gate once for this step.
        case waitForGate
        /// Waits until the client hangs up.
        case waitForClient
        /// Ends the connection, in order or by a reset.
        case close
        case reset
        /// Relays to a port of this machine, as a proxy does after CONNECT.
        case tunnel(UInt16)
    }

    /// What has happened so far.
    struct Events: Sendable {
        var connections = 0
        var hangUps = 0
        var requests: [Request] = []
        var answering = 0
        var mostAnswering = 0
    }

    typealias Script = @Sendable (Request) -> [Step]

    let port: UInt16
    private let listener: Int32
    private let tls: TestTLS?
    private let script: Script
    private let gate = DispatchSemaphore(value: 0)
    private let state = Mutex(State())

    private struct State {
        var events = Events()
        var sockets: Set<Int32> = []
        var waiters: [(condition: @Sendable (Events) -> Bool, continuation: CheckedContinuation<Events, Never>)] = []
    }

    /// Runs a server while the closure runs.
    static func with<Result>(
        tls: TestTLS? = nil, _ script: @escaping Script, _ body: (TestServer) async throws -> Result
    ) async throws -> Result {
        let server = try TestServer(tls, script)
        defer { server.stop() }
        return try await body(server)
    }

    private init(_ tls: TestTLS?, _ script: @escaping Script) throws {
        (listener, port) = try Self.listen()
        self.tls = tls
        self.script = script
        guard LoopThread.start({ [self] in acceptAll() }) == 0 else { throw POSIXError(.EAGAIN) }
    }

    var url: String { "\(tls == nil ? "http" : "https")://localhost:\(port)" }

    var seen: Events { state.withLock { $0.events } }

    /// Waits until the events are as wanted.
    @discardableResult
    func wait(until condition: @escaping @Sendable (Events) -> Bool) async -> Events {
        await withCheckedContinuation { continuation in
            state.withLock { state in
                if condition(state.events) {
                    continuation.resume(returning: state.events)
                } else {
                    state.waiters.append((condition, continuation))
                }
            }
        }
    }

    func openGate(times: Int = 1) {
        for _ in 0..<times { gate.signal() }
    }

    // MARK: Threads

    private func acceptAll() {
        while true {
            let socket = accept(listener, nil, nil)
            guard socket >= 0 else { break }
            var limit = timeval(tv_sec: 30, tv_usec: 0)
            setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
            var on: Int32 = 1
            setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
            note { $0.connections += 1 }
            state.withLock { _ = $0.sockets.insert(socket) }
            if LoopThread.start({ [self] in serve(socket) }) != 0 { leave(socket) }
        }
        close(listener)
    }

    private func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        state.withLock { state in
            for socket in state.sockets { shutdown(socket, Int32(SHUT_RDWR)) }
        }
        openGate(times: 100)
    }

    private func leave(_ socket: Int32) {
        state.withLock { state in
            state.sockets.remove(socket)
            close(socket)
        }
        note { $0.hangUps += 1 }
    }

    private func note(_ change: (inout Events) -> Void) {
        let satisfied = state.withLock { state in
            change(&state.events)
            let events = state.events
            let ready = state.waiters.filter { $0.condition(events) }.map(\.continuation)
            state.waiters.removeAll { $0.condition(events) }
            return (ready, events)
        }
        for continuation in satisfied.0 { continuation.resume(returning: satisfied.1) }
    }

    private func serve(_ socket: Int32) {
        defer { leave(socket) }
        guard let wire = TestWire(socket, tls) else { return }
        defer { wire.end() }
        while let request = wire.readRequest() {
            note { events in
                events.requests.append(request)
                events.answering += 1
                events.mostAnswering = max(events.mostAnswering, events.answering)
            }
            // Noted before the last bytes leave, so that a client that has its answer is counted no more.
            var isAnswering = true
            func stopAnswering() {
                if isAnswering { note { $0.answering -= 1 } }
                isAnswering = false
            }
            defer { stopAnswering() }
            let steps = script(request)
            let lastSend = steps.lastIndex { if case .send = $0 { true } else { false } }
            for (index, step) in steps.enumerated() {
                if index == lastSend { stopAnswering() }
                switch step {
                case .send(let bytes): guard wire.write(bytes) else { return }
                case .waitForGate: _ = gate.wait(timeout: .now() + 30)
                case .waitForClient:
                    while !wire.read().isEmpty {}
                    return
                case .close: return
                case .reset:
                    var linger = linger(l_onoff: 1, l_linger: 0)
                    setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
                    return
                case .tunnel(let port): return relay(socket, to: port)
                }
            }
        }
    }

    /// Carries bytes both ways until one side ends.
    private func relay(_ socket: Int32, to port: UInt16) {
        guard let other = Self.connect(to: port) else { return }
        defer { close(other) }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            var ends = [
                pollfd(fd: socket, events: Int16(POLLIN), revents: 0),
                pollfd(fd: other, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&ends, 2, 30_000) > 0 else { return }
            for (index, end) in ends.enumerated() where end.revents != 0 {
                let count = recv(end.fd, &buffer, buffer.count, 0)
                guard count > 0, send(ends[1 - index].fd, buffer, count, 0) == count else { return }
            }
        }
    }

    // MARK: Sockets

    /// A listening socket on a free port.
    static func listen() throws -> (socket: Int32, port: UInt16) {
        let (listener, port) = try bound()
        guard Foundation.listen(listener, 256) == 0 else { throw POSIXError(.EADDRNOTAVAIL) }
        return (listener, port)
    }

    /// A port of this machine on which nothing listens: its socket stays bound until the tests end, or another test
    /// might be given the port and listen there.
    static func closedPort() throws -> UInt16 { try bound().port }

    private static func bound() throws -> (socket: Int32, port: UInt16) {
        let socket = makeSocket()
        var address = loopback(0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(socket, address, size) == 0 && getsockname(socket, address, &size) == 0
            }
        }
        guard socket >= 0, result else { throw POSIXError(.EADDRNOTAVAIL) }
        return (socket, UInt16(bigEndian: address.sin_port))
    }

    private static func connect(to port: UInt16) -> Int32? {
        let socket = makeSocket()
        var address = loopback(port)
        let result = withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Foundation.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            close(socket)
            return nil
        }
        return socket
    }

    private static func makeSocket() -> Int32 {
        #if canImport(Darwin)
            socket(AF_INET, SOCK_STREAM, 0)
        #else
            socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        #endif
    }

    private static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}

extension TestServer.Step {
    static func send(_ text: String) -> Self { .send(Array(text.utf8)) }

    static func answer(_ body: String) -> Self { answer(200, body: Array(body.utf8)) }

    /// A whole answer with its length.
    static func answer(_ status: Int = 200, headers: [String] = [], body: [UInt8] = []) -> Self {
        let lines = ["HTTP/1.1 \(status) Test", "Content-Length: \(body.count)"] + headers
        return .send(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body)
    }

    static func answer(_ status: Int = 200, headers: [String] = [], _ body: String) -> Self {
        answer(status, headers: headers, body: Array(body.utf8))
    }
}
