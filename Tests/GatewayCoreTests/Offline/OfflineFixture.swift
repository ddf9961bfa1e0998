import AdapterKit
import Crypto
import Foundation
import GRDB
import GatewayAPI
import Testing
import VendorSandbox

@testable import GatewayCore

/// A gateway's folder beside the running stand-in of Sage 200, whose desk answers request files by mail, and whose key
/// the test knows: it can sign what the desk never would.
struct OfflineFixture: Sendable {
    let fixture: GatewayFixture
    let sandbox: Sandbox
    let ready: SandboxReady
    let book: String
    let key: Curve25519.Signing.PrivateKey

    /// A license of the stand-in's book: the customer's ID, and the installation's.
    struct License: Sendable {
        var id = "maple"
        var account = "A1042207"
        var serial = "2000-7F31-0042-K"
        var users = 12
        var validTo = "2030-12-31"

        static let maple = License()
        static let cedar = License(id: "cedar", account: "A2000001", serial: "2000-0000-0001-K")

        var text: String {
            """
              - accountNumber: \(account)
                serialNumber: \(serial)
                name: \(id) Ltd
                validFrom: 2025-01-01
                validTo: \(validTo)
                users: \(users)

            """
        }
    }

    static let onPremise = "sage200-on-premise"

    /// Runs a test with a stand-in that knows these licenses; its time is the test's.
    static func with<Result>(
        _ licenses: [License] = [.maple], at now: String = "2026-11-22T10:00:00Z",
        _ body: (OfflineFixture) async throws -> Result
    ) async throws -> Result {
        try await GatewayFixture.with(at: now) { fixture in
            let book = fixture.folder + "/book.yaml"
            let key = Curve25519.Signing.PrivateKey()
            try Data("\(key.rawRepresentation.base64EncodedString())\n".utf8).write(to: URL(filePath: book + ".key"))
            try write(licenses, to: book)
            let sandbox = Sandbox(book: book, clock: { fixture.time.now }, report: { _ in })
            return try await sandbox.whileRunning { ready in
                try await body(OfflineFixture(fixture: fixture, sandbox: sandbox, ready: ready, book: book, key: key))
            }
        }
    }

    /// The same with an open gateway that has the installation of one license.
    static func withGateway(
        _ licenses: [License] = [.maple], at now: String = "2026-11-22T10:00:00Z",
        _ body: (OfflineFixture, Gateway) async throws -> Void
    ) async throws {
        try await with(licenses, at: now) { test in
            try await test.open { gateway in
                try await test.add(to: gateway)
                try await body(test, gateway)
            }
        }
    }

    var time: TestTime { fixture.time }

    /// Changes what the vendor knows.
    func write(_ licenses: [License], faults: String = "") throws {
        try Self.write(licenses, faults: faults, to: book)
    }

    private static func write(_ licenses: [License], faults: String = "", to path: String) throws {
        let faults = faults.isEmpty ? "" : "faults:\n  sage200: { \(faults) }\n"
        let entries = licenses.isEmpty ? " []\n" : "\n" + licenses.map(\.text).joined()
        try Data("sage200:\(entries)\(faults)".utf8).write(to: URL(filePath: path))
    }

    /// Opens a gateway while the closure runs.
    func open<Result>(
        profiles: [String]? = nil, key: String? = nil, _ body: (Gateway) async throws -> Result
    ) async throws -> Result {
        try await fixture.withGateway(
            shippedAdapters,
            profiles: profiles ?? [GatewayFixture.repository + "/profiles"],
            environment: [
                "GATEHOUSE_VENDOR_URL": ready.url, "GATEHOUSE_VENDOR_KEY": key ?? ready.publicKey,
                "GATEHOUSE_PROBE_URL": ready.url,
            ], body)
    }

    /// Adds the customer and the installation of a license.
    func add(
        _ license: License = .maple, to gateway: Gateway, profile: String = onPremise, zone: String = "Europe/London"
    ) async throws {
        _ = try await gateway.perform(
            AddCustomer(id: license.id, displayName: "\(license.id) Ltd", timeZone: zone))
        _ = try await gateway.perform(
            AddInstallation(
                id: license.id, customer: license.id, profile: profile,
                identity: ["accountNumber": license.account, "serialNumber": license.serial], site: [:]))
    }

    /// The `.ent` file that the vendor's support mails back.
    func answer(_ request: OfflineRequest) throws -> AttachedFile {
        let file = try #require(request.file)
        return AttachedFile(
            name: "\(request.installation).ent", contents: try sandbox.licenceDesk().answer(file.contents).document)
    }

    /// A document that the vendor's key signs though the desk would not.
    ///
    /// - Parameter change: Changes the text that is signed.
    func signed(
        like file: AttachedFile, purpose: String = "online-offline/entitlement", nonce: String? = nil,
        key: Curve25519.Signing.PrivateKey? = nil, keyID: String = "sandbox", _ change: (String) -> String = { $0 }
    ) throws -> AttachedFile {
        let signed = try SignedDocument(file.contents)
        let payload = Array(change(String(decoding: signed.payload, as: UTF8.self)).utf8)
        let nonce = nonce ?? signed.nonce
        let bytes = SignedDocument.signedBytes(purpose: purpose, nonce: nonce, payload: payload)
        return AttachedFile(
            name: file.name,
            contents: SignedDocument.assemble(
                payload: payload, purpose: purpose, nonce: nonce, keyID: keyID,
                signature: Array(try (key ?? self.key).signature(for: bytes))))
    }

    /// Everything that the store holds but the audit trail and who was there, a line a row.
    func dump() throws -> [String] { try fixture.dump() }
}

extension GatewayFixture {
    /// Everything that the store holds but the audit trail and who was there, a line a row.
    func dump() throws -> [String] {
        try raw { db in
            let tables = try String.fetchAll(
                db, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"
            )
            return try tables.filter { !$0.hasPrefix("audit") && $0 != "people" }.flatMap { table in
                try Row.fetchAll(db, sql: "SELECT * FROM \"\(table)\"").map { "\(table): \($0)" }.sorted()
            }
        }
    }
}

extension Gateway {
    /// Makes the request of one installation.
    func request(_ installation: String = "maple", anew: Bool = false) async throws -> OfflineRequest {
        let report = try await perform(RequestOffline(selection: .installations([installation]), anew: anew))
        guard let request = report.requests.first, report.failures.isEmpty else {
            throw TestFailure("no request: \(report)")
        }
        return request
    }

    /// Takes the vendor's answer for whichever installation it is.
    func take(_ file: AttachedFile, for installation: String? = nil) async throws -> RefreshResult {
        try await perform(ImportOffline(installation: installation, file: file))
    }

    /// Where the offline activation of an installation stands.
    func offline(_ installation: String = "maple") async throws -> OfflineItem {
        guard let item = try await perform(ListOffline(all: true)).first(where: { $0.installation == installation })
        else { throw TestFailure("no offline activation of \(installation)") }
        return item
    }
}
