import AdapterKit
import Foundation
import GatewayAPI
import GatewayProfiles
import GatewayStore
import VendorSandbox

@testable import GatewayCore

/// A gateway's folder beside the running stand-in of Sage 100, with a server and terminal servers on which eight users
/// are registered; the book has keys for twelve.
struct UpgradeFixture: Sendable {
    let fixture: GatewayFixture
    let ready: SandboxReady
    let book: String

    /// Keys of the stand-in's book.
    struct Keys: Hashable, Sendable {
        var serialNumber: String
        var userKey: String
        var productKey: String
        var users: Int

        static let eight = Keys(
            serialNumber: "1047733", userKey: "U2F8-08MC-44QD", productKey: "3DK9V-Q1ZTR-88WXN-C0L4E-M7YHB", users: 8)
        static let twelve = Keys(
            serialNumber: "1047926", userKey: "U7Q4-20MC-91XK", productKey: "7KQ2M-HX4RT-0WZ9C-3NVD8-PL6SA", users: 12)

        /// A third set, which a person activates in the product.
        static let twenty = Keys(
            serialNumber: "1048115", userKey: "U3T7-32MC-55PL", productKey: "9PL3X-4WQ8Z-2VNB7-K5RT1-C8MD6", users: 20)

        var values: [String: String] {
            [
                "customerNumber": "4000217743", "serialNumber": serialNumber, "userKey": userKey,
                "productKey": productKey,
            ]
        }

        func text(expires: String) -> String {
            """
              - customerNumber: "4000217743"
                serialNumber: "\(serialNumber)"
                company: Granite State Fasteners LLC
                reseller: Merrimack Business Systems
                edition: Advanced
                userKey: \(userKey)
                productKey: \(productKey)
                users: \(users)
                modules:
                  - { code: G/L, name: General Ledger }
                expires: \(expires)

            """
        }

        /// What is registered in a product's folder before Gatehouse comes.
        var registration: String { "[RegInfo]\r\nSerial=\(serialNumber)\r\nRegId=4000217743\r\nUserKey=\(userKey)\r\n" }
    }

    /// Runs a test with eight users in force.
    ///
    /// - Parameters:
    ///   - rules: Lines of the profile's `upgrade`, each `key: value`.
    ///   - hosts: The terminal servers.
    static func with<Result>(
        at now: String = "2026-11-22T10:00:00Z", extends: String = "sage100-subscription", rules: [String] = [],
        hosts: [String] = ["ts1", "ts2"], _ body: (UpgradeFixture, Gateway) async throws -> Result
    ) async throws -> Result {
        try await GatewayFixture.with(at: now) { fixture in
            let book = fixture.folder + "/book.yaml"
            try Self.write(to: book)
            for name in ["sage100-subscription", "sage100-by-hand"] {
                let path = "\(GatewayFixture.repository)/profiles/\(name).yaml"
                try fixture.write(profile: name, String(decoding: Data(contentsOf: URL(filePath: path)), as: UTF8.self))
            }
            let standard = ["everyoneOut: 0m", "announce: 0h"].filter { rule in
                !rules.contains { $0.hasPrefix(rule.prefix { $0 != ":" }) }
            }
            let lines = (standard + rules).map { "  \($0)\n" }.joined()
            try fixture.write(profile: "granite", "extends: \(extends)\nname: granite\nupgrade:\n\(lines)")
            let sandbox = Sandbox(book: book, clock: { fixture.time.now }, report: { _ in })
            return try await sandbox.whileRunning { ready in
                let upgrade = UpgradeFixture(fixture: fixture, ready: ready, book: book)
                return try await upgrade.open { gateway in
                    try await upgrade.add(to: gateway, hosts: hosts)
                    return try await body(upgrade, gateway)
                }
            }
        }
    }

    var time: TestTime { fixture.time }

    /// Changes what the vendor knows.
    func write(
        expires: String = "2031-01-31", _ keys: [Keys] = [.eight, .twelve], new: String? = nil, faults: String = ""
    ) throws {
        try Self.write(expires: expires, keys, new: new, faults: faults, to: book)
    }

    private static func write(
        expires: String = "2031-01-31", _ keys: [Keys] = [.eight, .twelve], new: String? = nil, faults: String = "",
        to path: String
    ) throws {
        let faults = faults.isEmpty ? "" : "faults:\n  sage100: { \(faults) }\n"
        let entries = keys.map { $0.text(expires: $0 == .twelve ? new ?? expires : expires) }.joined()
        try Data("sage100:\n\(entries)\(faults)".utf8).write(to: URL(filePath: path))
    }

