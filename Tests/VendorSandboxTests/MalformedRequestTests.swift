import Testing
import VendorSandbox

@Suite("Requests that break the page")
struct MalformedRequestTests {
    private static func request(_ change: (String) -> String) throws -> [UInt8] {
        Array(
            change(String(decoding: try Question(nonce: String(repeating: "5f", count: 16)).bytes, as: UTF8.self)).utf8)
    }

    @Test(
        "A broken request gets a 400 with a short text that says what is wrong",
        arguments: [
            ("<nonce>5f", "<nonce>5F", "nonce"), ("<nonce>5f", "<nonce>", "nonce"),
            ("<nonce>5f", "<nonce>5f5f", "nonce"), ("version=\"1\"", "version=\"2\"", "version"),
            ("version=\"1\"", "", "version"), ("entitlementRequest", "request", "entitlementRequest"),
            ("<entitlementRequest", "<!DOCTYPE a><entitlementRequest", "DOCTYPE"), ("</clientID>", "", "wrong"),
            ("<clientID>", "<clientID>\u{A0}", "clientID"), ("30017482", "", "clientID"),
            ("30017482", "<b>30017482</b>", "clientID"), ("30017482", "a&#9;b", "control"),
            ("<clientID>", "<clientID>1</clientID><clientID>", "second"), ("<clientName>", "text<clientName>", "text"),
            ("019abc5e", "019abc5e ", "operation"), ("30017482", String(repeating: "x", count: 513), "512"),
            ("30017482", String(repeating: "x", count: 20_000), "16384"),
            ("UTF-8", "ISO-8859-1", "encoding"),
        ])
    func malformed(_ row: (old: String, new: String, told: String)) async throws {
        let body = try Self.request { $0.replacing(row.old, with: row.new) }
        let right = try Self.request { $0 }
        try #require(body != right)
        try await RunningSandbox.with(Books.one()) { sandbox in
            let reply = try await sandbox.exchange("POST", Question.path, headers: Question.headers, body: body)
            #expect(reply.status == 400)
            #expect(reply.text.contains(row.told), "\(reply.text)")
            #expect(reply.text.hasPrefix("Stand-in vendor: ") && reply.body.count <= 1024)
            #expect(reply.headers["content-type"]?.hasPrefix("text/plain") == true)
        }
    }

    @Test("White space around values, comments, CDATA, a byte order mark and unknown elements are no mistakes")
    func wellFormed() async throws {
        let question = Question(nonce: String(repeating: "5f", count: 16))
        let body = try Self.request { text in
            "\u{FEFF}"
                + text.replacing("<clientID>30017482", with: "<!-- a --><clientID> <![CDATA[30017482]]>\n")
                .replacing("<nonce>", with: "<later a=\"b\"><nonce>x</nonce></later><nonce>")
        }
        try await RunningSandbox.with(Books.one()) { sandbox in
            let headers = ["content-type": "Application/XML; charset=utf-8"]
            let reply = try await sandbox.exchange("POST", Question.path, headers: headers, body: body)
            try #expect(Answer(reply, question, sandbox.ready).status == "changed")
        }
    }

    @Test("A request of another content type, of none, and with no body is refused")
    func contentType() async throws {
        let body = try Question().bytes
        try await RunningSandbox.with(Books.one()) { sandbox in
            for headers in [[:], ["Content-Type": "application/json"], ["Content-Type": "application/xmlish"]] {
                let reply = try await sandbox.exchange("POST", Question.path, headers: headers, body: body)
                #expect(reply.status == 400 && reply.text.contains("application/xml"))
            }
            let empty = try await sandbox.exchange("POST", Question.path, headers: Question.headers)
            #expect(empty.status == 400)
        }
    }

    @Test("A long text from outside never makes the refusal long")
    func longText() async throws {
        let heap = String(repeating: "e" + String(repeating: "\u{301}", count: 40), count: 60)
        let body = try Self.request { $0.replacing("019abc5e", with: heap) }
        try await RunningSandbox.with(Books.one()) { sandbox in
            let reply = try await sandbox.exchange("POST", Question.path, headers: Question.headers, body: body)
            #expect(reply.status == 400 && reply.body.count <= 1024)
        }
    }

    @Test("After a refusal, one for its size too, the connection answers the next request")
    func keepsConnection() async throws {
        try await RunningSandbox.with(Books.one()) { sandbox in
            let url = sandbox.ready.url
            let question = Question()
            let reply = try await blocking {
                let connection = try HTTPConnection(url)
                let large = [UInt8](repeating: 32, count: 200_000)
                let first = try connection.exchange("POST", Question.path, headers: Question.headers, body: large)
                guard first.status == 400 else { return first }
                return try connection.exchange("POST", Question.path, headers: Question.headers, body: question.bytes)
            }
            try #expect(Answer(reply, question, sandbox.ready).status == "changed")
        }
    }

    @Test(
        "What is not there is a 404, another method a 405",
        arguments: [
            ("GET", "/sage300/v1/entitlement", 405), ("POST", "/", 405), ("POST", "/sage300/v1/entitlement/", 404),
            ("POST", "/sage300/v2/entitlement", 404), ("GET", "/sage300", 404), ("GET", "/other/v1/entitlement", 404),
            ("GET", "/faults", 404), ("GET", "/sage300/../", 404),
        ])
    func notThere(_ row: (method: String, path: String, status: Int)) async throws {
        try await RunningSandbox.with(Books.one()) { sandbox in
            let reply = try await sandbox.exchange(row.method, row.path)
            #expect(reply.status == row.status)
            #expect(reply.text.hasPrefix("Stand-in vendor: "))
        }
    }

    @Test("What is not HTTP is answered with a 400 or with nothing, and the stand-in goes on")
    func notHTTP() async throws {
        try await RunningSandbox.with(Books.one()) { sandbox in
            let bytes = try await sandbox.bytes(for: Array("\u{0}\u{1}\u{2} nonsense\r\n\r\n".utf8))
            #expect(bytes.isEmpty || bytes.starts(with: "HTTP/1.1 400".utf8))
            try await #expect(sandbox.ask(Question()).status == "changed")
        }
    }
}
