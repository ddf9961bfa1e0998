import AdapterKit
import Foundation
import GatewayAPI
import GatewayCore

/// What the demo shows of license keys: an upgrade that reaches two terminal servers, one that fails at the second
/// and is put back at once, and one that can't be put back before the second is there again.
struct DemoUpgrade {
    let gateway: Gateway
    let caller: Caller
    /// The folder that stands for the customer's machines.
    let site: String

    private let installation = "granite-sage100"
    private var ts2: String { site + "/ts2" }
    /// Twelve users, and the eight before: both stand in the book.
    private let keys = (
        new: ["serialNumber": "1047926", "userKey": "U7Q4-20MC-91XK", "productKey": "7KQ2M-HX4RT-0WZ9C-3NVD8-PL6SA"],
        old: ["serialNumber": "1047733", "userKey": "U2F8-08MC-44QD", "productKey": "3DK9V-Q1ZTR-88WXN-C0L4E-M7YHB"]
    )

    /// Twelve users instead of eight, on the server and both terminal servers.
    func succeed() async throws {
        Console.print("  gatehouse upgrade \(installation) --keys keys.yaml")
        let view = try await begin(keys.new) { _ in }
        Console.print("  \(view.phase): \(view.message)")
        guard view.phase == "done", try hashes().count == 1 else {
            throw CallError(.failed, "The upgrade should have reached every host.")
        }
    }

    /// The second terminal server can't be written to for a moment: everything is put back at once.
    func rollBack() async throws {
        let before = try hashes()
        let ts2 = ts2
        Console.print("  gatehouse upgrade \(installation) --keys other.yaml; the share of ts2 drops out for a moment")
        let view = try await begin(keys.old) { latest in
            if latest.hasPrefix("deliver") { try? FileManager.default.moveItem(atPath: ts2, toPath: ts2 + "-away") }
            if latest.hasPrefix("rollBack") { try? FileManager.default.moveItem(atPath: ts2 + "-away", toPath: ts2) }
        }
        Console.print("  \(view.phase): \(view.message)")
        guard view.phase == "rolledBack", view.message.contains("ts2"), try hashes() == before else {
            throw CallError(.failed, "The upgrade should have failed at ts2, and every file be as it was.")
        }
    }

    /// The second terminal server is lost in the middle of it: everything is put back, but for what can't be reached.
    func fail() async throws {
        let before = try hashes()
        let ts2 = ts2
        Console.print("  gatehouse upgrade \(installation) --keys other.yaml; the share of ts2 goes away meanwhile")
        let view = try await begin(keys.old) { latest in
            if latest.hasPrefix("deliver") { try? FileManager.default.moveItem(atPath: ts2, toPath: ts2 + "-away") }
        }
        Console.print("  \(view.phase), \(view.status): \(view.message)")
        guard view.status == "interrupted", view.message.contains("ts2") else {
            throw CallError(.failed, "The upgrade should be interrupted, and name ts2.")
        }
        try FileManager.default.moveItem(atPath: ts2 + "-away", toPath: ts2)
        Console.print("  The share is back: gatehouse upgrade resume \(installation)")
        let resumed = try await gateway.perform(ResumeUpgrade(installation: installation), by: caller)
        Console.print("  \(resumed.phase): \(resumed.message)")
        for contact in resumed.contacts {
            Console.print("  \(contact.role.rawValue): \(contact.name), \(contact.phone)")
        }
        guard resumed.phase == "rolledBack", try hashes() == before else {
            throw CallError(.failed, "Every file should be as it was.")
        }
    }

    private func begin(
        _ keys: [String: String], _ watch: @escaping @Sendable (String) -> Void
    ) async throws -> UpgradeView {
        try await gateway.perform(
            UpgradeKeys(
                installation: installation, keys: keys.merging(["customerNumber": "4000217743"]) { $1 }), by: caller
        ) { progress in
            Console.print("    \(progress.latest)")
            watch(progress.latest)
        }
    }

    /// What the registration files on all hosts hold.
    private func hashes() throws -> Set<Data> {
        let files = ["server/MAS90/Home/Lib/Keys", "ts1/MAS90/Home/Lib", "ts2/MAS90/Home/Lib"]
        return Set(try files.map { try Data(contentsOf: URL(fileURLWithPath: "\(site)/\($0)/ACTIVATE.PVX")) })
    }
}
