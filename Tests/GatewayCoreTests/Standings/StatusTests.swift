import VendorSandbox
import AdapterKit
import Foundation
import GatewayAPI
import Testing

@testable import GatewayCore

@Suite("How installations stand")
struct StatusTests {
    typealias Entry = SubscriptionFixture.Entry

    /// Customers in every state that a subscription can be in, none in the order in which they lose access.
    private static let entries = [
        Entry(id: "aspen", expires: "2027-06-20"),
        Entry(id: "birch", expires: "2026-12-05"),
        Entry(id: "cedar", expires: "2026-11-12", lines: ["status: expired"]),
        Entry(id: "doug", expires: "2026-10-03", lines: ["status: expired"]),
        Entry(id: "elm", expires: "2027-06-20"),
        Entry(id: "fir", expires: "2027-06-20"),
    ]

    /// `elm` was never refreshed; the profile of `fir` is gone.
    private func withPortfolio(_ body: (SubscriptionFixture, Gateway) async throws -> Void) async throws {
        try await SubscriptionFixture.with(Self.entries) { test in
            let shipped = try String(
                contentsOfFile: GatewayFixture.repository + "/profiles/sage300-subscription.yaml", encoding: .utf8)
            try test.fixture.write(profile: "sage300-subscription", shipped)
            try test.fixture.write(
                profile: "passing", shipped.replacing("name: sage300-subscription", with: "name: passing"))
            try await test.open(profiles: [test.fixture.profiles]) { gateway in
                for entry in Self.entries {
                    try await test.add(
                        entry, to: gateway, profile: entry.id == "fir" ? "passing" : "sage300-subscription")
                }
                let ids = Self.entries.map(\.id).filter { $0 != "elm" }
                let report = try await gateway.perform(Refresh(selection: .installations(ids)))
                #expect(report.counts == [.updated: 5])
            }
            try FileManager.default.removeItem(atPath: test.fixture.profiles + "/passing.yaml")
            try await test.open(profiles: [test.fixture.profiles]) { try await body(test, $0) }
        }
    }

