import AdapterKit
import GatewayAPI
import Testing

@testable import GatewayCore

@Suite("Seats and how an installation stands")
struct SeatStandingTests {
    /// Block I of the worked instants: what the access allows, and whether a seat is granted.
    struct AccessRow: Sendable {
        var at: String
        var access: Access
        var level: Level
        var allowed: [Action]
        var says: String
    }

    private static let rows = [
        AccessRow(
            at: "2027-05-31T23:59:59Z", access: .full, level: .licensed, allowed: Action.allCases, says: "licensed"),
        AccessRow(
            at: "2027-06-01T00:00:00Z", access: .full, level: .grace, allowed: Action.allCases,
            says: "Renew Test Product within 10 days."),
        AccessRow(
            at: "2027-06-11T00:00:00Z", access: .readOnly, level: .restricted, allowed: [.view, .report],
            says: "Read-only, only view and report are allowed. Test Product ended 11 days ago."),
        AccessRow(
            at: "2027-06-21T00:00:00Z", access: .none, level: .stopped, allowed: [],
            says: "Test Product is over since 21 days."),
    ]

    @Test("The level that decides what is allowed decides about a seat, in the same words", arguments: rows)
    func access(_ row: AccessRow) async throws {
        try await SeatEstate.with { estate, gateway async throws in
            try estate.time.set(row.at)
            let seat = try await gateway.claim("ann")
            #expect(seat.granted == (row.access != .none) && seat.level == row.level && seat.access == row.access)
            #expect(seat.reason.contains(row.says), "\(seat.reason)")
            for action in Action.allCases {
                let answer = try await gateway.perform(Allows(installation: "n1", action: action))
                #expect(answer.allowed == row.allowed.contains(action) && answer.level == row.level)
                if !answer.allowed { #expect(answer.reason == seat.reason) }
            }
        }
    }

    @Test("What was never granted has no seats, and says how to get them")
    func unlicensed() async throws {
        try await SeatEstate.with(isRefreshed: false) { estate, gateway async throws in
            estate.answer { .reply(404, "no such account") }
            let seat = try await gateway.claim("ann")
            #expect(!seat.granted && seat.level == .unlicensed && seat.access == .none && !seat.reason.isEmpty)
            let allows = try await gateway.perform(Allows(installation: "n1", action: .view))
            #expect(seat.reason == allows.reason)
        }
    }

    @Test("A renewal looks at how the installation stands now: read-only goes on, and without access it ends")
    func renewing() async throws {
        try await SeatEstate.with(seats: "{ endsAfter: 30d }") { estate, gateway async throws in
            try estate.time.set("2027-05-31T12:00:00Z")
            #expect(try await gateway.claim("ann", session: "a").access == .full)
            try estate.time.set("2027-06-15T00:00:00Z")
            let readOnly = try await gateway.renew("a")
            #expect(readOnly.granted && readOnly.access == .readOnly && readOnly.session == "a")
            try estate.time.set("2027-06-21T00:00:00Z")
            let ended = try await gateway.renew("a")
            #expect(!ended.granted && ended.session == nil && ended.reason.contains("is over since 21 days"))
            #expect(try await gateway.perform(ListSessions(installation: "n1")).isEmpty)
            #expect(try await gateway.renew("a").reason.contains("No session \"a\" is open"))
        }
    }

    @Test("The same session claiming again is looked at in the same way")
    func claimingAgain() async throws {
        try await SeatEstate.with(seats: "{ endsAfter: 30d }") { estate, gateway async throws in
            #expect(try await gateway.claim("ann", session: "a").granted)
            try estate.time.set("2027-06-21T00:00:00Z")
            let ended = try await gateway.claim("ann", session: "a")
            #expect(!ended.granted && ended.session == nil)
            #expect(try await gateway.perform(ListSessions(installation: "n1")).isEmpty)
        }
    }

    @Test("A license that shrinks below what is in use puts nobody out, lets nobody in, and says so")
    func shrinking() async throws {
        try await SeatEstate.with { estate, gateway async throws in
            var ends: [Instant] = []
            for (number, user) in ["ann", "bob", "cid"].enumerated() {
                ends.append(try #require(try await gateway.claim(user, session: "s\(number)").until))
                estate.time.pass(hours: 1)
            }
            try await estate.change(SeatEstate.license(["users": 1]), gateway)
            let denied = try await gateway.claim("dee")
            #expect(
                denied.reason
                    == "3 seats (users) are taken and the license has 1 now: nobody is put out, and nobody else "
                    + "comes in before 3 of them are given back.")
            #expect(!denied.granted && denied.inUse == 3 && denied.limit == 1)
            #expect(denied.nextFree == ends[2], "the last of the three that have to end, not the first")
            for number in 0...2 { #expect(try await gateway.renew("s\(number)").granted) }
            #expect(try await gateway.claim("ann", session: "s0").granted)
            for number in 0...1 { _ = try await gateway.release("s\(number)") }
            #expect(try await gateway.claim("dee").reason == "The one seat (users) is taken.")
            _ = try await gateway.release("s2")
            #expect(try await gateway.claim("dee").granted)
        }
    }

    @Test("A license that loses a pool or a module puts nobody out who is there", arguments: [true, false])
    func losing(pool: Bool) async throws {
        let modules = [Entitlement.Module(code: "GL", name: "General Ledger")]
        try await SeatEstate.with(SeatEstate.license(modules: modules)) { estate, gateway async throws in
            #expect(try await gateway.claim("ann", modules: ["GL"], session: "a").granted)
            try await estate.change(
                SeatEstate.license(pool ? ["web": 1] : ["users": 3], modules: pool ? modules : []), gateway)
            #expect(try await gateway.renew("a").granted)
            let denied = try await gateway.claim("bob", modules: ["GL"])
            #expect(!denied.granted && denied.reason.contains(pool ? "no seats \"users\"" : "no module GL"))
        }
    }

    @Test("A pool that shrinks to nothing lets nobody in, and does not say that anything will be free")
    func nothing() async throws {
        try await SeatEstate.with { estate, gateway async throws in
            #expect(try await gateway.claim("ann").granted)
            try await estate.change(SeatEstate.license(["users": 0]), gateway)
            let denied = try await gateway.claim("bob")
            #expect(denied.reason.contains("has no seats (users) any more") && denied.nextFree == nil)
        }
    }

    @Test("A module that has come to its end refuses a claim of it, in its own words, and no other")
    func module() async throws {
        let end = try #require(LocalDay("2026-12-31"))
        let modules = [
            Entitlement.Module(code: "GL", name: "General Ledger"),
            Entitlement.Module(code: "AP", name: "Accounts Payable", expires: .day(end)),
        ]
        try await SeatEstate.with(SeatEstate.license(modules: modules)) { estate, gateway async throws in
            #expect(try await gateway.claim("ann", modules: ["GL", "AP"]).granted)
            try estate.time.set("2027-01-01T00:00:00Z")
            let denied = try await gateway.claim("bob", modules: ["GL", "AP"])
            #expect(!denied.granted && denied.level == .stopped && denied.reason.contains("Accounts Payable is over."))
            let other = try await gateway.claim("bob", modules: ["GL"])
            #expect(other.granted && other.access == .full && other.level == .grace)
        }
    }

    @Test("An archived installation lets nobody in, and a renewal is told")
    func archived() async throws {
        try await SeatEstate.with { _, gateway async throws in
            #expect(try await gateway.claim("ann", session: "a").granted)
            _ = try await gateway.perform(ArchiveInstallation(id: "n1"))
            #expect(try await gateway.claim("bob").reason.contains("n1 is archived"))
            #expect(try await gateway.renew("a").reason.contains("n1 is archived"))
            _ = try await gateway.perform(ArchiveInstallation(id: "n1", undo: true))
            #expect(try await gateway.claim("bob").inUse == 1)
        }
    }

    @Test("A profile that is broken or gone lets nobody in and puts nobody out", arguments: ["seats: x", nil])
    func broken(_ text: String?) async throws {
        try await SeatEstate.with { estate, gateway async throws in
            let until = try await gateway.claim("ann", session: "a").until
            try estate.fixture.write(profile: "test", text ?? "")
            estate.time.pass(hours: 1)
            try await estate.open { gateway async throws in
                let denied = try await gateway.claim("bob")
                #expect(!denied.granted && denied.reason.contains("profile"))
                let renewed = try await gateway.renew("a")
                #expect(!renewed.granted && renewed.session == "a" && renewed.until == until)
                #expect(try await gateway.perform(ListSessions(installation: "n1")).count == 1)
            }
            try estate.write(seats: "{}")
            try await estate.open { gateway async throws in #expect(try await gateway.renew("a").granted) }
        }
    }

    @Test("A changed profile counts at once for whoever comes next")
    func profileChanges() async throws {
        try await SeatEstate.with(seats: "{ endsAfter: 1h }") { estate, gateway async throws in
            #expect(try await gateway.claim("ann", session: "a").until == estate.time.now.adding(hours: 1))
            try estate.write(seats: "{ endsAfter: 2h, pools: { users: { kind: named } } }")
            try await estate.open { gateway async throws in
                #expect(try await gateway.renew("a").until == estate.time.now.adding(hours: 2))
                #expect(try await gateway.claim("ann").inUse == 2, "the one is of the pool as it was")
                #expect(try await gateway.release("a"))
                #expect(try await gateway.claim("ann").inUse == 1)
            }
            #expect(try estate.seatDifferences() == [])
        }
    }
}
