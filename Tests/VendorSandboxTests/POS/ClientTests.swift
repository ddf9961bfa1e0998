import Foundation
import Testing
import VendorSandbox

@Suite("POS: clients, and forms that are none")
struct ClientTests {
    private static func basic(_ pair: String) -> [String: String] {
        ["Authorization": "Basic " + Data(pair.utf8).base64EncodedString()]
    }

    @Test(
        "A client that is not known is refused everywhere",
        arguments: ["/token", "/device_authorization", "/revoke", "/introspect"])
    func unknown(_ path: String) async throws {
        try await RunningSandbox.with(POSBooks.one()) { sandbox in
            var client = POSClient(sandbox)
            for identity in [[:], ["client_id": "other"], ["client_id": "gatehouse", "client_secret": "x"]] {
                client.identity = identity
                let reply = try await client.post(path, ["token": "x", "grant_type": "refresh_token"])
                #expect(reply.isError("invalid_client", 401), "\(identity): \(reply.text)")
                #expect(reply.headers["www-authenticate"]?.hasPrefix("Basic ") == true)
            }
            client.identity = [:]
            client.headers = Self.basic("gatehouse:")
            let reply = try await client.post("/device_authorization", [:])
            #expect(reply.status == 200, "a public client in the header, with an empty secret")
        }
    }

