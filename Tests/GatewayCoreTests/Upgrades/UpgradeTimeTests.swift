import AdapterKit
import Foundation
import GatewayAPI
import GatewayProfiles
import GatewayStore
import Testing

@testable import GatewayCore

@Suite("When an upgrade may be made")
struct UpgradeTimeTests {
    /// A start in New York, in a window, for an hour's work; what is told where it is refused.
    struct Start: Sendable, CustomTestStringConvertible {
        var at: String
        var window: String
        var refused: String?

        var testDescription: String { "\(at) in \(window)" }
    }

    static let starts = [
        Start(at: "2026-11-23T23:59:00Z", window: "19:00 06:00", refused: "is outside of the window"),
        Start(at: "2026-11-24T00:00:00Z", window: "19:00 06:00"),
        Start(at: "2026-11-24T04:59:00Z", window: "19:00 06:00"),
        Start(at: "2026-11-24T05:01:00Z", window: "19:00 06:00"),
        Start(at: "2026-11-24T10:00:00Z", window: "19:00 06:00"),
        Start(at: "2026-11-24T10:01:00Z", window: "19:00 06:00", refused: "has 59 minutes left, and 60 are needed"),
        Start(at: "2026-11-24T11:00:00Z", window: "19:00 06:00", refused: "is outside of the window"),
        Start(at: "2026-11-24T04:30:00Z", window: "22:00 24:00", refused: "has 30 minutes left"),
        Start(at: "2026-11-24T05:00:00Z", window: "00:00 01:00"),
        Start(at: "2026-11-24T17:00:00Z", window: "12:00 12:00"),
        // The clocks go from 02:00 to 03:00: half an hour is left of what looks like one and a half.
        Start(at: "2027-03-14T06:30:00Z", window: "22:00 03:00", refused: "has 30 minutes left"),
        Start(at: "2027-03-14T06:00:00Z", window: "22:00 03:00"),
        // And from 02:00 to 01:00: there is an hour more.
        Start(at: "2026-11-01T05:30:00Z", window: "22:00 02:00"),
        Start(at: "2026-11-01T06:30:00Z", window: "22:00 02:00", refused: "has 30 minutes left"),
    ]

    @Test("It begins and ends within the window, over midnight and when the clocks are changed", arguments: starts)
    func window(_ start: Start) async throws {
        let times = start.window.split(separator: " ")
        let window = "window: { from: \"\(times[0])\", to: \"\(times[1])\" }"
        try await UpgradeFixture.with(rules: [window], hosts: []) { _, gateway in
            let zone = try gateway.zones.zone(named: "America/New_York")
            let rules = try #require(gateway.profiles.profiles["granite"]).upgrade
            let at = try #require(Instant(start.at))
            let (problem, _) = UpgradePreflight.time(at, rules: rules, now: at.adding(hours: -48), in: zone)
            if let refused = start.refused {
                #expect(problem?.contains(refused) == true, "\(problem ?? "allowed")")
            } else {
                #expect(problem == nil, "\(problem ?? "")")
            }
        }
    }

    @Test("One that is announced later than the profile wants is warned of, and made all the same")
    func announced() async throws {
        try await UpgradeFixture.with(rules: []) { upgrade, gateway in
            let zone = try gateway.zones.zone(named: "America/New_York")
            let now = upgrade.time.now
            let rules = UpgradeRules.standard
            #expect(UpgradePreflight.time(now.adding(hours: 23), rules: rules, now: now, in: zone).warnings.count == 1)
            #expect(UpgradePreflight.time(now.adding(hours: 24), rules: rules, now: now, in: zone).warnings.isEmpty)
        }
    }

    static let window = ["window: { from: \"19:00\", to: \"22:00\" }"]

    @Test("A planned one waits for its time, keeps no refresh away, and is begun by what is due")
    func planned() async throws {
        try await UpgradeFixture.with(rules: Self.window) { upgrade, gateway in
            let now = await callError { _ = try await gateway.upgrade() }
            #expect(now?.code == .invalid && now?.message.contains("outside of the window") == true)
            let past = await callError { _ = try await gateway.upgrade(start: "2026-11-20T01:00:00Z") }
            #expect(past?.message.contains("has passed") == true)
            let view = try await gateway.upgrade(start: "2026-11-24T01:00:00Z")
            #expect(view.phase == "announce" && view.ended == nil)
            #expect(try await gateway.refresh("g1").outcome == .unchanged)
            #expect(try await gateway.letsIn())
            let early = await callError { _ = try await gateway.perform(ResumeUpgrade(installation: "g1")) }
            #expect(early?.message.contains("begins 2026-11-24T01:00") == true)
            let second = await callError { _ = try await gateway.upgrade(start: "2026-11-25T01:00:00Z") }
            #expect(second?.code == .conflict && second?.message.contains("upgrade show g1") == true)
            #expect(try await gateway.perform(RunDue()).upgrades.isEmpty)
            try upgrade.time.set("2026-11-24T01:20:00Z")
            let report = try await gateway.perform(RunDue())
            #expect(report.upgrades.map(\.phase) == ["done"], "\(report.upgrades.map(\.message))")
            #expect(try await gateway.usersInForce() == 12)
        }
    }

    @Test("One that could only be begun after its window is not, and nothing is changed")
    func late() async throws {
        try await UpgradeFixture.with(rules: Self.window) { upgrade, gateway in
            _ = try await gateway.upgrade(start: "2026-11-24T01:00:00Z")
            // The machine was off; it is morning by now.
            try upgrade.time.set("2026-11-24T14:00:00Z")
            let report = try await gateway.perform(RunDue())
            #expect(report.upgrades.map(\.phase) == ["failed"])
            #expect(report.upgrades.first?.message.contains("outside of the window") == true)
            #expect(try await gateway.usersInForce() == 8)
            #expect(try await gateway.letsIn())
        }
    }

    @Test("A planned one is given up by rolling it back, and its keys with it")
    func givenUp() async throws {
        try await UpgradeFixture.with { _, gateway in
            _ = try await gateway.upgrade(start: "2026-11-24T01:00:00Z")
            #expect(try await gateway.store.sealedAnswers().count == 1)
            let view = try await gateway.perform(RollBackUpgrade(installation: "g1"))
            #expect(view.phase == "failed" && view.message.hasSuffix("Nothing was changed."), "\(view.message)")
            #expect(try await gateway.store.sealedAnswers().isEmpty)
        }
    }
}
