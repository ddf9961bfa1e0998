import AdapterKit
import Foundation
import Synchronization
import Testing
import VendorSandbox

@Suite("Listening, the key, TLS, and many requests")
struct ServingTests {
    @Test(
        "An address to listen on is a host and a port, and nothing else",
        arguments: [
            ("127.0.0.1:0", "127.0.0.1", 0), ("localhost:8080", "localhost", 8080), ("[::1]:65535", "::1", 65_535),
            ("my-host.example:443", "my-host.example", 443), ("0.0.0.0:1", "0.0.0.0", 1),
        ])
    func addresses(_ row: (text: String, host: String, port: Int)) throws {
        let address = try #require(ListenAddress(row.text))
        #expect(address.host == row.host && address.port == row.port && address.description == row.text)
    }

    @Test(
        "What is no address is refused",
        arguments: [
            "", ":", ":80", "host", "host:", "host:65536", "host:-1", "host:+1", "host: 1", "::1:80", "[::1]",
            "[::1]80",
            "[]:80", "ho st:80", "http://host:80", "host:80/", "[host]:80", "host:000080",
        ])
    func noAddresses(_ text: String) {
        #expect(ListenAddress(text) == nil)
    }

    @Test("A free port is taken and told, of IPv4 and of IPv6", arguments: HTTPConnection.loopbacks)
    func freePort(_ host: String) async throws {
        let listen = try #require(ListenAddress("\(host):0"))
        try await RunningSandbox.with(Books.one(), listen: listen) { sandbox in
            #expect(sandbox.ready.url.hasPrefix("http://\(host):") && !sandbox.ready.url.hasSuffix(":0"))
            try await #expect(sandbox.ask(Question()).status == "changed")
            let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(sandbox.ready))
            #expect(
                json as? [String: String] == ["url": sandbox.ready.url, "publicKey": sandbox.ready.publicKey])
        }
    }

    @Test("An address that listens on all is told as one that can be reached")
    func wildcard() async throws {
        let listen = try #require(ListenAddress("0.0.0.0:0"))
        try await RunningSandbox.with(Books.one(), listen: listen) { sandbox in
            #expect(sandbox.ready.url.hasPrefix("http://127.0.0.1:"))
            try await #expect(sandbox.ask(Question()).status == "changed")
        }
    }

    @Test("A port that is taken, and an address that is not this machine's, are told as such")
    func taken() async throws {
        try await RunningSandbox.with(Books.one()) { sandbox in
            let port = try #require(sandbox.ready.url.split(separator: ":").last)
            for address in ["127.0.0.1:\(port)", "192.0.2.1:8080"] {
                let listen = try #require(ListenAddress(address))
                let error = await #expect(throws: SandboxError.self) {
                    try await Sandbox(book: sandbox.folder.book).run(listen: listen)
                }
                #expect(error?.message.contains("can't listen on \(address)") == true, "\(error as Any)")
            }
        }
    }

    @Test("Cancelling stops it at once, though a connection is open and an answer is under way")
    func cancellation() async throws {
        let folder = try Folder()
        defer { folder.remove() }
        try folder.write(Books.faulty("latency: 600000, everyNth: 2"))
        let sandbox = Sandbox(book: folder.book)
        let start = ContinuousClock.now
        let waiting = try await sandbox.whileRunning { ready in
            let connection = try await blocking { try HTTPConnection(ready.url) }
            let request = HTTPConnection.request(
                "POST", Question.path, headers: Question.headers, body: try Question().bytes)
            _ = try await blocking {
                let reply = try connection.exchange(
                    "POST", Question.path, headers: Question.headers, body: try Question().bytes)
                try connection.send(request)
                return reply
            }
            return connection
        }
        #expect(ContinuousClock.now - start < .seconds(300))
        let rest = try await blocking { try waiting.receiveAll() }
        #expect(!rest.starts(with: "HTTP/1.1 200".utf8))
    }

    @Test("A task that runs it returns when it is cancelled, and nobody answers any more")
    func runReturns() async throws {
        let folder = try Folder()
        defer { folder.remove() }
        try folder.write(Books.one())
        let sandbox = Sandbox(book: folder.book)
        let (urls, announcer) = AsyncStream.makeStream(of: String.self)
        // An address of its own: on 127.0.0.1 another test may be given the port the moment it is free.
        let address = try #require(ListenAddress("127.0.83.1:0"))
        let running = Task { try await sandbox.run(listen: address) { announcer.yield($0.url) } }
        var iterator = urls.makeAsyncIterator()
        let url = try #require(await iterator.next())
        running.cancel()
        try await running.value
        // A program that another test started meanwhile may have inherited the socket: then it can be connected to, but
        // nobody answers any more.
        await #expect(throws: HTTPConnection.Failure.self) {
            try await blocking { try HTTPConnection(url).exchange("GET", "/") }
        }
    }

    // MARK: The key

    @Test("The key is made once beside the book, for its owner alone, and kept")
    func key() async throws {
        let folder = try Folder()
        defer { folder.remove() }
        try folder.write(Books.one())
        let sandbox = Sandbox(book: folder.book)
        let first = try await sandbox.whileRunning { $0.publicKey }
        let text = try String(decoding: Data(contentsOf: URL(fileURLWithPath: folder.key)), as: UTF8.self)
        #expect(text.hasSuffix("\n") && Data(base64Encoded: String(text.dropLast()))?.count == 32)
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.key)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        try await #expect(sandbox.whileRunning { $0.publicKey } == first)
        #expect(Data(base64Encoded: first)?.count == 32)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(names.sorted() == ["book.yaml", "book.yaml.key"])
        let other = Sandbox(book: folder.book, keyFile: folder.path + "/other")
        try await #expect(other.whileRunning { $0.publicKey } != first)
    }

    @Test("Two that start at the same time agree on one key")
    func keyRace() async throws {
        let folder = try Folder()
        defer { folder.remove() }
        try folder.write(Books.one())
        let keys = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 1...6 { group.addTask { try await Sandbox(book: folder.book).whileRunning { $0.publicKey } } }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(keys.count == 1)
    }

    @Test(
        "A key file that holds no key is refused and left alone",
        arguments: ["", "\n", "not base64!", "AAAA\n", String(repeating: "A", count: 400)])
    func badKey(_ text: String) async throws {
        let folder = try Folder()
        defer { folder.remove() }
        try folder.write(Books.one())
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder.key))
        let error = await #expect(throws: SandboxError.self) {
            try await Sandbox(book: folder.book).run(listen: .loopback)
        }
        #expect(error?.message.contains("\(folder.key) does not hold 32 bytes in base64") == true)
        try #expect(Data(contentsOf: URL(fileURLWithPath: folder.key)) == Data(text.utf8))
    }

    @Test("A key file that can't be read, and a folder that can't be written to, are told with their path")
    func unreadableKey() async throws {
        let folder = try Folder()
        defer { folder.remove() }
        try folder.write(Books.one())
        for path in [folder.path, folder.path + "/missing/key"] {
            let error = await #expect(throws: SandboxError.self) {
                try await Sandbox(book: folder.book, keyFile: path).run(listen: .loopback)
            }
            #expect(error?.message.contains("The signing key \(path) can't be") == true)
        }
    }

    // MARK: TLS

    @Test("With a certificate it speaks TLS, and to nobody anything else")
    func tls() async throws {
        let folder = try Folder()
        defer { folder.remove() }
        try folder.write(Books.one())
        let files = TLSFiles(certificate: folder.path + "/tls.pem", key: folder.path + "/tls.key")
        try await OpenSSL.certificate(files, in: folder)
        let question = Question()
        try await Sandbox(book: folder.book).whileRunning(tls: files) { ready in
            #expect(ready.url.hasPrefix("https://127.0.0.1:"))
            let headers = Question.headers.merging(["Connection": "close"]) { $1 }
            let request = HTTPConnection.request("POST", Question.path, headers: headers, body: try question.bytes)
            let output = try await OpenSSL.run(
                [
                    "s_client", "-quiet", "-connect", String(ready.url.dropFirst("https://".count)), "-CAfile",
                    files.certificate, "-verify_return_error", "-verify_ip", "127.0.0.1",
                ], input: request, in: folder)
            let reply = try #require(HTTPConnection.reply(in: output, isWhole: false))
            try #expect(Answer(reply, question, ready).status == "changed")

            let plain = try await blocking {
                let connection = try HTTPConnection(ready.url)
                try connection.send(request)
                return try connection.receiveAll()
            }
            #expect(!plain.starts(with: "HTTP/1.1 200".utf8))
        }
    }

    @Test("A certificate or key that is none is told with its path")
    func badTLS() async throws {
        let folder = try Folder()
        defer { folder.remove() }
        try folder.write(Books.one())
        let missing = folder.path + "/missing.pem"
        let error = await #expect(throws: SandboxError.self) {
            try await Sandbox(book: folder.book).run(
                listen: .loopback, tls: TLSFiles(certificate: missing, key: folder.book))
        }
        #expect(error?.message.contains("The TLS certificate \(missing) can't be read") == true)

        let files = TLSFiles(certificate: folder.path + "/tls.pem", key: folder.path + "/other.key")
        try await OpenSSL.certificate(
            TLSFiles(certificate: files.certificate, key: folder.path + "/tls.key"), in: folder)
        let none = await #expect(throws: SandboxError.self) {
            try await Sandbox(book: folder.book).run(
                listen: .loopback, tls: TLSFiles(certificate: files.certificate, key: folder.book))
        }
        #expect(none?.message.contains("The TLS key \(folder.book) can't be read") == true)
        try await OpenSSL.certificate(TLSFiles(certificate: folder.path + "/x.pem", key: files.key), in: folder)
        let other = await #expect(throws: SandboxError.self) {
            try await Sandbox(book: folder.book).run(listen: .loopback, tls: files)
        }
        #expect(other?.message.contains("\(files.key) is the key of the certificate \(files.certificate)") == true)
    }

    // MARK: Many

    @Test("Two thousand requests over eight connections get two thousand right answers")
    func load() async throws {
        let book = Books.one("copies: 500").replacing("30017482", with: "load-{n}")
        try await RunningSandbox.with(book) { sandbox in
            let ready = sandbox.ready
            let right = try await withThrowingTaskGroup(of: Int.self) { group in
                for lane in 0..<8 {
                    group.addTask {
                        try await blocking {
                            let connection = try HTTPConnection(ready.url)
                            var right = 0
                            for index in 0..<250 {
                                let question = Question(clientID: "load-\(1 + (lane * 250 + index) % 500)")
                                let reply = try connection.exchange(
                                    "POST", Question.path, headers: Question.headers, body: question.bytes)
                                let answer = try Answer(reply, question, ready)
                                if answer.status == "changed", answer["clientID"] == question.clientID { right += 1 }
                            }
                            return right
                        }
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(right == 2000)
        }
    }
}
