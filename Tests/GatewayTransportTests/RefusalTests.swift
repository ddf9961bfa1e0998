import GatewayTransport
import Testing

@Suite("What is refused before anything is sent", .timeLimit(.minutes(5)))
struct RefusalTests {
    @Test(
        "Plain http and other schemes are refused but for loopback",
        arguments: [
            "http://vendor.example/", "http://127.0.0.1.evil.example/", "http://localhost.evil.example/",
            "http://notlocalhost/", "http://10.0.0.1/", "http://128.0.0.1/", "http://2130706433/", "http://0x7f.1/",
            "http://127.1/", "http://0177.0.0.1/", "http://127.0.0.1./", "http://localhost./", "http://0.0.0.0/",
            "http://[::]/", "http://[::ffff:127.0.0.1]/", "http://[::2]/", "HTTP://vendor.example/",
            "ftp://127.0.0.1/", "file:///etc/passwd", "gopher://localhost:70/", "javascript://localhost/",
        ])
    func insecure(_ url: String) async throws {
        let error = await failure(HTTPRequest(url: url))
        #expect(error?.code == .insecureURL)
        #expect(error?.isRetryable == false)
        #expect(error?.requestMayHaveArrived == false)
    }

    @Test(
        "A URL that could be read in two ways is refused",
        arguments: [
            "", "localhost:80/", "//localhost/", "https:/localhost/", "https:localhost", "https://", "https:///path",
            "http://127.0.0.1@evil.example/", "http://127.0.0.1:80@evil.example/", "https://user:secret@localhost/",
            "http://evil.example\\@127.0.0.1/", "http://127.0.0.1\\.evil.example/", "http://127.0.0.1 .evil.example/",
            "http://127.0.0.1%2eevil.example/", "http://127.0.0.1\t/", "http://127.0.0.1\u{0}.evil.example/",
            "http://localhost/\r\nX-Evil: 1", "http://localhost/a b", "https://vendör.example/", "https://a,b/",
            "http://[::1/", "http://[::1%25lo]/", "http://[::1]evil.example/", "http://[127.0.0.1]/",
            "http://localhost:/", "http://localhost:0/", "http://localhost:65536/", "http://localhost:+80/",
            "http://localhost:80:80/", "http://localhost:8O/", " http://localhost/",
            "https://localhost/" + String(repeating: "a", count: 8192), "https://" + String(repeating: "a", count: 254),
        ])
    func malformed(_ url: String) async throws {
        let error = await failure(HTTPRequest(url: url))
        #expect(error?.code == .invalidRequest)
        #expect(error?.message.contains("secret") == false)
    }

    @Test(
        "A header that would end its line, or is the client's own, is refused",
        arguments: [
            ("X-A", "1\r\nX-B: 2"), ("X-A", "1\n"), ("X-A", "1\r"), ("X-A", "1\u{0}2"), ("X-A", "\u{7F}"),
            ("X-A\r\nX-B", "1"), ("X A", "1"), ("X-A:", "1"), ("", "1"), ("Näme", "1"), ("X-A;", ""),
            ("Host", "evil.example"), ("content-length", "5"), ("Transfer-Encoding", "chunked"),
            ("Connection", "close"),
            ("Accept-Encoding", "br"), ("Proxy-Authorization", "Basic x"), ("Upgrade", "h2c"), ("Expect", "x"),
        ])
    func headers(_ name: String, _ value: String) async throws {
        try await TestServer.with({ _ in [.answer("")] }) { server in
            let error = await failure(HTTPRequest(url: server.url, headers: [HTTPHeader(name, value)]))
            #expect(error?.code == .invalidRequest)
            #expect(error?.host == "localhost")
            #expect(server.seen.connections == 0)
        }
    }

    static let pin = "sha256//" + String(repeating: "A", count: 43) + "="

