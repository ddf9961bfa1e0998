import AdapterKit
import Foundation
import GatewayAPI
import GatewayTransport
import VendorSandbox

@testable import GatewayCore

/// A gateway's folder beside a running authorization server, with the profile that is shipped for it.
struct TokenFixture: Sendable {
    let fixture: GatewayFixture
    let ready: SandboxReady
    let book: String
    private let client: HTTPClient

    /// What the book says besides its devices.
    struct Book: Sendable {
        /// Lines below `pos:`, each `key: value`.
        var lines: [String] = []
        /// How long tokens are good, and on which day the licenses of the devices end.
        var lifetime = "7d"
        var renewsOn = "2027-12-31"
        /// A fault of the server, such as `lost: true, path: /token`.
        var faults: String?

        var text: String {
            let lines = lines.map { "  \($0)\n" }.joined()
            let faults = faults.map { "faults:\n  pos: { \($0) }\n" } ?? ""
            return """
                pos:
                \(lines)  organizations:
                    - name: Maple
                      login: { name: mara, password: lantern }
                      devices:
                        - { name: Head Office, edition: Corporate, serverID: SRV-1, features: [xms], renewsOn: \(renewsOn), tokenLifetime: \(lifetime) }
                        - { name: Store 12, edition: Store, serverID: SRV-12, features: [xms], hubName: Head Office, hubURL: "https://hq.example", renewsOn: \(renewsOn), tokenLifetime: \(lifetime) }
                        - { name: Store 13, edition: Store, serverID: SRV-13, hubName: Head Office, hubURL: "https://hq.example", renewsOn: \(renewsOn), tokenLifetime: \(lifetime) }
                    - name: Harbour
                      login: { name: finn, password: beacon }
                      devices:
                        - { name: Depot, edition: Store, serverID: SRV-90, hubName: Head Office, tokenLifetime: \(lifetime) }
                \(faults)
                """
        }
    }

    /// Runs a test with a server that stands in for the vendor's; its time is the test's.
    static func with<Result>(
        _ book: Book = Book(), at now: String = "2026-11-22T10:00:00Z", _ body: (TokenFixture) async throws -> Result
    ) async throws -> Result {
        try await GatewayFixture.with(at: now) { fixture in
            let path = fixture.folder + "/book.yaml"
            try Data(book.text.utf8).write(to: URL(filePath: path))
            let client = try HTTPClient(limits: .init())
            defer { client.shutdown() }
            let sandbox = Sandbox(book: path, clock: { fixture.time.now }, report: { _ in })
            return try await sandbox.whileRunning { ready in
                try await body(TokenFixture(fixture: fixture, ready: ready, book: path, client: client))
            }
        }
    }

    var time: TestTime { fixture.time }

    /// Changes what the server knows.
    func write(_ book: Book) throws { try Self.write(book, to: self.book) }

    static func write(_ book: Book, to path: String) throws { try Data(book.text.utf8).write(to: URL(filePath: path)) }

    /// Opens a gateway while the closure runs.
    func open<Result>(
        profiles: [String] = [GatewayFixture.repository + "/profiles"], _ body: (Gateway) async throws -> Result
    ) async throws -> Result {
        try await fixture.withGateway(
            shippedAdapters, profiles: profiles, environment: ["GATEHOUSE_VENDOR_URL": ready.url], body)
    }

    /// Adds the customer and these installations.
    func add(_ installations: String..., to gateway: Gateway) async throws {
        _ = try await gateway.perform(
            AddCustomer(id: "maple", displayName: "Maple Ltd.", timeZone: "America/Chicago"))
        for id in installations {
            _ = try await gateway.perform(
                AddInstallation(id: id, customer: "maple", profile: "pos-token", identity: [:], site: [:]))
        }
    }

    /// Types a code at the server's pages, as a person does.
    func type(
        _ code: String, for device: String, login: (name: String, password: String) = ("mara", "lantern"),
        isDenied: Bool = false
    ) async throws {
        var visitor = SandboxVisitor(issuer: ready.url + "/pos") { [client] request in
            let answer = try await client.send(
                HTTPRequest(
                    method: request.form == nil ? .get : .post, url: request.url,
                    headers: request.headers.map { HTTPHeader($0.key, $0.value) },
                    body: Array((request.form ?? "").utf8), totalTimeout: .seconds(20), maxResponseBytes: 1 << 20))
            return SandboxVisitor.Reply(
                status: answer.status, location: answer[header: "location"],
                cookies: answer.headers.filter { $0.name == "set-cookie" }.map(\.value),
                html: String(decoding: answer.body, as: UTF8.self))
        }
        try await visitor.logIn(name: login.name, password: login.password)
        try await visitor.authorize(device: device, userCode: code, isDenied: isDenied)
    }

    /// Acquires a license, from the code to the tokens.
    @discardableResult
    func acquire(_ installation: String, as device: String, _ gateway: Gateway) async throws -> RefreshResult {
        let begun = try await gateway.perform(BeginAuthorization(installation: installation))
        guard let notice = begun.notice else { throw TestFailure("no code: \(begun)") }
        try await type(notice.code, for: device)
        time.pass(seconds: 5)
        let done = try await gateway.perform(CompleteAuthorization(installation: installation))
        guard let result = done.result else { throw TestFailure("not taken: \(done)") }
        return result
    }

    /// Uses a refresh token behind the gateway's back, as a request does that arrives late.
    ///
    /// - Returns: The answer's status.
    func use(_ refreshToken: String) async throws -> Int {
        let form = "grant_type=refresh_token&client_id=gatehouse&refresh_token=\(refreshToken)"
        return try await client.send(
            HTTPRequest(
                method: .post, url: ready.url + "/pos/token",
                headers: [HTTPHeader("Content-Type", "application/x-www-form-urlencoded")], body: Array(form.utf8),
                totalTimeout: .seconds(20), maxResponseBytes: 1 << 20)
        ).status
    }

    /// A token that an installation keeps, as it is.
    func token(_ name: String = "access_token", of installation: String, _ gateway: Gateway) async throws -> String {
        guard let token = try await Withholding(gateway: gateway, installation: installation).secret(name) else {
            throw TestFailure("\(installation) keeps no \(name)")
        }
        return token
    }
}
