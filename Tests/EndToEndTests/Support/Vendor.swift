import Crypto
import Foundation
import Glibc
import Synchronization

/// A vendor that the test itself plays: a small HTTP/1.1 server with a key of its own, which answers as the test
/// wants and counts what it is asked.
final class Vendor: Sendable {
    /// What was asked, as docs/protocols/subscription.md has it.
    struct Question: Sendable {
        var nonce = ""
        var clientID = ""
        var clientName = ""
        var serialNumber = ""
        var heldRevision: String?
        /// Which question of this vendor's it is, from 1.
        var number = 0
    }

    /// What goes over the wire.
    struct Reply: Sendable {
        var status = 200
        var headers: [String] = []
        var body: [UInt8]
        /// Only so many bytes of the body are sent before the connection ends.
        var cut: Int?
        /// Whether it waits until the test lets it go.
        var isHeld = false

        init(_ body: [UInt8], status: Int = 200, headers: [String] = [], cut: Int? = nil, isHeld: Bool = false) {
            self.status = status
            self.headers = headers
            self.body = body
            self.cut = cut
            self.isHeld = isHeld
        }
    }

    typealias Answer = @Sendable (Question) -> Reply

    private struct State {
        var answer: Answer
        var questions: [Question] = []
        var waiters: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
        var isOver = false
    }

    static let keyID = "sandbox"
    private let key = Curve25519.Signing.PrivateKey()
    private let listener: Int32
    private let gate = DispatchSemaphore(value: 0)
    private let state: Mutex<State>
    let port: UInt16

    var url: String { "http://127.0.0.1:\(port)" }
    var publicKey: String { key.publicKey.rawRepresentation.base64EncodedString() }

    init(_ answer: @escaping Answer) throws {
        state = Mutex(State(answer: answer))
        (listener, port) = try Self.listen()
        Thread.detachNewThread { [self] in acceptAll() }
    }

    /// The questions so far.
    var questions: [Question] { state.withLock { $0.questions } }

    /// Answers otherwise from now on.
    func answer(_ answer: @escaping Answer) { state.withLock { $0.answer = answer } }

