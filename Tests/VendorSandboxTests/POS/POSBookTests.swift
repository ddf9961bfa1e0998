import Foundation
import Testing
import VendorSandbox

@Suite("POS: the book, and what is kept")
struct POSBookTests {
    @Test(
        "A mistake in the section is told with its line",
        arguments: [
            ("serverID: POS-0417-A", "serverID: POS-0900-A", "18:11: error: a second device has the serverID"),
            ("edition: Store", "edition: Shop", "7:20: error: expected one of \"Cloud\", \"Corporate\", \"Store\""),
            ("name: Cloud", "name: 'Front Street \"East\"'", "14:11: error: a second device of the organization"),
            ("features: [xms]", "features: []", "9:21: error: "),
            ("features: [xms]", "features: [xms, xms]", "9:21: error: a feature stands here twice"),
            ("features: [xms]", "features: [x ms]", "9:22: error: this text holds other characters"),
            ("https://hub.maple", "ftp://hub.maple", "11:19: error: this is no address"),
            ("https://hub.maple.example:8443", "\"https://\"", "11:19: error: this is no address"),
            ("2027-03-31", "2027-02-30", "12:21: error: expected a day"),
            ("tokenLifetime: 7d", "tokenLifetime: 7", "13:26: error: expected a duration"),
            ("tokenLifetime: 7d", "tokenLifetime: 0s", "13:26: error: this duration is not within"),
            ("tokenLifetime: 7d", "tokenLifetime: 7w", "13:26: error: expected a duration"),
            ("name: Harbour Light", "name: Maple & Ridge <Retail>", "15:7: error: a second organization has the name"),
            ("login: { name: harbour,", "login: { name: mara,", "15:7: error: the login has another password"),
            ("password: \"lantern\"", "pasword: \"lantern\"", "unknown key \"pasword\""),
            ("pos:\n  organizations:", "pos:\n  organisations:", "unknown key \"organisations\""),
        ])
    func mistakes(_ row: (good: String, bad: String, told: String)) async throws {
        let told = try await Books.refusal(of: POSBooks.one().replacing(row.good, with: row.bad))
        #expect(told.contains(row.told), "\(told)")
    }

    @Test(
        "A setting that is none is told with its line",
        arguments: [
            "algorithm: HS256", "keySet: 0", "reuseWindow: 2h", "codeLifetime: 2d", "interval: 0s", "tokens: saml",
            "refreshTokens: no", "claimsIn: none", "clientID: \"a b\"", "clientSecret: \"\"", "audience: \"\"",
        ])
    func settings(_ line: String) async throws {
        let told = try await Books.refusal(of: POSBooks.one(line))
        #expect(told.contains(":19:"), "\(told)")
    }

    @Test("A path that is none is told where a fault names it")
    func faultPath() async throws {
        let told = try await Books.refusal(of: POSBooks.one() + "\nfaults: { pos: { path: token } }\n")
        #expect(told.contains("expected a path below the vendor's"), "\(told)")
    }

    @Test("A device that leaves the book loses its license; what else changes is in the next token")
    func changes() async throws {
        try await RunningSandbox.with(POSBooks.one()) { sandbox in
            let client = POSClient(sandbox)
            let store = try await client.acquire()
            let cloud = try await client.acquire(POSBooks.cloud)
            let book = POSBooks.one(lifetime: "1h").replacing("Maple Corporate", with: "New Hub")
                .replacing(POSBooks.cloud, with: "POS-0417-C")
            try sandbox.folder.write(book)
            let refused = try await client.refresh(cloud.refreshToken)
            #expect(refused.isError("invalid_grant") && refused.told.contains("has this device no more"))
            try await #expect(client.introspect(cloud.accessToken).text == #"{"active":false}"#)
            let next = try await client.refresh(store.refreshToken)
            try #expect(next.number("expires_in") == 3_600)
            let token = try await CheckedToken(next.accessToken, by: client.get("/pos/jwks"))
            #expect(token.text("hub_name") == "New Hub")
            try sandbox.folder.write(POSBooks.one())
            try await #expect(client.refresh(cloud.refreshToken).isError("invalid_grant"), "it stays revoked")
            try sandbox.folder.write(Books.one())
            try await #expect(client.get("/pos/jwks").status == 200, "a book that is silent knows nobody")
            try await #expect(client.refresh(next.refreshToken).isError("invalid_grant"))
        }
    }

