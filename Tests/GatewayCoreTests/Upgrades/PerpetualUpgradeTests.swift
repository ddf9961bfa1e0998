import AdapterKit
import Foundation
import GatewayAPI
import GatewayStore
import Sage300
import Testing
import VendorSandbox

@testable import GatewayCore

@Suite("Upgrading the keys of Sage 300 with a perpetual license")
struct PerpetualUpgradeTests {
    private static let book = """
        sage300-perpetual:
          - serialNumber: SPT-0093-55172
            release: Sage 300 2025
            company: Bow River Mechanical Ltd.
            reseller: Foothills Accounting Software
            edition: Advanced
            users: 6
            modules:
              - { code: GL, name: General Ledger, activationKey: 6DZT-R09M-WQ4C }
              - { code: AP, name: Accounts Payable, activationKey: J1KX-58VB-TN7E }
          - serialNumber: SPT-0093-55172
            release: Sage 300 2026
            company: Bow River Mechanical Ltd.
            reseller: Foothills Accounting Software
            edition: Premium
            users: 6
            modules:
              - { code: GL, name: General Ledger, activationKey: 4QX7-K0MD-22RV }
              - { code: AP, name: Accounts Payable, activationKey: 9WHB-71TZ-C5LN }

        """

    private static let old = [
        "serialNumber": "SPT-0093-55172", "release": "Sage 300 2025", "activationKey.GL": "6DZT-R09M-WQ4C",
        "activationKey.AP": "J1KX-58VB-TN7E",
    ]
    private static let new = [
        "serialNumber": "SPT-0093-55172", "release": "Sage 300 2026", "activationKey.GL": "4QX7-K0MD-22RV",
        "activationKey.AP": "9WHB-71TZ-C5LN",
    ]

    /// A gateway with the keys of the release before in force.
    private func with(_ body: (Gateway, _ file: String) async throws -> Void) async throws {
        try await GatewayFixture.with { fixture in
            let book = fixture.folder + "/book.yaml"
            try Data(Self.book.utf8).write(to: URL(filePath: book))
            let sandbox = Sandbox(book: book, clock: { fixture.time.now }, report: { _ in })
            try await sandbox.whileRunning { ready in
                try await fixture.withGateway(
                    [AnyAdapter(Sage300Perpetual())], profiles: [GatewayFixture.repository + "/profiles"],
                    environment: ["GATEHOUSE_VENDOR_URL": ready.url, "GATEHOUSE_VENDOR_KEY": ready.publicKey]
                ) { gateway in
                    _ = try await gateway.perform(AddCustomer(id: "bow", displayName: "Bow", timeZone: "UTC"))
                    let shared = try fixture.site("bow")
                    _ = try await gateway.perform(
                        AddInstallation(
                            id: "b1", customer: "bow", profile: "sage300-perpetual",
                            identity: ["serialNumber": "SPT-0093-55172", "release": "Sage 300 2025"],
                            site: ["sharedData": [shared]]))
                    let first = try await gateway.perform(UpgradeKeys(installation: "b1", keys: Self.old))
                    #expect(first.phase == "done", "\(first.message)")
                    fixture.time.pass(hours: 1)
                    try await body(gateway, shared + "/modules.ini")
                }
            }
        }
    }

    @Test("A complete set of a new release is in force, with its release in the identity")
    func complete() async throws {
        try await with { (gateway, file) async throws in
            let view = try await gateway.perform(UpgradeKeys(installation: "b1", keys: Self.new))
            #expect(view.phase == "done", "\(view.message)")
            #expect(try await gateway.stored("b1").identity["release"] == "Sage 300 2026")
            #expect(try String(contentsOfFile: file, encoding: .utf8).contains("4QX7-K0MD-22RV"))
            #expect(view.after.contains { $0.title == "Activation Key of GL" && $0.value == "********" })
            let back = try await gateway.perform(RollBackUpgrade(installation: "b1"))
            #expect(back.phase == "rolledBack", "\(back.message)")
            #expect(try String(contentsOfFile: file, encoding: .utf8).contains("6DZT-R09M-WQ4C"))
        }
    }

    @Test("A changed file is nothing that a refresh could put back: the doctor names what can")
    func changed() async throws {
        try await with { (gateway, file) async throws in
            try Data("changed".utf8).write(to: URL(filePath: file))
            let report = try await gateway.caretaker.perform(Examine(), by: .msp)
            let finding = try #require(report.findings.first { $0.check == .deliveries && $0.place == file })
            let advice = finding.advice ?? ""
            #expect(finding.state == .problem && !advice.contains("gatehouse refresh"), "\(finding)")
            #expect(advice.contains("gatehouse upgrade begin b1 --keys FILE"), "\(finding)")
            let again = try await gateway.perform(UpgradeKeys(installation: "b1", keys: Self.old))
            #expect(again.phase == "done", "\(again.message)")
            #expect(try String(contentsOfFile: file, encoding: .utf8).contains("6DZT-R09M-WQ4C"))
        }
    }

    @Test("Until keys are given that is what is said is next; the present keys are taken up, and taken again")
    func present() async throws {
        try await with { (gateway, file) async throws in
            let shared = URL(filePath: file).deletingLastPathComponent().path
            _ = try await gateway.perform(
                AddInstallation(
                    id: "b2", customer: "bow", profile: "sage300-perpetual",
                    identity: ["serialNumber": "SPT-0093-55172", "release": "Sage 300 2025"],
                    site: ["sharedData": [shared + "2"]]))
            let command = "gatehouse upgrade begin b2 --keys FILE"
            let view = try await gateway.perform(ShowInstallation(id: "b2"))
            #expect(view.next.hasPrefix(command) && view.next.contains("active in the product already"), "\(view.next)")
            #expect(!view.isRefreshed)
            let list = try await gateway.perform(ListInstallations())
            #expect(list.allSatisfy { !$0.isRefreshed } && list.count == 2)
            let standing = try await gateway.perform(Status(installation: "b2"))
            #expect(standing.first?.messages.first?.contains(command) == true, "\(standing)")
            let steps = try await gateway.perform(Explain(installation: "b2")).steps
            #expect(steps.contains { $0.contains(command) } && !steps.contains { $0.contains("refresh") }, "\(steps)")
            // The product has registered them itself, and its file stands there already.
            try FileManager.default.createDirectory(atPath: shared + "2", withIntermediateDirectories: true)
            try FileManager.default.copyItem(atPath: file, toPath: shared + "2/modules.ini")
            for _ in 1...2 {
                let taken = try await gateway.perform(UpgradeKeys(installation: "b2", keys: Self.old))
                #expect(taken.phase == "done", "\(taken.message)")
            }
            #expect(try await gateway.perform(Status(installation: "b2")).first?.access == .full)
        }
    }

    @Test("A set that lacks a module that is held is refused before anything begins, and the module is named")
    func incomplete() async throws {
        try await with { (gateway, file) async throws in
            var keys = Self.new
            keys["activationKey.AP"] = nil
            let error = await callError { _ = try await gateway.perform(UpgradeKeys(installation: "b1", keys: keys)) }
            #expect(error?.code == .invalid && error?.message.contains("The keys lack those of AP") == true)
            #expect(error?.message.contains("4QX7") == false)
            #expect(try String(contentsOfFile: file, encoding: .utf8).contains("6DZT-R09M-WQ4C"))
            #expect(try await gateway.stored("b1").identity["release"] == "Sage 300 2025")
        }
    }
}
