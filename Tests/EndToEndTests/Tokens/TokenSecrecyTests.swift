import Foundation
import Testing

@Suite("Tokens are secrets")
struct TokenSecrecyTests {
    /// A confidential client's, which only the environment knows.
    static let clientSecret = "confidential-client-of-the-test-7Q2"

    @Test("No output and no file of a full run holds a token, a device code or the client's secret, but sealed")
    func everything() async throws {
        let book = TokenEstate.book("clientSecret: \(Self.clientSecret)")
        try await TokenEstate.with(book) { tokens in
            let estate = tokens.estate
            try estate.write(
                "extends: pos-token\nname: pos-id\nsettings: { scope: openid offline_access }\n",
                to: "profiles/pos-id.yaml")
            try FileManager.default.copyItem(
                atPath: Program.profiles + "/pos-token.yaml", toPath: estate.folder + "/profiles/pos-token.yaml")
            estate.set("GATEHOUSE_PROFILES", estate.folder + "/profiles")
            estate.set("GATEHOUSE_POS_SECRET", Self.clientSecret)
            try await estate.must("installations", "set", "hq", "--profile", "pos-id")
            var run = Recording(tokens)
            try await Self.acquire(&run)
            try await Self.look(&run)
            try await Self.present(&run)
            try await Self.spoil(&run, book)
            try await Self.restore(&run)
            try await run("deauthorize", "hq", "--json")
            try await run("deauthorize", "hq")
            try run.expectNothingTold()
        }
    }

