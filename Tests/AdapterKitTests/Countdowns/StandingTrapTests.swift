import AdapterKit
import Testing

/// Cases in which a plausible rule gives a wrong answer.
@Suite("Traps")
struct StandingTrapTests {
    private func instant(_ text: String) throws -> Instant { try #require(Instant(text)) }

    private func standing(
        _ rules: CountdownRules, _ dates: String, at: String, _ zone: String
    ) throws -> Standing {
        rules.standing(of: try Profiles.facts(rules, dates), at: try instant(at), in: try SystemZones.zone(zone))
    }

    @Test("Days to the date and days to the loss are two numbers, whatever stages lie between")
    func twoNumbers() throws {
        let message = "{daysToDate} {daysToLoss} {lossDate} {date} {days}"
        let rules = try CountdownRules(
            [
                Countdown(
                    name: "subscription", from: ["expires"],
                    stages: [
                        .init(at: .days(-30), level: .notice, message: message),
                        .init(at: .days(-14), level: .notice, message: message),
                        .init(at: .days(-7), level: .warning, message: message),
                        .init(at: .days(0), level: .grace, message: message),
                        .init(at: .days(45), level: .restricted),
                    ])
            ], dateFormat: "d MMM yyyy")
        let notice = try standing(rules, "expires=2027-01-31", at: "2027-01-10T12:00:00-05:00", "America/Toronto")
        #expect(notice.messages(naming: Profiles.names) == ["22 days 67 days 18 Mar 2027 31 Jan 2027 -21 days"])
        let grace = try standing(rules, "expires=2027-01-31", at: "2027-02-10T12:00:00-05:00", "America/Toronto")
        #expect(grace.messages(naming: Profiles.names) == ["-9 days 36 days 18 Mar 2027 31 Jan 2027 10 days"])
    }

    @Test("A further warning in the same countdown does not shorten the days to the loss")
    func furtherWarning() throws {
        var contact = Profiles.contact
        contact.stages.insert(.init(at: .days(30), level: .warning), at: 1)
        let rules = try CountdownRules([contact])
        let day28 = try standing(rules, "lastContact=2026-01-01T10:00:00Z", at: "2026-01-29T10:00:00Z", "Europe/London")
        #expect(day28.messages(naming: Profiles.names).first?.contains("in 7 days") == true)
    }

    @Test("A monthly plan with a threshold of a week is quiet for most of the month")
    func monthly() throws {
        var monthly = Profiles.subscription
        monthly.stages[0].at = .days(-7)
        let standing = try standing(
            try CountdownRules([monthly]), "expires=2026-12-09", at: "2026-11-22T12:00:00Z", "America/Toronto")
        #expect(standing.level == .licensed)
        #expect(standing.days == nil)
    }

    @Test("Until is the next stage, not the midnight at which a number in a message changes")
    func untilIsAStage() throws {
        let rules = try Profiles.rules("sage300-subscription")
        let grace = try standing(rules, "expires=2027-01-31", at: "2027-02-10T12:00:00Z", "America/Toronto")
        #expect(grace.until == (try instant("2027-03-18T04:00:00Z")))
    }

    @Test("A date-only value belongs to the customer's zone, and 45 days are not 45 times 24 hours")
    func zoneOfTheCustomer() throws {
        let rules = try Profiles.rules("sage300-subscription")
        let facts = try Profiles.facts(rules, "expires=2027-01-31")
        let changes = rules.timeline(of: facts, in: try SystemZones.zone("America/Toronto"), naming: Profiles.names)
            .changes.map(\.at)
        #expect(
            changes == [
                try instant("2027-01-02T05:00:00Z"), try instant("2027-02-01T05:00:00Z"),
                try instant("2027-03-18T04:00:00Z"),
            ])
        // The same stored dates give new instants in another zone.
        let moved = rules.timeline(of: facts, in: try SystemZones.zone("Pacific/Kiritimati"), naming: Profiles.names)
        #expect(moved.changes.map(\.at).last == (try instant("2027-03-17T10:00:00Z")))
    }

    @Test("Nothing held is unlicensed without access, never licensed because every countdown is silent")
    func nothingHeld() throws {
        for profile in Profiles.all.keys {
            let rules = try Profiles.rules(profile)
            let standing = rules.standing(of: rules.facts(), at: try instant("2026-11-22T00:00:00Z"), in: .utc)
            #expect(standing.level == .unlicensed)
            #expect(standing.label == "Not licensed")
            #expect(standing.access == .none)
            #expect(standing.until == nil)
            #expect(standing.fullUntil == nil)
            #expect(standing.stages.isEmpty)
        }
    }

    @Test("An entitlement without a date that its rules need is unlicensed, and the message names the date")
    func missingDate() throws {
        let rules = try Profiles.rules("sage200-online")
        let standing = try standing(rules, "validTo=2026-06-30", at: "2026-06-15T00:00:00Z", "Europe/London")
        #expect(standing.level == .unlicensed)
        #expect(standing.label == "Not licensed")
        #expect(standing.fullUntil == nil)
        #expect(standing.days == nil)
        #expect(standing.messages(naming: Profiles.names).first?.contains("\"lastContact\"") == true)
        // What time alone changes is still told.
        #expect(standing.until == (try instant("2026-06-30T23:00:00Z")))
    }