    /// Waits until so many questions have come.
    func asked(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.questions.count >= count { return true }
                state.waiters.append((count, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    /// Lets a held reply go.
    func release() { gate.signal() }

    func stop() {
        let waiters = state.withLock { state in
            state.isOver = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.continuation.resume() }
        shutdown(listener, Int32(SHUT_RDWR))
        for _ in 0..<100 { gate.signal() }
    }

    /// A document in the vendor's name.
    func sign(
        _ payload: some Sequence<UInt8>, nonce: String, purpose: String = "subscription/answer",
        keyID: String = Vendor.keyID
    ) -> [UInt8] {
        let payload = Array(payload)
        let bytes = Array("gatehouse-signature-v1\n\(purpose)\n\(nonce)\n".utf8) + payload
        let signature = (try? key.signature(for: bytes)).map { Array($0) } ?? []
        let line =
            "<!--signature v1 purpose=\"\(purpose)\" nonce=\"\(nonce)\" key=\"\(keyID)\" "
            + "ed25519=\"\(Hex.text(signature))\"-->\n"
        return payload + line.utf8
    }

    /// A sound answer.
    func grant(_ question: Question, _ document: Document) -> Reply {
        Reply(sign(document.payload(for: question).utf8, nonce: question.nonce))
    }

    // MARK: Serving

    private func acceptAll() {
        while !state.withLock({ $0.isOver }) {
            let socket = accept(listener, nil, nil)
            guard socket >= 0 else { break }
            _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
            var limit = timeval(tv_sec: 60, tv_usec: 0)
            setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
            Thread.detachNewThread { [self] in
                serve(socket)
                shutdown(socket, Int32(SHUT_RDWR))
                close(socket)
            }
        }
        close(listener)
    }

    private func serve(_ socket: Int32) {
        guard let text = Self.request(socket) else { return }
        func value(_ name: String) -> String? {
            guard let start = text.range(of: "<\(name)>"),
                let end = text.range(of: "</\(name)>", range: start.upperBound..<text.endIndex)
            else { return nil }
            return String(text[start.upperBound..<end.lowerBound]).replacing("&amp;", with: "&")
        }
        let (question, answer, ready) = state.withLock { state in
            let question = Question(
                nonce: value("nonce") ?? "", clientID: value("clientID") ?? "",
                clientName: value("clientName") ?? "", serialNumber: value("serialNumber") ?? "",
                heldRevision: value("heldRevision"), number: state.questions.count + 1)
            state.questions.append(question)
            let count = state.questions.count
            let ready = state.waiters.filter { $0.count <= count }.map(\.continuation)
            state.waiters.removeAll { $0.count <= count }
            return (question, state.answer, ready)
        }
        for continuation in ready { continuation.resume() }
        let reply = answer(question)
        if reply.isHeld { _ = gate.wait(timeout: .now() + 60) }
        let head =
            ["HTTP/1.1 \(reply.status) Test", "Content-Length: \(reply.body.count)", "Connection: close"]
            + ["Content-Type: application/xml"] + reply.headers
        let bytes = Array((head.joined(separator: "\r\n") + "\r\n\r\n").utf8)
        var rest = (bytes + reply.body.prefix(reply.cut ?? reply.body.count))[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
        // The other side has read it all once it hangs up: to end first could cut what is still on the way.
        shutdown(socket, Int32(SHUT_WR))
        var buffer = [UInt8](repeating: 0, count: 4096)
        while recv(socket, &buffer, buffer.count, 0) > 0 {}
    }

    /// The whole of a request as text; nil where the connection ends before.
    private static func request(_ socket: Int32) -> String? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = recv(socket, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            bytes += buffer[..<count]
            let text = String(decoding: bytes, as: UTF8.self)
            guard let head = text.range(of: "\r\n\r\n") else { continue }
            let length = text[..<head.lowerBound].lowercased().split(separator: "\r\n")
                .first { $0.hasPrefix("content-length:") }
                .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) }
            if text[head.upperBound...].utf8.count >= length ?? 0 { return text }
        }
    }

    private static func listen() throws -> (Int32, UInt16) {
        let (listener, port) = try bound()
        guard Glibc.listen(listener, 64) == 0 else { throw Trouble("no port can be listened on") }
        return (listener, port)
    }

    private static func bound() throws -> (Int32, UInt16) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isThere = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, size) == 0 && getsockname(listener, address, &size) == 0
            }
        }
        guard listener >= 0, isThere else { throw Trouble("no port can be had") }
        return (listener, UInt16(bigEndian: address.sin_port))
    }

    /// The address of a port of this machine on which nothing listens: its socket stays bound until the tests end, or
    /// another test might be given the port and listen there.
    static func deadURL() throws -> String { "http://127.0.0.1:\(try bound().1)" }
}

extension Estate {
    /// Starts a vendor that the test plays, and has every later command ask it.
    func vendor(_ answer: @escaping Vendor.Answer = { _ in .init([], status: 500) }) throws -> Vendor {
        let vendor = try Vendor(answer)
        atEnd { vendor.stop() }
        set("GATEHOUSE_VENDOR_URL", vendor.url)
        set("GATEHOUSE_VENDOR_KEY", vendor.publicKey)
        return vendor
    }
}

/// What a vendor's answer says; what is not set is as the question has it, or sound.
struct Document: Sendable {
    var version = "1"
    var status = "changed"
    var clientID: String?
    var clientName: String?
    var serialNumber: String?
    /// Seconds from now at which it was issued.
    var issuedIn: TimeInterval = 0
    var revision = "r1"
    var expires = "2031-01-31"
    var users = "10"
    /// XML at the end of the document element.
    var more = ""
    /// What stands before the document element.
    var head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

    func payload(for question: Vendor.Question) -> String {
        func escaped(_ text: String) -> String { text.replacing("&", with: "&amp;").replacing("<", with: "&lt;") }
        let grant = """
              <release>Sage 300 2026</release>
              <edition>Premium</edition>
              <region>NA</region>
              <expires>\(expires)</expires>
              <vendorStatus since="2026-01-01T00:00:00Z">active</vendorStatus>
              <seats><users>\(users)</users><webUsers>5</webUsers></seats>
              <modules><module code="GL" name="General Ledger"/></modules>

            """
        return """
            \(head)<entitlement version="\(version)" status="\(status)">
              <clientID>\(escaped(clientID ?? question.clientID))</clientID>
              <clientName>\(escaped(clientName ?? question.clientName))</clientName>
              <serialNumber>\(escaped(serialNumber ?? question.serialNumber))</serialNumber>
              <issued>\(Date(timeIntervalSinceNow: issuedIn).formatted(.iso8601))</issued>
              <revision>\(revision)</revision>
            \(status == "changed" ? grant : "")\(more)</entitlement>

            """
    }
}
