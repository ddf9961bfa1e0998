import AdapterKit
import Foundation
import GRDB
import GatewayAPI
import Testing

@testable import GatewayCore

@Suite("What has to be renewed")
struct RenewalTests {
    private static let entries = [
        SubscriptionFixture.Entry(
            id: "maple", expires: "2027-01-31",
            lines: ["modules:", "  - { code: AP, name: Payables, expires: 2026-12-31 }"]),
        SubscriptionFixture.Entry(id: "oak", expires: "2026-11-01"),
        SubscriptionFixture.Entry(id: "pine", expires: "2027-01-31", zone: "Europe/Berlin"),
    ]

    private func withThree(_ body: (SubscriptionFixture, Gateway) async throws -> Void) async throws {
        try await SubscriptionFixture.with(Self.entries) { test in
            try await test.open { gateway in
                for entry in Self.entries { try await test.add(entry, to: gateway) }
                #expect(try await gateway.perform(Refresh(selection: .all)).counts == [.updated: 3])
                try await body(test, gateway)
            }
        }
    }

    private func shown(_ list: RenewalList) -> [String] {
        list.renewals.map { "\($0.day) \($0.days) \($0.installation) \($0.date)\($0.module.map { " " + $0 } ?? "")" }
    }

    @Test("Soonest first, with what happens when it passes")
    func order() async throws {
        try await withThree { _, gateway async throws in
            let list = try await gateway.perform(ListRenewals(days: 90))
            #expect(
                shown(list) == [
                    "2026-12-31 39 maple modules.expires AP", "2027-01-31 70 maple expires",
                    "2027-01-31 70 pine expires",
                ])
            let maple = list.renewals[1]
            #expect(
                maple.then.map { "\($0.day) \($0.label) \($0.level.rawValue)" } == [
                    "2027-02-01 Expired grace", "2027-03-18 Read-only restricted",
                ])
            #expect(maple.customerName == "maple Ltd." && maple.product == "Sage 300" && maple.level == .licensed)
            #expect(
                list.renewals[0].moduleName == "Payables"
                    && list.renewals[0].then.map(\.label) == ["AP: Module expired"])
            #expect(list.overdue == 1, "oak's passed")
        }
    }

    @Test("The window counts days of the customer's calendar, both ends included")
    func window() async throws {
        try await withThree { _, gateway async throws in
            func find(_ at: String, _ days: Int, overdue: Bool = false) async throws -> [String] {
                try await gateway.perform(
                    ListRenewals(
                        customer: "pine", days: days, overdue: overdue, at: .instant(#require(Instant(at))))
                ).renewals.map { "\($0.days)" }
            }
            #expect(try await find("2027-01-01T00:00:00Z", 30) == ["30"])
            #expect(try await find("2027-01-01T00:00:00Z", 29) == [])
            // It is the first of January in Berlin already.
            #expect(try await find("2026-12-31T23:00:00Z", 30) == ["30"])
            #expect(try await find("2026-12-31T22:59:59Z", 30) == [])
            #expect(try await find("2027-01-31T22:59:59Z", 0) == ["0"])
            #expect(try await find("2027-01-31T23:00:00Z", 0) == [])
            #expect(try await find("2027-01-31T23:00:00Z", 0, overdue: true) == ["-1"])
            for days in [-1, 36_501] {
                let error = await callError { _ = try await gateway.perform(ListRenewals(days: days)) }
                #expect(error?.code == .invalid)
            }
        }
    }

    @Test("A date that is only counted from, such as the last contact, is no renewal; one that is led up to is")
    func deadlines() async throws {
        try await withThree { test, gateway async throws in
            let shipped = try String(
                contentsOfFile: GatewayFixture.repository + "/profiles/sage300-subscription.yaml", encoding: .utf8)
            try test.fixture.write(
                profile: "sage300-subscription",
                shipped + """
                      contact:
                        from: lastContact
                        stages:
                          - { at: 28d, level: warning }
                          - { at: 35d, level: stopped }

                    """)
            try await test.open(profiles: [test.fixture.profiles]) { gateway in
                let list = try await gateway.perform(ListRenewals(days: 90))
                #expect(list.renewals.map(\.date) == ["modules.expires", "expires", "expires"])
                // What would happen besides is part of what happens then.
                #expect(
                    try await gateway.perform(ListTimeline(within: .days(40))).changes.contains {
                        $0.cause == "contact"
                    })
            }
        }
    }

    @Test("Prices are added up by currency, exactly; a module has none of its own")
    func sums() async throws {
        try await withThree { _, gateway async throws in
            func price(_ installation: String, _ price: String) async throws {
                _ = try await gateway.perform(
                    SetInstallation(
                        id: installation, facts: FactChanges(term: "annual", price: price, owner: "Pat")))
            }
            try await price("maple", "999999999999.1 EUR")
            let one = try await gateway.perform(ListRenewals(days: 90))
            #expect(one.sums.map { "\($0.amount) \($0.currency) \($0.count)" } == ["999999999999.1 EUR 1"])
            #expect(one.unpriced == 1)
            try await price("pine", "0.0201 EUR")
            let two = try await gateway.perform(ListRenewals(days: 90))
            #expect(two.sums.map { "\($0.amount) \($0.currency) \($0.count)" } == ["999999999999.1201 EUR 2"])
            #expect(two.unpriced == 0 && two.renewals.map { $0.price?.currency } == [nil, "EUR", "EUR"])
            #expect(two.renewals.map(\.term) == [.annual, .annual, .annual] && two.renewals[0].owner == "Pat")
            try await price("pine", "30 USD")
            let three = try await gateway.perform(ListRenewals(days: 90))
            #expect(three.sums.map { "\($0.amount) \($0.currency)" } == ["999999999999.1 EUR", "30 USD"])
        }
    }

    @Test("An order that is open is told with the renewal that it is for")
    func orders() async throws {
        try await withThree { test, gateway async throws in
            _ = try await gateway.perform(AddOrder(installation: "maple", placed: .now))
            let list = try await gateway.perform(ListRenewals(days: 90))
            #expect(
                list.renewals.map(\.orderUntil) == [
                    test.time.now.adding(hours: 48), test.time.now.adding(hours: 48), nil,
                ])
        }
    }

    @Test("No stored JSON is decoded, and what is archived is left out")
    func columns() async throws {
        try await withThree { test, gateway async throws in
            let before = try await gateway.perform(ListRenewals(days: 90, overdue: true))
            try test.fixture.raw { db in
                try db.execute(sql: "UPDATE installations SET identity = 'no', site = 'JSON'")
                try db.execute(sql: "UPDATE entitlements SET body = 'neither'")
            }
            #expect(try await gateway.perform(ListRenewals(days: 90, overdue: true)) == before)
            #expect(before.renewals.count == 4)
            try test.fixture.raw { try $0.execute(sql: "UPDATE installations SET archived_at = 1 WHERE id = 'maple'") }
            let after = try await gateway.perform(ListRenewals(days: 90, overdue: true))
            #expect(after.renewals == before.renewals.filter { $0.installation != "maple" })
        }
    }
}