    @Test("A day named without a time begins in each customer's own zone")
    func dayInEachZone() throws {
        let rules = try Profiles.rules("sage300-subscription")
        let facts = try Profiles.facts(rules, "expires=2027-01-31")
        for name in ["America/Toronto", "Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC"] {
            let zone = try SystemZones.zone(name)
            let restricted = zone.firstInstant(of: try #require(LocalDay("2027-03-18")))
            let full = zone.firstInstant(of: try #require(LocalDay("2027-03-17")))
            #expect(rules.standing(of: facts, at: restricted, in: zone).access == .readOnly)
            #expect(rules.standing(of: facts, at: full, in: zone).access == .full)
        }
    }

    @Test("Fractions of a second count")
    func fractions() throws {
        let rules = try Profiles.rules("sage200-online")
        let dates = "lastContact=2026-01-01T10:00:00.250Z"
        #expect(try standing(rules, dates, at: "2026-01-29T10:00:00.249Z", "Europe/London").level == .licensed)
        #expect(try standing(rules, dates, at: "2026-01-29T10:00:00.250Z", "Europe/London").level == .warning)
    }

    @Test("Hours elapse across a change of the clocks; days keep the wall time")
    func hoursElapse() throws {
        let rules = try Profiles.rules("pos-token")
        let dates = "tokenExpires=2026-11-02T15:00:00Z"
        #expect(try standing(rules, dates, at: "2026-10-31T14:59:59Z", "America/Chicago").level == .licensed)
        #expect(try standing(rules, dates, at: "2026-10-31T15:00:00Z", "America/Chicago").level == .warning)
        #expect(try standing(rules, dates, at: "2026-11-02T15:00:00Z", "America/Chicago").label == "Token expired")
    }

    @Test("Of several dates the earliest that is there counts")
    func earliest() throws {
        let rules = try CountdownRules([
            Countdown(name: "one", from: ["expires", "vendorExpired"], stages: Profiles.subscription.stages)
        ])
        let zone = "America/Toronto"
        let now = "2026-12-01T12:00:00Z"
        #expect(try standing(rules, "expires=2027-01-31", at: now, zone).level == .licensed)
        #expect(try standing(rules, "vendorExpired=2026-11-30T09:00:00Z", at: now, zone).level == .grace)
        let both = try standing(rules, "expires=2027-01-31;vendorExpired=2026-11-30T09:00:00Z", at: now, zone)
        #expect(both.level == .grace)
        #expect(both.days == 1)
        #expect(both.fullUntil == (try instant("2027-01-14T09:00:00Z")))
        // A day ends after an instant on it.
        let sameDay = try standing(rules, "expires=2026-11-30;vendorExpired=2026-11-30T09:00:00Z", at: now, zone)
        #expect(sameDay.fullUntil == both.fullUntil)
        let neither = rules.standing(of: rules.facts(held: true), at: try instant(now), in: .utc)
        #expect(neither.level == .unlicensed)
        #expect(neither.messages(naming: Profiles.names).first?.contains("expires or vendorExpired") == true)
    }

    @Test("Where days and hours meet, a short day turns no stage round")
    func mixedOffsets() throws {
        let rules = try CountdownRules([
            Countdown(
                name: "one", from: ["expires"],
                stages: [
                    .init(at: .days(0), level: .notice), .init(at: .hours(23), level: .warning),
                    .init(at: .days(1), level: .grace),
                ])
        ])
        // 29 March 2026 has 23 hours in London: both later stages begin together, and the last one holds.
        let facts = try Profiles.facts(rules, "expires=2026-03-28")
        let zone = try SystemZones.zone("Europe/London")
        #expect(rules.standing(of: facts, at: try instant("2026-03-29T23:00:00Z"), in: zone).level == .grace)
        let timeline = rules.timeline(of: facts, in: zone, naming: Profiles.names)
        #expect(timeline.changes.map(\.stageLevel) == [.notice, .grace])
    }

    @Test("A stage without a label keeps the one before it at the same level, and no other")
    func labels() throws {
        let rules = try CountdownRules([
            Countdown(
                name: "one", from: ["expires"],
                stages: [
                    .init(at: .days(0), level: .grace, label: "Expired"), .init(at: .days(10), level: .grace),
                    .init(at: .days(20), level: .restricted),
                ]),
            Countdown(
                name: "two", from: ["expires"], stages: [.init(at: .days(0), level: .notice, label: "Renewing")]),
        ])
        #expect(try standing(rules, "expires=2026-01-01", at: "2026-01-15T00:00:00Z", "UTC").label == "Expired")
        #expect(try standing(rules, "expires=2026-01-01", at: "2026-02-15T00:00:00Z", "UTC").label == "Renewing")
    }

    @Test(
        "The furthest dates that a vendor may send are taken without harm",
        arguments: [
            "expires=0001-01-01", "expires=9999-12-31", "expires=9999-12-31T23:59:59.999Z",
            "expires=0001-01-01T00:00:00Z",
        ])
    func furthestDates(_ dates: String) throws {
        let rules = try CountdownRules([
            Countdown(
                name: "one", from: ["expires"],
                stages: [
                    .init(at: .days(-100_000), level: .notice, message: "{days} {daysToLoss} {lossDate} {date}"),
                    .init(at: .hours(-100_000), level: .warning),
                    .init(at: .hours(100_000), level: .grace, message: "{daysToDate}"),
                    .init(at: .days(100_000), level: .restricted, message: "{days}"),
                ])
        ])
        for name in ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"] {
            let zone = try SystemZones.zone(name)
            let facts = try Profiles.facts(rules, dates)
            for change in rules.timeline(of: facts, in: zone, naming: Profiles.names).changes {
                #expect(Instant(change.at.description) == change.at)
            }
            for milliseconds in [Int64.min, 0, Int64.max] {
                let standing = rules.standing(of: facts, at: Instant(milliseconds: milliseconds), in: zone)
                _ = standing.messages(naming: Profiles.names)
                _ = standing.remarks
            }
        }
    }
}
