import Foundation
import Testing
import VendorSandbox

@Suite("POS: what the authorization server says of itself")
struct MetadataTests {
    @Test(
        "Its metadata stands where each standard looks for it, and the endpoints named there are",
        arguments: [
            "/.well-known/oauth-authorization-server/pos", "/pos/.well-known/openid-configuration",
            "/pos/.well-known/oauth-authorization-server", "/.well-known/openid-configuration/pos",
        ])
    func metadata(_ path: String) async throws {
        try await RunningSandbox.with(POSBooks.one()) { sandbox in
            let client = POSClient(sandbox)
            let reply = try await client.get(path)
            #expect(reply.status == 200 && reply.headers["content-type"] == "application/json")
            try #expect(reply.text("issuer") == POSClient.issuer)
            for (name, below) in [
                ("device_authorization_endpoint", "/device_authorization"), ("token_endpoint", "/token"),
                ("revocation_endpoint", "/revoke"), ("introspection_endpoint", "/introspect"), ("jwks_uri", "/jwks"),
            ] { try #expect(reply.text(name) == POSClient.issuer + below) }
            try #expect(reply.list("grant_types_supported") == [POSClient.deviceGrant, "refresh_token"])
            try #expect(reply.list("token_endpoint_auth_methods_supported") == ["none"])
            try #expect(reply.list("id_token_signing_alg_values_supported") == ["EdDSA"])
            try #expect(!reply.list("response_types_supported").isEmpty)
            try #expect(reply.list("subject_types_supported") == ["public"])
            #expect(reply.headers.keys.allSatisfy { !$0.hasPrefix("access-control-") })
        }
    }

    @Test("The issuer is what the client reached, and a Host that is none is refused")
    func hosts() async throws {
        try await RunningSandbox.with(POSBooks.one()) { sandbox in
            for (host, status) in [
                ("127.0.0.1:8300", 200), ("[::1]:80", 200), ("pos.example", 200), ("a/b", 400), ("a\" b", 400),
                ("<script>", 400), (String(repeating: "a", count: 256), 400),
            ] {
                let request =
                    "GET /pos/.well-known/openid-configuration HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n"
                let bytes = try await sandbox.bytes(for: Array(request.utf8))
                let reply = try JSONReply(#require(HTTPConnection.reply(in: bytes, isWhole: true)))
                #expect(reply.status == status, "\(host): \(reply.text)")
                if status == 200 { try #expect(reply.text("issuer") == "http://\(host)/pos") }
            }
        }
    }

    @Test("Well-known names of other vendors, and unknown ones, are not there; a wrong method is told")
    func elsewhere() async throws {
        try await RunningSandbox.with(POSBooks.one()) { sandbox in
            for path in [
                "/.well-known/oauth-authorization-server", "/.well-known/oauth-authorization-server/sage300",
                "/.well-known/oauth-authorization-server/pos/x", "/.well-known/security.txt/pos", "/pos/nothing",
                "/.well-known/", "/.well-known",
            ] { try await #expect(sandbox.exchange("GET", path).status == 404, "\(path)") }
            let reply = try await sandbox.exchange("GET", "/pos/token")
            #expect(reply.status == 405 && reply.headers["allow"] == "POST")
            try await #expect(sandbox.exchange("GET", "/").text.contains("POS authorization: 2 customers"))
        }
    }
}
