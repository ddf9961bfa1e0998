import AdapterKit
import Testing

@Suite("Worked instants")
struct StandingVectorTests {
    static func rows() throws -> [Fixtures.Row] {
        try [
            "standing-sage300-subscription.csv", "standing-sage300-subscription-60-days.csv",
            "standing-sage200-online-contact.csv", "standing-sage200-online-validity.csv",
            "standing-sage200-on-premise.csv", "standing-sage100-subscription.csv", "standing-pos-token.csv",
            "standing-nothing-and-worst.csv",
        ].flatMap { try Fixtures.rows($0) }
    }

    @Test("The standing is the worked one", arguments: try rows())
    func standing(_ row: Fixtures.Row) throws {
        let zone = try SystemZones.zone(row["zone"])
        let now = try row.need(Instant(row["atUTC"]), "atUTC")
        // The row's local time says the offset that it relies on.
        let wall = try row.need(Instant(String(row["at"].prefix(19)) + "Z"), "at")
        #expect(
            Int64(zone.offset(at: now)) * 1000 == wall.milliseconds - now.milliseconds,
            "the zone data (\(SystemZones.release)) says something else than 2025b: a change of law, not a bug")
        #expect(Instant(row["at"]) == now)

        let rules = try Profiles.rules(row["profile"])
        let standing = rules.standing(of: try Profiles.facts(rules, row["dates"]), at: now, in: zone)
        #expect(standing.level == Level(rawValue: row["level"]))
        #expect(standing.label == row["label"])
        #expect(standing.access == Access(rawValue: row["access"]))
        #expect(standing.days.map(String.init) ?? "" == row["days"])
        #expect(standing.until == (try row.instant("until")))
        #expect(standing.fullUntil == (try row.instant("fullUntil")))
        let messages = standing.messages(naming: Profiles.names)
        if !row["message"].isEmpty {
            #expect(messages.first == row["message"])
        } else if standing.stages.count <= 1 {
            #expect(messages.isEmpty)
        }
    }

    @Test("Recorded products stand as their makers say", arguments: try Fixtures.rows("recorded-standings.csv"))
    func recorded(_ row: Fixtures.Row) throws {
        let rules = try Profiles.rules(row["profile"])
        let standing = rules.standing(
            of: try Profiles.facts(rules, row["dates"]), at: try row.need(Instant(row["atUTC"]), "atUTC"),
            in: try SystemZones.zone(row["zone"]))
        #expect(standing.level == Level(rawValue: row["level"]))
        #expect(standing.label == row["label"])
        #expect(standing.access == Access(rawValue: row["access"]))
    }

    @Test("The access decides what a user may do", arguments: try Fixtures.rows("access-actions.csv"))
    func actions(_ row: Fixtures.Row) throws {
        let access = try row.need(Access(rawValue: row["access"]), "access")
        for action in Action.allCases {
            #expect(access.allows(action) == (row[action.rawValue] == "0"), "\(access.rawValue) \(action.rawValue)")
        }
    }

    @Test("At day 30 of an offline activation both messages stand, worst and first of the profile first")
    func bothMessages() throws {
        let rules = try Profiles.rules("sage200-on-premise")
        let facts = try Profiles.facts(
            rules, "lastContact=2026-01-01T10:00:00Z;offlineActivated=2026-01-01T10:00:00Z")
        let now = try #require(Instant("2026-01-31T10:00:00Z"))
        let standing = rules.standing(of: facts, at: now, in: try SystemZones.zone("Europe/London"))
        #expect(
            standing.messages(naming: Profiles.names) == [
                "The Sage Licence will expire in 5 days because the entitlement server has been "
                    + "unavailable for 30 days.",
                "A new offline activation must be generated.",
            ])
        #expect(standing.stages.map(\.countdown) == ["vendorContact", "offline"])
        #expect(standing.stages.map(\.days) == [30, 30])
        #expect(standing.stages.map(\.since) == [Instant("2026-01-29T10:00:00Z"), now])
    }

    @Test("A perpetual license stays licensed, and lapsed maintenance never lowers access")
    func perpetual() throws {
        let rules = try CountdownRules([
            Countdown(name: "subscription", from: ["expires"], optional: true, stages: Profiles.subscription.stages),
            Countdown(
                name: "maintenance", from: ["maintenanceEnds"], optional: true,
                stages: [.init(at: .days(-30), level: .notice), .init(at: .days(0), level: .warning)]),
        ])
        let far = try #require(Instant("2099-01-01T00:00:00Z"))
        let perpetual = rules.standing(of: rules.facts(held: true), at: far, in: .utc)
        #expect(perpetual.level == .licensed)
        #expect(perpetual.until == nil)
        #expect(perpetual.fullUntil == nil)
        let lapsed = rules.standing(of: try Profiles.facts(rules, "maintenanceEnds=2030-01-01"), at: far, in: .utc)
        #expect(lapsed.level == .warning)
        #expect(lapsed.access == .full)
        #expect(lapsed.fullUntil == nil)
    }
}
