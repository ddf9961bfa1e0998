import GatewayTransport
import Testing

@Suite("Giving up", .timeLimit(.minutes(5)))
struct EndingTests {
    @Test("A canceled request throws at once and hangs up")
    func cancelConnected() async throws {
        try await TestServer.with({ _ in [.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"), .waitForClient] })
        {
            server in
            let client = try HTTPClient()
            let task = Task { await failure(HTTPRequest(url: server.url), client) }
            await server.wait { $0.requests.count == 1 }
            task.cancel()
            let error = await task.value
            #expect(error?.code == .cancelled)
            #expect(error?.requestMayHaveArrived == true)
            await server.wait { $0.hangUps == 1 }
        }
    }

    @Test("A request that is canceled while it waits its turn throws at once and is never sent")
    func cancelQueued() async throws {
        try await TestServer.with({ _ in [.waitForGate, .answer("ok")] }) { server in
            let client = try HTTPClient(limits: .init(maxTransfers: 1))
            async let first = client.send(HTTPRequest(url: server.url + "/first"))
            await server.wait { $0.requests.count == 1 }
            let queued = Task { await failure(HTTPRequest(url: server.url + "/queued"), client) }
            queued.cancel()
            let error = await queued.value
            #expect(error?.code == .cancelled)
            #expect(error?.requestMayHaveArrived == false)
            server.openGate(times: 2)
            #expect(try await first.status == 200)
            #expect(try await client.send(HTTPRequest(url: server.url + "/last")).status == 200)
            #expect(server.seen.requests.map(\.target) == ["/first", "/last"])
        }
    }

    @Test("A task that is already canceled sends nothing")
    func cancelBefore() async throws {
        try await TestServer.with({ _ in [.answer("ok")] }) { server in
            let client = try HTTPClient()
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return await failure(HTTPRequest(url: server.url), client)
            }
            #expect(await task.value?.code == .cancelled)
            #expect(server.seen.connections == 0)
        }
    }

    @Test("Canceling at any moment neither hangs nor harms the requests beside it")
    func cancelStorm() async throws {
        try await TestServer.with({ _ in [.answer("ok")] }) { server in
            let client = try HTTPClient(limits: .init(maxTransfers: 8, maxTransfersPerHost: 8))
            let tasks = (0..<400).map { number in
                let task = Task { await failure(HTTPRequest(url: server.url), client) }
                if number % 2 == 0 { Task { task.cancel() } }
                return task
            }
            for (number, task) in tasks.enumerated() {
                let error = await task.value
                #expect(error == nil || number % 2 == 0 && error?.code == .cancelled)
            }
        }
    }

    @Test("A shutdown fails what is under way and what waits, hangs up, and refuses what comes later")
    func shutdown() async throws {
        try await TestServer.with({ _ in [.waitForClient] }) { server in
            let client = try HTTPClient(limits: .init(maxTransfers: 3))
            let tasks = (0..<9).map { _ in Task { await failure(HTTPRequest(url: server.url), client) } }
            await server.wait { $0.requests.count == 3 }
            client.shutdown()
            client.shutdown()
            var arrived = 0
            for task in tasks {
                let error = await task.value
                #expect(error?.code == .clientClosed)
                #expect(error?.isRetryable == false)
                if error?.requestMayHaveArrived == true { arrived += 1 }
            }
            #expect(arrived == 3)
            await server.wait { $0.hangUps == 3 }
            #expect(await failure(HTTPRequest(url: server.url), client)?.code == .clientClosed)
            #expect(server.seen.requests.count == 3)
        }
    }

    @Test("A client that nobody holds closes its connections")
    func release() async throws {
        try await TestServer.with({ _ in [.answer("ok")] }) { server in
            _ = try await HTTPClient().send(HTTPRequest(url: server.url))
            await server.wait { $0.hangUps == 1 }
        }
    }
}
