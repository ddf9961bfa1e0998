import Foundation
import Testing
import VendorSandbox

@Suite("POS: the device grant (RFC 8628)")
struct DeviceGrantTests {
    @Test("A device code comes with a user code that can be read out, and with where to type it in")
    func begin() async throws {
        try await RunningSandbox.with(POSBooks.one()) { sandbox in
            let reply = try await POSClient(sandbox).post("/device_authorization", [:])
            #expect(reply.status == 200 && reply.headers["cache-control"] == "no-store")
            let code = try reply.text("user_code")
            #expect(code.wholeMatch(of: /[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}/) != nil, "\(code)")
            try #expect(CheckedToken.bytes(reply.text("device_code")).count == 32)
            try #expect(reply.text("verification_uri") == POSClient.issuer + "/device")
            try #expect(reply.text("verification_uri_complete") == POSClient.issuer + "/device?user_code=\(code)")
            try #expect(reply.number("expires_in") == 600 && reply.number("interval") == 5)
        }
    }

    @Test("A waiting code is pending, is told to slow down for good when asked too soon, and brings tokens in the end")
    func patience() async throws {
        try await RunningSandbox.with(POSBooks.one()) { sandbox in
            let client = POSClient(sandbox)
            let begun = try await client.begin()
            for (time, error) in [
                ("10:00:00", "authorization_pending"), ("10:00:05", "authorization_pending"),
                ("10:00:07", "slow_down"), ("10:00:13", "slow_down"), ("10:00:28", "authorization_pending"),
                ("10:00:42", "slow_down"), ("10:01:02", "authorization_pending"),
            ] {
                try sandbox.clock.set("2026-11-22T\(time)Z")
                let reply = try await client.poll(begun)
                #expect(reply.isError(error), "\(time): \(reply.text)")
            }
            var visitor = try await client.visitor()
            try await visitor.authorize(device: POSBooks.store, userCode: begun.userCode)
            try await #expect(client.poll(begun).status == 200, "what is there is not held back")
        }
    }

    @Test(
        "A user code is taken in any case and with any punctuation",
        arguments: [0, 1, 2, 3, 4])
    func spelling(_ way: Int) async throws {
        try await RunningSandbox.with(POSBooks.one()) { sandbox in
            let client = POSClient(sandbox)
            let begun = try await client.begin()
            let code = begun.userCode
            let typed = [
                code.lowercased(), code.replacing("-", with: ""), " " + code.replacing("-", with: " – ") + ". ",
                code.map { "\($0)." }.joined(), code.replacing("-", with: "_"),
            ]
            var visitor = try await client.visitor()
            try await visitor.authorize(device: POSBooks.store, userCode: typed[way])
            try await #expect(client.poll(begun).status == 200)
        }
    }

    @Test("Who is denied is told so, and the code is good for nothing any more")
    func denied() async throws {
        try await RunningSandbox.with(POSBooks.one()) { sandbox in
            let client = POSClient(sandbox)
            let begun = try await client.begin()
            var visitor = try await client.visitor()
            try await visitor.authorize(device: POSBooks.store, userCode: begun.userCode, isDenied: true)
            for _ in 1...2 { try await #expect(client.poll(begun).isError("access_denied")) }
            await #expect(throws: SandboxVisitor.Refusal.self) {
                try await visitor.authorize(device: POSBooks.store, userCode: begun.userCode)
            }
        }
    }

    @Test("A code that is over is never called pending, and can't be authorized")
    func expired() async throws {
        try await RunningSandbox.with(POSBooks.one()) { sandbox in
            let client = POSClient(sandbox)
            let begun = try await client.begin()
            try sandbox.clock.set("2026-11-22T10:09:59Z")
            try await #expect(client.poll(begun).isError("authorization_pending"))
            try sandbox.clock.set("2026-11-22T10:10:00Z")
            for _ in 1...2 { try await #expect(client.poll(begun).isError("expired_token")) }
            var visitor = try await client.visitor()
            let refusal = await #expect(throws: SandboxVisitor.Refusal.self) {
                try await visitor.authorize(device: POSBooks.store, userCode: begun.userCode)
            }
            #expect(refusal?.description.contains("This code has expired.") == true, "\(refusal as Any)")
            try await #expect(client.poll(begun).isError("expired_token"))
            try sandbox.clock.set("2026-11-22T10:30:00Z")
            _ = try await client.begin()
            try await #expect(client.poll(begun).isError("invalid_grant"), "forgotten at last")
        }
    }