    @Test("A client with a secret proves itself by header or form, and not by both")
    func secret() async throws {
        try await RunningSandbox.with(POSBooks.one("clientID: pos-1\nclientSecret: \"s3 cret+é&\"")) { sandbox in
            var client = POSClient(sandbox)
            let metadata = try await client.get("/pos/.well-known/openid-configuration")
            try #expect(
                metadata.list("token_endpoint_auth_methods_supported") == ["client_secret_basic", "client_secret_post"])
            client.identity = ["client_id": "pos-1", "client_secret": "s3 cret+é&"]
            _ = try await client.begin()
            for wrong in [["client_id": "pos-1"], ["client_id": "pos-1", "client_secret": "s3 cret+é"]] {
                client.identity = wrong
                try await #expect(client.post("/device_authorization", [:]).isError("invalid_client", 401))
            }
            client.identity = [:]
            client.headers = Self.basic("pos-1:s3+cret%2B%C3%A9%26")
            _ = try await client.begin()
            client.headers = Self.basic("pos-1:s3 cret+é&")
            _ = try await client.begin()
            client.identity = ["client_id": "pos-1"]
            _ = try await client.begin()
            client.identity = ["client_id": "pos-2"]
            try await #expect(client.post("/token", [:]).isError("invalid_request"))
            client.identity = ["client_secret": "s3 cret+é&"]
            try await #expect(client.post("/token", [:]).isError("invalid_request"))
            client.identity = [:]
            for header in ["Bearer x", "Basic", "Basic !!", "Basic " + Data("x".utf8).base64EncodedString(), ""] {
                client.headers = ["Authorization": header]
                try await #expect(client.post("/token", [:]).isError("invalid_client", 401), "\(header)")
            }
        }
    }

    @Test("What is missing or not known in a request is told by the standards' codes")
    func wrongRequests() async throws {
        try await RunningSandbox.with(POSBooks.one()) { sandbox in
            let client = POSClient(sandbox)
            for (fields, code) in [
                ([:], "invalid_request"), (["grant_type": "password"], "unsupported_grant_type"),
                (["grant_type": "refresh_token"], "invalid_request"),
                (["grant_type": POSClient.deviceGrant], "invalid_request"),
                (["grant_type": POSClient.deviceGrant, "device_code": ""], "invalid_request"),
                (["grant_type": POSClient.deviceGrant, "device_code": "x"], "invalid_grant"),
                (["grant_type": "refresh_token", "refresh_token": "x"], "invalid_grant"),
            ] { try await #expect(client.post("/token", fields).isError(code), "\(fields)") }
            try await #expect(client.post("/device_authorization", ["scope": "a\"b"]).isError("invalid_scope"))
            try await #expect(client.post("/introspect", [:]).isError("invalid_request"))
        }
    }

    @Test("A body that is no form, too large, or says something twice is refused as a whole")
    func hostile() async throws {
        try await RunningSandbox.with(POSBooks.one()) { sandbox in
            let client = POSClient(sandbox)
            for form in [
                "client_id=gatehouse&client_id=gatehouse", "client_id=gatehouse&grant%5Ftype=a&grant_type=b",
                "client_id=gatehouse&x=%", "client_id=gatehouse&x=%4", "client_id=gatehouse&x=%zz",
                "client_id=gatehouse&x=%ff",
                "client_id=gatehouse&" + (0..<50).map { "x\($0)=1" }.joined(separator: "&"),
            ] {
                let reply = try await client.post("/token", form: form)
                #expect(reply.isError("invalid_request"), "\(form.prefix(60)): \(reply.text)")
            }
            try await #expect(client.post("/token", form: "{}", type: "application/json").isError("invalid_request"))
            let large = "client_id=gatehouse&x=" + String(repeating: "a", count: 3_000_000)
            try await #expect(client.post("/token", form: large).isError("invalid_request", 413))
            let raw = try await sandbox.exchange(
                "POST", "/pos/token", headers: ["Content-Type": "application/x-www-form-urlencoded"],
                body: [0xFF, 0x00, 0x3D])
            try #expect(JSONReply(raw).isError("invalid_request"))
            _ = try await client.begin()
        }
    }

    @Test("A request with any byte changed is answered with JSON, and never breaks the stand-in")
    func mutations() async throws {
        try await RunningSandbox.with(POSBooks.one()) { sandbox in
            let right = Array("grant_type=refresh_token&refresh_token=abc%2Bdef&client_id=gatehouse&scope=openid".utf8)
            let url = sandbox.ready.url
            let odd = try await blocking {
                let connection = try HTTPConnection(url)
                return try (0..<right.count * 3).filter { step in
                    var body = right
                    let place = step / 3
                    switch step % 3 {
                    case 0: body[place] = UInt8.random(in: 0 ... .max)
                    case 1: body.remove(at: place)
                    default: body.insert(UInt8.random(in: 0 ... .max), at: place)
                    }
                    let reply = try connection.exchange(
                        "POST", "/pos/token", headers: ["Content-Type": "application/x-www-form-urlencoded"], body: body
                    )
                    return try ![400, 401].contains(reply.status) || JSONReply(reply).error == nil
                }
            }
            #expect(odd == [])
        }
    }

    @Test("A lost answer was given all the same: the server has done what was asked")
    func lost() async throws {
        try await RunningSandbox.with(POSBooks.one()) { sandbox in
            let client = POSClient(sandbox)
            let token = try await client.acquire().refreshToken
            try sandbox.folder.write(POSBooks.one() + "\nfaults: { pos: { lost: true, path: /token } }\n")
            await #expect(throws: HTTPConnection.Failure.self) { try await client.refresh(token) }
            try await #expect(client.get("/pos/jwks").status == 200, "other paths have no fault")
            try sandbox.folder.write(POSBooks.one())
            let answer = try await client.refresh(token)
            #expect(answer.status == 200, "within the window it is given again")
            try sandbox.clock.set("2026-11-22T10:00:30Z")
            try await #expect(client.refresh(token).isError("invalid_grant"), "it was spent the first time")
        }
    }

    @Test("Faults of the book work for the authorization server: a wrong signature is in its tokens")
    func faults() async throws {
        try await RunningSandbox.with(POSBooks.one()) { sandbox in
            let client = POSClient(sandbox)
            let token = try await client.acquire().refreshToken
            try sandbox.folder.write(POSBooks.one() + "\nfaults: { pos: { badSignature: true } }\n")
            let spoiled = try await client.refresh(token)
            let keys = try await client.get("/pos/jwks")
            try #expect(!CheckedToken.isProven(spoiled.accessToken, by: keys))
            try sandbox.folder.write(POSBooks.one() + "\nfaults: { pos: { status: 503 } }\n")
            try await #expect(sandbox.exchange("GET", "/pos/jwks").status == 503)
            try sandbox.folder.write(POSBooks.one() + "\nfaults: { pos: { truncate: 0 } }\n")
            try await #expect(
                sandbox.bytes(for: HTTPConnection.request("GET", "/pos/", headers: ["Connection": "close"])).count > 0)
        }
    }
}
