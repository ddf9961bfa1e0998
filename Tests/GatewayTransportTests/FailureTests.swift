import Foundation
import GatewayTransport
import Testing

@Suite("Failures", .timeLimit(.minutes(5)))
struct FailureTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let steps: [TestServer.Step]
        let code: TransportError.Code

        init(_ name: String, _ steps: [TestServer.Step], _ code: TransportError.Code) {
            (testDescription, self.steps, self.code) = (name, steps, code)
        }
    }

    static let cases = [
        Case("hangs up without a word", [.close], .disconnected),
        Case("resets without a word", [.reset], .disconnected),
        Case("breaks off in the headers", [.send("HTTP/1.1 200 OK\r\nContent-Le"), .close], .truncated),
        Case(
            "breaks off in the body", [.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"), .close], .truncated),
        Case(
            "breaks off between chunks",
            [.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"), .close], .truncated),
        Case(
            "resets in the body", [.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"), .reset], .truncated),
        Case("speaks no HTTP", [.send("220 mail.example ESMTP\r\n\r\n"), .close], .protocolError),
        Case("speaks HTTP/0.9", [.send("<html>"), .close], .protocolError),
        Case(
            "says gzip and sends none", [.answer(headers: ["Content-Encoding: gzip"], "plain text")], .protocolError),
        Case(
            "sends gzip with a wrong checksum",
            [.answer(headers: ["Content-Encoding: gzip"], body: Gzip.stored(Array("text".utf8), isSound: false))],
            .protocolError),
        Case(
            "says a length that is none", [.send("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n"), .close],
            .protocolError),
        Case("announces too much", [.send("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n")], .tooLarge),
        Case(
            "sends too much in chunks",
            [
                .send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n30D40\r\n"),
                .send([UInt8](repeating: 65, count: 200_000)), .send("\r\n0\r\n\r\n"),
            ], .tooLarge),
        Case(
            "sends a gzip bomb",
            [.answer(headers: ["Content-Encoding: gzip"], body: Gzip.zeros(times: 40_000))], .tooLarge),
        Case(
            "sends too many headers",
            [
                .send("HTTP/1.1 200 OK\r\n"),
                .send(String(repeating: "X-A: \(String(repeating: "a", count: 90))\r\n", count: 700)),
            ],
            .tooLarge),
        Case(
            "sends one huge header", [.answer(headers: ["X-A: " + String(repeating: "a", count: 66_000)], "")],
            .tooLarge),
        Case(
            "sends interim answers without end",
            [.send(String(repeating: "HTTP/1.1 103 Early\r\nLink: x\r\n\r\n", count: 3000))], .tooLarge),
    ]

    @Test("A host that misbehaves gives a typed error, and the client goes on", arguments: cases)
    func hostMisbehaves(_ misbehavior: Case) async throws {
        try await TestServer.with({ $0.target == "/good" ? [.answer("good")] : misbehavior.steps }) { server in
            let client = try HTTPClient()
            let error = await failure(
                HTTPRequest(url: server.url + "/bad", maxResponseBytes: 100_000, isSentOnce: true), client)
            #expect(error?.code == misbehavior.code, "\(String(describing: error))")
            #expect(error?.host == "localhost")
            #expect(error?.message.contains("localhost") == true)
            #expect(error?.requestMayHaveArrived == true)
            let isRetryable = misbehavior.code == .disconnected || misbehavior.code == .truncated
            #expect(error?.isRetryable == isRetryable)
            let next = try await client.send(HTTPRequest(url: server.url + "/good"))
            #expect(next.body == Array("good".utf8))
        }
    }

    @Test("A gzip bomb just within the limit is taken whole")
    func largeGzip() async throws {
        let bomb = Gzip.zeros(times: 40_000)
        let size = 1 + 258 * 40_000
        #expect(bomb.count < size / 100)
        try await TestServer.with({ _ in [.answer(headers: ["Content-Encoding: gzip"], body: bomb)] }) { server in
            let client = try HTTPClient()
            let response = try await client.send(HTTPRequest(url: server.url, maxResponseBytes: size))
            #expect(response.body.count == size)
            let error = await failure(HTTPRequest(url: server.url, maxResponseBytes: size - 1), client)
            #expect(error?.code == .tooLarge)
        }
    }

    @Test("A name without an address is told as such")
    func unresolved() async throws {
        // A label of more than 63 letters has no address anywhere, and no resolver needs to be asked.
        let error = await failure(HTTPRequest(url: "https://\(String(repeating: "a", count: 70)).example/"))
        #expect(error?.code == .resolve)
        #expect(error?.isRetryable == true)
        #expect(error?.requestMayHaveArrived == false)
    }

    @Test("A port on which nothing listens is told as such")
    func refused() async throws {
        let error = await failure(HTTPRequest(url: "http://127.0.0.1:\(try TestServer.closedPort())/"))
        #expect(error?.code == .connect)
        #expect(error?.isRetryable == true)
        #expect(error?.requestMayHaveArrived == false)
    }

    @Test("A host that never answers costs the total timeout")
    func totalTimeout() async throws {
        try await TestServer.with({ _ in [.waitForClient] }) { server in
            let error = await failure(HTTPRequest(url: server.url, totalTimeout: .milliseconds(120)))
            #expect(error?.code == .timeout)
            #expect(error?.isRetryable == true)
            #expect(error?.requestMayHaveArrived == true)
            #expect(error?.message.contains("120 ms") == true)
            await server.wait { $0.hangUps == 1 }
        }
    }

    @Test("A host that accepts and never shakes hands costs the connect timeout")
    func connectTimeout() async throws {
        let (socket, port) = try TestServer.listen()
        defer { close(socket) }
        let start = ContinuousClock.now
        let error = await failure(HTTPRequest(url: "https://localhost:\(port)/", connectTimeout: .milliseconds(120)))
        #expect(error?.code == .timeout)
        #expect(error?.requestMayHaveArrived == false)
        #expect(ContinuousClock.now - start < .seconds(25))
    }
}
