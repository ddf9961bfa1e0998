import AdapterKit
import Foundation
import Testing

@Suite("Time zones")
struct ZoneTests {
    @Test(
        "The system's zones have the offsets that the worked instants rely on",
        arguments: try Fixtures.rows("zone-offsets.csv"))
    func reliedOn(_ row: Fixtures.Row) throws {
        let zone = try SystemZones.zone(row["zone"])
        let instant = try row.need(Instant(row["instantUTC"]), "instantUTC")
        #expect(
            zone.offset(at: instant) == Int(row["offset"]),
            "the zone data (\(SystemZones.release)) says something else than 2025b: a change of law, not a bug")
    }

    @Test(
        "Changes of the past and of the far future fall to the second",
        arguments: try Fixtures.rows("zone-known-instants.csv"))
    func known(_ row: Fixtures.Row) throws {
        let zone = try SystemZones.zone(row["zone"])
        let instant = try row.need(Instant(row["instantUTC"]), "instantUTC")
        #expect(zone.offset(at: instant) == Int(row["offset"]), "\(SystemZones.release)")
    }

    @Test(
        "A day begins at its first instant, whether or not it has a midnight",
        arguments: try Fixtures.rows("local-days.csv"))
    func firstInstant(_ row: Fixtures.Row) throws {
        let zone = try SystemZones.zone(row["zone"])
        let day = try row.need(LocalDay(row["day"]), "day")
        let expected = try row.need(Instant(row["firstInstantUTC"]), "firstInstantUTC")
        let first = zone.firstInstant(of: day)
        #expect(first == expected, "\(SystemZones.release)")
        #expect(zone.localDay(of: first) >= day)
        #expect(zone.localDay(of: first.adding(milliseconds: -1)) < day)
    }

    @Test(
        "Calendar days keep the wall time; gaps move it later, of two the earlier counts",
        arguments: try Fixtures.rows("added-days.csv"))
    func addingDays(_ row: Fixtures.Row) throws {
        let zone = try SystemZones.zone(row["zone"])
        let instant = try row.need(Instant(row["instantUTC"]), "instantUTC")
        let days = try row.need(Int(row["days"]), "days")
        #expect(zone.instant(instant, addingDays: days) == Instant(row["resultUTC"]), "\(SystemZones.release)")
    }

    @Test(
        "A refresh falls due the given calendar days after the last, at the same wall time",
        arguments: try Fixtures.rows("calendar-days.csv"))
    func refreshDue(_ row: Fixtures.Row) throws {
        let zone = try SystemZones.zone(row["zone"])
        let last = try row.need(Instant(row["lastRefreshed"]), "lastRefreshed")
        let due = zone.instant(last, addingDays: 14)
        #expect(due == Instant(row["refreshDue"]))
        #expect(due == Instant(row["refreshDueUTC"]))
    }

    @Test(
        "A stage of N days after a date-only value begins at the first instant of day X + 1 + N",
        arguments: try Fixtures.rows("stage-instants.csv"))
    func stageInstant(_ row: Fixtures.Row) throws {
        let zone = try SystemZones.zone(row["zone"])
        let date = try row.need(LocalDay(row["date"]), "date")
        let count = try row.need(Int(row["N"]), "N")
        let begins = zone.firstInstant(of: date.adding(days: 1 + count))
        #expect(begins == Instant(row["instantUTC"]))
        #expect(begins == Instant(row["local"]))
        // The same through the rules: the stage holds from that instant on, and not a millisecond before.
        let rules = try CountdownRules([
            Countdown(name: "one", from: ["expires"], stages: [.init(at: .days(count), level: .grace)])
        ])
        let facts = rules.facts(held: true, dates: ["expires": .day(date)])
        #expect(rules.standing(of: facts, at: begins, in: zone).level == .grace)
        let before = rules.standing(of: facts, at: begins.adding(milliseconds: -1), in: zone)
        #expect(before.level == .licensed)
        #expect(before.until == begins)
    }

    @Test("Dates at the ends of the calendar neither overflow nor leave it")
    func calendarEnds() throws {
        for zone in [Zone.utc, try SystemZones.zone("Pacific/Kiritimati"), try SystemZones.zone("Pacific/Pago_Pago")] {
            for number in [Int.min, -1_000_000_000, 1_000_000_000, Int.max] {
                let first = zone.firstInstant(of: LocalDay(number: number))
                #expect(Instant(first.description) == first)
            }
            for milliseconds in [Int64.min, Int64.max] {
                let instant = Instant(milliseconds: milliseconds)
                for days in [Int.min, -1, 1, Int.max] {
                    let moved = zone.instant(instant, addingDays: days)
                    #expect(Instant(moved.description) == moved)
                }
                #expect(abs(zone.offset(at: instant)) <= 86_400)
            }
        }
    }

    @Test("Zones are equal by name")
    func equality() throws {
        #expect(try SystemZones.zone("Europe/London") == SystemZones.zone("Europe/London"))
        #expect(try SystemZones.zone("Europe/London") != SystemZones.zone("Europe/Paris"))
        #expect(Zone.utc.name == "UTC")
    }
}
