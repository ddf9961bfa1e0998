import AdapterKit
import GatewayAPI
import Testing

@testable import GatewayCore

@Suite("A customer's sheet")
struct SheetTests {
    @Test("It holds every installation that is looked after, whom to ask, and no secret")
    func sheet() async throws {
        let entry = SubscriptionFixture.Entry(id: "maple", expires: "2027-01-31")
        try await SubscriptionFixture.with([entry]) { test in
            try await test.open { gateway async throws in
                try await test.add(entry, to: gateway)
                for id in ["beech", "ash"] {
                    _ = try await gateway.perform(
                        AddInstallation(
                            id: id, customer: "maple", profile: "sage300-subscription",
                            identity: ["clientID": "1", "clientName": "A", "serialNumber": "2"],
                            site: ["sharedData": [test.fixture.site(id)]]))
                }
                _ = try await gateway.perform(ArchiveInstallation(id: "beech"))
                _ = try await gateway.perform(
                    AddContact(customer: "maple", role: .support, personName: "Sage", phone: "+1 800"))
                #expect(try await gateway.refresh("maple").outcome == .updated)
                let sheet = try await gateway.perform(
                    ShowCustomerSheet(customer: "maple", at: .day(#require(LocalDay("2027-02-10")))))
                #expect(sheet.at == Instant("2027-02-10T05:00:00Z") && sheet.customer.name == "maple Ltd.")
                #expect(sheet.installations.map(\.view.id) == ["ash", "maple"], "by ID, the archived left out")
                #expect(sheet.installations.map(\.explanation.standing.level) == [.unlicensed, .grace])
                #expect(sheet.installations[1].view.entitlement?.seats.count == 2)
                #expect(sheet.contacts.map(\.name) == ["Sage"])
                // Without the profile nothing says what is secret: then all of it is.
                try await test.open(profiles: [test.fixture.profiles]) { gateway in
                    let sheet = try await gateway.perform(ShowCustomerSheet(customer: "maple"))
                    #expect(sheet.installations.allSatisfy { $0.view.identity.allSatisfy { $0.value == "…" } })
                    #expect(sheet.installations.allSatisfy { $0.explanation.standing.label == "No profile" })
                }
            }
        }
    }
}
