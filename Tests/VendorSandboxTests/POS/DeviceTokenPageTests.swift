import AdapterTestKit
import Foundation
import Testing
import VendorSandbox

@Suite("POS: the protocol page")
struct DeviceTokenPageTests {
    private static func block(_ name: String) throws -> JSONReply {
        let page = try WorkedExample(page: "../../../docs/protocols/device-token.md")
        return try JSONReply(HTTPReply(status: 200, headers: [:], body: page.block(name, of: "json")))
    }

    @Test("The page's metadata are the stand-in's, to the letter")
    func metadata() async throws {
        let page = try Self.block("metadata").text.replacing("https://pos.example/pos", with: POSClient.issuer)
        try await RunningSandbox.with(POSBooks.one()) { sandbox in
            let told = try await POSClient(sandbox).get("/pos/.well-known/openid-configuration")
            let read = try JSONSerialization.jsonObject(with: Data(page.utf8)) as? NSDictionary
            #expect(read == told.object as NSDictionary)
        }
    }

    @Test("The page's answers have the members that the stand-in's have")
    func members() async throws {
        try await RunningSandbox.with(POSBooks.one()) { sandbox in
            let client = POSClient(sandbox)
            let begun = try await client.post("/device_authorization", [:])
            try #expect(Set(Self.block("device").object.keys) == Set(begun.object.keys))
            let tokens = try await client.acquire()
            try #expect(Set(Self.block("token").object.keys) == Set(tokens.object.keys))
            let keys = try await client.get("/pos/jwks")
            let claims = try CheckedToken(tokens.accessToken, by: keys).claims
            try #expect(Set(Self.block("claims").object.keys) == Set(claims.keys))
        }
    }

    @Test("The page's token is proven by the page's keys, and its claims are the page's")
    func token() throws {
        let token = try Self.block("token").accessToken
        let checked = try CheckedToken(token, by: Self.block("jwks"))
        #expect(checked.header["typ"] as? String == "at+jwt")
        let claims = try CheckedToken.bytes(String(token.split(separator: ".")[1]))
        try #expect(Array(claims) + [UInt8(ascii: "\n")] == Self.block("claims").body)
    }

    @Test("The page's book can be used")
    func book() async throws {
        let text = try String(contentsOfFile: Self.path, encoding: .utf8)
        let start = try #require(text.range(of: "```yaml\n"))
        let end = try #require(text.range(of: "```", range: start.upperBound..<text.endIndex))
        try await RunningSandbox.with(String(text[start.upperBound..<end.lowerBound])) { sandbox in
            let issuer = try await POSClient(sandbox).get("/pos/.well-known/openid-configuration").text("issuer")
            #expect(issuer == POSClient.issuer)
        }
    }

    private static let path = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../docs/protocols/device-token.md").path
}
