import AdapterKit
import Foundation
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

@Suite("Licenses that a person looks up and records")
struct ByHandRecordTests {
    private func date(_ text: String) throws -> DateValue { try #require(DateValue(text)) }

    private func entitlement(_ gateway: Gateway, _ id: String = "office") async throws -> Entitlement {
        try #require(try await gateway.perform(ShowInstallation(id: id)).entitlement)
    }

    @Test("The step says what to do in the product's words, whose license it is, and what to record")
    func asked() async throws {
        try await ByHandFixture.withGateway { _, gateway in
            let office = try await gateway.perform(ShowStep(operation: gateway.ask("office")))
            let what = try #require(office.what)
            #expect(what.title == "Refresh the license of Sage 200 by hand")
            #expect(what.text.contains("click Download new licence") && what.text.contains("Account Number A1042207"))
            #expect(what.brings.documents.isEmpty && what.hands.isEmpty)
            #expect(
                what.brings.values.map(\.name)
                    == ["validFrom", "validTo", "seats.users", "seats.webUsers", "modules", "edition"])
            #expect(what.brings.values.filter(\.required).map(\.name) == ["validFrom", "validTo"])
            #expect(office.item?.act == .refresh && office.item?.step == 1)

            let plant = try await gateway.perform(ShowStep(operation: gateway.ask("plant")))
            #expect(plant.what?.brings.documents.map(\.suffix) == ["entitlements.xml"])
            #expect(plant.what?.brings.documents.map(\.required) == [false])
            #expect(plant.what?.brings.values.filter(\.required).map(\.name) == ["expires"])
            #expect(plant.what?.text.contains("License Manager") == true)
        }
    }

    @Test("Asked again it is the same step; a schedule asks once, and nobody is refreshed meanwhile")
    func once() async throws {
        try await ByHandFixture.withGateway { test, gateway in
            let operation = try await gateway.ask("office")
            #expect(try await gateway.ask("office") == operation)
            test.time.pass(hours: 24 * 30)
            let due = try await gateway.perform(Refresh(selection: .due, trigger: .schedule))
            #expect(due.counts == [.waiting: 2])
            #expect(try await gateway.perform(ListSteps()).count == 2)
            #expect(try await gateway.standing("office").level == .unlicensed)
        }
    }

    @Test("What is recorded is in force, what is left out stays as it was, and nothing at all is an unchanged license")
    func recorded() async throws {
        try await ByHandFixture.withGateway { test, gateway in
            #expect(try await gateway.record("office", ByHandValues.first).outcome == .updated)
            var known = try await entitlement(gateway)
            #expect(known.dates == ["validFrom": try date("2026-07-01"), "validTo": try date("2027-06-30")])
            #expect(known.seats == [.init(name: "users", count: 12)] && known.modules.isEmpty && known.isUnverified)

            test.time.pass(hours: 24)
            try await gateway.record("office", ["modules": "FIN,BOM=2026-12-31", "edition": "Standard"])
            known = try await entitlement(gateway)
            #expect(known.dates["validTo"] == (try date("2027-06-30")) && known.seats.first?.count == 12)
            #expect(known.modules.map(\.code) == ["FIN", "BOM"] && known.edition == "Standard")
            #expect(known.modules.last?.expires == (try date("2026-12-31")))

            try await gateway.record("office", ["seats.users": "14", "seats.webUsers": "3", "modules": "FIN"])
            #expect(
                try await entitlement(gateway).seats
                    == [.init(name: "users", count: 14), .init(name: "webUsers", count: 3)])

            test.time.pass(hours: 24)
            let before = try await entitlement(gateway)
            #expect(try await gateway.record("office", [:]).outcome == .unchanged)
            #expect(try await entitlement(gateway) == before)
            #expect(try await gateway.stored("office").lastContact == test.time.now)
            #expect(try await gateway.stored("office").refreshDue == test.time.now.adding(hours: 21 * 24))
        }
    }

    @Test("What there is no more of is taken away by the word none")
    func none() async throws {
        try await ByHandFixture.withGateway { _, gateway in
            try await gateway.record(
                "plant", ["expires": "2027-01-31", "vendorExpired": "2026-11-01", "modules": "GL", "edition": "Pro"])
            try await gateway.record("plant", ["vendorExpired": "none", "modules": "none", "edition": "none"])
            let known = try await entitlement(gateway, "plant")
            #expect(known.dates == ["expires": try date("2027-01-31")])
            #expect(known.modules.isEmpty && known.edition == nil)
            let operation = try await gateway.ask("plant")
            let error = await callError {
                _ = try await gateway.perform(CompleteStep(operation: operation, step: 1, values: ["expires": "none"]))
            }
            #expect(error?.code == .invalid, "\(error?.message ?? "a license without its end was taken")")
        }
    }

    @Test(
        "Everything that is wrong with the values is told at once, and the step stays open",
        arguments: [
            (
                ["validTo": "tomorrow", "seats.users": "many", "colour": "red"],
                [
                    "There is no step value \"colour\"", "validFrom (validFrom) is missing",
                    "validTo (validTo) must be a day such as 2027-03-31", "a number of seats from 0 to 1000000",
                ]
            ),
            (
                [
                    "validFrom": "2026-02-30", "validTo": "2027-06-30T25:00:00Z", "seats.users": "9999999",
                    "modules": "FIN,FIN",
                ],
                [
                    "validFrom is no date: 2026-02-30", "validTo is no date",
                    "seats.users is a number from 0 to 1000000",
                    "The module FIN is named twice",
                ]
            ),
            (
                ["validFrom": "2026-07-01", "validTo": "2027-06-30", "modules": "BOM=2026-13-01"],
                ["The module BOM has no day such as 2026-12-31: 2026-13-01"]
            ),
            ([:], ["validFrom (validFrom) is missing", "validTo (validTo) is missing"]),
        ] as [([String: String], [String])])
    func wrong(_ values: [String: String], _ words: [String]) async throws {
        try await ByHandFixture.withGateway { test, gateway in
            let operation = try await gateway.ask("office")
            let before = try test.fixture.dump()
            let error = await callError {
                _ = try await gateway.perform(CompleteStep(operation: operation, step: 1, values: values))
            }
            for word in words { #expect(error?.message.contains(word) == true, "\(word): \(error?.message ?? "")") }
            #expect(try test.fixture.dump() == before)
            #expect(try await gateway.perform(ListSteps()).map(\.step) == [1])
        }
    }

    @Test("An offline activation that a person makes in the product is one")
    func offline() async throws {
        try await ByHandFixture.withGateway { test, gateway in
            let request = try await gateway.request("office")
            #expect(request.file == nil && request.text.contains("Generate Licence Request"))
            let result = try await gateway.perform(
                CompleteStep(
                    operation: request.operation, step: 1, files: [AttachedFile("office.ent", "theirs")],
                    values: ByHandValues.first))
            #expect(result.outcome == .updated)
            let record = try await gateway.stored("office")
            #expect(record.offlineActivated == test.time.now && record.isUnverified)
            #expect(try await gateway.offline("office").state == .current)
            test.time.pass(hours: 24 * 21)
            #expect(try await gateway.offline("office").state == .due)
            #expect(try await gateway.standing("office").level == .notice)
            #expect(try await gateway.record("office", [:]).outcome == .unchanged)
            #expect(try await gateway.stored("office").offlineActivated == nil, "a look by the product ends it")
            #expect(try await gateway.offline("office").state == .current)
        }
    }
}