    private static func acquire(_ run: inout Recording) async throws {
        try await run("authorize", "hq", "--begin", "--json")
        try await run("authorize", "hq", "--complete", "--json")
        let shown = try await run("authorize", "hq", "--begin", "--new")
        try await run("steps", "list", "--json")
        let child = try run.tokens.estate.start(["authorize", "hq", "--json"])
        let code = shown.out.split(separator: "\n").first { $0.contains("User code") }?.split(separator: " ").last
        try await run.tokens.type(String(try #require(code)))
        run.outputs.append(try await child.finished())
        let page = try await run("tokens", "show", "hq", "--json").json
        #expect(page["status"] == "Licensed", "\(page)")
    }

    /// Whatever shows something.
    private static func look(_ run: inout Recording) async throws {
        try await run("refresh", "hq", "--json")
        try await run("refresh", "hq", "-v")
        let operations = try await run("operations", "list", "--json").json.array ?? []
        for id in operations.compactMap({ $0["id"]?.string }) {
            try await run("operations", "show", id, "--json")
            try await run("operations", "show", id)
        }
        for command in [
            ["tokens", "show", "hq"], ["hubs", "maple"], ["explain", "hq"], ["history", "hq"], ["audit", "list"],
            ["status"], ["todo"], ["steps", "list"], ["installations", "show", "hq"], ["profiles", "show", "pos-id"],
            ["profiles", "resolve", "pos-id"], ["adapters", "list"], ["timeline", "hq"], ["doctor"],
            ["keyfile", "show"],
        ] {
            try await run(command + ["--json"])
            try await run(command)
        }
    }

    /// Tokens that are presented to the server, good and bad.
    private static func present(_ run: inout Recording) async throws {
        let token = try #require(run.issued["access_token"]?.last)
        let taken = try await run("tokens", "verify", "hq", token, "--json")
        #expect(taken.code == 0, "\(taken)")
        let parts = token.split(separator: ".").map(String.init)
        let forged = "\(parts[0]).\(parts[1]).\(String(parts[2].reversed()))"
        let opaque = "opaque-presented-token-0815-4711"
        for token in [forged, opaque, token + "x", "x" + token, "\(parts[0]).\(parts[1])"] {
            run.secrets.insert(token)
            #expect(try await run("tokens", "verify", "hq", token, "--json").code == 4)
            #expect(try await run("tokens", "verify", "hq", token).code == 4)
            try await run("tokens", "verify", "nowhere", token)
            // Given where it does not belong.
            #expect(try await run("tokens", "verify", "hq", "verify", token).code == 2)
            #expect(try await run("tokens", "verify", token, "hq").code != 0)
        }
    }

    /// Answers that are refused, broken or never come.
    private static func spoil(_ run: inout Recording, _ book: String) async throws {
        let old = try #require(run.issued["refresh_token"]?.last)
        let planted = "planted-token-in-a-broken-answer-0xC0FFEE"
        run.secrets.insert(planted)
        let answers: [(Int, String)] = [
            (400, #"{"error": "temporarily_wrong", "error_description": "no such token: \#(old)"}"#),
            (401, #"{"error": "invalid_client", "error_description": "\#(clientSecret) is wrong"}"#),
            (200, #"{"access_token": "\#(planted)", "refresh_token": "\#(planted)", "expires_in": "#),
            (200, #"{"access_token": "\#(planted)", "expires_in": "soon"}"#),
            (200, #"{"access_token": "a.\#(planted).c", "id_token": ["\#(planted)"], "expires_in": 60}"#),
            (201, #"{"access_token": "\#(planted)", "expires_in": 60}"#),
            (418, #"{"error": "\#(old)", "error_description": {"a": "\#(planted)"}}"#),
        ]
        for (status, body) in answers {
            run.tokens.tap.watch { exchange in
                exchange.path == "/pos/token" && !exchange.isAnswered ? .instead(status: status, body) : .on
            }
            try await run("refresh", "hq", "--json")
            try await run("explain", "hq", "--json")
            run.tokens.tap.watch()
            try await run("refresh", "hq")
        }
        // Of each so few that the server is not left alone for a while.
        for fault in ["truncate: 80, path: /token", "badSignature: true", "lost: true, path: /token", "status: 503"] {
            try run.tokens.standIn.rewrite(book + "faults:\n  pos: { \(fault) }\n")
            try await run("refresh", "hq", "--json")
            try await run("doctor", "--json")
            try run.tokens.standIn.rewrite(book)
            let repaired = try await run("refresh", "hq")
            #expect(repaired.code == 0, "\(fault): \(repaired)")
        }
        try await run("operations", "list", "--json")
        try await run("history", "hq", "--json")
        try await run("audit", "list", "--json")
    }

    private static func restore(_ run: inout Recording) async throws {
        try await run("backup", run.tokens.estate.folder + "/backup.db", "--json")
        try await run("keyfile", "rotate", "--json")
        try await run("refresh", "hq", "--json")
        let restored = try await run("restore", run.tokens.estate.folder + "/backup.db", "--force", "--json")
        #expect(restored.code == 0, "\(restored)")
        try await run("explain", "hq", "--json")
        try await run("todo", "--json")
        try await run("doctor", "--json")
    }
}

/// Runs commands, keeps all that they print, and knows every secret that the server gave out meanwhile.
private struct Recording {
    let tokens: TokenEstate
    var outputs: [Finished] = []
    /// Secrets besides those that the server gave out.
    var secrets: Set<String> = []

    init(_ tokens: TokenEstate) { self.tokens = tokens }

    @discardableResult
    mutating func callAsFunction(_ arguments: String...) async throws -> Finished { try await self(arguments) }

    @discardableResult
    mutating func callAsFunction(_ arguments: [String]) async throws -> Finished {
        let ended = try await tokens.estate.run(arguments)
        #expect(ended.code <= 4, "\(arguments): \(ended)")
        outputs.append(ended)
        return ended
    }

    /// What the server gave out, by name, in that order.
    var issued: [String: [String]] {
        var issued: [String: [String]] = [:]
        for exchange in tokens.tap.exchanges {
            for name in ["access_token", "refresh_token", "id_token", "device_code"] {
                if let secret = exchange.members?[name]?.string { issued[name, default: []].append(secret) }
            }
        }
        return issued
    }

    /// Looks for every secret in every output and every file of the estate but the stand-in's.
    func expectNothingTold() throws {
        let issued = issued
        for name in ["access_token", "refresh_token", "id_token", "device_code"] {
            #expect((issued[name]?.count ?? 0) >= 2, "the server gave out \(issued[name]?.count ?? 0) of \(name)")
        }
        let wanted = Set(
            (issued.values.flatMap { $0 } + secrets + [TokenSecrecyTests.clientSecret]).flatMap(Self.spellings))
        #expect(outputs.count > 80)
        var places = outputs.map { ("a command's output", Data(($0.out + $0.err).utf8)) }
        let folder = tokens.estate.folder
        var files: [String] = []
        for name in FileManager.default.enumerator(atPath: folder)?.compactMap({ $0 as? String }) ?? []
        where !name.hasPrefix("vendor/") {
            guard let bytes = FileManager.default.contents(atPath: "\(folder)/\(name)") else { continue }
            files.append(name)
            places.append((name, bytes))
        }
        #expect(
            Set(files).isSuperset(of: ["gatehouse.db", "gatehouse.db-wal", "gatehouse.db.key", "backup.db"]), "\(files)"
        )
        for (place, bytes) in places {
            for secret in wanted where bytes.range(of: Data(secret.utf8)) != nil {
                Issue.record(
                    "\(place) holds \(secret.prefix(12))…: \(String(decoding: bytes.prefix(300), as: UTF8.self))")
            }
        }
    }

    /// A secret as it is, the parts of a signed token that say something or prove it, and each as base64 has it wherever it
    /// stands in what is encoded.
    private static func spellings(_ secret: String) -> [String] {
        let parts = secret.split(separator: ".").dropFirst().map(String.init).filter { $0.utf8.count > 16 }
        return ([secret] + parts).flatMap { text in
            [text]
                + (0..<3).map { offset in
                    let bytes = Data(text.utf8.dropFirst(offset))
                    return bytes.prefix(bytes.count / 3 * 3).base64EncodedString()
                }
        }
    }
}