    @Test("Soonest loss of full access first; what nobody can vouch for before all others")
    func order() async throws {
        try await withPortfolio { _, gateway in
            let rows = try await gateway.perform(Status())
            #expect(rows.map(\.installation) == ["elm", "fir", "doug", "cedar", "birch", "aspen"])
            #expect(rows.map(\.level) == [.unlicensed, .unlicensed, .restricted, .grace, .notice, .licensed])
            #expect(rows.map(\.access) == [.none, .none, .readOnly, .full, .full, .full])
            #expect(
                rows.map(\.label) == ["Not licensed", "No profile", "Read-only", "Expired", "Licensed", "Licensed"])
            let losses = rows.dropFirst(2).compactMap(\.fullUntil)
            #expect(losses.count == 4 && losses == losses.sorted())
        }
    }

    @Test("The order is right for many too, those that lose access together by customer and installation")
    func many() async throws {
        // 37 customers, whose ends are scattered over 11 days.
        let entries = (0..<37).map { number in
            Entry(id: "c\(100 + number)", expires: "2027-03-\(11 + number * 7 % 11)", zone: "UTC")
        }
        try await SubscriptionFixture.with(entries) { test in
            try await test.open { gateway in
                for entry in entries.reversed() { try await test.add(entry, to: gateway) }
                _ = try await gateway.perform(Refresh(selection: .all))
                let rows = try await gateway.perform(Status())
                let expected = entries.sorted { ($0.expires, $0.id) < ($1.expires, $1.id) }.map(\.id)
                #expect(rows.map(\.installation) == expected)
                #expect(rows.allSatisfy { $0.customer == $0.installation && $0.level == .licensed })
            }
        }
    }

    @Test("A row tells all that a person needs, and scripts find every key")
    func row() async throws {
        try await withPortfolio { test, gateway in
            let row = try await gateway.standing("cedar")
            #expect(row.customer == "cedar" && row.product == "Sage 300" && row.protocolName == "subscription")
            #expect(row.profile == "sage300-subscription")
            #expect(
                row.messages.first?.contains("It works in full for 36 days and is read-only from 2026-12-28") == true)
            #expect(row.messages.first?.contains("Help > Licenses > License Manager") == true)
            #expect(row.until == Instant("2026-12-28T05:00:00Z") && row.fullUntil == row.until)
            #expect(row.lastContact == test.time.now && row.refreshDue == Instant("2026-12-06T10:00:00Z"))
            #expect(row.seats.pools.map(\.name) == ["users", "webUsers"] && row.seats.pools.map(\.count) == [10, 5])
            let json = try JSONSerialization.jsonObject(
                with: JSONEncoder().encode(try await gateway.standing("elm")))
            let keys = try #require(json as? [String: Any])
            #expect(
                Set(keys.keys) == [
                    "customer", "installation", "product", "profile", "protocol", "level", "label", "access",
                    "messages", "until", "fullUntil", "refreshDue", "lastContact", "seats", "timeZone",
                    "unverified",
                ])
        }
    }

    @Test("Without an entitlement it is never green, and the steps to get one are told")
    func withoutEntitlement() async throws {
        try await withPortfolio { _, gateway in
            let row = try await gateway.standing("elm")
            #expect(row.level == .unlicensed && row.access == .none && row.seats.pools.isEmpty)
            let message = try #require(row.messages.first)
            for word in ["elm Ltd.", "gatehouse refresh elm", "Help > Licenses > License Manager"] {
                #expect(message.contains(word), "\(message)")
            }
        }
    }

    @Test("Without a profile it is never green though its entitlement is held, and what is missing is told")
    func withoutProfile() async throws {
        try await withPortfolio { test, gateway in
            let row = try await gateway.standing("fir")
            #expect(row.level == .unlicensed && row.access == .none)
            #expect(row.messages.first?.contains("\"passing\"") == true)
            #expect(try await gateway.perform(Allows(installation: "fir", action: .view)).allowed == false)
            let timeline = await callError { _ = try await gateway.perform(ShowTimeline(installation: "fir")) }
            #expect(timeline?.code == .failed && timeline?.message.contains("\"passing\"") == true)
            // A broken one is told with the place of its mistake.
            try test.fixture.write(profile: "passing", "name: passing\nproduct: [\n")
            try await test.open(profiles: [test.fixture.profiles]) { gateway in
                let row = try await gateway.standing("fir")
                #expect(row.level == .unlicensed)
                #expect(row.messages.first?.contains("\(test.fixture.profiles)/passing.yaml:") == true)
                #expect(try await gateway.standing("aspen").level == .licensed)
            }
        }
    }

    @Test(
        "Only the levels that were asked for",
        arguments: [
            ([], 6), ([.licensed], 1), ([.grace, .notice], 2), ([.unlicensed], 2), ([.stopped], 0),
            (Level.allCases, 6),
        ] as [([Level], Int)])
    func levels(_ row: (levels: [Level], count: Int)) async throws {
        try await withPortfolio { _, gateway in
            let rows = try await gateway.perform(Status(levels: row.levels))
            #expect(rows.count == row.count && rows.allSatisfy { row.levels.isEmpty || row.levels.contains($0.level) })
        }
    }

    @Test("Only one customer's; one that does not exist is told, not shown as an empty list")
    func customer() async throws {
        try await withPortfolio { _, gateway async throws in
            #expect(try await gateway.perform(Status(customer: "birch")).map(\.installation) == ["birch"])
            let error = await callError { _ = try await gateway.perform(Status(customer: "nobody")) }
            #expect(error?.code == .notFound && error?.message.contains("\"nobody\"") == true)
            let list = await callError { _ = try await gateway.perform(ListInstallations(customer: "nobody")) }
            #expect(list?.code == .notFound)
        }
    }

    @Test("A day is its first instant in each customer's own zone, an instant is the same for all")
    func day() async throws {
        let entries = [
            Entry(id: "auckland", expires: "2027-01-31", zone: "Pacific/Auckland"),
            Entry(id: "honolulu", expires: "2027-01-31", zone: "Pacific/Honolulu"),
            Entry(id: "utc", expires: "2027-01-31", zone: "UTC"),
            Entry(id: "zurich", expires: "2027-01-31", zone: "Europe/Zurich"),
        ]
        try await SubscriptionFixture.with(entries) { test in
            try await test.open { gateway in
                for entry in entries { try await test.add(entry, to: gateway) }
                _ = try await gateway.perform(Refresh(selection: .all))
                func levels(_ at: PointInTime) async throws -> [String: Level] {
                    let rows = try await gateway.perform(Status(at: at))
                    return Dictionary(uniqueKeysWithValues: rows.map { ($0.installation, $0.level) })
                }
                func all(_ level: Level) -> [String: Level] {
                    Dictionary(uniqueKeysWithValues: entries.map { ($0.id, level) })
                }
                #expect(try await levels(.day(#require(LocalDay("2027-01-31")))) == all(.notice))
                #expect(try await levels(.day(#require(LocalDay("2027-02-01")))) == all(.grace))
                #expect(try await levels(.day(#require(LocalDay("2027-03-17")))) == all(.grace))
                #expect(try await levels(.day(#require(LocalDay("2027-03-18")))) == all(.restricted))
                #expect(
                    try await levels(.instant(#require(Instant("2027-01-31T12:00:00Z")))) == [
                        "auckland": .grace, "honolulu": .notice, "utc": .notice, "zurich": .notice,
                    ])
                #expect(
                    try await levels(.instant(#require(Instant("2027-01-31T23:30:00Z")))) == [
                        "auckland": .grace, "honolulu": .notice, "utc": .notice, "zurich": .grace,
                    ])
                let allows = try await gateway.perform(
                    Allows(installation: "honolulu", action: .post, at: .day(#require(LocalDay("2027-03-18")))))
                #expect(!allows.allowed && allows.level == .restricted)
            }
        }
    }

    @Test("Asking about another time changes nothing")
    func readsOnly() async throws {
        try await withPortfolio { _, gateway in
            let before = try await gateway.perform(Status())
            let later = try await gateway.perform(Status(at: .instant(#require(Instant("2030-01-01T00:00:00Z")))))
            #expect(later.filter { $0.level == .licensed }.isEmpty)
            #expect(try await gateway.perform(Status()) == before)
        }
    }

    @Test("The adapters are told with their installations by level, their profiles, hosts and failures")
    func adapters() async throws {
        try await withPortfolio { test, gateway in
            let view = try #require(try await gateway.perform(ListAdapters()).last)
            #expect(view.protocolName == "subscription" && view.capabilities == [.onlineRefresh])
            #expect(view.profiles == ["sage300-subscription"])
            #expect(
                view.installations == [.licensed: 1, .notice: 1, .grace: 1, .restricted: 1, .unlicensed: 1])
            #expect(view.lastContact == test.time.now && view.failuresLastDay == 0)
            let host = try #require(view.hosts.first)
            #expect(view.hosts.count == 1 && test.ready.url.hasSuffix(host.host))
            #expect(host.breaker == "closed" && host.lastContact == test.time.now && host.failures == 0)
        }
    }
}