    /// Opens a gateway while the closure runs, as another process would.
    ///
    /// - Parameters:
    ///   - vendor: Where the vendor is, if not where it is.
    ///   - store: Another store than the fixture's.
    func open<Result>(
        vendor: String? = nil, store: String? = nil, _ body: (Gateway) async throws -> Result
    ) async throws -> Result {
        try await fixture.withGateway(
            shippedAdapters, store: store,
            environment: ["GATEHOUSE_VENDOR_URL": vendor ?? ready.url, "GATEHOUSE_VENDOR_KEY": ready.publicKey], body)
    }

    /// Restores a backup to a store of its own, and opens a gateway on it.
    func restore<Result>(_ backup: String, _ body: (Gateway) async throws -> Result) async throws -> Result {
        let store = "\(fixture.folder)/restored-\(UUID().uuidString).db"
        let configuration = GatewayConfiguration(
            store: store, profiles: [fixture.profiles], deliveryRoots: [fixture.sites], environment: [:],
            keyFile: fixture.store + ".key")
        let caretaker = try Caretaker(
            configuration, registry: AdapterRegistry(shippedAdapters), surroundings: time.surroundings)
        _ = try await caretaker.perform(RestoreStore(file: backup), by: .msp)
        return try await open(store: store, body)
    }

    private func add(to gateway: Gateway, hosts: [String]) async throws {
        for file in files(hosts) {
            try make(URL(filePath: file).deletingLastPathComponent().path)
            try Data(Keys.eight.registration.utf8).write(to: URL(filePath: file))
        }
        _ = try await gateway.perform(
            AddCustomer(id: "granite", displayName: "Granite", timeZone: "America/New_York"))
        var site = ["server": ["\(fixture.sites)/server"]]
        if !hosts.isEmpty { site["terminalServers"] = hosts.map { "\($0):\(fixture.sites)/\($0)" } }
        _ = try await gateway.perform(
            AddInstallation(
                id: "g1", customer: "granite", profile: "granite",
                identity: ["customerNumber": "4000217743", "serialNumber": Keys.eight.serialNumber], site: site))
        if gateway.profiles.profiles["granite"]?.vendor.isByHand == true { return }
        _ = try await gateway.refresh("g1")
    }

    /// The server's registration file.
    var serverFile: String { fixture.sites + "/server/MAS90/Home/Lib/Keys/ACTIVATE.PVX" }

    /// The registration files on the server and on terminal servers.
    func files(_ hosts: [String] = ["ts1", "ts2"]) -> [String] {
        [serverFile] + hosts.map { "\(fixture.sites)/\($0)/MAS90/Home/Lib/ACTIVATE.PVX" }
    }

    /// Takes a host's share away, and brings it back.
    func lose(_ host: String) throws {
        try FileManager.default.moveItem(atPath: "\(fixture.sites)/\(host)", toPath: "\(fixture.folder)/away-\(host)")
    }

    func bringBack(_ host: String) throws {
        try FileManager.default.moveItem(atPath: "\(fixture.folder)/away-\(host)", toPath: "\(fixture.sites)/\(host)")
    }

    func make(_ folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    /// Writes a script that the profile's commands name.
    func script(_ name: String, _ text: String) throws -> String {
        let path = "\(fixture.folder)/\(name)"
        try Data("#!/bin/sh\n\(text)\n".utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        return path
    }
}

extension Gateway {
    /// Upgrades the one installation to these keys.
    func upgrade(
        _ keys: UpgradeFixture.Keys = .twelve, start: String? = nil, dryRun: Bool = false, by caller: Caller = .msp,
        _ watch: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> UpgradeView {
        try await perform(
            UpgradeKeys(
                installation: "g1", keys: keys.values, start: start.flatMap(Instant.init).map { .instant($0) } ?? .now,
                dryRun: dryRun), by: caller
        ) { watch($0.latest) }
    }

    /// How many users are in force: in the identity, the seats and the entitlement, which must agree.
    func usersInForce() async throws -> Int {
        let record = try await stored("g1")
        let seats = try await store.seats(of: "g1", in: .portfolio).first?.count
        let entitlement = try await store.entitlement(of: "g1", in: .portfolio)?.seats.first?.count
        let keys = [UpgradeFixture.Keys.eight, .twelve, .twenty].first {
            $0.serialNumber == record.identity["serialNumber"]
        }
        guard let users = keys?.users, seats == users, entitlement == users else {
            throw TestFailure("\(record.identity), \(seats ?? 0) seats, \(entitlement ?? 0) granted")
        }
        return users
    }

    /// Whether a user is let in, who then leaves.
    func letsIn(_ user: String = "ann") async throws -> Bool {
        let answer = try await perform(ClaimSeat(installation: "g1", user: user))
        guard let session = answer.session, answer.granted else { return false }
        _ = try await perform(ReleaseSeat(SessionSelection(id: session)))
        return true
    }
}
