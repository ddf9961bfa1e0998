import AdapterKit
import Foundation
import GatewayAPI

import GatewayStore
import Testing

@testable import GatewayCore
@testable import GatewayProfiles

@Suite("The way to the vendor")
struct VendorLineTests {
    private func withLine(
        _ script: @escaping TestVendor.Script,
        _ body: (VendorLine, Profile.Vendor, TestVendor, TestTime) async throws -> Void
    ) async throws {
        try await GatewayFixture.with { fixture in
            let store = try Store(path: fixture.store)
            let line = VendorLine(store: store, surroundings: fixture.time.surroundings)
            defer {
                line.close()
                try? store.close()
            }
            try await TestVendor.with(script) { vendor in
                let address = Profile.Vendor(address: vendor.url, keys: [:], timeout: 10_000)
                try await body(line, address, vendor, fixture.time)
            }
        }
    }

    private func request(once: Bool = false, trust: Request.Trust = .plain) -> Request {
        Request(method: "POST", path: "/ask?a=b", headers: ["X-Test": "1"], body: [65, 66], trust: trust, once: once)
    }

    @Test("A request arrives as the adapter made it, below the vendor's address")
    func arrives() async throws {
        try await withLine { _ in
            .reply(200, "fine")
        } _: { line, address, vendor, time in
            let answer = try await line.send(request(), to: address)
            #expect(answer.status == 200 && answer.body == Array("fine".utf8))
            let received = try #require(vendor.requests.first)
            #expect(received.method == "POST" && received.path == "/ask?a=b" && received.text == "AB")
            #expect(time.pauses.isEmpty)
        }
    }

    @Test(
        "What may be repeated is tried three times, with growing pauses that differ from try to try",
        arguments: ["hangUp", "503", "429", "500"])
    func retries(_ fault: String) async throws {
        try await withLine { request in
            if request.number % 3 == 0 { return .reply(200, "fine") }
            return Int(fault).map { .reply($0, "out of order") } ?? .hangUp
        } _: { line, address, vendor, time async throws in
            var first: [Int] = []
            for _ in 1...10 {
                time.forgetPauses()
                #expect(try await line.send(request(), to: address).status == 200)
                #expect(time.pauses.count == 2)
                let base = VendorLine.firstPause
                #expect(((base / 2)...(base * 3 / 2)).contains(time.pauses.first ?? 0))
                #expect((base...(base * 3)).contains(time.pauses.last ?? 0))
                first += time.pauses.prefix(1)
            }
            #expect(vendor.requests.count == 30)
            #expect(Set(first).count > 1, "the pauses have no jitter")
        }
    }

    @Test("After three tries the last failure is told", arguments: ["hangUp", "503"])
    func givesUp(_ fault: String) async throws {
        try await withLine { _ in
            fault == "503" ? .reply(503, "out of order") : .hangUp
        } _: { line, address, vendor, time in
            await #expect(throws: (any Error).self) { try await line.send(request(), to: address) }
            #expect(vendor.requests.count == VendorLine.attempts && time.pauses.count == 2)
        }
    }

