import AdapterKit
import Foundation
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

@Suite("What gives an open request up, and what keeps it")
struct OfflineGivenUpTests {
    /// Changes an installation that has an open request; then the answer to it must be refused with these words.
    private func givenUp(
        _ words: String, by change: (OfflineFixture, Gateway) async throws -> Void
    ) async throws {
        try await OfflineFixture.withGateway { test, gateway in
            let request = try await gateway.request()
            let file = try test.answer(request)
            try await change(test, gateway)
            #expect(try await gateway.perform(ListSteps()).isEmpty)
            let before = try test.dump()
            let error = await callError { _ = try await gateway.take(file) }
            #expect(
                error?.message.contains("was given up: \(words)") == true, "\(error?.message ?? "it was taken")")
            #expect(try test.dump() == before)
            let view = try await gateway.perform(ShowOperation(id: request.operation))
            #expect(view.status == "failed" && view.outcome == "givenUp" && view.ended == test.time.now)
            #expect(try await gateway.stored("maple").lastFailure == nil, "nobody failed")
        }
    }

    @Test("Another serial number gives it up, for the answer would be of the old one")
    func identity() async throws {
        try await givenUp("Its profile or identity was changed meanwhile") { _, gateway in
            _ = try await gateway.perform(SetInstallation(id: "maple", identity: ["serialNumber": "2000-7F31-0042-T"]))
        }
    }

    @Test("Another profile gives it up")
    func profile() async throws {
        try await givenUp("Its profile or identity was changed meanwhile") { _, gateway in
            _ = try await gateway.perform(SetInstallation(id: "maple", profile: "sage200-online"))
        }
    }

    @Test("Archiving the installation gives it up")
    func archivedInstallation() async throws {
        try await givenUp("The installation was archived") { _, gateway in
            _ = try await gateway.perform(ArchiveInstallation(id: "maple"))
        }
    }

    @Test("Archiving the customer gives it up")
    func archivedCustomer() async throws {
        try await givenUp("The installation was archived") { _, gateway in
            _ = try await gateway.perform(ArchiveCustomer(id: "maple"))
        }
    }

    @Test("Who looks after the installation, its name and its notes keep it open")
    func facts() async throws {
        try await OfflineFixture.withGateway { test, gateway in
            let request = try await gateway.request()
            _ = try await gateway.perform(
                SetInstallation(id: "maple", facts: FactChanges(name: "Accounts", owner: "kim")))
            #expect(try await gateway.take(test.answer(request)).outcome == .updated)
        }
    }

    @Test("An archived installation makes no request")
    func archived() async throws {
        try await OfflineFixture.withGateway { test, gateway in
            _ = try await gateway.perform(ArchiveInstallation(id: "maple"))
            let error = await callError { _ = try await gateway.request() }
            #expect(error?.message.contains("is archived") == true)
            #expect(try await gateway.perform(RequestOffline(selection: .due)).requests.isEmpty)
        }
    }

    @Test("A restored backup takes no answer to a request that was open in it, and keeps what a person was asked to do")
    func restored() async throws {
        try await OfflineFixture.with([.maple, .cedar]) { test in
            let backup = test.fixture.folder + "/backup"
            let (file, step, registry) = try await test.open { gateway in
                try await test.add(.maple, to: gateway)
                try await test.add(.cedar, to: gateway, profile: "sage200-by-hand")
                let file = try test.answer(await gateway.request("maple"))
                let step = try #require(try await gateway.refresh("cedar").operation)
                _ = try await gateway.perform(BackUpStore(file: backup))
                return (file, step, gateway.registry)
            }
            let configuration = GatewayConfiguration(
                store: test.fixture.store, profiles: [], deliveryRoots: [], environment: [:])
            let report = try await Caretaker(configuration, registry: registry, surroundings: test.time.surroundings)
                .perform(RestoreStore(file: backup, force: true), by: .msp)
            #expect(report.voided == 1, "\(report)")
            try await test.open { gateway in
                let error = await callError { _ = try await gateway.take(file) }
                #expect(error?.message.contains("answers no request that was made here") == true)
                #expect(try await gateway.offline("maple").state == .due)
                #expect(try await gateway.perform(ListSteps()).map(\.operation) == [step])
                let result = try await gateway.perform(
                    CompleteStep(operation: step, step: 1, values: ByHandValues.first))
                #expect(result.outcome == .updated)
            }
        }
    }
}
