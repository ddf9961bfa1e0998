import AdapterKit
import Testing

@Suite("Timeline")
struct TimelineTests {
    private func instant(_ text: String) throws -> Instant { try #require(Instant(text)) }

    @Test("All changes stand in order of time, with the level before and after and the message of that instant")
    func changes() throws {
        let rules = try Profiles.rules("sage200-on-premise")
        let facts = try Profiles.facts(
            rules, "lastContact=2026-01-01T10:00:00Z;offlineActivated=2026-01-01T10:00:00Z;validTo=2026-01-31")
        let timeline = rules.timeline(of: facts, in: try SystemZones.zone("Europe/London"), naming: Profiles.names)
        #expect(timeline.level == .licensed)
        #expect(timeline.label == "Licensed")
        #expect(
            timeline.changes.map(\.at.description) == [
                "2026-01-02T00:00:00Z", "2026-01-22T10:00:00Z", "2026-01-29T10:00:00Z", "2026-01-31T10:00:00Z",
                "2026-02-01T00:00:00Z", "2026-02-05T10:00:00Z",
            ])
        #expect(
            timeline.changes.map(\.countdown) == [
                "validity", "offline", "vendorContact", "offline", "validity", "vendorContact",
            ])
        #expect(timeline.changes.map(\.before) == [.licensed, .notice, .notice, .warning, .warning, .stopped])
        #expect(timeline.changes.map(\.after) == [.notice, .notice, .warning, .warning, .stopped, .stopped])
        #expect(timeline.changes[2].message?.contains("in 7 days") == true)
        #expect(timeline.changes[3].message == "A new offline activation must be generated.")
        #expect(timeline.changes[4].message == nil)
        #expect(timeline.changes.map(\.label).last == "Expired")
    }

    @Test("The beginning and changes of one instant have one before and one after")
    func sameInstant() throws {
        let rules = try CountdownRules([
            Countdown(name: "one", from: ["expires"], stages: [.init(at: .days(0), level: .grace)]),
            Countdown(name: "two", from: ["expires"], stages: [.init(at: .days(0), level: .restricted)]),
        ])
        let facts = try Profiles.facts(rules, "expires=2026-07-31;validFrom=2026-07-01")
        let timeline = rules.timeline(of: facts, in: .utc, naming: Profiles.names)
        #expect(timeline.level == .stopped)
        #expect(timeline.label == "Not yet valid")
        #expect(timeline.changes.map(\.countdown) == [nil, "one", "two"])
        #expect(timeline.changes.map(\.before) == [.stopped, .licensed, .licensed])
        #expect(timeline.changes.map(\.after) == [.licensed, .restricted, .restricted])
        #expect(timeline.changes.map(\.stageLevel) == [.licensed, .grace, .restricted])
    }

    @Test("Nothing held has no timeline")
    func nothing() throws {
        let rules = try Profiles.rules("pos-token")
        let timeline = rules.timeline(of: rules.facts(), in: .utc, naming: Profiles.names)
        #expect(timeline.level == .unlicensed)
        #expect(timeline.changes.isEmpty)
    }

    @Test(
        "Following “until” from the beginning meets every change of the timeline, to the millisecond",
        arguments: [
            "UTC", "America/Toronto", "Europe/London", "Africa/Cairo", "America/Havana", "Australia/Lord_Howe",
            "Pacific/Kiritimati",
        ])
    func untilMeetsTimeline(_ name: String) throws {
        let zone = try SystemZones.zone(name)
        let rules = try Profiles.rules("sage200-on-premise")
        let start = try instant("2026-01-01T00:00:00Z").milliseconds
        for step in 0..<120 {
            // Instants and days all over the year, the same in every run.
            let contact = Instant(milliseconds: start + Int64(step) * 263_456_789)
            let offline = Instant(milliseconds: start + Int64(step) * 251_234_567)
            let last = zone.localDay(of: contact).adding(days: step % 50)
            let facts = rules.facts(
                held: true,
                dates: ["lastContact": .instant(contact), "offlineActivated": .instant(offline), "validTo": .day(last)])
            let timeline = rules.timeline(of: facts, in: zone, naming: Profiles.names)
            var met: [Instant] = []
            var now = Instant(milliseconds: start - 365 * 86_400_000)
            var level = timeline.level
            while let next = rules.standing(of: facts, at: now, in: zone).until {
                let before = rules.standing(of: facts, at: next.adding(milliseconds: -1), in: zone)
                #expect(before.level == level)
                #expect(before.until == next)
                now = next
                level = rules.standing(of: facts, at: now, in: zone).level
                #expect(timeline.changes.last { $0.at == now }?.after == level)
                met.append(now)
            }
            var expected: [Instant] = []
            for change in timeline.changes where expected.last != change.at { expected.append(change.at) }
            #expect(met == expected)
            let loss = timeline.changes.first { $0.stageLevel.access != .full }?.at
            #expect(rules.standing(of: facts, at: now, in: zone).fullUntil == loss)
        }
    }
}
