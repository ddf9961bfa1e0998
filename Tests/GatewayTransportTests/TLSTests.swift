import GatewayTransport
import Testing

@Suite(
    "TLS", .timeLimit(.minutes(5)),
    .enabled(if: TestTLS.isAvailable, "the openssl command, which makes the certificates, is not installed"))
struct TLSTests {
    @Test("A certificate of a named authority is trusted, and the connection kept")
    func trusted() async throws {
        try await TestTLS.with { tls in
            try await TestServer.with(tls: tls, { _ in [.answer("secure")] }) { server in
                let client = try HTTPClient()
                let request = HTTPRequest(url: server.url, caFile: tls.certificateFile)
                for _ in 0..<3 { #expect(try await client.send(request).body == Array("secure".utf8)) }
                #expect(server.seen.connections == 1)
            }
        }
    }

    @Test("An unknown authority, another host's certificate and an old TLS are refused")
    func refused() async throws {
        try await TestTLS.with { tls in
            try await TestServer.with(tls: tls, { _ in [.answer("")] }) { server in
                let client = try HTTPClient()
                let unknown = await failure(HTTPRequest(url: server.url), client)
                #expect(unknown?.code == .tls)
                #expect(unknown?.isRetryable == false)
                #expect(unknown?.requestMayHaveArrived == false)

                let address = "https://127.0.0.1:\(server.port)/"
                #expect(await failure(HTTPRequest(url: address, caFile: tls.certificateFile), client)?.code == .tls)
                #expect(await failure(HTTPRequest(url: server.url, caFile: "/nowhere.pem"), client)?.code == .tls)
                #expect(server.seen.requests.isEmpty)
            }
            var old = tls
            old.isOld = true
            try await TestServer.with(tls: old, { _ in [.answer("")] }) { server in
                let error = await failure(HTTPRequest(url: server.url, caFile: tls.certificateFile))
                #expect(error?.code == .tls)
                #expect(server.seen.requests.isEmpty)
            }
        }
    }

    @Test("A key that is not the pinned one is refused, on a kept connection too")
    func pins() async throws {
        try await TestTLS.with { tls in
            try await TestServer.with(tls: tls, { _ in [.answer("ok")] }) { server in
                let client = try HTTPClient()
                var request = HTTPRequest(url: server.url, caFile: tls.certificateFile)
                #expect(try await client.send(request).status == 200)
                request.pinnedPublicKey = RefusalTests.pin + ";" + tls.pin
                #expect(try await client.send(request).status == 200)
                request.pinnedPublicKey = RefusalTests.pin
                let error = await failure(request, client)
                #expect(error?.code == .pinMismatch)
                #expect(error?.isRetryable == false)
                #expect(error?.requestMayHaveArrived == false)
                request.pinnedPublicKey = tls.pin
                request.caFile = nil
                #expect(await failure(request, client)?.code == .tls)
                #expect(server.seen.requests.count == 2)
            }
        }
    }

    @Test("A connection cut under TLS in the middle of a body is a truncated answer")
    func cut() async throws {
        let half = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"
        try await TestTLS.with { tls in
            try await TestServer.with(tls: tls, { _ in [.send(half), .reset] }) { server in
                let error = await failure(HTTPRequest(url: server.url, caFile: tls.certificateFile))
                #expect(error?.code == .truncated)
            }
        }
    }

    // MARK: Proxies

    /// A proxy that lets those with the right credentials through to a port.
    private func withProxy(
        to port: UInt16, answering refusal: TestServer.Step? = nil, _ body: (TestServer) async throws -> Void
    ) async throws {
        try await TestServer.with({ request in
            if let refusal { return [refusal, .close] }
            // "user:pass:word" in base64.
            guard request[header: "proxy-authorization"] == "Basic dXNlcjpwYXNzOndvcmQ=" else {
                return [.answer(407, headers: ["Proxy-Authenticate: Basic realm=\"x\""], "no"), .close]
            }
            return [.send("HTTP/1.1 200 Established\r\nX-Proxy: 1\r\n\r\n"), .tunnel(port)]
        }) { try await body($0) }
    }

    @Test("A proxy carries a tunnel and sees none of the request; the tunnel is kept")
    func proxy() async throws {
        try await TestTLS.with { tls in
            try await TestServer.with(tls: tls, { _ in [.answer("through")] }) { server in
                try await withProxy(to: server.port) { proxy in
                    let client = try HTTPClient()
                    var request = HTTPRequest(
                        url: server.url, headers: [HTTPHeader("Authorization", "Bearer x")],
                        proxy: HTTPProxy(url: "http://127.0.0.1:\(proxy.port)", user: "user", password: "pass:word"),
                        caFile: tls.certificateFile)
                    for _ in 0..<2 {
                        let response = try await client.send(request)
                        #expect(response.body == Array("through".utf8))
                        #expect(response[header: "x-proxy"] == nil)
                    }
                    #expect(proxy.seen.requests.map(\.target) == ["localhost:\(server.port)"])
                    #expect(proxy.seen.requests.first?[header: "authorization"] == nil)
                    #expect(server.seen.requests.first?[header: "proxy-authorization"] == nil)
                    #expect(server.seen.requests.count == 2)

                    request.pinnedPublicKey = RefusalTests.pin
                    #expect(await failure(request, client)?.code == .pinMismatch)
                    request.pinnedPublicKey = nil
                    request.caFile = nil
                    #expect(await failure(request, client)?.code == .tls)
                    request.proxy = nil
                    request.caFile = tls.certificateFile
                    #expect(try await client.send(request).status == 200)
                    #expect(proxy.seen.requests.count == 3)
                }
            }
        }
    }

    @Test("A proxy that wants other credentials, refuses, hangs up or is not there is told as the proxy's failure")
    func proxyFailures() async throws {
        let url = "https://localhost:\(try TestServer.closedPort())/"
        try await withProxy(to: 1) { proxy in
            let place = "http://localhost:\(proxy.port)"
            for proxy in [HTTPProxy(url: place), HTTPProxy(url: place, user: "user", password: "wrong")] {
                let error = await failure(HTTPRequest(url: url, proxy: proxy))
                #expect(error?.code == .proxy)
                #expect(error?.isRetryable == false)
                #expect(error?.message.contains("407") == true)
                #expect(error?.message.contains("wrong") == false)
            }
        }
        // As tinyproxy has it where the password is wrong.
        try await withProxy(to: 1, answering: .answer(401, "no")) { proxy in
            let place = HTTPProxy(url: "http://localhost:\(proxy.port)", user: "user", password: "wrong")
            let error = await failure(HTTPRequest(url: url, proxy: place))
            #expect(error?.code == .proxy && error?.isRetryable == false)
            #expect(error?.message.contains("wants other credentials (status 401)") == true)
        }
        for (answer, isRetryable) in [
            (TestServer.Step.answer(403, "no"), false), (.answer(502, "no"), true), (.send("nonsense\r\n\r\n"), true),
            (.close, true),
        ] {
            try await withProxy(to: 1, answering: answer) { proxy in
                let error = await failure(
                    HTTPRequest(url: url, proxy: HTTPProxy(url: "http://localhost:\(proxy.port)")))
                #expect(error?.code == .proxy)
                #expect(error?.isRetryable == isRetryable)
                #expect(error?.requestMayHaveArrived == false)
                #expect(error?.host == "localhost")
            }
        }
        for proxy in [
            "http://127.0.0.1:\(try TestServer.closedPort())", "http://\(String(repeating: "a", count: 70)):80",
        ] {
            let error = await failure(HTTPRequest(url: url, proxy: HTTPProxy(url: proxy)))
            #expect(error?.code == .proxy)
            #expect(error?.isRetryable == true)
        }
    }
}
