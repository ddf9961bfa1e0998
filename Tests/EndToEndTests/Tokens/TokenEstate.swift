import Foundation
import Testing

/// An estate with a server that is licensed at the real stand-in authorization server, by way of a wiretap.
struct TokenEstate: Sendable {
    let estate: Estate
    let standIn: StandIn
    let tap: Wiretap

    static let installation = "hq"

    /// What the book says; `lines` stand below `pos:`.
    static func book(_ lines: String..., faults: String? = nil) -> String {
        let lines = (lines + ["interval: 1s"]).map { "  \($0)\n" }.joined()
        return """
            pos:
            \(lines)  organizations:
                - name: Maple
                  login: { name: mara, password: lantern }
                  devices:
                    - { name: Head Office, edition: Corporate, serverID: SRV-1, features: [xms], renewsOn: +300d, tokenLifetime: 7d }
                    - { name: Store 12, edition: Store, serverID: SRV-12, hubName: Head Office, hubURL: "https://hq.example", tokenLifetime: 7d }
            \(faults.map { "faults:\n  pos: { \($0) }\n" } ?? "")
            """
    }

    /// Runs a test with an installation that has no license yet.
    static func with(_ book: String = book(), _ body: (TokenEstate) async throws -> Void) async throws {
        try await Estate.with { estate in
            let standIn = try await estate.standIn(book)
            guard let port = URL(string: standIn.url)?.port else { throw Trouble("\(standIn.url) has no port") }
            let tap = try Wiretap(UInt16(port))
            estate.atEnd { tap.stop() }
            estate.set("GATEHOUSE_VENDOR_URL", tap.url)
            try await estate.must("customers", "add", "maple", "--name", "Maple", "--time-zone", "America/Chicago")
            try await estate.must(
                "installations", "add", installation, "--customer", "maple", "--profile", "pos-token")
            try await body(TokenEstate(estate: estate, standIn: standIn, tap: tap))
            try await estate.must("audit", "verify")
        }
    }

    /// Types a code at the server's pages, as a person does.
    func type(_ code: String, for device: String = "SRV-1") async throws {
        var page = AuthorizationPage(port: tap.port)
        try await page.post("/login", ["name": "mara", "password": "lantern"])
        try await page.post("/device", ["device": device, "user_code": code])
        try await page.post(
            "/device/confirm", ["device": device, "user_code": code, "decision": "authorize"], from: "/device")
    }

    /// Acquires a license with the command that waits.
    func acquire() async throws {
        let child = try estate.start(["authorize", Self.installation, "--json"])
        let seen = await child.seen { $0.err.contains(UInt8(ascii: "\n")) }
        let code = String(decoding: seen.err, as: UTF8.self).split(whereSeparator: \.isWhitespace).last
        try await type(String(try #require(code)))
        let ended = try await child.finished()
        guard ended.code == 0 else { throw Trouble("no license was acquired: \(ended)") }
    }

    /// The names of the secrets that are kept.
    var kept: Set<String> {
        get throws {
            Set(
                try StoreFile(estate).run("SELECT name FROM withheld WHERE installation = '\(Self.installation)'")
                    .compactMap(\.first))
        }
    }

    /// Makes sure that nothing is half done: nothing is open, and what is held can be refreshed, or is said to have to be
    /// acquired again.
    ///
    /// - Returns: Whether it is licensed, and why it must be acquired again.
    @discardableResult
    func expectWhole(_ place: String, with variables: [String: String] = [:]) async throws -> (Bool, again: String?) {
        let page = try await estate.must(["tokens", "show", Self.installation, "--json"], with: variables).json
        let isLicensed = page["status"] == "Licensed"
        let again = page["authorizeAgain"]?.string
        let kept = try kept
        if isLicensed {
            #expect(kept.contains("refresh_token") || again != nil, "\(place): \(page), \(kept)")
        } else {
            #expect(kept.isEmpty || again != nil, "\(place): \(kept)")
        }
        let open = try StoreFile(estate).number("SELECT COUNT(*) FROM operations WHERE ended_at IS NULL")
        #expect(open == 0, "\(place): \(open) operations are open")
        return (isLicensed, again)
    }
}