    @Test("A code that ran out after its person agreed brings no tokens")
    func expiredAfterConsent() async throws {
        try await RunningSandbox.with(POSBooks.one()) { sandbox in
            let client = POSClient(sandbox)
            let begun = try await client.begin()
            try sandbox.clock.set("2026-11-22T10:09:59Z")
            var visitor = try await client.visitor()
            try await visitor.authorize(device: POSBooks.store, userCode: begun.userCode)
            try sandbox.clock.set("2026-11-22T10:10:00Z")
            try await #expect(client.poll(begun).isError("expired_token"))
            let next = try await client.begin()
            try await visitor.authorize(device: POSBooks.store, userCode: next.userCode)
            try await #expect(client.poll(next).status == 200, "the device is free again")
        }
    }

    @Test("A device code that is redeemed twice is refused, and its tokens are revoked")
    func twice() async throws {
        try await RunningSandbox.with(POSBooks.one()) { sandbox in
            let client = POSClient(sandbox)
            let begun = try await client.begin()
            var visitor = try await client.visitor()
            try await visitor.authorize(device: POSBooks.store, userCode: begun.userCode)
            let tokens = try await client.poll(begun)
            try await #expect(client.introspect(tokens.accessToken).object["active"] as? Bool == true)
            let again = try await client.poll(begun)
            #expect(again.isError("invalid_grant") && again.told.contains("used twice"), "\(again.text)")
            try await #expect(client.introspect(tokens.accessToken).text == #"{"active":false}"#)
            try await #expect(client.refresh(tokens.refreshToken).isError("invalid_grant"))
            try await #expect(client.poll(begun).isError("invalid_grant"))
            let next = try await client.begin()
            try await visitor.authorize(device: POSBooks.store, userCode: next.userCode)
            try await #expect(client.poll(next).status == 200)
            try await #expect(client.poll(begun).isError("invalid_grant"), "an old code ends no later license")
            try await #expect(client.introspect(tokens.accessToken).text == #"{"active":false}"#)
        }
    }

    @Test("Twenty clients that redeem one code at once get tokens once at most")
    func race() async throws {
        try await RunningSandbox.with(POSBooks.one()) { sandbox in
            let client = POSClient(sandbox)
            let begun = try await client.begin()
            var visitor = try await client.visitor()
            try await visitor.authorize(device: POSBooks.store, userCode: begun.userCode)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 1...20 { group.addTask { try await client.poll(begun).status } }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(statuses.filter { $0 == 200 }.count == 1 && statuses.filter { $0 == 400 }.count == 19)
        }
    }

