import AdapterKit
import Foundation
import Testing
import VendorSandbox

@Suite("Faults, on purpose")
struct FaultTests {
    /// What comes back for a good request before the connection ends.
    private func bytes(_ sandbox: RunningSandbox, _ question: Question = Question()) async throws -> [UInt8] {
        let headers = Question.headers.merging(["Connection": "close"]) { $1 }
        return try await sandbox.bytes(
            for: HTTPConnection.request("POST", Question.path, headers: headers, body: question.bytes))
    }

    @Test("Down: the connection ends without a byte, and works again once the book says so")
    func down() async throws {
        try await RunningSandbox.with(Books.faulty("down: true")) { sandbox in
            try await #expect(bytes(sandbox).isEmpty)
            try await #expect(sandbox.exchange("GET", "/").text.contains("broken on purpose"))
            try sandbox.folder.write(Books.one())
            try await #expect(sandbox.ask(Question()).status == "changed")
        }
    }

    @Test("Latency: the answer is right, and late")
    func latency() async throws {
        try await RunningSandbox.with(Books.faulty("latency: 300")) { sandbox in
            let start = ContinuousClock.now
            try await #expect(sandbox.ask(Question()).status == "changed")
            #expect(ContinuousClock.now - start >= .milliseconds(300))
        }
    }

    @Test("Status: that code, and no document", arguments: [200, 302, 404, 429, 500, 503])
    func status(_ code: Int) async throws {
        try await RunningSandbox.with(Books.faulty("status: \(code)")) { sandbox in
            let reply = try await sandbox.exchange(
                "POST", Question.path, headers: Question.headers, body: Question().bytes)
            #expect(reply.status == code)
            #expect(reply.text.hasPrefix("Stand-in vendor: ") && !reply.text.contains("signature"))
        }
    }

    @Test("Truncate: so many bytes of an answer that promised more", arguments: [0, 1, 200, 1_000_000])
    func truncate(_ count: Int) async throws {
        try await RunningSandbox.with(Books.faulty("truncate: \(count)")) { sandbox in
            let bytes = try await bytes(sandbox)
            let reply = try #require(HTTPConnection.reply(in: bytes, isWhole: true))
            #expect(reply.status == 200)
            let promised = try #require(reply.headers["content-length"].flatMap { Int($0) })
            #expect(promised > 1000)
            #expect(reply.body.count == min(count, promised - 1))
        }
    }

    @Test("Bad signature: everything else of the answer is right")
    func badSignature() async throws {
        try await RunningSandbox.with(Books.faulty("badSignature: true")) { sandbox in
            let question = Question()
            let reply = try await sandbox.exchange(
                "POST", Question.path, headers: Question.headers, body: question.bytes)
            let signed = try SignedDocument(reply.body)
            #expect(signed.nonce == question.nonce && signed.keyID == "sandbox")
            try #expect(!Answer.isRight(signed, sandbox.ready))
        }
    }

    @Test("Every nth request has the fault, the others have none")
    func everyNth() async throws {
        try await RunningSandbox.with(Books.faulty("status: 503, everyNth: 3")) { sandbox in
            var statuses: [Int] = []
            for _ in 1...7 {
                let question = Question()
                statuses.append(
                    try await sandbox.exchange(
                        "POST", Question.path, headers: Question.headers, body: question.bytes
                    ).status)
            }
            #expect(statuses == [200, 200, 503, 200, 200, 503, 200])
        }
    }
}
