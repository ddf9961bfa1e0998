import GatewayTransport
import Testing

@Suite("Connections", .timeLimit(.minutes(5)))
struct ConnectionTests {
    @Test("Requests in turn share one connection")
    func keepAlive() async throws {
        try await TestServer.with({ _ in [.answer("ok")] }) { server in
            let client = try HTTPClient()
            for _ in 0..<20 { _ = try await client.send(HTTPRequest(url: server.url)) }
            #expect(server.seen.requests.count == 20)
            #expect(server.seen.connections == 1)
        }
    }

    @Test("A kept connection that has died is replaced without the caller noticing")
    func deadKeptConnection() async throws {
        try await TestServer.with({ _ in [.answer("ok"), .close] }) { server in
            let client = try HTTPClient()
            for count in 1...3 {
                _ = try await client.send(HTTPRequest(url: server.url))
                await server.wait { $0.hangUps == count }
            }
            #expect(server.seen.requests.count == 3)
        }
    }

    @Test("A request that is sent once does not reach the host twice; another may")
    func sentOnce() async throws {
        try await TestServer.with({ $0.target == "/act" ? [.close] : [.answer("ok")] }) { server in
            for isSentOnce in [true, false] {
                let client = try HTTPClient()
                _ = try await client.send(HTTPRequest(url: server.url + "/first"))
                let before = server.seen.requests.count
                let error = await failure(
                    HTTPRequest(method: .post, url: server.url + "/act", body: [1], isSentOnce: isSentOnce), client)
                #expect(error?.code == .disconnected)
                #expect(error?.requestMayHaveArrived == true)
                #expect(server.seen.requests.count - before == (isSentOnce ? 1 : 2))
            }
        }
    }

    @Test("No more transfers run at once than the limits allow, in all and per host; all are answered")
    func limits() async throws {
        try await TestServer.with({ _ in [.waitForGate, .answer("ok")] }) { server in
            let client = try HTTPClient(limits: .init(maxTransfers: 5, maxTransfersPerHost: 3))
            // Two names for one server are two hosts to the client.
            let tasks = ["localhost", "127.0.0.1"].flatMap { host in
                (0..<6).map { _ in Task { await failure(HTTPRequest(url: "http://\(host):\(server.port)/"), client) } }
            }
            let hosts = await server.wait { $0.answering == 5 }.requests.compactMap { $0[header: "host"] }
            #expect(hosts.count { $0.hasPrefix("localhost") } <= 3)
            #expect(hosts.count { $0.hasPrefix("127") } <= 3)
            server.openGate(times: 12)
            for task in tasks { #expect(await task.value == nil) }
            #expect(server.seen.requests.count == 12)
            #expect(server.seen.mostAnswering == 5)
            #expect(server.seen.connections <= 6)
        }
    }

    @Test("A host at its limit gets one more request for each that is answered, on the same connections")
    func limitPerHost() async throws {
        try await TestServer.with({ _ in [.waitForGate, .answer("ok")] }) { server in
            let client = try HTTPClient(limits: .init(maxTransfersPerHost: 3))
            let tasks = (0..<10).map { _ in Task { await failure(HTTPRequest(url: server.url), client) } }
            for count in 3...10 {
                await server.wait { $0.requests.count == count }
                server.openGate()
            }
            server.openGate(times: 2)
            for task in tasks { #expect(await task.value == nil) }
            #expect(server.seen.mostAnswering == 3)
            #expect(server.seen.connections == 3)
        }
    }

    @Test("A thousand requests, 64 at a time, each get their own answer")
    func thousand() async throws {
        try await TestServer.with({ request in
            [
                .answer(
                    headers: ["X-Target: \(request.target)"],
                    "\(request.target) \(String(decoding: request.body, as: UTF8.self))")
            ]
        }) { server in
            let client = try HTTPClient(limits: .init(maxTransfers: 64, maxTransfersPerHost: 64))
            let answered = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<1000 {
                    group.addTask {
                        let body = String(repeating: "\(number) ", count: number)
                        let response = try await client.send(
                            HTTPRequest(method: .post, url: "\(server.url)/\(number)", body: Array(body.utf8)))
                        return response.status == 200 && response[header: "x-target"] == "/\(number)"
                            && response.body == Array("/\(number) \(body)".utf8)
                    }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(answered == 1000)
            #expect(server.seen.requests.count == 1000)
            #expect(server.seen.connections <= 64)
        }
    }

    @Test("One host that hangs holds up no other")
    func fairness() async throws {
        try await TestServer.with({ _ in [.waitForClient] }) { hanging in
            try await TestServer.with({ _ in [.answer("ok")] }) { good in
                let client = try HTTPClient(limits: .init(maxTransfers: 4, maxTransfersPerHost: 2))
                let stuck = (0..<10).map { _ in Task { await failure(HTTPRequest(url: hanging.url), client) } }
                await hanging.wait { $0.answering == 2 }
                for _ in 0..<10 { _ = try await client.send(HTTPRequest(url: good.url)) }
                #expect(hanging.seen.requests.count == 2)
                for task in stuck { task.cancel() }
                for task in stuck { #expect(await task.value?.code == .cancelled) }
            }
        }
    }
}