    @Test("A device has one license at most: it is removed first, and acquired again then")
    func oneLicense() async throws {
        try await RunningSandbox.with(POSBooks.one()) { sandbox in
            let client = POSClient(sandbox)
            let tokens = try await client.acquire()
            let begun = try await client.begin()
            var visitor = try await client.visitor()
            let refusal = await #expect(throws: SandboxVisitor.Refusal.self) {
                try await visitor.authorize(device: POSBooks.store, userCode: begun.userCode)
            }
            #expect(refusal?.description.contains("one license at most: remove it") == true, "\(refusal as Any)")
            try await visitor.remove(device: POSBooks.store)
            let refused = try await client.refresh(tokens.refreshToken)
            #expect(refused.isError("invalid_grant") && refused.told.contains("was removed"))
            try await visitor.authorize(device: POSBooks.store, userCode: begun.userCode)
            try await #expect(client.poll(begun).status == 200)
        }
    }

    @Test("What was agreed and not completed can't be agreed twice, and can be taken back")
    func agreedTwice() async throws {
        try await RunningSandbox.with(POSBooks.one()) { sandbox in
            let client = POSClient(sandbox)
            let first = try await client.begin()
            let second = try await client.begin()
            var visitor = try await client.visitor()
            try await visitor.authorize(device: POSBooks.store, userCode: first.userCode)
            let refusal = await #expect(throws: SandboxVisitor.Refusal.self) {
                try await visitor.authorize(device: POSBooks.store, userCode: second.userCode)
            }
            #expect(refusal?.description.contains("Complete Authorization") == true, "\(refusal as Any)")
            try await visitor.remove(device: POSBooks.store)
            try await #expect(client.poll(first).isError("access_denied"))
            try await visitor.authorize(device: POSBooks.store, userCode: second.userCode)
            try await #expect(client.poll(second).status == 200)
        }
    }

    @Test("A device past its renewal date is neither authorized nor refreshed, and says what to do")
    func pastRenewal() async throws {
        try await RunningSandbox.with(POSBooks.one(renewsOn: "2026-11-25")) { sandbox in
            let client = POSClient(sandbox)
            let tokens = try await client.acquire()
            try sandbox.clock.set("2026-11-25T23:59:59Z")
            let last = try await client.refresh(tokens.refreshToken)
            #expect(last.status == 200, "the last day is covered")
            try sandbox.clock.set("2026-11-26T00:00:00Z")
            let refused = try await client.refresh(last.refreshToken)
            #expect(refused.isError("invalid_grant") && refused.told.contains("expired"), "\(refused.text)")
            #expect(refused.told.contains("Remove it") && refused.told.contains("acquire it again"))
            var visitor = try await client.visitor()
            try await visitor.remove(device: POSBooks.store)
            let begun = try await client.begin()
            let refusal = await #expect(throws: SandboxVisitor.Refusal.self) {
                try await visitor.authorize(device: POSBooks.store, userCode: begun.userCode)
            }
            #expect(refusal?.description.contains("had to be renewed by 2026-11-25") == true, "\(refusal as Any)")
            try sandbox.folder.write(POSBooks.one(renewsOn: "2027-11-25"))
            try await visitor.authorize(device: POSBooks.store, userCode: begun.userCode)
            try await #expect(client.poll(begun).status == 200)
        }
    }

    @Test("A device that left the book after its person agreed gets nothing")
    func gone() async throws {
        try await RunningSandbox.with(POSBooks.one()) { sandbox in
            let client = POSClient(sandbox)
            let begun = try await client.begin()
            var visitor = try await client.visitor()
            try await visitor.authorize(device: POSBooks.store, userCode: begun.userCode)
            try sandbox.folder.write(POSBooks.one().replacing(POSBooks.store, with: "POS-9999-Z"))
            for _ in 1...2 { try await #expect(client.poll(begun).isError("access_denied")) }
        }
    }

    @Test("Codes are limited in number, and there is room again once they are forgotten")
    func many() async throws {
        try await RunningSandbox.with(POSBooks.one(lifetime: "1h", "codeLifetime: 60s")) { sandbox in
            let form = Array("client_id=gatehouse".utf8)
            let url = sandbox.ready.url
            let headers = ["Content-Type": "application/x-www-form-urlencoded"]
            let statuses = try await blocking {
                let connection = try HTTPConnection(url)
                return try (0..<2_005).map { _ in
                    try connection.exchange("POST", "/pos/device_authorization", headers: headers, body: form).status
                }
            }
            #expect(statuses.filter { $0 == 200 }.count == 2_000 && statuses.suffix(5) == [503, 503, 503, 503, 503])
            let client = POSClient(sandbox)
            let full = try await client.post("/device_authorization", [:])
            #expect(full.isError("temporarily_unavailable", 503) && full.headers["retry-after"] == "60")
            try sandbox.clock.set("2026-11-22T10:02:00Z")
            _ = try await client.begin()
        }
    }
}