    @Test("A request that is made once is never repeated, whatever comes of it", arguments: ["hangUp", "503", "429"])
    func once(_ fault: String) async throws {
        try await withLine { _ in
            Int(fault).map { .reply($0, "out of order") } ?? .hangUp
        } _: { line, address, vendor, time in
            let error = await #expect(throws: (any Error).self) {
                try await line.send(request(once: true), to: address)
            }
            #expect(vendor.requests.count == 1 && time.pauses.isEmpty)
            #expect((error is LostAnswer) == (fault == "hangUp"), "\(error as Any)")
        }
    }

    @Test(
        "Answers of other statuses are the adapter's to judge, and not tried again",
        arguments: [200, 204, 301, 400, 404, 409])
    func judged(_ status: Int) async throws {
        try await withLine { _ in
            .reply(status, "")
        } _: { line, address, vendor, _ async throws in
            #expect(try await line.send(request(), to: address).status == status)
            #expect(vendor.requests.count == 1)
        }
    }

    @Test("A server that names a later time is not asked before it")
    func retryAfter() async throws {
        try await withLine { _ in
            .reply(503, "", headers: ["Retry-After": "120"])
        } _: { line, address, vendor, time in
            let error = await #expect(throws: OutOfOrder.self) { try await line.send(request(), to: address) }
            #expect(error?.comeBack == time.now.adding(seconds: 120))
            #expect(vendor.requests.count == 1 && time.pauses.isEmpty)
        }
    }

    @Test(
        "Retry-After is seconds or a date, and anything else says nothing",
        arguments: [
            ("0", 0), ("120", 120), ("Sun, 22 Nov 2026 10:00:30 GMT", 30), ("Sun, 22 Nov 2026 09:59:00 GMT", -60),
            ("-1", nil), ("soon", nil), ("", nil), ("1.5", nil), ("99999999999999999999", nil), ("31536001", nil),
            ("Sun, 22 Nov 2026 10:00:30 CET", nil), ("Sun, 32 Nov 2026 10:00:30 GMT", nil),
            ("Sunday, 22-Nov-26 10:00:30 GMT", nil), ("2026-11-22T10:00:30Z", nil),
        ] as [(String, Int?)])
    func retryAfterForms(_ row: (text: String, seconds: Int?)) throws {
        let now = try #require(Instant("2026-11-22T10:00:00Z"))
        #expect(OutOfOrder.time(row.text, at: now) == row.seconds.map { now.adding(seconds: $0) })
    }

    @Test("An answer that is too large is refused and not asked for again")
    func tooLarge() async throws {
        let body = String(repeating: "x", count: VendorLine.largestAnswer + 1)
        try await withLine { _ in
            .reply(200, body)
        } _: { line, address, vendor, _ in
            let error = await #expect(throws: AdapterError.self) { try await line.send(request(), to: address) }
            #expect(error?.code == .malformed && vendor.requests.count == 1)
        }
    }

    @Test("Without an address nothing is sent, and the variable to set is named")
    func noAddress() async throws {
        try await withLine { _ in
            .reply(200, "")
        } _: { line, _, vendor, _ in
            let unset = Profile.Vendor(address: nil, unset: "LICENSING_URL", keys: [:], timeout: 1000)
            let error = await #expect(throws: AdapterError.self) { try await line.send(request(), to: unset) }
            #expect(error?.code == .unreachable && error?.message.contains("LICENSING_URL") == true)
            #expect(vendor.requests.isEmpty)
        }
    }

    @Test("Where an answer must be signed, an answer of another status is none, and what it said is shown tamed")
    func unsigned() async throws {
        try await withLine { _ in
            .reply(200, "")
        } _: { line, address, _, _ in
            let answer = RawAnswer(status: 400, body: Array("the body\u{7}\u{1B}[31m is wrong\n".utf8))
            let signed = request(trust: .signed(purpose: "p"))
            let error = #expect(throws: AdapterError.self) {
                try line.verify(answer, to: signed, from: address, nonce: "n")
            }
            #expect(error?.code == .malformed)
            #expect(error?.message.contains("status 400") == true && error?.message.contains("is wrong") == true)
            let isTame = error?.message.unicodeScalars.allSatisfy { $0.value >= 32 } ?? false
            #expect(isTame)
            let untrusted = #expect(throws: AdapterError.self) {
                try line.verify(RawAnswer(status: 200, body: [65, 10]), to: signed, from: address, nonce: "n")
            }
            #expect(untrusted?.code == .untrusted)
            let plain = try line.verify(answer, to: request(), from: address, nonce: "n")
            #expect(plain.status == 400 && plain.body == answer.body && plain.document == answer.body)
        }
    }

    @Test("A stand-in of which every third request goes wrong: nobody notices but by the pauses")
    func everyThird() async throws {
        let entries = (1...6).map { SubscriptionFixture.Entry(id: "c\($0)", expires: "2027-01-31") }
        try await SubscriptionFixture.with(entries) { test in
            try test.write(entries, faults: "status: 503, everyNth: 3")
            try await test.open { gateway in
                for entry in entries { try await test.add(entry, to: gateway) }
                for entry in entries { #expect(try await gateway.refresh(entry.id).outcome == .updated) }
                // Requests 3 and 6 broke.
                #expect(test.time.pauses.count == 2)
            }
        }
    }

    @Test(
        "Hosts are known by name and port",
        arguments: [
            ("https://a.example/path", "a.example"), ("https://a.example:8443", "a.example:8443"),
            ("http://127.0.0.1:80/x", "127.0.0.1:80"), ("https://A.example", "A.example"),
        ])
    func hosts(_ row: (address: String, host: String)) {
        #expect(VendorLine.host(of: row.address) == row.host)
    }
}
