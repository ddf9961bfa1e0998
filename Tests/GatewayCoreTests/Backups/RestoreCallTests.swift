import AdapterKit
import Foundation
import GRDB
import GatewayAPI
import Testing

@testable import GatewayCore

@Suite("Backing up and restoring")
struct RestoreCallTests {
    private static let entry = SubscriptionFixture.Entry(id: "maple", expires: "2027-01-31")

    private func restore(_ test: SubscriptionFixture, force: Bool = true) async throws -> RestoreReport {
        let registry = try await test.open { $0.registry }
        let configuration = GatewayConfiguration(
            store: test.fixture.store, profiles: [], deliveryRoots: [], environment: [:])
        return try await Caretaker(configuration, registry: registry, surroundings: test.time.surroundings)
            .perform(RestoreStore(file: test.fixture.folder + "/backup", force: force), by: .msp)
    }

    @Test("What the vendor granted since the backup comes back with the next refresh, and the newer file is kept")
    func newerDelivery() async throws {
        try await SubscriptionFixture.with([Self.entry]) { test in
            try await test.open { gateway in
                try await test.add(Self.entry, to: gateway)
                #expect(try await gateway.refresh("maple").outcome == .updated)
                let view = try await gateway.perform(BackUpStore(file: test.fixture.folder + "/backup"))
                #expect(view.remarks.isEmpty && view.installations == 1)
                let trail = try await gateway.perform(ListAudit(limit: 1))
                #expect(trail.first?.act == "backup" && trail.first?.detail.contains(view.auditHead) == true)
                test.time.pass(hours: 24 * 30)
                try test.write([SubscriptionFixture.Entry(id: "maple", expires: "2028-01-31")])
                #expect(try await gateway.refresh("maple").outcome == .updated)
            }
            let newer = try #require(test.fixture.read(test.file("maple")))
            let report = try await restore(test)
            #expect(report.kept != nil && report.voided == 0 && !report.remarks.isEmpty)
            #expect(test.fixture.read(test.file("maple")) == newer, "a restore touches no delivered file")
            try await test.open { gateway in
                let trail = try await gateway.perform(ListAudit(limit: 1))
                #expect(trail.first?.act == "restore" && trail.first?.actor == "local:1000")
                #expect(try await gateway.perform(VerifyAudit()).problem == nil)
                let told = try await gateway.caretaker.perform(Examine(), by: .msp)
                #expect(told.findings.contains { $0.check == .deliveries && $0.found.contains("restored") })
                let due = try await gateway.perform(Refresh(selection: .due, trigger: .schedule))
                #expect(due.counts == [.updated: 1])
                #expect(try await gateway.standing("maple", at: .instant(test.time.now)).level == .licensed)
            }
            #expect(test.fixture.read(test.file("maple"))?.contains("2028-01-31") == true)
        }
    }

    @Test("While another process asks a vendor or delivers, nothing is restored")
    func busy() async throws {
        try await SubscriptionFixture.with([Self.entry]) { test in
            try await test.open { gateway in
                try await test.add(Self.entry, to: gateway)
                _ = try await gateway.perform(BackUpStore(file: test.fixture.folder + "/backup"))
                _ = try gateway.owner.get()
                let error = await callError { _ = try await restore(test) }
                #expect(error?.code == .conflict && error?.message.contains("works on the store") == true)
            }
            _ = try await restore(test)
        }
    }

    @Test("The key file is never written over by a backup, wherever it lies")
    func keyFile() async throws {
        try await GatewayFixture.with { fixture in
            let key = KeyFile(path: fixture.folder + "/elsewhere.key")
            _ = try key.keysOrNew()
            let gateway = try Gateway(
                GatewayConfiguration(
                    store: fixture.store, profiles: [], deliveryRoots: [], environment: [:], keyFile: key.path),
                registry: AdapterRegistry([]), surroundings: fixture.time.surroundings)
            defer { gateway.close() }
            let error = await callError { _ = try await gateway.perform(BackUpStore(file: key.path, force: true)) }
            #expect(error?.message.contains("its key") == true)
            #expect(try key.keys().count == 1)
        }
    }
}
