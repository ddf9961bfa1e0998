import Foundation
import GatewayTransport
import Testing

@Suite("An exchange", .timeLimit(.minutes(5)))
struct ExchangeTests {
    @Test("Each method sends its target, headers and body as they are", arguments: HTTPRequest.Method.allCases)
    func methods(_ method: HTTPRequest.Method) async throws {
        let hasBody = method != .get && method != .head
        let body: [UInt8] = hasBody ? [0, 1, 2, 13, 10, 255] : []
        try await TestServer.with({ _ in [.answer(headers: ["X-One: 1"], method == .head ? "" : "done")] }) { server in
            let client = try HTTPClient()
            let response = try await client.send(
                HTTPRequest(
                    method: method, url: server.url + "/a/b?c=%20d",
                    headers: [HTTPHeader("X-Vendor", "Käse; q=\"1\""), HTTPHeader("X-Blank", "")], body: body))
            #expect(response.status == 200)
            #expect(response[header: "x-one"] == "1")
            #expect(response[header: "X-One"] == "1")
            #expect(response.body == (method == .head ? [] : Array("done".utf8)))
            #expect(response.primaryIP == "127.0.0.1")
            let request = try #require(server.seen.requests.first)
            #expect(request.method == method.rawValue)
            #expect(request.target == "/a/b?c=%20d")
            #expect(request.body == body)
            #expect(request[header: "x-vendor"] == "Käse; q=\"1\"")
            #expect(request[header: "x-blank"] == "")
            let expected: Set = ["host", "accept", "accept-encoding", "user-agent", "x-vendor", "x-blank"]
            #expect(Set(request.headers.map(\.name)) == (hasBody ? expected.union(["content-length"]) : expected))
            #expect(request[header: "accept-encoding"] == "gzip")
            #expect(request[header: "user-agent"] == "Gatehouse")
        }
    }

    @Test("A slot that was used for one request carries nothing of it into the next")
    func nothingLeaks() async throws {
        try await TestServer.with({ _ in [.answer("ok")] }) { server in
            let client = try HTTPClient(limits: .init(maxTransfers: 1))
            let url = server.url + "/"
            _ = try await client.send(
                HTTPRequest(method: .put, url: url, headers: [HTTPHeader("Authorization", "Bearer x")], body: [1, 2]))
            _ = try await client.send(HTTPRequest(url: url))
            _ = try await client.send(HTTPRequest(method: .post, url: url))
            _ = try await client.send(HTTPRequest(method: .head, url: url))
            let response = try await client.send(HTTPRequest(url: url))
            #expect(response.body == Array("ok".utf8))
            let requests = server.seen.requests
            #expect(requests.map(\.method) == ["PUT", "GET", "POST", "HEAD", "GET"])
            #expect(requests.map(\.body) == [[1, 2], [], [], [], []])
            #expect(requests.map { $0[header: "authorization"] } == ["Bearer x", nil, nil, nil, nil])
            #expect(requests.map { $0[header: "content-length"] } == ["2", nil, "0", nil, nil])
            #expect(requests.allSatisfy { $0[header: "content-type"] == nil })
        }
    }

    @Test("A large body is sent at once, without waiting for leave")
    func largeBody() async throws {
        try await TestServer.with({ request in [.answer("\(request.body.count)")] }) { server in
            let body = [UInt8](repeating: 7, count: 3_000_000)
            let response = try await HTTPClient().send(HTTPRequest(method: .post, url: server.url, body: body))
            #expect(response.body == Array("3000000".utf8))
            #expect(server.seen.requests.first?[header: "expect"] == nil)
        }
    }

    @Test("Any status is an answer, and a redirect is not followed", arguments: [204, 301, 307, 404, 500, 503])
    func statuses(_ status: Int) async throws {
        try await TestServer.with({ _ in [.answer(status, headers: ["Location: /elsewhere"])] }) { server in
            let response = try await HTTPClient().send(HTTPRequest(url: server.url))
            #expect(response.status == status)
            #expect(response[header: "location"] == "/elsewhere")
            #expect(server.seen.requests.count == 1)
        }
    }

    @Test("Headers come in order; interim answers and trailers are left out, folded lines joined")
    func headers() async throws {
        let interim = "HTTP/1.1 103 Early Hints\r\nLink: early\r\n\r\n"
        let answer =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nSet-Cookie: a=1\r\nSET-COOKIE:b=2  \r\nX-Long: one\r\n"
            + "\t two\r\nX-Empty:\r\n\r\n3\r\nabc\r\n0\r\nX-Trailer: no\r\n\r\n"
        try await TestServer.with({ _ in [.send(interim + answer)] }) { server in
            let response = try await HTTPClient().send(HTTPRequest(url: server.url))
            #expect(
                response.headers == [
                    HTTPHeader("transfer-encoding", "chunked"), HTTPHeader("set-cookie", "a=1"),
                    HTTPHeader("set-cookie", "b=2"), HTTPHeader("x-long", "one two"), HTTPHeader("x-empty", ""),
                ])
            #expect(response.body == Array("abc".utf8))
            let next = try await HTTPClient().send(HTTPRequest(url: server.url))
            #expect(next.status == 200)
            #expect(server.seen.requests.allSatisfy { $0[header: "cookie"] == nil })
        }
    }

    @Test("A compressed body arrives decompressed")
    func gzip() async throws {
        let text = Array("Lizenz läuft".utf8)
        try await TestServer.with({ _ in [.answer(headers: ["Content-Encoding: gzip"], body: Gzip.stored(text))] }) {
            let response = try await HTTPClient().send(HTTPRequest(url: $0.url))
            #expect(response.body == text)
        }
    }

    @Test("The length that HEAD tells of may be over the limit, since nothing comes")
    func headLength() async throws {
        try await TestServer.with({ _ in [.send("HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n")] }) { server in
            let response = try await HTTPClient().send(
                HTTPRequest(method: .head, url: server.url, maxResponseBytes: 10))
            #expect(response[header: "content-length"] == "5000000")
        }
    }

    @Test("A body as large as allowed is taken, whatever its framing", arguments: [0, 1, 70_000, 1_500_000])
    func limitIsInclusive(_ size: Int) async throws {
        let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 / 251) }
        try await TestServer.with({ request in
            request.target == "/length"
                ? [.answer(body: body)]
                : [.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"), .send(body), .close]
        }) { server in
            let client = try HTTPClient()
            for path in ["/length", "/until-closed"] {
                let response = try await client.send(HTTPRequest(url: server.url + path, maxResponseBytes: size))
                #expect(response.body == body)
            }
        }
    }

    @Test("Environment proxies and .netrc are not used")
    func environment() async throws {
        await #expect(processExitsWith: .success) {
            for name in ["http_proxy", "https_proxy", "all_proxy", "ALL_PROXY"] {
                setenv(name, "http://127.0.0.1:1", 1)
            }
            let home = FileManager.default.temporaryDirectory.appending(path: "transport-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: home) }
            try Data("machine localhost login user password word".utf8).write(to: home.appending(path: ".netrc"))
            setenv("HOME", home.path, 1)
            try await TestServer.with({ _ in [.answer("direct")] }) { server in
                let response = try await HTTPClient().send(HTTPRequest(url: server.url))
                try #require(response.body == Array("direct".utf8))
                try #require(server.seen.requests.first?[header: "authorization"] == nil)
            }
        }
    }
}