    static let requests: [(HTTPRequest, TransportError.Code)] = [
        (HTTPRequest(url: "https://localhost/", body: [1]), .invalidRequest),
        (HTTPRequest(method: .head, url: "https://localhost/", body: [1]), .invalidRequest),
        (HTTPRequest(url: "https://localhost/", connectTimeout: .zero), .invalidRequest),
        (HTTPRequest(url: "https://localhost/", totalTimeout: .seconds(86_401)), .invalidRequest),
        (HTTPRequest(url: "https://localhost/", maxResponseBytes: -1), .invalidRequest),
        (HTTPRequest(url: "https://localhost/", pinnedPublicKey: "/etc/hostname"), .invalidRequest),
        (HTTPRequest(url: "https://localhost/", pinnedPublicKey: "sha256//short="), .invalidRequest),
        (HTTPRequest(url: "https://localhost/", pinnedPublicKey: pin + ";/etc/hostname"), .invalidRequest),
        (HTTPRequest(url: "http://localhost/", pinnedPublicKey: pin), .insecureURL),
        (HTTPRequest(url: "https://localhost/", caFile: ""), .invalidRequest),
        (
            HTTPRequest(url: "https://localhost/", headers: [HTTPHeader("X", String(repeating: "x", count: 70_000))]),
            .invalidRequest
        ),
        (HTTPRequest(url: "https://localhost/", proxy: HTTPProxy(url: "http://localhost")), .invalidRequest),
        (HTTPRequest(url: "https://localhost/", proxy: HTTPProxy(url: "http://localhost:8080/x")), .invalidRequest),
        (HTTPRequest(url: "https://localhost/", proxy: HTTPProxy(url: "socks5://localhost:1080")), .invalidRequest),
        (HTTPRequest(url: "https://localhost/", proxy: HTTPProxy(url: "http://u:p@localhost:8080")), .invalidRequest),
        (
            HTTPRequest(
                url: "https://localhost/", proxy: HTTPProxy(url: "http://localhost:80", user: "a:b", password: "")),
            .invalidRequest
        ),
        (
            HTTPRequest(url: "https://localhost/", proxy: HTTPProxy(url: "http://localhost:80", password: "secret")),
            .invalidRequest
        ),
        (
            HTTPRequest(
                url: "https://localhost/", proxy: HTTPProxy(url: "http://localhost:80", user: "u", password: "secret\n")
            ),
            .invalidRequest
        ),
        (HTTPRequest(url: "http://localhost/", proxy: HTTPProxy(url: "http://proxy.example:80")), .insecureURL),
    ]

    @Test("A request outside the limits, or that weakens trust, is refused", arguments: requests)
    func outsideLimits(_ request: HTTPRequest, _ code: TransportError.Code) async throws {
        let error = await failure(request)
        #expect(error?.code == code)
        #expect(error?.host == "localhost")
        #expect(error?.message.contains("secret") == false)
    }

    @Test("Loopback is reached by each of its names", arguments: ["localhost", "LocalHost", "127.0.0.1", "127.9.8.7"])
    func loopback(_ host: String) async throws {
        try await TestServer.with({ _ in [.answer("ok")] }) { server in
            // The server listens on 127.0.0.1 alone; the others are allowed and then refused by the system.
            let request = HTTPRequest(url: "http://\(host):\(server.port)/?a=1#part")
            let error = await failure(request)
            #expect(host == "127.9.8.7" ? error?.code == .connect : error == nil)
        }
        let ipv6 = await failure(HTTPRequest(url: "http://[::1]:\(try TestServer.closedPort())/"))
        #expect(ipv6?.code == .connect)
    }

    @Test("Limits and names that make no sense are refused", arguments: [0, -1, 1025])
    func limits(_ value: Int) {
        #expect(throws: TransportError.self) { try HTTPClient(limits: .init(maxTransfers: value)) }
        #expect(throws: TransportError.self) { try HTTPClient(limits: .init(maxTransfersPerHost: value)) }
        #expect(throws: TransportError.self) { try HTTPClient(userAgent: "a\r\nb: c") }
    }

    @Test("What is printed of a request holds no secret")
    func printing() {
        let request = HTTPRequest(
            url: "https://localhost/?key=secret", headers: [HTTPHeader("Authorization", "secret")],
            proxy: HTTPProxy(url: "http://localhost:1", user: "u", password: "secret"))
        #expect(!"\(request) \(String(reflecting: request.proxy))".contains("secret"))
        #expect("\(request)".contains("localhost"))
    }
}

/// How a request fails with a client of its own; nil if it is answered.
func failure(_ request: HTTPRequest, _ client: HTTPClient? = nil) async -> TransportError? {
    do {
        if let client {
            _ = try await client.send(request)
        } else {
            _ = try await HTTPClient().send(request)
        }
        return nil
    } catch {
        return error
    }
}