    @Test("A device that moves to another organization loses its license")
    func moved() async throws {
        try await RunningSandbox.with(POSBooks.one()) { sandbox in
            let client = POSClient(sandbox)
            let tokens = try await client.acquire(POSBooks.store)
            let book = POSBooks.one().replacing(POSBooks.store, with: "x").replacing(
                POSBooks.depot, with: POSBooks.store)
            try sandbox.folder.write(book)
            try await #expect(client.refresh(tokens.refreshToken).isError("invalid_grant"))
        }
    }

    @Test("A broken edit changes nobody's license")
    func broken() async throws {
        try await RunningSandbox.with(POSBooks.one()) { sandbox in
            let client = POSClient(sandbox)
            let tokens = try await client.acquire()
            try sandbox.folder.write("pos: { organizations: [], nonsense: 1 }")
            try await #expect(client.refresh(tokens.refreshToken).status == 200)
        }
    }

    // MARK: What is kept

    @Test(
        "Licenses and keys outlive the program, in a file that holds no token", arguments: ["EdDSA", "ES256", "RS256"])
    func restart(_ algorithm: String) async throws {
        let folder = try Folder()
        defer { folder.remove() }
        let book = POSBooks.one("algorithm: \(algorithm)\ntokens: jwt")
        try folder.write(book)
        let clock = TestClock()
        func run(_ body: (POSClient) async throws -> Void) async throws {
            try await Sandbox(book: folder.book, clock: { clock.now }).whileRunning { ready in
                try await body(
                    POSClient(RunningSandbox(ready: ready, folder: folder, clock: clock, reports: Reports())))
            }
        }
        let (first, answer) = try await Self.twoRefreshes(run)
        try await run { client in
            let keys = try await client.get("/pos/jwks")
            _ = try CheckedToken(answer.accessToken, by: keys)
            try await #expect(client.introspect(answer.accessToken).object["active"] as? Bool == true)
            try await #expect(client.refresh(first).body == answer.body, "the window outlives the program too")
            let next = try await client.refresh(answer.refreshToken)
            try #expect(CheckedToken(next.accessToken, by: keys).text("edition") == "Store")
            try await #expect(client.refresh(first).isError("invalid_grant"))
        }
        let file = folder.book + ".pos"
        let attributes = try FileManager.default.attributesOfItem(atPath: file)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let text = try String(decoding: Data(contentsOf: URL(fileURLWithPath: file)), as: UTF8.self)
        for token in try [first, answer.refreshToken, answer.accessToken] { #expect(!text.contains(token)) }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(names.sorted() == ["book.yaml", "book.yaml.key", "book.yaml.pos"])
    }

    private static func twoRefreshes(
        _ run: (_ body: (POSClient) async throws -> Void) async throws -> Void
    ) async throws -> (String, JSONReply) {
        var found: (String, JSONReply)?
        try await run { client in
            let first = try await client.acquire().refreshToken
            found = (first, try await client.refresh(first))
        }
        return try #require(found)
    }

    @Test("A file that can't be read is told with its path, and left alone", arguments: ["", "{}", "{\"version\":2}"])
    func badFile(_ text: String) async throws {
        let folder = try Folder()
        defer { folder.remove() }
        try folder.write(POSBooks.one())
        let file = folder.book + ".pos"
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        let error = await #expect(throws: SandboxError.self) {
            try await Sandbox(book: folder.book).run(listen: .loopback)
        }
        #expect(error?.message.contains(file) == true && error?.message.contains("remove it") == true)
        try #expect(Data(contentsOf: URL(fileURLWithPath: file)) == Data(text.utf8))
    }

    @Test("Where nothing can be written it goes on, and says so once")
    func readOnly() async throws {
        try await RunningSandbox.with(POSBooks.one()) { sandbox in
            let client = POSClient(sandbox)
            let file = sandbox.folder.book + ".pos"
            try FileManager.default.createDirectory(atPath: file, withIntermediateDirectories: true)
            let tokens = try await client.acquire()
            try await #expect(client.refresh(tokens.refreshToken).status == 200)
            #expect(
                sandbox.reports.all.count == 1
                    && sandbox.reports.all.first?.contains("can't be kept in \(file)") == true)
        }
    }
}
