import AdapterKit
import Testing

@Suite("Odd facts")
struct StandingFactTests {
    private func instant(_ text: String) throws -> Instant { try #require(Instant(text)) }

    @Test("An entitlement counts from the first instant of the day it is valid from")
    func validFrom() throws {
        let rules = try Profiles.rules("sage200-online")
        let facts = try Profiles.facts(
            rules, "lastContact=2026-06-25T08:00:00Z;validFrom=2026-07-01;validTo=2027-06-30")
        let zone = try SystemZones.zone("Europe/London")
        let early = rules.standing(of: facts, at: try instant("2026-06-30T22:59:59Z"), in: zone)
        #expect(early.level == .stopped)
        #expect(early.label == "Not yet valid")
        #expect(early.access == .none)
        #expect(early.days == nil)
        #expect(early.until == (try instant("2026-06-30T23:00:00Z")))
        #expect(early.messages(naming: Profiles.names) == ["Sage 300 for Acme is not valid before 07/01/2026."])
        let valid = rules.standing(of: facts, at: try instant("2026-06-30T23:00:00Z"), in: zone)
        #expect(valid.level == .licensed)
        #expect(valid.label == "Licensed")
        #expect(valid.until == (try instant("2026-07-23T08:00:00Z")))
    }

    @Test("An outlook is its standing's, and silent only where that has nothing to say")
    func outlook() throws {
        let rules = try CountdownRules([
            Countdown(name: "one", from: ["expires", "vendorExpired"], stages: Profiles.subscription.stages)
        ])
        let zone = try SystemZones.zone("America/Toronto")
        let expires = try #require(DateValue("2027-01-31"))
        let contacts = ["2026-10-01T10:00:00Z", "2027-02-03T10:00:00Z", "2027-06-01T10:00:00Z"].map { DateValue($0) }
        var silent = 0
        for contact in [nil] + contacts {
            for status in [nil, Entitlement.VendorStatus.active, .expired] {
                for (held, day) in [(false, 0)] + (0..<30).map({ (true, $0 * 7) }) {
                    var dates = ["expires": expires]
                    dates["lastContact"] = contact
                    let facts = rules.facts(held: held, dates: held && day == 7 ? [:] : dates, vendorStatus: status)
                    let now = try instant("2026-11-01T12:00:00Z").adding(hours: 24 * day)
                    let outlook = rules.outlook(of: facts, at: now, in: zone)
                    let standing = rules.standing(of: facts, at: now, in: zone)
                    #expect(outlook.level == standing.level && outlook.label == standing.label)
                    #expect(outlook.until == standing.until && outlook.fullUntil == standing.fullUntil)
                    let hasNothing = standing.messages(naming: Profiles.names).isEmpty && standing.remarks.isEmpty
                    if outlook.isSilent { #expect(hasNothing && held) }
                    silent += outlook.isSilent ? 1 : 0
                }
            }
        }
        #expect(silent > 20)
    }

    @Test("A contact in the future is a clock fault: no stage after it holds, and it is told")
    func clockFault() throws {
        let rules = try Profiles.rules("sage200-online")
        let facts = try Profiles.facts(rules, "lastContact=2026-03-01T10:00:00Z")
        let zone = try SystemZones.zone("Europe/London")
        let ahead = rules.standing(of: facts, at: try instant("2026-02-01T10:00:00Z"), in: zone)
        #expect(ahead.remarks == [.clockFault(lastContact: .instant(try instant("2026-03-01T10:00:00Z")))])
        #expect(ahead.remarks.first?.description.contains("clock") == true)
        #expect(ahead.stages.isEmpty)
        // Two machines' clocks may differ by five minutes.
        let near = rules.standing(of: facts, at: try instant("2026-03-01T09:55:00Z"), in: zone)
        #expect(near.remarks.isEmpty)
        let beyond = rules.standing(of: facts, at: try instant("2026-03-01T09:54:59.999Z"), in: zone)
        #expect(beyond.remarks.count == 1)
        // With a stage at once, the days are negative and never 0.
        let early = try CountdownRules([
            Countdown(name: "one", from: ["lastContact"], stages: [.init(at: .days(-60), level: .notice)])
        ])
        let counted = early.standing(
            of: try Profiles.facts(early, "lastContact=2026-03-01T10:00:00Z"), at: try instant("2026-02-01T10:00:00Z"),
            in: zone)
        #expect(counted.days == -28)
    }

    @Test("The vendor's own “expired” starts the grace when the vendor said so, and is told with since when")
    func vendorSaysExpired() throws {
        let rules = try CountdownRules([
            Countdown(name: "one", from: ["expires", "vendorExpired"], stages: Profiles.subscription.stages)
        ])
        let since = DateValue.instant(try instant("2026-11-28T09:00:00Z"))
        let expires = try #require(DateValue("2027-01-31"))
        let facts = rules.facts(
            held: true, dates: ["expires": expires, "vendorExpired": since], vendorStatus: .expired)
        let zone = try SystemZones.zone("America/Toronto")
        let standing = rules.standing(of: facts, at: try instant("2026-12-01T12:00:00Z"), in: zone)
        #expect(standing.level == .grace)
        #expect(standing.remarks == [.vendorSaysExpired(since: since, expires: expires)])
        #expect(standing.remarks.first?.description.contains("2026-11-28T09:00:00Z") == true)
        #expect(standing.remarks.first?.description.contains("2027-01-31") == true)
        // Once the date has passed, the two agree.
        let later = rules.standing(of: facts, at: try instant("2027-02-01T05:00:00Z"), in: zone)
        #expect(later.remarks.isEmpty)
    }

    @Test("The vendor's own “active” after the date changes nothing, and is told")
    func vendorSaysActive() throws {
        let rules = try Profiles.rules("sage300-subscription")
        let expires = try #require(DateValue("2027-01-31"))
        let facts = rules.facts(held: true, dates: ["expires": expires], vendorStatus: .active)
        let zone = try SystemZones.zone("America/Toronto")
        let notice = rules.standing(of: facts, at: try instant("2027-01-31T12:00:00Z"), in: zone)
        #expect(notice.remarks.isEmpty)
        let grace = rules.standing(of: facts, at: try instant("2027-02-01T05:00:00Z"), in: zone)
        #expect(grace.level == .grace)
        #expect(grace.remarks == [.vendorSaysActive(expires: expires)])
        #expect(grace.remarks.first?.description.contains("refresh") == true)
    }

    @Test("An entitlement's facts and the gateway's own dates come together")
    func facts() throws {
        let rules = try Profiles.rules("sage200-online")
        let entitlement = Entitlement(
            dates: [
                "validTo": try #require(DateValue("2026-06-30")), "unheard": try #require(DateValue("2026-01-01")),
            ],
            modules: [.init(code: "GL", name: "General Ledger")], vendorStatus: .active)
        let contact = DateValue.instant(try instant("2026-06-01T08:00:00Z"))
        var facts = rules.facts(of: entitlement, dates: ["lastContact": contact])
        #expect(facts.held)
        #expect(facts[.lastContact] == contact)
        #expect(facts[.expires] == nil)
        #expect(facts[try #require(rules.slot(of: "validTo"))] == DateValue("2026-06-30"))
        #expect(rules.slot(of: "unheard") == nil)
        #expect(!rules.facts(of: nil).held)
        facts.clear()
        #expect(facts == rules.facts())
        // A slot of other rules is none of these.
        let other = try CountdownRules([
            Countdown(name: "one", from: ["a", "b", "c"], stages: [.init(at: .days(0), level: .notice)])
        ])
        let foreign = try #require(other.slot(of: "c"))
        facts[foreign] = contact
        #expect(facts[foreign] == nil)
    }
}
